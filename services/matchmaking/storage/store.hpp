#pragma once
// Matchmaking's tables and what the rules and queries read of them. Nothing here writes: evolve.hpp does.

#include "common/places/places.hpp"
#include "common/sqlite/database.hpp"
#include "services/matchmaking/domain/check_in.hpp"
#include "services/matchmaking/domain/close_choosing.hpp"
#include "services/matchmaking/domain/facts.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gonghui::matchmaking {

// A profile as it lies in the table: its texts are sealed for their owner.
struct StoredProfile {
    PersonId person;
    Side sex = Side::male;
    std::int64_t birth_year = 0;
    Sealed name, contact;
    std::optional<Sealed> nickname, occupation, about, hobbies, wishes;
    std::vector<ProfileField> visible;
    UtcTime at;

    [[nodiscard]] bool shows(ProfileField field) const;
};

struct StoredEvening {
    Evening evening;
    std::string title_zh, title_en, venue;
    std::optional<std::int64_t> couples;  // once closed
};

struct OwnSeat {
    SeatState state = SeatState::waiting;
    Side side = Side::male;
    std::int64_t rank = 0;  // in the line; 0 with a place
    std::optional<std::int64_t> badge;
};

struct Present {
    PersonId person;
    std::int64_t badge = 0;
    std::optional<bool> wanted;  // what the asker chose so far
};

struct StoredReport {
    ReportId id;
    PersonId reporter, reported;
    ReportReason reason = ReportReason::other;
    std::optional<Sealed> note;
    UtcTime at;
};

struct SideCount {
    SideLoad load;
    std::int64_t checked_in = 0;
};

// Brings matchmaking's tables, and those of places, up in a store; the host's own tables are the host's.
void migrate(sqlite::Database& database);
// What registration's events alone write.
std::vector<std::string> read_model_of_registration();

// Over one connection, which outlives it; cheap to make. As thread-safe as the connection: not at all.
class MatchmakingStore {
public:
    explicit MatchmakingStore(sqlite::Database& database) : database_(database), places_(database) {}

    // --- for the rules ---
    [[nodiscard]] Standing standing(const Actor& actor, const std::optional<Uuid>& place = std::nullopt) const;
    [[nodiscard]] bool is_known(const PersonId& person) const;  // ever a member
    [[nodiscard]] Participant participant(const PersonId& person) const;
    [[nodiscard]] Holdings holdings(const PersonId& person) const;
    [[nodiscard]] std::optional<Evening> evening(const EveningId& evening) const;
    [[nodiscard]] std::optional<Seat> seat(const EveningId& evening, const PersonId& person) const;
    [[nodiscard]] SideLoad load(const EveningId& evening, Side side) const;
    [[nodiscard]] std::vector<CodeHolder> holders(const EveningId& evening) const;  // everyone who signed up
    [[nodiscard]] std::int64_t next_badge(const EveningId& evening, Side side) const;
    [[nodiscard]] std::optional<Side> present(const EveningId& evening, const PersonId& person) const;
    [[nodiscard]] std::vector<Attendee> attendees(const EveningId& evening) const;
    [[nodiscard]] std::vector<Yes> wanted(const EveningId& evening) const;
    [[nodiscard]] std::vector<std::pair<PersonId, PersonId>> blocks_at(const EveningId& evening) const;
    [[nodiscard]] bool has_blocked(const PersonId& blocker, const PersonId& blocked) const;
    [[nodiscard]] bool is_blocked_either_way(const PersonId& one, const PersonId& other) const;
    [[nodiscard]] bool has_report(const ReportId& report) const;

    // --- for the queries; whoever is blocked either way is left out of all that another person may see ---
    [[nodiscard]] std::optional<StoredProfile> profile(const PersonId& person) const;
    // Of one side, after `after` in the order of ids, at most `limit`.
    [[nodiscard]] std::vector<StoredProfile> profiles(Side side, const PersonId& asker,
                                                      const std::optional<PersonId>& after, std::int64_t limit) const;
    [[nodiscard]] std::vector<PersonId> owners_of_texts() const;
    [[nodiscard]] std::optional<StoredEvening> stored_evening(const EveningId& evening) const;
    [[nodiscard]] std::vector<StoredEvening> evenings_ending_after(UtcTime time, std::int64_t limit) const;
    [[nodiscard]] SideCount count(const EveningId& evening, Side side) const;
    [[nodiscard]] std::optional<OwnSeat> own_seat(const EveningId& evening, const PersonId& person) const;
    // Those of `side` who are let in, with what `asker` chose about them.
    [[nodiscard]] std::vector<Present> choosable(const EveningId& evening, Side side, const PersonId& asker) const;
    [[nodiscard]] std::vector<Present> couples_of(const EveningId& evening, const PersonId& asker) const;
    [[nodiscard]] std::vector<StoredReport> reports(const std::optional<UtcTime>& before, std::int64_t limit) const;
    // All but the texts: profile and reports.
    [[nodiscard]] HeldAboutReply held_about(const PersonId& person) const;
    // The first ones first; after `after` when it is given.
    [[nodiscard]] std::vector<StoredReport> reports_by(const PersonId& reporter, const std::optional<ReportId>& after,
                                                       std::int64_t limit) const;

    [[nodiscard]] sqlite::Database& database() { return database_; }
    [[nodiscard]] Places& places() { return places_; }

private:
    sqlite::Database& database_;
    mutable Places places_;
};

}  // namespace gonghui::matchmaking

#pragma once
// What the rules are told. Storage loads these; the rules never ask for more.

#include "common/actor/actor.hpp"
#include "common/result/refusal.hpp"
#include "common/time/clock.hpp"
#include "schemas/generated/matchmaking/messages.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace gonghui::matchmaking {

using Events = std::vector<Event>;

// What registration says of a person. It makes nobody a member for whose identity nobody vouched.
struct Member {
    bool is_active = false;    // a member now; retained members included
    bool is_retained = false;  // retired or out of work
    Side side = Side::male;
    std::int64_t birth_year = 0;
};

struct Consents {
    bool profile = false;
    bool evenings = false;
    bool contacts = false;

    [[nodiscard]] bool given(Purpose purpose) const;
    friend bool operator==(const Consents&, const Consents&) = default;
};

// A person as matchmaking knows them.
struct Participant {
    std::optional<Member> member;              // nullopt: never a member
    std::optional<DeclarationId> declared_by;  // the declaration of being single that stands
    Consents consents;
    bool has_profile = false;
};

struct Evening {
    EveningId id;
    OrganisationId organisation;
    UtcTime starts_at, ends_at, sign_up_until;
    EveningState state = EveningState::planned;
    std::int64_t capacity_male = 0, capacity_female = 0;

    // Nobody is let in or promoted any more.
    [[nodiscard]] bool is_over(UtcTime now) const { return state == EveningState::closed || now >= ends_at; }
    [[nodiscard]] std::int64_t capacity(Side side) const
    {
        return side == Side::male ? capacity_male : capacity_female;
    }
};

enum class SeatState : std::uint8_t { waiting, taken, checked_in };

// One person's sign-up for one evening, and who would follow them.
struct Seat {
    Evening evening;
    PersonId person;
    Side side = Side::male;
    SeatState state = SeatState::waiting;
    std::optional<PersonId> next_in_line;  // the first who waits on the same side

    [[nodiscard]] bool is_place() const { return state != SeatState::waiting; }
};

struct SideLoad {
    std::int64_t taken = 0;    // places, those let in included
    std::int64_t waiting = 0;  // in the line
};

// A person together with all that hangs on them: what goes when they leave the gate.
struct Holdings {
    Participant participant;
    std::vector<Seat> seats;  // of evenings whose choosing is not closed
};

constexpr Side other_side(Side side)
{
    return side == Side::male ? Side::female : Side::male;
}

}  // namespace gonghui::matchmaking

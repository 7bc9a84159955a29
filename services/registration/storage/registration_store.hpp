#pragma once
// Registration's tables: what the rules are told, and what queries show. Nothing here writes; only `evolve`
// (evolve.hpp) does. All tables are fed by registration's own events: it follows nobody.

#include "common/places/places.hpp"
#include "common/sqlite/database.hpp"
#include "schemas/generated/registration/messages.hpp"
#include "services/registration/domain/applications.hpp"
#include "services/registration/domain/close_organisation.hpp"
#include "services/registration/domain/facts.hpp"
#include "services/registration/domain/roster.hpp"
#include "services/registration/storage/identities.hpp"

#include <optional>
#include <vector>

namespace gonghui::registration {

// A person as the table holds them: everything personal is sealed.
struct PersonRecord {
    std::int64_t number = 0;  // in the order in which people became known
    PersonFacts facts;
    std::optional<OrganisationId> applied_to;
    Sex sex = Sex::male;
    std::int64_t birth_year = 0;
    std::optional<Verification> verification;
    UtcTime since;
    Sealed name, id_number, phone;
    std::optional<Sealed> email;
    Language language = Language::zh_cn;
    std::optional<ImportId> import_id;
    std::optional<std::int64_t> import_line;
};

struct ApplicationRecord {
    ApplicationFacts facts;
    ApplicationState state = ApplicationState::waiting;
    UtcTime submitted_at;
};

struct PersonOfPhone {
    PersonId id;
    Language language = Language::zh_cn;
};

struct Look {
    PersonId person;
    Uuid by;
    std::string by_service;
    UtcTime until;
};

// How far an announcement has come: the last member who was addressed, by the numbers of union and person.
struct AnnouncementProgress {
    OrganisationId organisation;
    bool done = false;
    std::int64_t union_number = 0;
    std::int64_t person_number = 0;
};

// The durable timer of an announcement's next step.
inline constexpr std::string_view announcing = "announcing";

// Cheap to make: one over the writer's connection, one per query over a reader's. Not thread-safe, like its connection.
// Facts come without `standing`: who asks is the handler's to say.
class RegistrationStore {
public:
    explicit RegistrationStore(sqlite::Database& database) : database_(database) {}
    // The writer's: `identities` outlives it.
    RegistrationStore(sqlite::Database& database, Identities& identities)
        : database_(database), identities_(&identities)
    {
    }

    // Component "registration". The tables of Places are a component of their own.
    static std::vector<sqlite::Migration> migrations();

    [[nodiscard]] Places places() const { return Places(database_); }

    // --- facts
    [[nodiscard]] std::optional<OrganisationFacts> organisation(const OrganisationId& id) const;
    [[nodiscard]] std::optional<OrganisationFacts> organisation_with_code(std::string_view code) const;
    [[nodiscard]] bool tree_is_empty() const;
    [[nodiscard]] bool has_open_below(const OrganisationId& id) const;
    [[nodiscard]] bool holds(const PersonId& person, Office office, const OrganisationId& place) const;
    [[nodiscard]] std::vector<PersonId> officers_of(const OrganisationId& union_id) const;

    // With state `applied` for who waits for a decision and has no membership.
    [[nodiscard]] std::optional<PersonFacts> person(const PersonId& id) const;
    // Members with this number; if there are none, who is known by an application. Ten at most.
    [[nodiscard]] std::vector<PersonOfPhone> with_phone(PhoneIndex index) const;
    // Of a store that an earlier version has filled: what `evolve` writes now is written for who is there.
    void index_phones();
    // Whether the log says so; the keyring may know better.
    [[nodiscard]] bool is_erased(const PersonId& id) const;
    // Where a person belongs for the question who may act on them: the union of the membership, else the one applied
    // to.
    [[nodiscard]] std::optional<Uuid> place_of(const PersonId& id) const;
    [[nodiscard]] std::optional<KnownPerson> person_with(IdIndex index) const;
    [[nodiscard]] std::vector<PersonFacts> members_of(const OrganisationId& id) const;

    [[nodiscard]] std::optional<ApplicationFacts> application(const ApplicationId& id) const;
    [[nodiscard]] std::vector<CloseOrganisationFacts::Waiting> waiting_at(const OrganisationId& id) const;
    [[nodiscard]] bool consents(const PersonId& person, ConsentPurpose purpose) const;
    [[nodiscard]] std::optional<Look> look(const LookId& id) const;
    [[nodiscard]] std::optional<AnnouncementProgress> announcement(const AnnouncementId& id) const;
    // Members who have not been addressed yet, union by union, in a fixed order.
    [[nodiscard]] std::vector<PersonId> next_to_tell(const AnnouncementProgress& progress, std::int64_t limit) const;

    // --- what queries show
    [[nodiscard]] std::optional<PersonRecord> record_of(const PersonId& id) const;
    [[nodiscard]] std::vector<PersonRecord> records_of(const OrganisationId& id, std::int64_t after_number,
                                                       std::int64_t limit) const;
    [[nodiscard]] std::vector<ApplicationRecord> waiting_below(const OrganisationId& id, std::int64_t limit) const;
    // The whole tree for nullopt.
    [[nodiscard]] std::vector<OrganisationNode> tree(const std::optional<OrganisationId>& root) const;
    [[nodiscard]] CountsReply counts(const std::optional<OrganisationId>& root) const;
    [[nodiscard]] std::vector<HeldRole> roles_of(const PersonId& person) const;
    // With all that they hold there, in the order of their ids; after `after` when it is given; everywhere for no root.
    [[nodiscard]] std::vector<OfficerRow> officers_below(const std::optional<OrganisationId>& root,
                                                         const std::optional<PersonId>& after,
                                                         std::int64_t limit) const;
    [[nodiscard]] std::vector<HeldConsent> consents_of(const PersonId& person) const;
    [[nodiscard]] std::vector<ApplicationRecord> applications_of(const PersonId& person) const;
    // The first ones first; after `after` when it is given.
    [[nodiscard]] std::vector<HeldLook> looks_at(const PersonId& person, const std::optional<LookId>& after,
                                                 std::int64_t limit) const;
    // The latest first, before `before` when it is given; everywhere for no root.
    [[nodiscard]] std::vector<LookRow> looks_below(const std::optional<OrganisationId>& root,
                                                   const std::optional<LookId>& before, std::int64_t limit) const;
    // The latest first; everywhere for no root.
    [[nodiscard]] std::vector<AnnouncementRow> announcements_below(const std::optional<OrganisationId>& root,
                                                                   std::int64_t limit) const;
    [[nodiscard]] std::optional<std::string> organisation_name(const OrganisationId& id) const;

    // --- for evolve
    [[nodiscard]] sqlite::Database& database() const { return database_; }
    // Throws std::logic_error over a reader's connection.
    [[nodiscard]] Identities& identities() const;

private:
    sqlite::Database& database_;
    Identities* identities_ = nullptr;
};

}  // namespace gonghui::registration

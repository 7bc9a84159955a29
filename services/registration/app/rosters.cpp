#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"
#include "services/registration/domain/roster.hpp"

#include <unordered_map>

namespace gonghui::registration {

namespace {

using messaging::Context;
using messaging::Reply;

// What is known about a command's rows: by themselves, by the union they name and by whose number they hold.
class RosterFacts {
public:
    RosterFacts(const std::vector<RosterRow>& rows, const RegistrationStore& store, const IdNumberIndex& index,
                const Context& context)
    {
        entries_.reserve(rows.size());
        for (const auto& row : rows) {
            auto& entry = entries_.emplace_back(RosterEntry{&row, read_roster_row(row, context.now), nullptr, {}});
            if (!entry.reading) continue;
            entry.named_union = named_union(entry.reading->union_code, store, context.actor);
            entry.known = store.person_with(index.of(entry.reading->id_number.reveal()));
        }
    }

    [[nodiscard]] const std::vector<RosterEntry>& entries() const { return entries_; }

private:
    const RosterUnion* named_union(const std::string& code, const RegistrationStore& store, const Actor& actor)
    {
        const auto [found, is_new] = unions_.try_emplace(code);
        if (is_new)
            if (const auto organisation = store.organisation_with_code(code))
                found->second =
                    RosterUnion{*organisation, standing_towards(store, actor, std::optional(organisation->id))};
        return found->second ? &*found->second : nullptr;
    }

    std::unordered_map<std::string, std::optional<RosterUnion>> unions_;  // its elements stay where they are
    std::vector<RosterEntry> entries_;
};

MemberJoined sealed_member(const RosterEntry& entry, const PersonId& person, const PersonSealer& sealer, Vault& vault)
{
    MemberJoined event;
    event.person_id = person;
    event.organisation_id = entry.named_union->organisation.id;
    event.sex = entry.reading->sex;
    event.birth_year = entry.reading->birth_year;
    event.verification = Verification::roster;
    event.new_employment = entry.named_union->organisation.new_employment;
    event.language = Language::zh_cn;
    event.name = sealer.seal(sealed_at::name, entry.reading->name);
    event.id_number = vault.seal_id_number(sealer, entry.reading->id_number);
    event.phone = sealer.seal(sealed_at::phone, entry.reading->phone);
    event.email = sealer.seal(sealed_at::email, entry.reading->email);
    event.line = entry.row->line;
    return event;
}

PersonSealer sealer_for(const PersonId& person, const RosterEntry& entry, Random& random, Vault& vault)
{
    if (!entry.known) return vault.sealer_for_new(person, random);
    if (const auto sealer = vault.sealer_for(person, random)) return *sealer;
    // Who was erased is found by no number.
    throw std::logic_error("a person who was erased was found by their number");
}

void record_joining(const RosterEntry& entry, const ImportRoster& command, RegistrationUnit& unit, Vault& vault)
{
    auto& random = unit.context.random;
    const auto person = entry.known ? entry.known->id : PersonId(make_ordered_uuid(unit.context.now, random));
    auto event = sealed_member(entry, person, sealer_for(person, entry, random, vault), vault);
    event.import_id = command.import_id;
    event.at = unit.context.now;
    unit.record(event);
}

Reply handle_import(const ImportRoster& command, RegistrationUnit& unit, Vault& vault, const IdNumberIndex& index)
{
    const RosterFacts facts(command.rows, unit.store, index, unit.context);
    const auto standing = standing_towards(unit.store, unit.context.actor, std::optional<Uuid>());
    auto verdict = decide_roster(facts.entries(), RosterImport{command.import_id}, unit.context.actor, standing);
    if (!verdict) return Reply::refused(verdict.error());
    if (command.all_or_nothing.value_or(false) && !verdict->errors.empty()) verdict->joining.clear();
    for (const auto index_of_row : verdict->joining)
        record_joining(facts.entries()[index_of_row], command, unit, vault);
    return Reply::accepted(ImportRosterReply{static_cast<std::int64_t>(verdict->joining.size()), verdict->unchanged,
                                             std::move(verdict->errors)});
}

Reply answer_check(const CheckRoster& query, const Context& context, const RegistrationStore& store,
                   const IdNumberIndex& index)
{
    const RosterFacts facts(query.rows, store, index, context);
    const auto standing = standing_towards(store, context.actor, std::optional<Uuid>());
    auto verdict = decide_roster(facts.entries(), RosterCheck{}, context.actor, standing);
    if (!verdict) return Reply::refused(verdict.error());
    return Reply::accepted(CheckRosterReply{static_cast<std::int64_t>(verdict->joining.size()), verdict->unchanged,
                                            std::move(verdict->errors)});
}

}  // namespace

void handle_rosters(RegistrationHandlers& handlers, Vault& vault, const IdNumberIndex& index)
{
    handlers.command<ImportRoster>([&vault, &index](const ImportRoster& command, RegistrationUnit& unit) {
        return handle_import(command, unit, vault, index);
    });
    handlers.query<CheckRoster>([&index](const CheckRoster& query, const Context& context, RegistrationStore& store) {
        return answer_check(query, context, store, index);
    });
}

}  // namespace gonghui::registration

#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"
#include "services/registration/domain/roster.hpp"

#include <unordered_map>

namespace gonghui::registration {

namespace {

using messaging::Context;
using messaging::Reply;

// A row by itself, without a look into any table.
struct ReadRow {
    RosterReading reading;
    Indexes indexes;  // none for a bad row
};

std::vector<ReadRow> read_rows(const std::vector<RosterRow>& rows, const IdNumberIndex& index,
                               const PhoneNumberIndex& phones, UtcTime now)
{
    std::vector<ReadRow> read;
    read.reserve(rows.size());
    for (const auto& row : rows) {
        auto& one = read.emplace_back(ReadRow{read_roster_row(row, now), {}});
        if (one.reading)
            one.indexes = {index.of(one.reading->id_number.reveal()), phones.of(one.reading->phone.reveal())};
    }
    return read;
}

// What is known about a command's rows: by themselves, by the union they name and by whose number they hold.
class RosterFacts {
public:
    RosterFacts(const std::vector<RosterRow>& rows, const std::vector<ReadRow>& read, const RegistrationStore& store,
                const Actor& actor)
    {
        entries_.reserve(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto& reading = read[i].reading;
            auto& entry = entries_.emplace_back(RosterEntry{&rows[i], &reading, nullptr, {}});
            if (!reading) continue;
            entry.named_union = named_union(reading->union_code, store, actor);
            entry.known = store.person_with(read[i].indexes.id_number);
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

// What the row says about a person; the union and the occasion are filled in by who records it.
MemberJoined sealed_member(const PersonId& person, const RosterRow& row, const RosterPerson& reading,
                           const PersonSealer& sealer)
{
    MemberJoined event;
    event.person_id = person;
    event.sex = reading.sex;
    event.birth_year = reading.birth_year;
    event.verification = Verification::roster;
    event.language = Language::zh_cn;
    event.name = sealer.seal(sealed_at::name, reading.name);
    event.id_number = sealer.seal(sealed_at::id_number, reading.id_number);
    event.phone = sealer.seal(sealed_at::phone, reading.phone);
    event.email = sealer.seal(sealed_at::email, reading.email);
    event.line = row.line;
    return event;
}

// Whom a row makes a member if nobody holds its number yet. That is so for nearly every row of an import, and sealing
// is a good part of its work: it is done before the command's turn.
struct Newcomer {
    sealing::NewKey key;
    MemberJoined joined;
};

Newcomer newcomer(const RosterRow& row, const RosterPerson& reading, const Vault& vault, const Context& context)
{
    const PersonId person(make_ordered_uuid(context.now, context.random));
    auto key = vault.new_key(person);
    const PersonSealer sealer(person, key.key, context.random);
    return {std::move(key), sealed_member(person, row, reading, sealer)};
}

struct PreparedImport {
    ImportRoster command;
    std::vector<ReadRow> rows;
    std::vector<std::optional<Newcomer>> newcomers;  // none for a bad row
};

PreparedImport prepare_import(ImportRoster&& command, const Context& context, const Vault& vault,
                              const IdNumberIndex& index, const PhoneNumberIndex& phones)
{
    PreparedImport import{std::move(command), {}, {}};
    import.rows = read_rows(import.command.rows, index, phones, context.now);
    import.newcomers.resize(import.rows.size());
    for (std::size_t i = 0; i < import.rows.size(); ++i)
        if (const auto& reading = import.rows[i].reading)
            import.newcomers[i] = newcomer(import.command.rows[i], *reading, vault, context);
    return import;
}

MemberJoined joining(const RosterEntry& entry, const Newcomer& newcomer, Random& random, Vault& vault)
{
    if (!entry.known) {
        vault.admit(newcomer.key);
        return newcomer.joined;
    }
    const auto& person = entry.known->id;
    const auto sealer = vault.sealer_for(person, random);
    // Who was erased is found by no number.
    if (!sealer) throw std::logic_error("a person who was erased was found by their number");
    return sealed_member(person, *entry.row, **entry.reading, *sealer);
}

void record_joining(const RosterEntry& entry, const Newcomer& newcomer, const Indexes& indexes,
                    const ImportId& import_id, RegistrationUnit& unit, Vault& vault)
{
    auto event = joining(entry, newcomer, unit.context.random, vault);
    event.organisation_id = entry.named_union->organisation.id;
    event.new_employment = entry.named_union->organisation.new_employment;
    event.import_id = import_id;
    event.at = unit.context.now;
    vault.expect(event.id_number, event.phone, indexes);
    unit.record(event);
}

Reply handle_import(const PreparedImport& import, RegistrationUnit& unit, Vault& vault)
{
    const auto& command = import.command;
    const RosterFacts facts(command.rows, import.rows, unit.store, unit.context.actor);
    const auto standing = standing_towards(unit.store, unit.context.actor, std::optional<Uuid>());
    auto verdict = decide_roster(facts.entries(), RosterImport{command.import_id}, unit.context.actor, standing);
    if (!verdict) return Reply::refused(verdict.error());
    if (command.all_or_nothing.value_or(false) && !verdict->errors.empty()) verdict->joining.clear();
    for (const auto i : verdict->joining)
        record_joining(facts.entries()[i], *import.newcomers[i], import.rows[i].indexes, command.import_id, unit,
                       vault);
    return Reply::accepted(ImportRosterReply{static_cast<std::int64_t>(verdict->joining.size()), verdict->unchanged,
                                             std::move(verdict->errors)});
}

Reply answer_check(const CheckRoster& query, const Context& context, const RegistrationStore& store,
                   const IdNumberIndex& index, const PhoneNumberIndex& phones)
{
    const auto rows = read_rows(query.rows, index, phones, context.now);
    const RosterFacts facts(query.rows, rows, store, context.actor);
    const auto standing = standing_towards(store, context.actor, std::optional<Uuid>());
    auto verdict = decide_roster(facts.entries(), RosterCheck{}, context.actor, standing);
    if (!verdict) return Reply::refused(verdict.error());
    return Reply::accepted(CheckRosterReply{static_cast<std::int64_t>(verdict->joining.size()), verdict->unchanged,
                                            std::move(verdict->errors)});
}

}  // namespace

void handle_rosters(RegistrationHandlers& handlers, Vault& vault, const IdNumberIndex& index,
                    const PhoneNumberIndex& phones)
{
    handlers.command<ImportRoster, PreparedImport>(
        [&vault, &index, &phones](ImportRoster&& command, const Context& context) {
            return prepare_import(std::move(command), context, vault, index, phones);
        },
        [&vault](const PreparedImport& import, RegistrationUnit& unit) { return handle_import(import, unit, vault); });
    handlers.query<CheckRoster>(
        [&index, &phones](const CheckRoster& query, const Context& context, RegistrationStore& store) {
            return answer_check(query, context, store, index, phones);
        });
}

}  // namespace gonghui::registration

#include "services/registration/domain/roster.hpp"

#include "services/registration/domain/contact.hpp"
#include "services/registration/domain/id_number.hpp"
#include "services/registration/domain/membership.hpp"
#include "services/registration/domain/person_name.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace gonghui::registration {

namespace {

RosterError error(const RosterRow& row, RosterColumn column, std::string_view code)
{
    return {row.line, column, std::string(code), std::nullopt};
}

tl::unexpected<RosterError> bad(const RosterRow& row, RosterColumn column, std::string_view code)
{
    return tl::make_unexpected(error(row, column, code));
}

bool is_blank(const std::optional<Personal>& text)
{
    return !text || trimmed(text->reveal()).empty();
}

// A row's place among those before it in the same command.
struct Walk {
    std::unordered_map<std::string_view, std::int64_t> joined;  // ID number -> line
    RosterVerdict verdict;
};

RosterError same_person_again(const RosterRow& row, std::int64_t first_line)
{
    auto again = error(row, RosterColumn::id_number, refusal::same_person_again);
    again.first_line = first_line;
    return again;
}

// What the union of a row has against it.
std::optional<std::string_view> why_not(const RosterEntry& entry, const Actor& actor)
{
    if (!entry.named_union) return refusal::unknown_union;
    if (!permits(ImportRoster::rights, actor, entry.named_union->standing, std::nullopt))
        return refusal::outside_your_place;
    if (entry.named_union->organisation.kind != OrganisationKind::union_) return refusal::not_a_union;
    if (entry.named_union->organisation.closed) return refusal::union_closed;
    return std::nullopt;
}

enum class Named : std::uint8_t { by_this_row, by_this_import, otherwise };

Named named_by(const KnownPerson& known, const RosterRow& row, const RosterImport& import)
{
    if (known.import_id != import.import_id) return Named::otherwise;
    return known.line == row.line ? Named::by_this_row : Named::by_this_import;
}

Named named_by(const KnownPerson&, const RosterRow&, const RosterCheck&)
{
    return Named::otherwise;
}

bool is_repeated_already(const RosterEntry&, const RosterImport&)
{
    return false;
}

bool is_repeated_already(const RosterEntry& entry, const RosterCheck&)
{
    return entry.row->earlier_line.has_value();
}

template <class Mode>
void decide_member(Walk& walk, const RosterEntry& entry, const Mode& mode)
{
    const auto& row = *entry.row;
    const auto& known = *entry.known;
    const auto named = named_by(known, row, mode);
    const bool same_union = known.organisation == entry.named_union->organisation.id;
    // The same line of a file that was uploaded again under another import made them: it is no repetition of itself.
    const bool by_this_line = named == Named::by_this_row || (same_union && known.line == row.line);
    if (!by_this_line && row.earlier_line)
        walk.verdict.errors.push_back(same_person_again(row, *row.earlier_line));
    else if (!by_this_line && named == Named::by_this_import)
        walk.verdict.errors.push_back(same_person_again(row, *known.line));
    else if (by_this_line || same_union)
        ++walk.verdict.unchanged;
    else
        walk.verdict.errors.push_back(error(row, RosterColumn::id_number, refusal::member_elsewhere));
}

template <class Mode>
void decide_entry(Walk& walk, const std::vector<RosterEntry>& entries, std::size_t index, const Mode& mode,
                  const Actor& actor)
{
    const auto& entry = entries[index];
    const auto& row = *entry.row;
    const auto& reading = *entry.reading;
    if (!reading) return walk.verdict.errors.push_back(reading.error());
    if (const auto reason = why_not(entry, actor))
        return walk.verdict.errors.push_back(error(row, RosterColumn::union_code, *reason));

    const std::string_view id_number = reading->id_number.reveal();
    if (const auto first = walk.joined.find(id_number); first != walk.joined.end())
        return walk.verdict.errors.push_back(same_person_again(row, first->second));
    if (entry.known && is_active(entry.known->state)) return decide_member(walk, entry, mode);
    // Whoever left after this very row had taken them in does not come back by it, nor by another row of the same file.
    const auto named = entry.known ? named_by(*entry.known, row, mode) : Named::otherwise;
    if (named == Named::by_this_row) {
        ++walk.verdict.unchanged;
        return;
    }
    if (named == Named::by_this_import)
        return walk.verdict.errors.push_back(same_person_again(row, *entry.known->line));
    if (is_repeated_already(entry, mode))
        return walk.verdict.errors.push_back(same_person_again(row, *row.earlier_line));
    const auto state = entry.known ? entry.known->state : MembershipState::stranger;
    if (const auto reason = why_not(state, Move::join_by_roster))
        return walk.verdict.errors.push_back(error(row, RosterColumn::id_number, *reason));
    walk.joined.emplace(id_number, row.line);
    walk.verdict.joining.push_back(index);
}

// Who may import nothing of what is here is refused outright, in place of a line for every row.
bool may_import_any(const std::vector<RosterEntry>& entries, const Actor& actor, const Standing& standing)
{
    if (!permits(ImportRoster::rights, actor, {standing.holds_role, true}, std::nullopt)) return false;
    const auto names_a_union = [](const RosterEntry& entry) {
        return entry.named_union != nullptr;
    };
    return std::none_of(entries.begin(), entries.end(), names_a_union) ||
           std::any_of(entries.begin(), entries.end(), [&](const RosterEntry& entry) {
               return entry.named_union &&
                      permits(ImportRoster::rights, actor, entry.named_union->standing, std::nullopt);
           });
}

template <class Mode>
Decided<RosterVerdict> decide(const std::vector<RosterEntry>& entries, const Mode& mode, const Actor& actor,
                              const Standing& standing)
{
    if (!may_import_any(entries, actor, standing)) return refused(refusal::not_permitted);
    Walk walk;
    walk.joined.reserve(entries.size());
    walk.verdict.joining.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) decide_entry(walk, entries, i, mode, actor);
    return std::move(walk.verdict);
}

}  // namespace

RosterReading read_roster_row(const RosterRow& row, UtcTime now)
{
    RosterPerson person;
    auto name = read_name(row.name.reveal());
    if (!name) return bad(row, RosterColumn::name, name.error());
    auto id_number = read_id_number(row.id_number.reveal(), now);
    if (!id_number) return bad(row, RosterColumn::id_number, id_number.error());
    auto phone = read_phone(row.phone.reveal());
    if (!phone) return bad(row, RosterColumn::phone, phone.error());
    if (!is_blank(row.email)) {
        auto email = read_email(row.email->reveal());
        if (!email) return bad(row, RosterColumn::email, email.error());
        person.email = Personal(std::move(*email));
    }
    person.union_code = std::string(trimmed(row.union_code));
    std::transform(person.union_code.begin(), person.union_code.end(), person.union_code.begin(), upper);
    if (person.union_code.empty()) return bad(row, RosterColumn::union_code, refusal::missing_value);
    const auto sex = id_number->sex ? id_number->sex : row.sex;
    const auto birth_year = id_number->birth_year ? id_number->birth_year : row.birth_year;
    if (!sex) return bad(row, RosterColumn::sex, refusal::missing_value);
    if (!birth_year) return bad(row, RosterColumn::birth_year, refusal::missing_value);

    person.name = Personal(std::move(*name));
    person.id_number = Personal(std::move(id_number->text));
    person.phone = Personal(std::move(*phone));
    person.sex = *sex;
    person.birth_year = *birth_year;
    return person;
}

Decided<RosterVerdict> decide_roster(const std::vector<RosterEntry>& entries, const RosterImport& import,
                                     const Actor& actor, const Standing& standing)
{
    return decide(entries, import, actor, standing);
}

Decided<RosterVerdict> decide_roster(const std::vector<RosterEntry>& entries, const RosterCheck& check,
                                     const Actor& actor, const Standing& standing)
{
    return decide(entries, check, actor, standing);
}

}  // namespace gonghui::registration

#include "services/registration/domain/found_organisation.hpp"

#include "services/registration/domain/organisation_code.hpp"

namespace gonghui::registration {

bool may_stand_below(OrganisationKind kind, const OrganisationFacts& parent)
{
    switch (kind) {
        case OrganisationKind::city:
            return false;
        case OrganisationKind::district:
            return parent.kind == OrganisationKind::city;
        case OrganisationKind::township:
            return parent.kind == OrganisationKind::district;
        case OrganisationKind::union_:
            return parent.kind == OrganisationKind::district || parent.kind == OrganisationKind::township ||
                   parent.form == OrganisationForm::joint || parent.form == OrganisationForm::village;
    }
    return false;
}

namespace {

// A tree has one root: the city's federation, or the district's where no city stands above it.
std::optional<std::string_view> misplaced(const FoundOrganisationFacts& facts, const FoundOrganisation& command)
{
    if (command.form && command.kind != OrganisationKind::union_) return refusal::not_a_union;
    if (!command.parent_id) {
        const bool may_be_root = command.kind == OrganisationKind::city || command.kind == OrganisationKind::district;
        return may_be_root && facts.tree_is_empty ? std::nullopt : std::optional(refusal::wrong_place_in_tree);
    }
    if (!facts.parent) return refusal::unknown_organisation;
    if (facts.parent->closed) return refusal::organisation_closed;
    if (!may_stand_below(command.kind, *facts.parent)) return refusal::wrong_place_in_tree;
    return std::nullopt;
}

}  // namespace

Decided<OrganisationFounded> found_organisation(const FoundOrganisationFacts& facts, const FoundOrganisation& command,
                                                const Actor& actor, UtcTime now)
{
    if (!permits(FoundOrganisation::rights, actor, facts.standing, std::nullopt))
        return refused(refusal::not_permitted);
    if (facts.exists) return refused(refusal::organisation_exists);
    if (const auto reason = misplaced(facts, command)) return refused(*reason);

    OrganisationFounded event;
    if (command.code) {
        auto code = read_organisation_code(*command.code);
        if (!code) return refused(code.error(), {{"field", "code"}});
        if (facts.code_taken) return refused(refusal::code_taken);
        event.code = std::move(*code);
    }
    event.organisation_id = command.organisation_id;
    event.parent_id = command.parent_id;
    event.kind = command.kind;
    event.form = command.form;
    event.name = command.name;
    event.new_employment = command.new_employment.value_or(false);
    event.at = now;
    return event;
}

}  // namespace gonghui::registration

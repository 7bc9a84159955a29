#include "services/gateway/domain/sessions.hpp"

#include <algorithm>

namespace gonghui::gateway {

namespace {

constexpr std::string_view own_name = "gateway";

bool holds(std::span<const HeldRole> roles, ActingAs role, const Uuid& place)
{
    return std::any_of(roles.begin(), roles.end(),
                       [&](const HeldRole& held) { return held.role == role && held.place.uuid == place; });
}

}  // namespace

bool is_own_errand(const Rights& rights, const Actor& actor)
{
    return permits(rights, actor, {true, true}, std::nullopt) && actor.service == own_name;
}

Decided<std::vector<Event>> open_session(const OpenSessionFacts& facts, const OpenSession& command, const Actor& actor,
                                         UtcTime now)
{
    if (!is_own_errand(OpenSession::rights, actor)) return refused(refusal::not_permitted);
    if (command.kind == SessionKind::officer) {
        if (!command.login || !facts.account || facts.account->person != command.person_id)
            return refused(refusal::unknown_account);
        if (!command.totp_step || *command.totp_step <= facts.account->last_step) return refused(refusal::code_used);
    }
    std::vector<Event> events;
    if (facts.sessions.size() >= most_sessions)
        for (std::size_t i = 0; i <= facts.sessions.size() - most_sessions; ++i)
            events.emplace_back(SessionClosed{facts.sessions[i].id, command.person_id, EndReason::superseded, now});
    events.emplace_back(SessionOpened{command.session_id, command.token_hash, command.person_id, command.kind,
                                      command.proof, command.login, command.totp_step, command.expires_at, now});
    return events;
}

Decided<SessionClosed> close_session(const std::optional<SessionFacts>& session, const CloseSession& command,
                                     const Actor& actor, UtcTime now)
{
    if (!permits(CloseSession::rights, actor, {true, true}, std::nullopt)) return refused(refusal::not_permitted);
    if (!session) return refused(refusal::unknown_session);
    return SessionClosed{session->id, session->person, command.reason, now};
}

Decided<RoleChosen> choose_role(const std::optional<SessionFacts>& session, std::span<const HeldRole> roles,
                                const ChooseRole& command, const Actor& actor, UtcTime now)
{
    if (!is_own_errand(ChooseRole::rights, actor)) return refused(refusal::not_permitted);
    if (!session) return refused(refusal::unknown_session);
    const bool is_worker = command.role == ActingAs::worker;
    const auto place = command.place_id.value_or(OrganisationId{});
    if (!is_worker && (session->kind != SessionKind::officer || !holds(roles, command.role, place.uuid)))
        return refused(refusal::not_permitted);
    return RoleChosen{session->id, session->person, command.role, is_worker ? std::nullopt : std::optional(place), now};
}

HeldRole first_role(std::span<const HeldRole> roles)
{
    const auto widest = std::max_element(roles.begin(), roles.end(),
                                         [](const HeldRole& a, const HeldRole& b) { return a.role < b.role; });
    return widest == roles.end() ? HeldRole{ActingAs::worker, {}, {}} : *widest;
}

Actor actor_of(const SessionFacts& session, std::span<const HeldRole> roles)
{
    Actor actor;
    actor.person = session.person.uuid;
    if (session.role == ActingAs::worker || !holds(roles, session.role, session.place)) return actor;
    actor.role = parse_role(to_string(session.role)).value_or(Role::worker);
    actor.place = session.place;
    return actor;
}

}  // namespace gonghui::gateway

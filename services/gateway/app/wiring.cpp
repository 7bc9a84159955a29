#include "services/gateway/app/wiring.hpp"

#include "schemas/generated/gateway/codecs.hpp"
#include "schemas/generated/notifications/codecs.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "services/gateway/domain/accounts.hpp"
#include "services/gateway/domain/passwords.hpp"
#include "services/gateway/domain/sessions.hpp"

namespace gonghui::gateway {

namespace {

using Handlers = messaging::Handlers<GatewayStore>;
using messaging::Context;
using messaging::Reply;

template <class Decision>
Reply settled(const Decided<Decision>& decided, GatewayUnit& unit)
{
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    return Reply::accepted();
}

// nullopt: who was erased.
std::optional<Sealed> sealed_password(const PersonId& person, std::string_view hash, GatewayUnit& unit,
                                      sealing::Keyring& keyring)
{
    const auto key = keyring.find_or_make(person.uuid);
    if (!key) return std::nullopt;
    return sealing::seal(*key, person.uuid, password_sealed_at, as_bytes(hash), unit.context.random);
}

Reply handle_account(const AddAccount& command, GatewayUnit& unit, const Ports& ports)
{
    const auto password = sealed_password(command.person_id, command.password_hash, unit, ports.keyring);
    if (!password) return Reply::refused({refusal::erased, {}});
    auto totp =
        sealing::seal(ports.service_key, command.person_id.uuid, sealed_at, command.totp_secret, unit.context.random);
    const SealedSecrets secrets{*password, std::move(totp.bytes)};
    return settled(add_account(command, secrets, unit.context.actor, unit.context.now), unit);
}

Reply handle_removal(const RemoveAccount& command, GatewayUnit& unit)
{
    const auto account = unit.store.account(command.login);
    const auto sessions = account ? unit.store.sessions_of(account->person) : std::vector<SessionFacts>{};
    return settled(remove_account(account, sessions, command, unit.context.actor, unit.context.now), unit);
}

Reply handle_opening(const OpenSession& command, GatewayUnit& unit)
{
    const OpenSessionFacts facts{command.login ? unit.store.account(*command.login) : std::nullopt,
                                 unit.store.sessions_of(command.person_id)};
    const auto decided = open_session(facts, command, unit.context.actor, unit.context.now);
    if (!decided) return Reply::refused(decided.error());
    unit.record(*decided);
    if (command.kind == SessionKind::worker) return Reply::accepted();
    const auto role = first_role(unit.store.roles_of(command.person_id));
    if (role.role != ActingAs::worker)
        unit.record(RoleChosen{command.session_id, command.person_id, role.role, role.place, unit.context.now});
    return Reply::accepted();
}

Reply handle_closing(const CloseSession& command, GatewayUnit& unit)
{
    return settled(close_session(unit.store.session(command.session_id), command, unit.context.actor, unit.context.now),
                   unit);
}

Reply handle_choice(const ChooseRole& command, GatewayUnit& unit)
{
    const auto session = unit.store.session(command.session_id);
    const auto roles = session ? unit.store.roles_of(session->person) : std::vector<HeldRole>{};
    return settled(choose_role(session, roles, command, unit.context.actor, unit.context.now), unit);
}

PasswordFacts password_facts(const SessionId& id, const GatewayStore& store)
{
    PasswordFacts facts;
    facts.session = store.session(id);
    if (!facts.session) return facts;
    facts.account = store.account(facts.session->login);
    facts.sessions = store.sessions_of(facts.session->person);
    facts.has_password = store.password_set_at(facts.session->person).has_value();
    return facts;
}

Reply handle_password(const SetPassword& command, GatewayUnit& unit, sealing::Keyring& keyring)
{
    const auto facts = password_facts(command.session_id, unit.store);
    if (!facts.session) return Reply::refused({refusal::unknown_session, {}});
    const auto hash = sealed_password(facts.session->person, command.password_hash.reveal(), unit, keyring);
    if (!hash) return Reply::refused({refusal::erased, {}});
    return settled(set_password(facts, command, *hash, unit.context.actor, unit.context.now), unit);
}

Reply handle_password_removal(const RemovePassword& command, GatewayUnit& unit)
{
    const auto facts = password_facts(command.session_id, unit.store);
    return settled(remove_password(facts, command, unit.context.actor, unit.context.now), unit);
}

Reply answer_held(const HeldAbout& query, const Context& context, GatewayStore& reader)
{
    if (!permits(HeldAbout::rights, context.actor, {true, true}, query.person_id.uuid))
        return Reply::refused({refusal::not_permitted, {}});
    HeldAboutReply reply;
    for (const auto& account : reader.accounts_of(query.person_id))
        reply.accounts.push_back({account.login, account.added_at});
    for (const auto& session : reader.sessions_of(query.person_id))
        reply.sessions.push_back({session.id, session.kind, session.opened_at, session.expires_at});
    for (const auto& place : reader.places_of(query.person_id)) reply.places.push_back({place});
    reply.password_set_at = reader.password_set_at(query.person_id);
    return Reply::accepted(reply);
}

Reply answer_accounts(const Accounts&, const Context& context, GatewayStore& reader)
{
    if (!permits(Accounts::rights, context.actor, {true, true}, std::nullopt))
        return Reply::refused({refusal::not_permitted, {}});
    AccountsReply reply;
    for (const auto& account : reader.accounts())
        reply.accounts.push_back({account.login, account.person, account.added_at});
    return Reply::accepted(reply);
}

void on_erased(const registration::PersonErased& event, GatewayUnit& unit, sealing::Keyring& keyring)
{
    const HeldOfPerson held{unit.store.accounts_of(event.person_id), unit.store.sessions_of(event.person_id),
                            unit.store.password_set_at(event.person_id).has_value()};
    unit.record(forget(event.person_id, held, unit.context.now));
    keyring.erase(event.person_id.uuid);
}

void on_contact(const registration::ContactChanged& event, GatewayUnit& unit)
{
    if (!event.phone || event.is_confirmed.value_or(false)) return;
    unit.record(phone_corrected(unit.store.sessions_of(event.person_id), unit.context.now));
}

}  // namespace

void wire(Handlers& handlers, const Ports& ports)
{
    handlers.command<AddAccount>(
        [ports](const AddAccount& command, GatewayUnit& unit) { return handle_account(command, unit, ports); });
    handlers.command<RemoveAccount>(handle_removal);
    handlers.command<OpenSession>(handle_opening);
    handlers.command<CloseSession>(handle_closing);
    handlers.command<ChooseRole>(handle_choice);
    handlers.command<SetPassword>([ports](const SetPassword& command, GatewayUnit& unit) {
        return handle_password(command, unit, ports.keyring);
    });
    handlers.command<RemovePassword>(handle_password_removal);
    handlers.query<HeldAbout>(answer_held);
    handlers.query<Accounts>(answer_accounts);
    handlers.own_all<Event>();

    for (auto& [service, tables] : GatewayStore::read_models()) handlers.read_model(service, tables);
    handlers.follow<registration::OrganisationFounded>();
    handlers.follow<registration::RoleGranted>();
    handlers.follow<registration::RoleRevoked>();
    handlers.follow<registration::ContactChanged>(on_contact);
    handlers.follow<registration::PersonErased>(
        [ports](const registration::PersonErased& event, GatewayUnit& unit) { on_erased(event, unit, ports.keyring); });

    handlers.follow<training::CampaignPlanned>();
    handlers.follow<training::CampaignChanged>();
    handlers.follow<training::ClassOpened>();
    handlers.follow<training::SeatTaken>();
    handlers.follow<training::Waitlisted>();
    handlers.follow<training::SeatOffered>();
    handlers.follow<training::OfferLapsed>();
    handlers.follow<training::OfferDeclined>();
    handlers.follow<training::EnrollmentCancelled>();
    handlers.follow<training::WaitingLeft>();

    handlers.read_model("notifications", {});
    handlers.follow<notifications::MessagePlaced>();
    handlers.follow<notifications::MessageRead>();
}

void migrate(sqlite::Database& database)
{
    sqlite::migrate(database, "gateway", GatewayStore::migrations());
}

}  // namespace gonghui::gateway

// Declaration, consents and profile of one member.

#include "services/matchmaking/app/profile_texts.hpp"
#include "services/matchmaking/app/settle.hpp"
#include "services/matchmaking/domain/declare_single.hpp"
#include "services/matchmaking/domain/give_consent.hpp"
#include "services/matchmaking/domain/publish_profile.hpp"
#include "services/matchmaking/domain/withdraw_consent.hpp"
#include "services/matchmaking/domain/withdraw_declaration.hpp"
#include "services/matchmaking/domain/withdraw_profile.hpp"

namespace gonghui::matchmaking {

namespace {

using messaging::Reply;

// The first steps towards a profile: its key is fetched meanwhile, so that publishing need not wait for it.
void prefetch_key(const Reply& reply, const PersonId& person, const Ports& ports)
{
    if (reply.outcome == messaging::Outcome::accepted) ports.keyring.find_or_want(person.uuid);
}

Reply on_declare_single(const DeclareSingle& command, MatchmakingUnit& unit, const Ports& ports)
{
    const auto& actor = unit.context.actor;
    const DeclareSingleFacts facts{.standing = unit.store.standing(actor),
                                   .participant = unit.store.participant(command.person_id)};
    auto reply = settle(declare_single(facts, command, actor, unit.context.now), unit);
    prefetch_key(reply, command.person_id, ports);
    return reply;
}

Reply on_withdraw_declaration(const WithdrawDeclaration& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const WithdrawDeclarationFacts facts{.standing = unit.store.standing(actor),
                                         .holdings = unit.store.holdings(command.person_id)};
    return settle(withdraw_declaration(facts, command, actor, unit.context.now), unit);
}

Reply on_give_consent(const GiveConsent& command, MatchmakingUnit& unit, const Ports& ports)
{
    const auto& actor = unit.context.actor;
    const GiveConsentFacts facts{.standing = unit.store.standing(actor),
                                 .participant = unit.store.participant(command.person_id)};
    auto reply = settle(give_consent(facts, command, actor, unit.context.now), unit);
    prefetch_key(reply, command.person_id, ports);
    return reply;
}

Reply on_withdraw_consent(const WithdrawConsent& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const WithdrawConsentFacts facts{.standing = unit.store.standing(actor),
                                     .holdings = unit.store.holdings(command.person_id)};
    return settle(withdraw_consent(facts, command, actor, unit.context.now), unit);
}

Reply on_publish_profile(const PublishProfile& command, MatchmakingUnit& unit, const Ports& ports)
{
    const auto& actor = unit.context.actor;
    const PublishProfileFacts facts{.standing = unit.store.standing(actor),
                                    .participant = unit.store.participant(command.person_id)};
    auto decided = publish_profile(facts, command, actor, unit.context.now);
    if (!decided) return Reply::refused(decided.error());

    const auto key = ports.keyring.find_or_want(command.person_id.uuid);
    if (!key) throw messaging::NotReady("the person's key is on its way");
    seal_texts(Sealer(*key, command.person_id, unit.context.random), command, *decided);
    unit.record(*decided);
    return Reply::accepted();
}

Reply on_withdraw_profile(const WithdrawProfile& command, MatchmakingUnit& unit)
{
    const auto& actor = unit.context.actor;
    const WithdrawProfileFacts facts{.standing = unit.store.standing(actor),
                                     .holdings = unit.store.holdings(command.person_id)};
    return settle(withdraw_profile(facts, command, actor, unit.context.now), unit);
}

}  // namespace

void wire_profiles(MatchmakingHandlers& handlers, const Ports& ports)
{
    handlers.command<DeclareSingle>(
        [ports](const auto& command, auto& unit) { return on_declare_single(command, unit, ports); });
    handlers.command<WithdrawDeclaration>(on_withdraw_declaration);
    handlers.command<GiveConsent>(
        [ports](const auto& command, auto& unit) { return on_give_consent(command, unit, ports); });
    handlers.command<WithdrawConsent>(on_withdraw_consent);
    handlers.command<PublishProfile>(
        [ports](const auto& command, auto& unit) { return on_publish_profile(command, unit, ports); });
    handlers.command<WithdrawProfile>(on_withdraw_profile);
}

}  // namespace gonghui::matchmaking

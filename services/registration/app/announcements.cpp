#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"
#include "services/registration/domain/announce.hpp"

namespace gonghui::registration {

namespace {

using messaging::Context;
using messaging::Reply;

constexpr std::int64_t page = 50;

Reply handle_announcing(const Announce& command, RegistrationUnit& unit)
{
    AnnounceFacts facts;
    facts.standing = standing_towards(unit.store, unit.context.actor, std::optional(command.organisation_id));
    facts.organisation = unit.store.organisation(command.organisation_id);
    facts.exists = unit.store.announcement(command.announcement_id).has_value();
    if (facts.organisation) facts.members = unit.store.counts(command.organisation_id).members;
    const auto decided = announce(facts, command, unit.context.actor, unit.context.now);
    return settled(decided, unit, AnnounceReply{facts.members});
}

// The timer is set anew by what it records, so that a step that was lost with the process is done again.
void on_announcing(const messaging::Timer& timer, RegistrationUnit& unit)
{
    const AnnouncementId id(timer.subject);
    const auto progress = unit.store.announcement(id);
    if (!progress || progress->done) return;
    unit.record(address(id, unit.store.next_to_tell(*progress, addressed_at_once), unit.context.now));
}

Reply list_announcements(const Announcements& query, const Context& context, const RegistrationStore& store)
{
    const auto& root = query.organisation_id;
    const auto standing = standing_towards(store, context.actor, root);
    if (!permits(Announcements::rights, context.actor, standing, std::nullopt))
        return Reply::refused({refusal::not_permitted, {}});
    if (root && !store.organisation(*root)) return Reply::refused({refusal::unknown_organisation, {}});
    return Reply::accepted(AnnouncementsReply{store.announcements_below(root, query.limit.value_or(page))});
}

}  // namespace

void handle_announcements(RegistrationHandlers& handlers)
{
    handlers.command<Announce>(handle_announcing);
    handlers.timer(std::string(announcing), on_announcing);
    handlers.query<Announcements>(list_announcements);
}

}  // namespace gonghui::registration

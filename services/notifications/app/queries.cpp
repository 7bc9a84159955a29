#include "services/notifications/app/queries.hpp"

#include "schemas/generated/notifications/codecs.hpp"

namespace gonghui::notifications {

using messaging::Context;
using messaging::Reply;

namespace {

constexpr std::int64_t held_on_a_page = 100;

template <class Query>
bool permitted(const Context& context, const NotificationsStore& reader, const std::optional<PersonId>& concerned)
{
    return permits(Query::rights, context.actor, reader.places().standing(context.actor, std::nullopt),
                   concerned ? std::optional(concerned->uuid) : std::nullopt);
}

Reply not_permitted()
{
    return Reply::refused({refusal::not_permitted, {}});
}

// An InboxMessage or a HeldMessage.
template <class Shown>
Shown shown(const StoredMessage& message, Language language)
{
    Shown out;
    out.message_id = message.message_id;
    out.topic = message.topic;
    out.critical = message.critical;
    out.at = message.at;
    out.read_at = message.read_at;
    // One text that cannot be rendered must not hide the other messages.
    if (auto text = render(message.template_name, tag_of(language), message.parameters)) {
        out.title = std::move(text->title);
        out.body = std::move(text->body);
    } else {
        out.title = message.template_name;
    }
    return out;
}

}  // namespace

Reply handle(const Inbox& query, const Context& context, NotificationsStore& reader)
{
    if (!permitted<Inbox>(context, reader, query.person_id)) return not_permitted();
    const auto limit = query.limit.value_or(20);
    const auto language = query.language.value_or(Language::zh_cn);
    auto messages = reader.inbox(query.person_id, query.before, limit + 1);
    InboxReply reply;
    reply.more = static_cast<std::int64_t>(messages.size()) > limit;
    if (reply.more) messages.pop_back();
    for (const auto& message : messages) reply.messages.push_back(shown<InboxMessage>(message, language));
    return Reply::accepted(reply);
}

Reply handle(const HeldAbout& query, const Context& context, NotificationsStore& reader)
{
    if (!permitted<HeldAbout>(context, reader, query.person_id)) return not_permitted();
    HeldAboutReply reply;
    const auto contact = reader.contact_of(query.person_id);
    if (!query.after) {
        reply.contact = contact;
        reply.preferences = reader.preferences_of(query.person_id);
    }
    // One more than shown tells whether there are more.
    auto held = reader.messages_of(query.person_id, query.after, held_on_a_page + 1);
    if (std::ssize(held) > held_on_a_page) {
        held.pop_back();
        reply.next = held.back().message.message_id;
    }
    const auto language = contact ? contact->language : Language::zh_cn;
    for (const auto& row : held) {
        auto& message = reply.messages.emplace_back(shown<HeldMessage>(row.message, language));
        message.template_ = row.message.template_name;
        message.inbox = row.inbox;
        message.mail = row.mail;
    }
    return Reply::accepted(reply);
}

Reply handle(const UnreadCount& query, const Context& context, NotificationsStore& reader)
{
    if (!permitted<UnreadCount>(context, reader, query.person_id)) return not_permitted();
    return Reply::accepted(UnreadCountReply{reader.unread(query.person_id)});
}

Reply handle(const Preferences& query, const Context& context, NotificationsStore& reader)
{
    if (!permitted<Preferences>(context, reader, query.person_id)) return not_permitted();
    PreferencesReply reply;
    for (const auto topic : {Topic::membership, Topic::training, Topic::matchmaking})
        for (const auto channel : {Channel::inapp, Channel::email})
            reply.preferences.push_back({topic, channel, reader.wants(query.person_id, topic, channel)});
    const auto quiet = reader.quiet_hours();
    reply.quiet_begins_minute = quiet.begins_minute;
    reply.quiet_ends_minute = quiet.ends_minute;
    reply.utc_offset_minutes = quiet.utc_offset_minutes;
    return Reply::accepted(reply);
}

Reply handle(const Deliveries& query, const Context& context, NotificationsStore& reader)
{
    if (!permitted<Deliveries>(context, reader, query.person_id)) return not_permitted();
    DeliveriesReply reply;
    const auto counts = reader.delivery_counts(query.person_id);
    reply.queued = counts.queued;
    reply.sending = counts.sending;
    reply.sent = counts.sent;
    reply.failed = counts.failed;
    reply.deliveries = reader.deliveries(query.person_id, query.state, query.limit.value_or(100));
    return Reply::accepted(reply);
}

Reply handle(const TemplatePreview& query, const Context& context, NotificationsStore& reader)
{
    if (!permitted<TemplatePreview>(context, reader, std::nullopt)) return not_permitted();
    const auto* kind = find_message_kind(query.template_);
    if (kind == nullptr) return Reply::refused({refusal::unknown_template, {}});
    auto text = render(kind->name, tag_of(query.language.value_or(Language::zh_cn)), kind->preview);
    if (!text) throw std::logic_error(text.error());
    return Reply::accepted(TemplatePreviewReply{std::move(text->title), std::move(text->body)});
}

}  // namespace gonghui::notifications

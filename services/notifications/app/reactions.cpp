#include "services/notifications/app/reactions.hpp"

#include "schemas/generated/notifications/codecs.hpp"

#include <stdexcept>

namespace gonghui::notifications {

namespace {

constexpr std::string_view place_of_email = "registration/member.email";

struct OpenedAddress {
    Address state = Address::none;
    Personal text;
};

OpenedAddress open(const std::optional<Sealed>& sealed, sealing::Keyring& keyring)
{
    const auto owner = sealed ? sealing::owner_of(*sealed) : std::nullopt;
    if (!owner) return {};
    const auto key = keyring.find_or_want(*owner);
    if (!key) return {keyring.is_erased(*owner) ? Address::none : Address::key_missing, {}};
    const auto plain = sealing::unseal(*key, place_of_email, *sealed);
    if (!plain || !is_bare_address(as_text(*plain))) return {};
    return {Address::known, Personal(std::string(as_text(*plain)))};
}

Mailer mailer_for(const MailQueue* mails, const MessageId& message)
{
    if (mails == nullptr) return Mailer::none;
    switch (mails->room_for(message.uuid)) {
        case MailQueue::Room::free:
            return Mailer::has_room;
        case MailQueue::Room::full:
            return Mailer::is_full;
        case MailQueue::Room::held:
            return Mailer::holds_it;
    }
    return Mailer::is_full;
}

Mail mail_of(const StoredMail& stored, const EmailSending& sending, Personal address)
{
    auto text = render(stored.template_name, tag_of(stored.language), stored.parameters);
    if (!text) throw std::logic_error(text.error());
    return {sending.message_id.uuid, static_cast<int>(sending.attempt), std::move(address), std::move(text->title),
            std::move(text->body)};
}

}  // namespace

void tell(const Notice& notice, NotificationsUnit& unit, const Ports& ports)
{
    tell(notice, MessageId(derive_uuid(unit.context.cause, 0)), unit, ports);
}

void tell(const Notice& notice, const MessageId& message_id, NotificationsUnit& unit, const Ports& ports)
{
    const auto* kind = find_message_kind(notice.template_name);
    if (kind == nullptr) throw std::logic_error("no message kind " + std::string(notice.template_name));
    auto recipient = unit.store.recipient(notice.person_id, kind->topic);
    recipient.has_email = recipient.has_email && ports.mails != nullptr;
    const auto quiet = recipient.has_email ? unit.store.quiet_hours() : QuietHours{};
    unit.record(place(notice, recipient, quiet, message_id, unit.context.now));
    // What other services still have to say of somebody who was erased meanwhile is forgotten at once.
    if (ports.keyring.has_erased(notice.person_id.uuid))
        unit.record(PersonForgotten{notice.person_id, unit.context.now});
    // So that the key is there when the e-mail's time comes; the message does not wait for it.
    if (recipient.has_email) ports.keyring.find_or_want(notice.person_id.uuid);
}

void on_addressed(const registration::AnnouncementAddressed& event, NotificationsUnit& unit, const Ports& ports)
{
    if (!unit.store.announcement(event.announcement_id))
        throw messaging::NotReady("announcement " + to_string(event.announcement_id) + " is not known yet");
    for (std::uint32_t i = 0; i < event.person_ids.size(); ++i)
        if (const auto& person = event.person_ids[i]; ports.share.has(person.uuid))
            tell(notice_of(event.announcement_id, person), MessageId(derive_uuid(unit.context.cause, i)), unit, ports);
}

Occasion lesson_of(const ClassId& id, const NotificationsUnit& unit)
{
    auto lesson = unit.store.lesson(id);
    if (!lesson) throw messaging::NotReady("class " + to_string(id) + " or its course is not known yet");
    return std::move(*lesson);
}

Occasion evening_of(const EveningId& id, const NotificationsUnit& unit)
{
    auto evening = unit.store.evening(id);
    if (!evening) throw messaging::NotReady("evening " + to_string(id) + " is not known yet");
    return std::move(*evening);
}

Union union_of(const OrganisationId& id, const NotificationsUnit& unit)
{
    auto found = unit.store.union_of(id);
    if (!found) throw messaging::NotReady("organisation " + to_string(id) + " is not known yet");
    return std::move(*found);
}

void on_email_due(const messaging::Timer& timer, NotificationsUnit& unit, const Ports& ports)
{
    const MessageId message(timer.subject);
    auto stored = unit.store.mail(message);
    if (!stored || stored->state == DeliveryState::sent) return;
    auto address = open(stored->address, ports.keyring);
    stored->mail.address = address.state;

    const auto mailer = mailer_for(ports.mails, message);
    const auto event = begin_attempt(stored->mail, unit.store.quiet_hours(), mailer, unit.context.now);
    unit.record(event);
    const auto* sending = std::get_if<EmailSending>(&event);
    if (sending == nullptr || mailer == Mailer::holds_it) return;
    unit.once_committed(
        [mails = ports.mails, mail = mail_of(*stored, *sending, std::move(address.text))] { mails->put(mail); });
}

}  // namespace gonghui::notifications

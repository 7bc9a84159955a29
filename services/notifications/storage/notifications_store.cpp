#include "services/notifications/storage/notifications_store.hpp"

#include "services/notifications/storage/parameters.hpp"

#include <stdexcept>

namespace gonghui::notifications {

namespace {

// A word that an earlier `to_string` wrote into a column.
template <class Enum>
Enum known(std::optional<Enum> parsed, std::string_view column)
{
    if (!parsed) throw std::runtime_error("unknown word in column " + std::string(column));
    return *parsed;
}

// Of `mine`, what is older than the message of number ?2, if that is given.
constexpr std::string_view before_the_edge = "(?2 IS NULL OR mine.number < ?2) ";

}  // namespace

std::string with_mine(std::string_view statement)
{
    return std::string(
               "WITH RECURSIVE mine (number, earlier, message_id) AS ("
               "SELECT number, earlier, message_id FROM messages "
               "WHERE number = (SELECT newest FROM inboxes WHERE person_id = ?1) "
               "UNION ALL SELECT one.number, one.earlier, one.message_id FROM mine "
               "CROSS JOIN messages AS one ON one.number = mine.earlier) ")
        .append(statement);
}

Recipient NotificationsStore::recipient(const PersonId& person, Topic topic) const
{
    Recipient recipient;
    recipient.has_email =
        database_.value<bool>("SELECT email IS NOT NULL FROM contacts WHERE person_id = ?", person).value_or(false);
    auto rows = database_.query("SELECT channel, wanted FROM preferences WHERE person_id = ? AND topic = ?", person,
                                to_string(topic));
    while (rows.next()) {
        const bool wanted = rows.get<bool>(1);
        switch (known(parse_channel(rows.text(0)), "preferences.channel")) {
            case Channel::inapp:
                recipient.wants_inapp = wanted;
                break;
            case Channel::email:
                recipient.wants_email = wanted;
                break;
        }
    }
    return recipient;
}

bool NotificationsStore::wants(const PersonId& person, Topic topic, Channel channel) const
{
    return database_
        .value<bool>("SELECT wanted FROM preferences WHERE person_id = ? AND topic = ? AND channel = ?", person,
                     to_string(topic), to_string(channel))
        .value_or(true);
}

QuietHours NotificationsStore::quiet_hours() const
{
    auto rows = database_.query("SELECT begins_minute, ends_minute, utc_offset_minutes FROM quiet_hours");
    if (!rows.next()) return {};
    return {rows.get<int>(0), rows.get<int>(1), rows.get<int>(2)};
}

std::optional<Occasion> NotificationsStore::lesson(const ClassId& id) const
{
    auto rows = database_.query(
        "SELECT title_zh, title_en, venue, starts_at, (SELECT utc_offset_minutes FROM quiet_hours) "
        "FROM classes JOIN courses USING (course_id) WHERE class_id = ?",
        id);
    if (!rows.next()) return std::nullopt;
    return Occasion{rows.get<std::string>(0), rows.get<std::string>(1), rows.get<std::string>(2),
                    rows.get<std::optional<UtcTime>>(3),
                    rows.get<std::optional<int>>(4).value_or(QuietHours{}.utc_offset_minutes)};
}

std::optional<Occasion> NotificationsStore::evening(const EveningId& id) const
{
    auto rows = database_.query(
        "SELECT title_zh, title_en, venue, starts_at, (SELECT utc_offset_minutes FROM quiet_hours) "
        "FROM evenings WHERE evening_id = ?",
        id);
    if (!rows.next()) return std::nullopt;
    return Occasion{rows.get<std::string>(0), rows.get<std::string>(1), rows.get<std::string>(2), rows.get<UtcTime>(3),
                    rows.get<std::optional<int>>(4).value_or(QuietHours{}.utc_offset_minutes)};
}

std::optional<Announcement> NotificationsStore::announcement(const AnnouncementId& id) const
{
    auto rows = database_.query(
        "SELECT title_zh, title_en, text_zh, text_en, name FROM announcements JOIN organisations "
        "USING (organisation_id) WHERE announcement_id = ?",
        id);
    if (!rows.next()) return std::nullopt;
    return Announcement{id,
                        rows.get<std::string>(0),
                        rows.get<std::string>(1),
                        rows.get<std::string>(2),
                        rows.get<std::string>(3),
                        rows.get<std::string>(4)};
}

Parameters NotificationsStore::parameters_in(std::string_view packed) const
{
    auto parameters = unpack(packed);
    const auto named = parameters.find(std::string(announced_as));
    if (named == parameters.end()) return parameters;
    const auto id = Uuid::parse(named->second);
    const auto found = id ? announcement(AnnouncementId(*id)) : std::nullopt;
    if (!found) throw std::runtime_error("no announcement " + named->second);
    return parameters_of(*found);
}

std::optional<Union> NotificationsStore::union_of(const OrganisationId& id) const
{
    auto name = database_.value<std::string>("SELECT name FROM organisations WHERE organisation_id = ?", id);
    if (!name) return std::nullopt;
    return Union{std::move(*name)};
}

bool NotificationsStore::is_district(const OrganisationId& id) const
{
    return database_.value<bool>("SELECT 1 FROM organisations WHERE organisation_id = ? AND kind = 'district'", id)
        .has_value();
}

Reading NotificationsStore::reading(const PersonId& person, const MessageId& message) const
{
    const auto number = number_of(person, message);
    auto rows = database_.query("SELECT read_at FROM messages WHERE number = ? AND inbox", number);
    if (!rows.next()) return Reading::no_such_message;
    return rows.is_null(0) ? Reading::unread : Reading::read;
}

// Before a message that is not there, there is nothing.
std::optional<std::int64_t> NotificationsStore::edge_of(const PersonId& person,
                                                        const std::optional<MessageId>& before) const
{
    if (!before) return std::nullopt;
    return number_of(person, *before).value_or(0);
}

std::optional<std::int64_t> NotificationsStore::number_of(const PersonId& person, const MessageId& message) const
{
    static const auto sql = with_mine("SELECT number FROM mine WHERE message_id = ?2");
    return database_.value<std::int64_t>(sql, person, message);
}

std::optional<StoredMail> NotificationsStore::mail(const MessageId& message) const
{
    auto rows = database_.query(
        "SELECT mails.person_id, state, attempts, template, topic, parameters, critical, language, email, at "
        "FROM mails JOIN messages USING (number) LEFT JOIN contacts ON contacts.person_id = mails.person_id "
        "WHERE mails.message_id = ?",
        message);
    if (!rows.next()) return std::nullopt;
    StoredMail mail;
    mail.mail.message_id = message;
    mail.mail.person_id = rows.get<PersonId>(0);
    mail.mail.placed_at = rows.get<UtcTime>(9);
    mail.state = known(parse_delivery_state(rows.text(1)), "mails.state");
    mail.mail.attempts = rows.integer(2);
    mail.template_name = rows.text(3);
    const auto topic = known(parse_topic(rows.text(4)), "messages.topic");
    mail.parameters = parameters_in(rows.text(5));
    mail.mail.critical = rows.get<bool>(6);
    if (!rows.is_null(7)) mail.language = known(parse_language(rows.text(7)), "contacts.language");
    mail.address = rows.get<std::optional<Sealed>>(8);
    mail.mail.wanted = wants(mail.mail.person_id, topic, Channel::email);
    mail.mail.address = mail.address ? Address::known : Address::none;
    return mail;
}

std::optional<ReportedMail> NotificationsStore::reported_mail(const MessageId& message) const
{
    auto rows = database_.query(
        "SELECT mails.person_id, state, attempts, critical FROM mails JOIN messages USING (number) "
        "WHERE mails.message_id = ?",
        message);
    if (!rows.next()) return std::nullopt;
    return ReportedMail{rows.get<PersonId>(0), known(parse_delivery_state(rows.text(1)), "mails.state"),
                        rows.integer(2), rows.get<bool>(3)};
}

std::vector<StoredMessage> NotificationsStore::inbox(const PersonId& person, const std::optional<MessageId>& before,
                                                     std::int64_t limit) const
{
    static const auto sql = with_mine(
                                "SELECT one.message_id, template, topic, parameters, critical, at, read_at "
                                "FROM mine CROSS JOIN messages AS one USING (number) WHERE inbox AND ")
                                .append(before_the_edge)
                                .append("LIMIT ?3");
    auto rows = database_.query(sql, person, edge_of(person, before), limit);
    std::vector<StoredMessage> messages;
    while (rows.next())
        messages.push_back({rows.get<MessageId>(0), rows.get<std::string>(1),
                            known(parse_topic(rows.text(2)), "messages.topic"), parameters_in(rows.text(3)),
                            rows.get<bool>(4), rows.get<UtcTime>(5), rows.get<std::optional<UtcTime>>(6)});
    return messages;
}

std::int64_t NotificationsStore::unread(const PersonId& person) const
{
    return database_.value<std::int64_t>("SELECT unread FROM inboxes WHERE person_id = ?", person).value_or(0);
}

std::vector<Delivery> NotificationsStore::deliveries(const std::optional<PersonId>& person,
                                                     const std::optional<DeliveryState>& state,
                                                     std::int64_t limit) const
{
    const auto wanted = state ? std::optional(to_string(*state)) : std::nullopt;
    auto rows = database_.query(
        "SELECT mails.message_id, mails.person_id, template, state, attempts, reason, due, changed_at "
        "FROM mails JOIN messages USING (number) "
        "WHERE (?1 IS NULL OR mails.person_id = ?1) AND (?2 IS NULL OR state = ?2) "
        "ORDER BY changed_at DESC, mails.message_id DESC LIMIT ?3",
        person, wanted, limit);
    std::vector<Delivery> deliveries;
    while (rows.next()) {
        Delivery one;
        one.message_id = rows.get<MessageId>(0);
        one.person_id = rows.get<PersonId>(1);
        one.template_ = rows.text(2);
        one.state = known(parse_delivery_state(rows.text(3)), "mails.state");
        one.attempts = rows.integer(4);
        if (!rows.is_null(5)) one.reason = known(parse_delivery_reason(rows.text(5)), "mails.reason");
        one.due = rows.get<std::optional<UtcTime>>(6);
        one.changed_at = rows.get<UtcTime>(7);
        deliveries.push_back(std::move(one));
    }
    return deliveries;
}

std::vector<HeldRow> NotificationsStore::messages_of(const PersonId& person, const std::optional<MessageId>& before,
                                                     std::int64_t limit) const
{
    static const auto sql =
        with_mine(
            "SELECT one.message_id, template, topic, parameters, critical, at, read_at, inbox, state, attempts, "
            "reason, server_code, due, changed_at FROM mine CROSS JOIN messages AS one USING (number) "
            "LEFT JOIN mails ON mails.message_id = one.message_id WHERE ")
            .append(before_the_edge)
            .append("LIMIT ?3");
    auto rows = database_.query(sql, person, edge_of(person, before), limit);
    std::vector<HeldRow> held;
    while (rows.next()) {
        auto& row = held.emplace_back();
        row.message = {rows.get<MessageId>(0),
                       rows.get<std::string>(1),
                       known(parse_topic(rows.text(2)), "messages.topic"),
                       parameters_in(rows.text(3)),
                       rows.get<bool>(4),
                       rows.get<UtcTime>(5),
                       rows.get<std::optional<UtcTime>>(6)};
        row.inbox = rows.get<bool>(7);
        if (rows.is_null(8)) continue;
        row.mail.emplace();
        row.mail->state = known(parse_delivery_state(rows.text(8)), "mails.state");
        row.mail->attempts = rows.integer(9);
        if (!rows.is_null(10)) row.mail->reason = known(parse_delivery_reason(rows.text(10)), "mails.reason");
        row.mail->server_code = rows.get<std::optional<std::int64_t>>(11);
        row.mail->due = rows.get<std::optional<UtcTime>>(12);
        row.mail->changed_at = rows.get<UtcTime>(13);
    }
    return held;
}

std::optional<HeldContact> NotificationsStore::contact_of(const PersonId& person) const
{
    auto rows = database_.query("SELECT language, email IS NOT NULL FROM contacts WHERE person_id = ?", person);
    if (!rows.next()) return std::nullopt;
    return HeldContact{known(parse_language(rows.text(0)), "contacts.language"), rows.get<bool>(1)};
}

std::vector<PreferenceRow> NotificationsStore::preferences_of(const PersonId& person) const
{
    std::vector<PreferenceRow> preferences;
    auto rows = database_.query(
        "SELECT topic, channel, wanted FROM preferences WHERE person_id = ? ORDER BY topic, channel", person);
    while (rows.next())
        preferences.push_back({known(parse_topic(rows.text(0)), "preferences.topic"),
                               known(parse_channel(rows.text(1)), "preferences.channel"), rows.get<bool>(2)});
    return preferences;
}

DeliveryCounts NotificationsStore::delivery_counts(const std::optional<PersonId>& person) const
{
    DeliveryCounts counts;
    auto rows = database_.query("SELECT state, count(*) FROM mails WHERE (?1 IS NULL OR person_id = ?1) GROUP BY state",
                                person);
    while (rows.next()) switch (known(parse_delivery_state(rows.text(0)), "mails.state")) {
            case DeliveryState::queued:
                counts.queued = rows.integer(1);
                break;
            case DeliveryState::sending:
                counts.sending = rows.integer(1);
                break;
            case DeliveryState::sent:
                counts.sent = rows.integer(1);
                break;
            case DeliveryState::failed:
                counts.failed = rows.integer(1);
                break;
        }
    return counts;
}

}  // namespace gonghui::notifications

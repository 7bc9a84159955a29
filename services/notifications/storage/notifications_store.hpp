#pragma once
// The tables of notifications, and the questions that rules and readers ask of them.
//
// Own tables are written from own events alone, the read model from followed events alone (evolve.hpp), so that either
// can be built again from its log.

#include "common/messaging/timers.hpp"
#include "common/places/places.hpp"
#include "common/sqlite/database.hpp"
#include "services/notifications/domain/delivery.hpp"
#include "services/notifications/domain/notices.hpp"
#include "services/notifications/domain/placing.hpp"
#include "services/notifications/domain/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gonghui::notifications {

// The durable timer of an e-mail: its subject is the message.
inline constexpr std::string_view email_due = "email_due";

struct StoredMessage {
    MessageId message_id;
    std::string template_name;
    Topic topic = Topic::membership;
    Parameters parameters;
    bool critical = false;
    UtcTime at;
    std::optional<UtcTime> read_at;
};

// What is needed to send an e-mail. `mail.address` is `known` when there is one; only who holds keys knows more.
struct StoredMail {
    DueMail mail;
    DeliveryState state = DeliveryState::queued;
    std::string template_name;
    Parameters parameters;
    std::optional<Sealed> address;  // sealed at registration/member.email
    Language language = Language::zh_cn;
};

// A message with the e-mail that goes with it, if any.
struct HeldRow {
    StoredMessage message;
    bool inbox = false;
    std::optional<HeldMail> mail;
};

struct DeliveryCounts {
    std::int64_t queued = 0, sending = 0, sent = 0, failed = 0;
};

// SQL that begins with `mine (number, earlier, message_id)`: the messages of person ?1, newest first, found one by one
// as they are asked for.
std::string with_mine(std::string_view statement);

// Over one connection: the writer's, or a reader's.
class NotificationsStore {
public:
    explicit NotificationsStore(sqlite::Database& database) : database_(database) {}

    // Component "notifications"; needs the components "places" and "timers" beside it.
    static std::vector<sqlite::Migration> migrations();
    // What the events of each followed service alone write.
    static std::vector<std::pair<std::string, std::vector<std::string>>> read_models();

    [[nodiscard]] sqlite::Database& database() { return database_; }
    [[nodiscard]] Places places() const { return Places(database_); }
    [[nodiscard]] messaging::Timers timers() const { return messaging::Timers(database_); }

    // --- facts for rules ---
    [[nodiscard]] Recipient recipient(const PersonId& person, Topic topic) const;
    [[nodiscard]] bool wants(const PersonId& person, Topic topic, Channel channel) const;
    [[nodiscard]] QuietHours quiet_hours() const;
    [[nodiscard]] std::optional<Occasion> lesson(const ClassId& id) const;  // nullopt: class or course not known yet
    [[nodiscard]] std::optional<Occasion> evening(const EveningId& id) const;
    [[nodiscard]] std::optional<Announcement> announcement(const AnnouncementId& id) const;
    [[nodiscard]] std::optional<Union> union_of(const OrganisationId& id) const;
    [[nodiscard]] bool is_district(const OrganisationId& id) const;
    [[nodiscard]] Reading reading(const PersonId& person, const MessageId& message) const;
    [[nodiscard]] std::optional<std::int64_t> number_of(const PersonId& person, const MessageId& message) const;
    [[nodiscard]] std::optional<StoredMail> mail(const MessageId& message) const;
    [[nodiscard]] std::optional<ReportedMail> reported_mail(const MessageId& message) const;

    // --- answers ---
    // Newest first; older than `before` when it is given.
    [[nodiscard]] std::vector<StoredMessage> inbox(const PersonId& person, const std::optional<MessageId>& before,
                                                   std::int64_t limit) const;
    [[nodiscard]] std::int64_t unread(const PersonId& person) const;
    [[nodiscard]] std::vector<Delivery> deliveries(const std::optional<PersonId>& person,
                                                   const std::optional<DeliveryState>& state, std::int64_t limit) const;
    // Everything that is held about a person. Messages newest first; older than `before` when it is given.
    [[nodiscard]] std::vector<HeldRow> messages_of(const PersonId& person, const std::optional<MessageId>& before,
                                                   std::int64_t limit) const;
    [[nodiscard]] std::optional<HeldContact> contact_of(const PersonId& person) const;
    [[nodiscard]] std::vector<PreferenceRow> preferences_of(const PersonId& person) const;
    // Of one person, or of all.
    [[nodiscard]] DeliveryCounts delivery_counts(const std::optional<PersonId>& person) const;

private:
    // As they were packed; those of an announcement are looked up.
    [[nodiscard]] Parameters parameters_in(std::string_view packed) const;
    [[nodiscard]] std::optional<std::int64_t> edge_of(const PersonId& person,
                                                      const std::optional<MessageId>& before) const;

    sqlite::Database& database_;
};

}  // namespace gonghui::notifications

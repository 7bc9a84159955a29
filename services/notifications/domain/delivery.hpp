#pragma once
// The life of an e-mail: queued -> sending -> sent | failed, with attempts that are bounded and further and further
// apart. "Sending" is an event, so that a crash in that state is found: when nothing was reported by the time that the
// event names, the e-mail is looked at again (and may arrive twice, under the same Message-ID).

#include "common/result/refusal.hpp"
#include "schemas/generated/notifications/messages.hpp"
#include "services/notifications/domain/quiet_hours.hpp"

#include <optional>
#include <vector>

namespace gonghui::notifications {

// Nothing reported after this long: the mailer, or the process, has died over it.
inline constexpr std::chrono::seconds look_again_after{120};
// The mailer's hands are full: every wait is an event, so not too soon.
inline constexpr std::chrono::seconds mailer_patience{60};
// The person's key is on its way: at first soon, then as long again as it has been waited for, so that a key that never
// comes costs a few events and not thousands.
inline constexpr std::chrono::seconds shortest_key_wait{2};
inline constexpr std::chrono::seconds longest_key_wait{3600};

enum class Address : std::uint8_t {
    known,        // and can be opened
    key_missing,  // its key is on its way
    none,         // there is none, it is no address, or its key was destroyed
};

enum class Mailer : std::uint8_t {
    none,  // the district has no mail server any more
    has_room,
    is_full,
    holds_it,  // this very mail, from before: it is slow, not dead
};

struct DueMail {
    MessageId message_id;
    PersonId person_id;
    UtcTime placed_at;
    std::int64_t attempts = 0;  // begun so far
    bool critical = false;
    bool wanted = true;  // the person's preference now, which may have changed since it was queued
    Address address = Address::known;
};

// An e-mail's time has come. Returns EmailSending (hand it to the mailer), EmailQueued (later) or EmailFailed (never).
[[nodiscard]] Event begin_attempt(const DueMail& mail, const QuietHours& quiet, Mailer mailer, UtcTime now);

struct ReportedMail {
    PersonId person_id;
    DeliveryState state = DeliveryState::queued;
    std::int64_t attempts = 0;
    bool critical = false;
};

struct ReportFacts {
    std::optional<ReportedMail> mail;
    Standing standing;
};

// No event when the report comes late: of a mail that is done, or of an earlier attempt that came to nothing.
[[nodiscard]] Decided<std::vector<Event>> report_delivery(const ReportFacts& facts, const QuietHours& quiet,
                                                          const ReportDelivery& command, const Actor& actor,
                                                          UtcTime now);

}  // namespace gonghui::notifications

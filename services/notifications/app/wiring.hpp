#pragma once
// Which function answers which message: the table of contents of notifications.

#include "common/messaging/handlers.hpp"
#include "common/messaging/source.hpp"
#include "common/sealing/keyring.hpp"
#include "services/notifications/mail/mail_queue.hpp"
#include "services/notifications/storage/evolve.hpp"

#include <string>

namespace gonghui::notifications {

using NotificationsUnit = messaging::Unit<NotificationsStore>;

// What handlers reach besides the store; used on the writer's thread.
struct Ports {
    sealing::Keyring& keyring;   // a cache: missing keys are wanted and fetched by the host
    MailQueue* mails = nullptr;  // nullptr: the district has no mail server, and nobody gets e-mail
    messaging::Share share{};    // whose inboxes stand in this partition
    MailQueue* codes = nullptr;  // nullptr: nothing goes out to mobile phones
    std::string sms_domain{};    // of the gateway that takes mails to <number>@<domain>
};

// `ports` outlive `handlers`.
void wire(messaging::Handlers<NotificationsStore>& handlers, const Ports& ports);

// The service's own tables and the places; the host's come with the host.
void migrate(sqlite::Database& database);

}  // namespace gonghui::notifications

#pragma once
// DeliveryReports over the bus: the command notifications.report_delivery, which this service sends to itself, so that
// a result takes the way of every other change.

#include "common/messaging/client.hpp"
#include "services/notifications/mail/email_worker.hpp"

#include <optional>

namespace gonghui::notifications {

// Belongs to one thread. Connects with the first report: who sends no e-mail opens no further connection.
class BusReports final : public DeliveryReports {
public:
    // To the partition that decides about this person's mail.
    BusReports(messaging::HubAddress hub, messaging::KeyPair identity, int partition)
        : hub_(std::move(hub)), identity_(std::move(identity)), partition_(partition)
    {
    }

    bool deliver(const DeliveryReport& report) override;

private:
    messaging::HubAddress hub_;
    messaging::KeyPair identity_;
    int partition_;
    std::optional<zeromq::Context> context_;
    std::optional<messaging::Client> client_;
    codec::Parser parser_;
};

}  // namespace gonghui::notifications

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
    BusReports(messaging::HubAddress hub, messaging::KeyPair identity)
        : hub_(std::move(hub)), identity_(std::move(identity))
    {
    }

    bool deliver(const DeliveryReport& report) override;

private:
    messaging::HubAddress hub_;
    messaging::KeyPair identity_;
    std::optional<zeromq::Context> context_;
    std::optional<messaging::Client> client_;
    codec::Parser parser_;
};

}  // namespace gonghui::notifications

#include "services/notifications/mail/bus_reports.hpp"

#include "schemas/generated/notifications/codecs.hpp"

namespace gonghui::notifications {

namespace {

// The worker waits no longer than this while the bus is away; the report is sent again after the next mail.
constexpr std::chrono::seconds patience{2};

DeliveryResult result_of(SendResult result)
{
    switch (result) {
        case SendResult::taken:
            return DeliveryResult::taken;
        case SendResult::unreachable:
            return DeliveryResult::unreachable;
        case SendResult::refused_for_now:
            return DeliveryResult::refused_for_now;
        case SendResult::refused_for_good:
            return DeliveryResult::refused_for_good;
        case SendResult::not_authenticated:
            return DeliveryResult::not_authenticated;
    }
    return DeliveryResult::unreachable;
}

messaging::OutgoingRequest request_of(const DeliveryReport& report, int partition)
{
    ReportDelivery command;
    command.message_id = MessageId(report.message_id);
    command.attempt = report.attempt;
    command.result = result_of(report.sent.result);
    command.server_code = report.sent.server_code;
    codec::Writer data;
    encode(data, command);
    messaging::OutgoingRequest request;
    request.id = report.request_id;
    request.type = ReportDelivery::type;
    request.partition = partition;
    request.data = data.take();
    return request;
}

}  // namespace

bool BusReports::deliver(const DeliveryReport& report)
{
    if (!client_) client_.emplace(context_.emplace(), hub_, identity_);
    const auto bytes = client_->call(request_of(report, partition_), patience);
    if (!bytes) return false;
    const auto reply = messaging::decode_reply(parser_, *bytes);
    if (!reply) return false;
    // Refused and invalid are answers too: asking again would not change them.
    return reply->outcome != messaging::Outcome::retry && reply->outcome != messaging::Outcome::fault;
}

}  // namespace gonghui::notifications

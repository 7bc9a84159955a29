#include "services/ctl/app/hub_view.hpp"

#include "common/messaging/source.hpp"
#include "services/ctl/app/fields.hpp"

#include <algorithm>

namespace gonghui::ctl {

namespace {

std::map<std::string, std::string> holders_in(codec::Value services)
{
    std::map<std::string, std::string> holders;
    for (std::size_t i = 0; i < services.size(); ++i) {
        const auto partitions = field(services.element(i), "partitions");
        for (std::size_t j = 0; j < partitions.size(); ++j) {
            const auto partition = partitions.element(j);
            if (field(partition, "held").boolean().value_or(false))
                holders[text_of(partition, "source")] = text_of(partition, "instance");
        }
    }
    return holders;
}

std::vector<HubView::KeptOut> kept_out_among(codec::Value peers)
{
    std::vector<HubView::KeptOut> found;
    for (std::size_t i = 0; i < peers.size(); ++i)
        if (const auto times = number_of(peers.element(i), "kept_out"); times > 0)
            found.push_back({text_of(peers.element(i), "instance"), number_of(peers.element(i), "rate"), times});
    return found;
}

}  // namespace

std::optional<HubView> ask_hub(Connection& connection, milliseconds patience)
{
    messaging::OutgoingRequest request;
    request.id = connection.new_request_id();
    request.type = "hub._status";
    codec::Parser parser;
    const auto bytes = connection.client().call(request, patience);
    const auto reply = bytes ? messaging::decode_reply(parser, *bytes) : tl::make_unexpected(std::string());
    if (!reply || reply->outcome != messaging::Outcome::accepted) return std::nullopt;
    const auto requests = field(reply->data, "requests");
    const auto events = field(reply->data, "events");
    return HubView{number_of(requests, "forwarded"),
                   number_of(requests, "overloaded"),
                   number_of(requests, "unavailable"),
                   number_of(requests, "refused"),
                   number_of(events, "events"),
                   number_of(events, "dropped"),
                   number_of(reply->data, "wire"),
                   holders_in(field(reply->data, "services")),
                   kept_out_among(field(reply->data, "peers"))};
}

std::vector<ProgramPlan> services_at(Connection& connection)
{
    constexpr milliseconds patience{1'000};
    auto services = connection.plan().services;
    const auto hub = ask_hub(connection, patience);
    if (!hub) return services;
    std::map<std::string, std::int64_t> by_hand;  // service -> partitions
    for (const auto& [text, instance] : hub->holders) {
        const auto source = messaging::Source::parse(text);
        // Whoever claims to hold more than a plan may name is asked for nothing.
        if (!source || source->partition >= most_partitions) continue;
        auto& partitions = by_hand[source->service];
        partitions = std::max<std::int64_t>(partitions, source->partition + 1);
    }
    for (const auto& planned : services) by_hand.erase(planned.name);
    for (const auto& [name, partitions] : by_hand) {
        auto& service = services.emplace_back();
        service.name = name;
        service.partitions = partitions;
    }
    return services;
}

}  // namespace gonghui::ctl

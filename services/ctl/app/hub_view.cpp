#include "services/ctl/app/hub_view.hpp"

namespace gonghui::ctl {

namespace {

codec::Value field(codec::Value map, std::string_view name)
{
    return map.find(name).value_or(codec::Value{});
}

std::int64_t number(codec::Value map, std::string_view name)
{
    return field(map, name).integer().value_or(0);
}

std::string text_of(codec::Value map, std::string_view name)
{
    return std::string(field(map, name).text().value_or(""));
}

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
    return HubView{number(requests, "forwarded"),
                   number(requests, "overloaded"),
                   number(requests, "unavailable"),
                   number(requests, "refused"),
                   number(events, "events"),
                   number(events, "dropped"),
                   holders_in(field(reply->data, "services"))};
}

}  // namespace gonghui::ctl

#include "services/ctl/app/json_output.hpp"

#include "common/bytes/base64.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace gonghui::ctl {

namespace {

using Json = nlohmann::ordered_json;
using codec::Kind;
using codec::Value;
using schemas::Shape;
using schemas::Type;

std::string dumped(const Json& json, JsonForm form)
{
    constexpr int indent = 2;
    return json.dump(form == JsonForm::indented ? indent : -1, ' ', false, Json::error_handler_t::replace);
}

std::string sized(std::string_view what, std::size_t bytes)
{
    return std::string(what) + '(' + std::to_string(bytes) + " bytes)";
}

// Without a type: by its kind. Sixteen bytes are almost always a UUID.
Json plain(const Value& value)
{
    switch (value.kind()) {
        case Kind::boolean:
            return value.boolean().value_or(false);
        case Kind::integer:
            return value.integer().value_or(0);
        case Kind::text:
            return std::string(value.text().value_or(""));
        case Kind::binary: {
            const auto bytes = value.binary().value_or(BytesView{});
            if (const auto uuid = Uuid::from_bytes(bytes)) return to_string(*uuid);
            return to_base64(bytes);
        }
        case Kind::array: {
            auto array = Json::array();
            for (std::size_t i = 0; i < value.size(); ++i) array.push_back(plain(value.element(i)));
            return array;
        }
        case Kind::map: {
            auto object = Json::object();
            for (std::size_t i = 0; i < value.size(); ++i)
                object[std::string(value.key(i).text().value_or("?"))] = plain(value.mapped(i));
            return object;
        }
        case Kind::nil:
        case Kind::other:
            break;
    }
    return nullptr;
}

Json typed(const Type& type, const Value& value);

Json record(const Type& type, const Value& value)
{
    auto object = Json::object();
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto name = value.key(i).text().value_or("?");
        const auto field = std::find_if(type.fields.begin(), type.fields.end(),
                                        [&](const schemas::Field& known) { return known.name == name; });
        // A newer sender's field has no type here.
        object[std::string(name)] =
            field == type.fields.end() ? plain(value.mapped(i)) : typed(*field->type, value.mapped(i));
    }
    return object;
}

Json typed(const Type& type, const Value& value)
{
    switch (type.shape) {
        case Shape::sealed:
            if (const auto bytes = value.binary()) return sized("sealed", bytes->size());
            break;
        case Shape::time:
            if (const auto microseconds = value.integer()) return gonghui::to_string(from_microseconds(*microseconds));
            break;
        case Shape::binary:
            if (const auto bytes = value.binary()) return to_base64(*bytes);
            break;
        case Shape::record:
            if (value.kind() == Kind::map) return record(type, value);
            break;
        case Shape::array:
            if (value.kind() == Kind::array) {
                auto array = Json::array();
                for (std::size_t i = 0; i < value.size(); ++i) array.push_back(typed(*type.item, value.element(i)));
                return array;
            }
            break;
        case Shape::boolean:
        case Shape::integer:
        case Shape::text:
        case Shape::personal:
        case Shape::uuid:
        case Shape::date:
        case Shape::parameters:
        case Shape::choice:
            break;
    }
    return plain(value);
}

Json at_json(const messaging::At& at)
{
    return {{"source", at.source}, {"epoch", at.epoch}, {"seq", at.seq}};
}

Json event_data(const messaging::Event& event)
{
    if (event.is_private()) return sized("private", event.data.binary().value_or(BytesView{}).size());
    const auto* message = schemas::find_event(event.header.dataschema);
    return message == nullptr ? plain(event.data) : typed(*message->data, event.data);
}

Json report_json(const PartitionReport& report)
{
    Json json{{"source", report.source},
              {"service", report.service},
              {"partition", report.partition},
              {"answered", report.answered}};
    if (!report.instance.empty()) json["instance"] = report.instance;
    if (!report.answered) return json;
    json["version"] = report.version;
    json["claim"] = report.claim;
    json["epoch"] = report.epoch;
    json["head"] = report.head;
    json["parked"] = report.parked;
    json["store_bytes"] = report.store_bytes;
    const auto& requests = report.requests;
    json["requests"] = {{"accepted", requests.accepted}, {"refused", requests.refused},
                        {"invalid", requests.invalid},   {"retry", requests.retried},
                        {"fault", requests.faults},      {"repeated", requests.repeated}};
    const auto& events = report.events;
    json["events"] = {{"published", events.published},           {"applied_live", events.live},
                      {"applied_from_pages", events.from_pages}, {"skipped", events.skipped},
                      {"duplicates", events.duplicates},         {"undecodable", events.undecodable}};
    return json;
}

// Lists grow page by page; everything else stands on the first page alone, or is the same on each.
void merge(Json& whole, const Json& page)
{
    for (const auto& [name, value] : page.items()) {
        if (name == "next") continue;
        if (value.is_array() && whole.contains(name))
            whole[name].insert(whole[name].end(), value.begin(), value.end());
        else if (!whole.contains(name))
            whole[name] = value;
    }
}

Json whole_of(const HeldPart& part)
{
    const auto* message = schemas::find_request(part.service + ".held_about");
    auto whole = Json::object();
    for (const auto& page : part.pages) {
        codec::Parser parser;
        const auto reply = messaging::decode_reply(parser, page);
        if (!reply) continue;  // whoever asked has read it
        merge(whole, message != nullptr ? typed(*message->reply, reply->data) : plain(reply->data));
    }
    return whole;
}

}  // namespace

HeldCopy held_copy(const HeldHead& head, const std::vector<HeldPart>& parts)
{
    Json json{{"person_id", to_string(head.person)},
              {"at", gonghui::to_string(head.at)},
              {"reason", head.reason},
              {"held", Json::object()}};
    HeldCopy copy;
    for (const auto& part : parts) {
        auto whole = whole_of(part);
        for (const auto& [what, value] : whole.items())
            if (!value.empty())
                copy.counts.push_back(
                    {part.service, what, value.is_array() ? static_cast<std::int64_t>(value.size()) : 1});
        json["held"][part.service] = std::move(whole);
    }
    copy.json = dumped(json, JsonForm::indented) + '\n';
    return copy;
}

std::string reply_json(const messaging::ReceivedReply& reply, const schemas::Message* message, Language language,
                       JsonForm form)
{
    using messaging::Outcome;
    Json json{{"id", to_string(reply.id)}, {"outcome", std::string(to_string(reply.outcome))}};
    if (!reply.code.empty()) json["code"] = std::string(reply.code);
    if (reply.outcome == Outcome::refused && message != nullptr)
        if (const auto* wording = schemas::find_refusal(message->service, reply.code))
            json["text"] = std::string(wording->in(language));
    if (reply.facts.kind() == Kind::map) json["facts"] = plain(reply.facts);
    if (reply.errors.kind() == Kind::array) json["errors"] = plain(reply.errors);
    if (reply.outcome == Outcome::retry) json["retry_after_ms"] = reply.retry_after.count();
    json["at"] = at_json(reply.at);
    if (reply.data.kind() == Kind::map)
        json["data"] =
            message != nullptr && message->reply != nullptr ? typed(*message->reply, reply.data) : plain(reply.data);
    return dumped(json, form);
}

std::string event_json(const messaging::Event& event, JsonForm form)
{
    const auto& header = event.header;
    const Json json{{"source", std::string(header.source)},
                    {"epoch", header.epoch},
                    {"seq", header.seq},
                    {"time", gonghui::to_string(header.time)},
                    {"type", std::string(header.type)},
                    {"subject", std::string(header.subject)},
                    {"id", to_string(header.id)},
                    {"cause", to_string(header.cause)},
                    {"dataschema", std::string(header.dataschema)},
                    {"traceparent", std::string(header.traceparent)},
                    {"data", event_data(event)}};
    return dumped(json, form);
}

std::string event_data_json(const messaging::Event& event)
{
    return dumped(event_data(event), JsonForm::one_line);
}

std::string status_json(const std::vector<PartitionReport>& reports, const std::vector<Lag>& lags,
                        const Verdict& verdict, JsonForm form)
{
    Json json{{"level", verdict.is_level()},
              {"silent", verdict.silent},
              {"behind", verdict.behind},
              {"diverged", verdict.diverged},
              {"parked", verdict.parked}};
    if (const auto live = live_per_mille(reports)) json["live_per_mille"] = *live;
    json["partitions"] = Json::array();
    for (const auto& report : reports) json["partitions"].push_back(report_json(report));
    json["followers"] = Json::array();
    for (const auto& lag : lags)
        json["followers"].push_back({{"follower", lag.follower},
                                     {"source", lag.source},
                                     {"cursor", lag.cursor},
                                     {"head", lag.head},
                                     {"behind", lag.behind},
                                     {"diverged", lag.diverged}});
    return dumped(json, form);
}

}  // namespace gonghui::ctl

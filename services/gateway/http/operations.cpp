#include "services/gateway/http/operations.hpp"

#include "common/codec/writer.hpp"
#include "common/text/quotes.hpp"
#include "schemas/json/to_json.hpp"
#include "services/gateway/http/api.hpp"
#include "services/gateway/http/problems.hpp"

namespace gonghui::gateway {

namespace {

constexpr std::chrono::seconds longest_wait{3};  // for a partition that may be gone

}  // namespace

// Answers when the last of those who share it is gone: every partition has answered, or nobody is waited for any more.
struct Operations::Gathered {
    struct Partition {
        std::string head;             // `"source":...,"instance":...,"held":...`
        std::string status = "null";  // JSON
    };

    explicit Gathered(Respond answer) : respond(std::move(answer)) {}
    ~Gathered()
    {
        HttpResponse response;
        response.headers = "Cache-Control: no-store\r\n";
        response.body = "{\"partitions\":[";
        for (const auto& one : partitions) {
            if (response.body.back() != '[') response.body += ',';
            response.body += '{' + one.head + ",\"status\":" + one.status + '}';
        }
        response.body += "]}";
        respond(std::move(response));
    }
    Gathered(const Gathered&) = delete;
    Gathered& operator=(const Gathered&) = delete;

    Respond respond;
    std::vector<Partition> partitions;
};

void Operations::show_status(const Caller& caller, const HttpRequest& request, const Respond& respond)
{
    const auto language = request.language;
    if (request.method != Method::get) return respond(not_allowed("GET, HEAD", language));
    if (caller.actor.role != Role::district && caller.actor.role != Role::city)
        return respond(problem(403, "not_permitted", language));
    const auto asked = bus_.ask(request_for("hub._status"), {}, [this, language, respond](const Answered& answered) {
        if (answered.reply == nullptr || answered.reply->outcome != messaging::Outcome::accepted)
            return respond(not_accepted(answered, "hub", language));
        gather(answered.reply->data, std::make_shared<Gathered>(respond));
    });
    if (asked != Bus::Asked::sent) respond(problem(503, "overloaded", language));
}

messaging::OutgoingRequest Operations::request_for(std::string type) const
{
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(clock_.now(), random_);
    request.type = std::move(type);
    request.deadline = clock_.now() + longest_wait;
    codec::Writer nothing;
    nothing.map(0);
    request.data = nothing.take();
    return request;
}

void Operations::gather(const codec::Value& hub_status, const std::shared_ptr<Gathered>& gathered)
{
    const auto services = hub_status.find("services").value_or(codec::Value());
    for (std::size_t i = 0; i < services.size(); ++i) {
        const auto name = services.element(i).find("service").value_or(codec::Value()).text().value_or("");
        const auto partitions = services.element(i).find("partitions").value_or(codec::Value());
        for (std::size_t k = 0; k < partitions.size(); ++k) ask_partition(name, partitions.element(k), gathered);
    }
}

void Operations::ask_partition(std::string_view service, const codec::Value& partition,
                               const std::shared_ptr<Gathered>& gathered)
{
    const auto number = gathered->partitions.size();
    auto& one = gathered->partitions.emplace_back();
    for (const auto* name : {"source", "instance", "held"}) {
        one.head += one.head.empty() ? "" : ",";
        append_in_quotes(one.head, name);
        one.head += ':';
        schemas::append_json(one.head, partition.find(name).value_or(codec::Value()));
    }
    auto request = request_for(std::string(service) + "._status");
    request.partition = partition.find("partition").value_or(codec::Value()).integer();
    bus_.ask(request, {}, [number, gathered](const Answered& answered) {
        if (answered.reply == nullptr || answered.reply->outcome != messaging::Outcome::accepted) return;
        auto& status = gathered->partitions[number].status;
        status.clear();
        schemas::append_json(status, answered.reply->data);
    });
}

}  // namespace gonghui::gateway

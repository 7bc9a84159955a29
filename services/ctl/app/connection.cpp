#include "services/ctl/app/connection.hpp"

#include "common/text/nearest.hpp"
#include "services/ctl/app/district_config.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

namespace gonghui::ctl {

namespace {

using process::Exit;
using std::chrono::steady_clock;

messaging::HubAddress address_of(const DistrictPlan& plan)
{
    return {plan.connect.publish, plan.connect.subscribe, plan.connect.request, plan.hub_public_key};
}

}  // namespace

DistrictPlan load_plan(const Session& session)
{
    const auto file = district_file(session.folder);
    std::error_code unreadable;  // whoever may not look into the folder is told when the file is read
    if (!std::filesystem::exists(file, unreadable) && !unreadable)
        throw session.failure(Exit::unavailable, text::no_district, {session.folder});
    auto plan = parse_district(read_district(session, file), session.language);
    plan.folder = session.folder;  // wherever it has been moved or mounted
    return plan;
}

const ProgramPlan& find_service(const Session& session, const std::vector<ProgramPlan>& services,
                                const std::string& name, std::optional<std::int64_t> partition)
{
    const auto found = std::find_if(services.begin(), services.end(),
                                    [&](const ProgramPlan& service) { return service.name == name; });
    if (found != services.end()) {
        if (partition.value_or(0) < found->partitions) return *found;
        throw session.failure(Exit::usage, text::unknown_partition, {name, std::to_string(found->partitions - 1)});
    }
    std::vector<std::string_view> known;
    known.reserve(services.size());
    for (const auto& service : services) known.emplace_back(service.name);
    if (const auto meant = nearest(name, known))
        throw session.failure(Exit::usage, text::unknown_service_meant, {name, *meant});
    std::string all;
    for (const auto service : known) all += (all.empty() ? "" : ", ") + std::string(service);
    throw session.failure(Exit::usage, text::unknown_service, {name, all});
}

Connection::Connection(const Session& session, milliseconds patience)
    : Connection(session, load_plan(session), patience)
{
}

Connection::Connection(const Session& session, DistrictPlan plan, milliseconds patience)
    : plan_(std::move(plan)),
      client_(context_, address_of(plan_), zeromq::KeyPair::load(identity_file(plan_.folder, "ctl")))
{
    switch (client_.connect(patience)) {
        case zeromq::Link::up:
            return;
        case zeromq::Link::refused:
            throw session.failure(Exit::no_permission, text::key_unknown, {identity_file(plan_.folder, "ctl")});
        case zeromq::Link::connecting:
            break;
    }
    throw session.failure(Exit::unavailable, text::hub_unreachable, {plan_.connect.request});
}

Asked Connection::ask(const messaging::OutgoingRequest& request, milliseconds patience)
{
    constexpr milliseconds lost_after{5'000};  // then the request or its reply is lost, and it is asked again
    constexpr milliseconds least_wait{20};
    const auto deadline = steady_clock::now() + patience;
    const auto left = [&] {
        return std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    };
    Asked asked;
    do {
        ++asked.tries;
        auto reply = client_.call(request, std::clamp(left(), milliseconds(1), lost_after));
        if (!reply) continue;
        asked.reply = std::move(reply);
        const auto decoded = messaging::decode_reply(parser_, *asked.reply);
        if (!decoded || decoded->outcome != messaging::Outcome::retry) return asked;
        std::this_thread::sleep_for(std::min(left(), std::max(decoded->retry_after, least_wait)));
    } while (left() > milliseconds(0));
    return asked;
}

messaging::OutgoingRequest Connection::to_partition(std::string_view service, std::string_view name,
                                                    std::int64_t partition, Bytes data)
{
    messaging::OutgoingRequest request;
    request.id = new_request_id();
    request.type = std::string(service) + '.' + std::string(name);
    request.partition = partition;
    request.data = std::move(data);
    return request;
}

}  // namespace gonghui::ctl

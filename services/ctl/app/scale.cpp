#include "services/ctl/app/scale.hpp"

#include "services/ctl/app/files.hpp"
#include "services/ctl/app/grants_in_force.hpp"
#include "services/ctl/app/hub_view.hpp"
#include "services/ctl/app/keys.hpp"
#include "services/ctl/app/programs.hpp"
#include "services/ctl/domain/table.hpp"
#include "services/ctl/domain/texts.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <thread>

namespace gonghui::ctl {

namespace {

using process::Exit;
using std::chrono::steady_clock;

constexpr milliseconds patience{1'000};
constexpr milliseconds between_looks{100};

// Partition -> instance.
using Shares = std::map<std::string, std::string>;

Shares shares_of(const HubView& hub, const DistrictPlan& plan, const ProgramPlan& service)
{
    Shares shares;
    for (std::int64_t partition = 0; partition < service.partitions; ++partition) {
        const auto source = plan.district + '/' + service.name + '/' + std::to_string(partition);
        if (const auto held = hub.holders.find(source); held != hub.holders.end()) shares.insert(*held);
    }
    return shares;
}

// Everything is held, by just these instances, and by none of them two more than by another.
bool is_shared_out(const Shares& shares, const ProgramPlan& service)
{
    std::map<std::string, std::int64_t> held;
    for (const auto& [source, instance] : shares) ++held[instance];
    if (std::cmp_not_equal(shares.size(), service.partitions) || std::cmp_not_equal(held.size(), service.instances))
        return false;
    return std::all_of(held.begin(), held.end(), [&](const auto& one) {
        return one.second >= service.partitions / service.instances &&
               one.second <= (service.partitions + service.instances - 1) / service.instances;
    });
}

void print(const Session& session, const Shares& shares)
{
    Table table({{session.say(text::title_partition)}, {session.say(text::title_instance)}});
    for (const auto& [source, instance] : shares) table.row({source, instance});
    std::cout << table.render();
}

}  // namespace

int scale(const Session& session, const ScaleOptions& options)
{
    auto plan = load_plan(session);
    auto service = find_service(session, plan.services, options.service);
    if (options.instances > service.partitions)
        throw session.failure(Exit::usage, text::too_many_instances,
                              {service.name, std::to_string(service.partitions), std::to_string(service.partitions)});
    if (!running(session.folder, "up", "gonghui"))
        throw session.failure(Exit::unavailable, text::nothing_up, {session.folder});
    service.instances = options.instances;
    for (auto& one : plan.services)
        if (one.name == service.name) one.instances = options.instances;
    if (!complete_keys(session, plan).empty()) put_grants_in_force(session);
    write_file(session, instances_file(session.folder, service.name), std::to_string(options.instances) + '\n',
               Privacy::open);
    std::cout << session.say(text::scaling,
                             {service.name, std::to_string(service.instances), std::to_string(service.partitions)})
              << std::endl;

    Connection connection(session);
    for (const auto give_up = steady_clock::now() + std::chrono::seconds(options.timeout_seconds);
         steady_clock::now() < give_up; std::this_thread::sleep_for(between_looks)) {
        const auto hub = ask_hub(connection, patience);
        if (!hub) continue;
        const auto shares = shares_of(*hub, plan, service);
        if (!is_shared_out(shares, service)) continue;
        print(session, shares);
        return 0;
    }
    throw session.failure(Exit::unavailable, text::not_scaled,
                          {service.name, std::to_string(options.timeout_seconds), session.folder});
}

}  // namespace gonghui::ctl

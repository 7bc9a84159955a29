// gonghui-simulation: one seed with its trace, or a stretch of seeds with a line of JSON at the end.

#include "tests/simulation/simulation.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <map>

namespace gonghui::simulation {

namespace {

struct Stretch {
    Settings settings;
    std::uint64_t first = 1, seeds = 1, stride = 1;
    bool power_cuts = false;
};

// What all runs of a stretch came to.
class Sum {
public:
    void add(const Settings& settings, const Result& result)
    {
        ++seeds_;
        commands_ += result.commands;
        faults_ += result.faults;
        crashes_ += result.crashes;
        sometimes_.add(result.sometimes);
        if (result.problems.empty()) return;
        failed_.push_back(settings.seed);
        std::cerr << "seed " << settings.seed;
        if (settings.power_cut_at_sync > 0) std::cerr << ", power cut at sync " << settings.power_cut_at_sync;
        std::cerr << ": " << result.problems.front() << '\n';
    }

    [[nodiscard]] nlohmann::json json() const
    {
        auto rare = nlohmann::json::object();
        for (std::size_t i = 0; i < rare_paths; ++i) {
            const auto path = static_cast<Rare>(i);
            rare[std::string(name_of(path))] = sometimes_.count(path);
        }
        return {{"seeds", seeds_},     {"commands", commands_}, {"faults", faults_},
                {"crashes", crashes_}, {"failures", failed_},   {"sometimes", rare}};
    }

    [[nodiscard]] bool failed() const { return !failed_.empty(); }

private:
    std::uint64_t seeds_ = 0, commands_ = 0;
    std::int64_t faults_ = 0, crashes_ = 0;
    std::vector<std::uint64_t> failed_;
    Sometimes sometimes_;
};

// One run per sync of the seed's run, which loses its power there.
void cut_power_at_every_sync(const Stretch& stretch, Sum& sum)
{
    for (auto at = stretch.first;; at += stretch.stride) {
        auto settings = stretch.settings;
        settings.power_cut_at_sync = at;
        const auto result = simulate(settings);
        if (result.syncs < at) return;  // it came to an end before
        sum.add(settings, result);
    }
}

int run(const Stretch& stretch)
{
    Sum sum;
    if (stretch.power_cuts) {
        cut_power_at_every_sync(stretch, sum);
    } else {
        for (std::uint64_t i = 0; i < stretch.seeds; ++i) {
            auto settings = stretch.settings;
            settings.seed = stretch.first + i * stretch.stride;
            const auto result = simulate(settings);
            sum.add(settings, result);
            if (settings.printed) {
                for (const auto& problem : result.problems) std::cout << problem << '\n';
                std::cout << "trace " << std::hex << result.trace << std::dec << '\n';
            }
            if (settings.bug != Bug::none && sum.failed()) break;  // found
        }
    }
    std::cout << sum.json().dump() << std::endl;
    return sum.failed() ? 1 : 0;
}

}  // namespace

}  // namespace gonghui::simulation

int main(int argc, char** argv)
{
    using namespace gonghui::simulation;
    Stretch stretch;
    CLI::App app("Simulates whole districts from seeds.", "gonghui-simulation");
    bool lists_bugs = false;
    auto* seed = app.add_option("--seed", stretch.settings.seed, "One seed.");
    app.add_option("--first", stretch.first, "The first of several seeds.");
    app.add_option("--seeds", stretch.seeds, "How many.");
    app.add_option("--stride", stretch.stride, "From one to the next: processes that share the work.");
    app.add_option("--commands", stretch.settings.commands, "At least so many in each run.");
    app.add_flag("--trace", stretch.settings.printed, "Say what happens.");
    app.add_flag("--list-bugs", lists_bugs, "Name those that can be planted.");
    app.add_flag("--power-cuts", stretch.power_cuts,
                 "The seed once for each of its syncs, with a power cut there and no other trouble.");
    std::map<std::string, Bug> bugs;
    for (const auto one : every_bug()) bugs.emplace(to_string(one), one);
    std::string bug;
    app.add_option("--bug", bug, "Plant one.")->check(CLI::IsMember(bugs));
    CLI11_PARSE(app, argc, argv);
    if (lists_bugs) {
        for (const auto one : every_bug()) std::cout << to_string(one) << '\n';
        return 0;
    }
    if (!bug.empty()) stretch.settings.bug = bugs.at(bug);
    if (seed->count() > 0 && !stretch.power_cuts) stretch.first = stretch.settings.seed;
    return run(stretch);
}

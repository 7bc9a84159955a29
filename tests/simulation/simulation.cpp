#include "tests/simulation/simulation.hpp"

#include "tests/simulation/checker.hpp"
#include "tests/simulation/mischief.hpp"
#include "tests/simulation/town.hpp"

#include <sodium.h>

#include <algorithm>

namespace gonghui::simulation {

using namespace std::chrono_literals;

namespace {

// Once everything is mended, this long is enough to be level again, whatever the run has been.
constexpr Duration longest_recovery = 300s;
constexpr std::uint64_t most_turns = 500'000;  // a usual run has some 10,000
// And a beacon later everybody has said so.
constexpr Duration settled = 2500ms;

// --- libsodium's own dice: ephemeral keys ---

SeededRandom& sodium_dice()
{
    static SeededRandom* dice = new SeededRandom(0);
    return *dice;
}

void sodium_fill(void* const out, const std::size_t size)
{
    sodium_dice().fill({static_cast<std::byte*>(out), size});
}

std::uint32_t sodium_word()
{
    return static_cast<std::uint32_t>(sodium_dice().next());
}

const char* sodium_dice_name()
{
    return "simulation";
}

// Once per process, before anything of SQLite and libsodium is used.
void prepare()
{
    static const bool prepared = [] {
        prepare_sqlite();
        static randombytes_implementation dice{sodium_dice_name, sodium_word, nullptr, nullptr, sodium_fill, nullptr};
        randombytes_set_implementation(&dice);
        return sodium_init() >= 0;
    }();
    static_cast<void>(prepared);
}

void reseed(std::uint64_t seed)
{
    seed_sqlite(seed);
    sodium_dice().~SeededRandom();
    new (&sodium_dice()) SeededRandom(~seed);
}

std::vector<hub::Grant> grants()
{
    const std::vector<std::string> everything{"*"};
    return {
        {"registration", "registration", {}, {"registration"}, {}, {}, false},
        {"training", "training", {}, {"training"}, {"registration"}, {}, false},
        {"matchmaking", "matchmaking", {}, {"matchmaking"}, {"registration"}, {"registration.read_keys"}, false},
        {"notifications",
         "notifications",
         {},
         {"notifications"},
         {"registration", "training", "matchmaking"},
         {"registration.read_keys"},
         false},
        {"edge", "edge", {}, {}, {}, everything, true},
        {"ctl", "ctl", {}, {}, {}, everything, true},
        {"mailer", "notifications", {}, {}, {}, everything, true},
    };
}

constexpr UtcTime beginning{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

class District {
public:
    explicit District(const Settings& settings)
        : settings_(settings), world_(settings.seed, settings.printed, settings.bug)
    {
        for (const auto& kind : service_kinds()) stations_.push_back(std::make_unique<Station>(kind, world_));
        notifications().on_mail = [this](const auto& mail) {
            town_.post(mail);
        };
        town_.on_reported = [this](const auto& id) {
            notifications().mail_reported(id);
        };
        world_.network.on_published = [this](auto topic, auto event) {
            published_.note(topic, event, world_);
        };
    }

    Result run()
    {
        if (settings_.power_cut_at_sync > 0) mischief_.end();
        bool calm = false;
        UtcTime calm_since{}, level_since{};
        std::int64_t heads_before = 0;
        while (world_.problems.empty()) {
            turn();
            const auto now = world_.clock.now();
            if (!calm && town_.done() && (settings_.power_cut_at_sync > 0 || mischief_.is_satisfied())) {
                calm = true;
                calm_since = level_since = now;
                mischief_.end();
                crowd_.calm();
                world_.trace.note("all is mended", "simulation");
            }
            if (++turns_ > most_turns) world_.problem("the run does not come to an end");
            if (!calm) continue;
            const auto heads = heads_of_logs();
            if (!is_at_rest() || heads != heads_before) level_since = now;
            heads_before = heads;
            if (now - level_since > settled && !is_anything_parked()) break;
            if (now - calm_since > longest_recovery)
                world_.problem("the district does not become level" + who_is_not());
        }
        return conclude();
    }

private:
    Station& notifications() { return *stations_.back(); }

    void turn()
    {
        bool did = world_.network.step();
        const auto first = world_.dice.below(stations_.size());
        for (std::size_t i = 0; i < stations_.size(); ++i)
            did = stations_[(first + i) % stations_.size()]->step() || did;
        did = crowd_.step() || did;
        did = town_.step() || did;
        did = mischief_.step() || did;
        auto next = world_.clock.now() + Duration(static_cast<std::int64_t>(world_.dice.between(20, 200)));
        if (!did) {
            auto sooner = std::min({world_.network.next(), crowd_.next(), town_.next(), mischief_.next()});
            for (const auto& station : stations_) sooner = std::min(sooner, station->next());
            next = std::max(next, sooner);
        }
        world_.clock.set(next);
    }

    [[nodiscard]] bool is_at_rest() const
    {
        return crowd_.open() == 0 && std::ranges::all_of(stations_, [](const auto& one) { return one->is_level(); });
    }

    [[nodiscard]] std::string who_is_not() const
    {
        std::string who = ": " + std::to_string(crowd_.open()) + " requests are open";
        for (const auto& station : stations_) {
            if (!station->is_level()) who += ", " + station->name() + " is not level";
            for (const auto& event : station->parked())
                who += ", " + station->name() + " has parked " + event.source + " " + std::to_string(event.seq) + " (" +
                       event.reason + ")";
        }
        return who;
    }

    // Grows with every event: a timer may come due in the last moment.
    [[nodiscard]] std::int64_t heads_of_logs() const
    {
        std::int64_t sum = 0;
        for (const auto& station : stations_) sum += station->head();
        return sum;
    }

    [[nodiscard]] bool is_anything_parked() const
    {
        return std::ranges::any_of(stations_, [](const auto& one) { return !one->parked().empty(); });
    }

    Result conclude()
    {
        Result result;
        for (const auto& station : stations_) {
            result.crashes += station->crashes();
            station->close();
        }
        if (world_.problems.empty()) check(world_, crowd_, published_, stations_);
        result.problems = std::move(world_.problems);
        result.commands = crowd_.commands();
        result.faults = mischief_.faults();
        result.sometimes = world_.sometimes;
        result.trace = world_.trace.hash();
        result.syncs = sync_count().done;
        return result;
    }

    const Settings& settings_;
    std::uint64_t turns_ = 0;
    World world_;
    std::vector<std::unique_ptr<Station>> stations_;
    Crowd crowd_{world_};
    Town town_{world_, crowd_, settings_.commands};
    Mischief mischief_{world_, stations_, crowd_, town_};
    Published published_;
};

}  // namespace

World::World(std::uint64_t seed, bool printed, Bug its_bug)
    : bug(its_bug),
      dice(seed),
      random(~seed),
      clock(beginning),
      trace(clock, printed),
      network(std::string(district), grants(), clock, dice, trace, sometimes)
{
}

Result simulate(const Settings& settings)
{
    prepare();
    reseed(settings.seed);
    sync_count() = {0, settings.power_cut_at_sync};
    return District(settings).run();
}

}  // namespace gonghui::simulation

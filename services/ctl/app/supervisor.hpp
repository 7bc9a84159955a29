#pragma once
// Runs the programs of a district: starts them, waits until they are ready, starts again what dies, stops them in
// order.

#include "services/ctl/app/child.hpp"
#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/ports.hpp"
#include "services/ctl/app/session.hpp"
#include "services/ctl/domain/district.hpp"
#include "services/ctl/domain/restarts.hpp"

#include <atomic>
#include <list>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace gonghui::ctl {

struct SupervisorSettings {
    std::string once_ready;  // a shell command
    bool once = false;
};

// Of one thread, which must live as long as the programs (Child). Their configuration and keys are in place.
class Supervisor {
public:
    Supervisor(const Session& session, const DistrictPlan& plan, FreePorts& ports, const SupervisorSettings& settings);

    // Until `stop`, or until a program cannot start at all; then everything has been stopped. Returns the exit code.
    int run(const std::stop_token& stop);
    // Passes a SIGHUP on to every program. Thread-safe.
    void request_reload() { reload_ = true; }

private:
    struct Managed {
        ProgramPlan plan;
        std::int64_t number = 0;  // of its instance
        Restarts restarts;
        std::optional<Child> child;
        UtcTime start_at{};
        std::int64_t log_size = 0;  // when it was started: what follows is of this run
        bool is_ready = false;
        bool was_ready = false;
        bool is_parting = false;  // it was told to end, and is not started again
        UtcTime parts_until{};    // then it is ended

        [[nodiscard]] std::string unit() const { return unit_of(plan.name, number); }
    };

    bool step();
    void add(const ProgramPlan& plan, std::int64_t number = 0);
    // As many instances of each service as are wanted now.
    void scale();
    void scale(const ProgramPlan& service, std::int64_t wanted);
    // The services that are plugged in now.
    void follow_plugs();
    void plug_in(const std::string& name);
    void write_plan();
    void part(Managed& program);
    void start_due();
    void start(Managed& program);
    Duration put_off(Managed& program);
    void reap();
    void on_end(Managed& program, const Ended& ended);
    void probe();
    [[nodiscard]] bool answers(const Managed& program);
    [[nodiscard]] bool hub_answers();
    void on_ready(Managed& program);
    void on_all_ready();
    void follow_command();
    void pass_on_reload();
    void stop_all();
    void stop(const std::vector<Managed*>& programs);
    [[nodiscard]] bool all_ready() const;

    const Session& session_;
    DistrictPlan plan_;
    FreePorts& ports_;
    SupervisorSettings settings_;
    SystemClock clock_;
    std::list<Managed> programs_;  // the hub first
    std::optional<Connection> connection_;
    std::optional<Child> command_;
    bool was_all_ready_ = false;
    std::optional<int> exit_code_;
    std::atomic<bool> reload_ = false;
};

}  // namespace gonghui::ctl

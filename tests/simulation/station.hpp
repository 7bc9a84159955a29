#pragma once
// One service of the district: its machine with a disk, and the program on it - opened, stepped, frozen, killed, cut
// off from power and started again.

#include "common/messaging/forks.hpp"
#include "common/messaging/host.hpp"
#include "common/messaging/parked.hpp"
#include "tests/simulation/disk_vfs.hpp"
#include "tests/simulation/wiring.hpp"
#include "tests/simulation/world.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>

namespace gonghui::simulation {

// What outlives a program: the disk and the service's own keys, which the operator keeps elsewhere.
struct Machine {
    Machine(std::string name, World& world);

    Disk disk;
    DiskVfs vfs;
    sealing::Key service_key;
    std::array<std::byte, 32> public_key{}, secret_key{};
    const std::string store_path = "store.db";
    const std::string keyring_path = "keyring.db";
};

class Program;

class Station {
public:
    Station(const ServiceKind& kind, World& world);
    ~Station();
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    // True when it did anything.
    bool step();
    [[nodiscard]] UtcTime next() const;

    // Trouble at the nth operation that it fits from now; of the program that runs, or else of the next.
    void arm(Trouble trouble, std::uint64_t nth);
    void kill();
    // The machine's; what was not synced is lost.
    void cut_power();
    void freeze(UtcTime until);
    // A clean end, as after SIGTERM, and a start again.
    void restart_in_order() { drains_ = true; }
    // The store as it is now, as `gonghui backup` copies it.
    void copy_store();
    // The program ends, and the copy takes the store's place as `gonghui restore` puts it there.
    void restore_store();
    [[nodiscard]] std::optional<UtcTime> copied_at() const;
    // Ids of the events that were lost with a store.
    [[nodiscard]] const std::set<Uuid>& vanished() const { return vanished_; }
    // No more trouble, and a start at once.
    void heal();

    [[nodiscard]] bool is_up() const { return program_ != nullptr; }
    [[nodiscard]] bool is_level() const;
    // What it has parked; nothing while it is down.
    [[nodiscard]] std::vector<messaging::ParkedEvent> parked() const;
    [[nodiscard]] std::int64_t head() const;  // of its log; 0 while it is down
    [[nodiscard]] std::int64_t crashes() const { return crashes_; }
    Machine& machine() { return machine_; }
    const ServiceKind& kind() const { return kind_; }
    // Closes the store, for the checker.
    void close();

    // Notifications' mails, as the worker takes them; and what it has reported.
    std::function<void(const notifications::Mail&)> on_mail = [](const auto&) {
    };
    void mail_reported(const Uuid& message_id);

private:
    // What a planted bug takes back when a death cuts a step short behind its commit.
    struct Before {
        Disk::Entries files;
        std::vector<std::vector<std::string>> cursors, answers;
    };

    struct Copy {
        UtcTime at;
        std::map<std::string, Bytes, std::less<>> files;  // the store and its write-ahead log
    };

    void start();
    bool step(std::unique_ptr<Process>& process, std::unique_ptr<Program>& program);
    void end(std::unique_ptr<Process>& process, std::unique_ptr<Program>& program, const std::string& why);
    void lose_power();
    void remember();
    void take_back(const Process& process);
    void observe_start();
    void observe_counters(const Program& program);
    void hand_out_mails();
    [[nodiscard]] bool has_work(const Program& program) const;

    const ServiceKind& kind_;
    World& world_;
    std::string name_;
    Machine machine_;
    std::unique_ptr<Process> process_;
    std::unique_ptr<Program> program_;
    std::unique_ptr<Process> rival_process_;  // of the bug of two writers
    std::unique_ptr<Program> rival_;
    UtcTime wake_at_{};  // as the host said after its last step: asking costs a query
    UtcTime busy_until_{};
    UtcTime restart_at_{};
    UtcTime frozen_until_{};
    bool drains_ = false;
    Trouble armed_ = Trouble::none;
    std::uint64_t armed_nth_ = 0;
    std::int64_t crashes_ = 0;
    std::optional<Before> before_;
    std::optional<Copy> copy_;
    std::set<Uuid> vanished_;
    std::string undo_sql_;  // to be run on the store before the next program opens it
};

}  // namespace gonghui::simulation

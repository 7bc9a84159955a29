#include "tests/simulation/station.hpp"

#include "tests/simulation/around.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace gonghui::simulation {

using namespace std::chrono_literals;

namespace {

// Small, so that runs are quick and stores are checkpointed within one.
constexpr std::int64_t cache_kib = 256;
constexpr int page_bytes = 2048;
constexpr std::string_view settings_of_a_run = "PRAGMA wal_autocheckpoint = 200;";

// Works when the host asks for what is done: by then the store may have gone on, as with threads.
class Readers final : public messaging::Executor {
public:
    Readers(const std::string& path, const std::string& vfs)
        : reader_(path, {.access = sqlite::Access::read_only, .cache_kib = cache_kib, .vfs = vfs})
    {
    }
    bool submit(messaging::Work work) override
    {
        waiting_.push_back(std::move(work));
        return true;
    }
    void take_completed(std::vector<messaging::Completion>& out) override
    {
        for (const auto& work : std::exchange(waiting_, {})) out.push_back(work(reader_));
    }
    [[nodiscard]] bool has_work() const { return !waiting_.empty(); }

private:
    sqlite::Database reader_;
    std::vector<messaging::Work> waiting_;
};

sealing::Key migrated(sqlite::Database& database, const ServiceKind& kind, const Machine& machine, Bug bug)
{
    messaging::migrate_host_tables(database);
    kind.migrate(database);
    database.script(std::string(settings_of_a_run) + spoiling_sql(bug));
    return machine.service_key;
}

messaging::KeyFetcherSettings fetcher_settings(const ServiceKind& kind, const Machine& machine)
{
    return {std::string(kind.key_owner), machine.public_key, machine.secret_key};
}

// What other lanes rest on.
bool is_foundation(std::string_view dataschema)
{
    for (const auto* type : {"organisation", "course", "campaign", "class_opened", "evening_planned"})
        if (dataschema.find(type) != std::string_view::npos) return true;
    return false;
}

// Now and then an event about a person cannot be applied yet, as when their key is still on its way; which may show
// only when half of the work is done.
class Reluctant final : public AroundService {
public:
    Reluctant(messaging::Service& inner, Dice& dice) : AroundService(inner), dice_(dice) {}
    messaging::Known apply(const messaging::Event& event, const codec::Value& data, const messaging::Context& context,
                           messaging::Recorder* recorder) override
    {
        const bool reluctant = !is_foundation(event.header.dataschema) && dice_.chance(20);
        const bool shows_late = reluctant && dice_.chance(500);
        if (reluctant && !shows_late) throw messaging::NotReady("not in the mood");
        const auto known = AroundService::apply(event, data, context, recorder);
        if (shows_late) throw messaging::NotReady("not in the mood any more");
        return known;
    }

private:
    Dice& dice_;
};

std::set<Uuid> events_in(sqlite::Database& store)
{
    std::set<Uuid> ids;
    codec::Parser parser;
    for (std::int64_t after = 0;;) {
        const auto records = messaging::read_log(store, after, std::size_t{1} << 20);
        if (records.empty()) return ids;
        for (const auto& record : records) ids.insert(messaging::decode_event(parser, record.bytes)->header.id);
        after = records.back().seq;
    }
}

// Alarms that a fault from outside explains, or that an operator may see in a healthy district.
bool is_harmless(std::string_view code, const World& world)
{
    if (code == "source_diverged" || code == "rebuild_began" || code == "rebuild_ended")
        return world.sometimes.count(Rare::restored) > 0;
    return code == "clock_jumped" || code == "page_refused" || code == "segment_failed";
}

}  // namespace

Machine::Machine(std::string name, World& world)
    : vfs("disk of " + std::move(name), disk), service_key(sealing::Key::make(world.random))
{
    crypto_box_keypair(reinterpret_cast<unsigned char*>(public_key.data()),
                       reinterpret_cast<unsigned char*>(secret_key.data()));
    if (world.bug == Bug::checkpoint_not_synced) disk.never_synced = store_path;
}

// As runtime::Partition builds it.
class Program {
public:
    Program(const ServiceKind& kind, Machine& machine, Process& process, World& world)
        : database_(machine.store_path, {.cache_kib = cache_kib, .page_bytes = page_bytes, .vfs = machine.vfs.name()}),
          service_key_(migrated(database_, kind, machine, world.bug)),
          keyring_(machine.keyring_path, service_key_, world.random, machine.vfs.name()),
          link_(spoil(world.bug, world.network.connect(std::string(kind.name), &process))),
          readers_(machine.store_path, machine.vfs.name()),
          key_fetcher_(fetcher_settings(kind, machine), keyring_),
          assembled_(kind.assemble(
              {database_, keyring_, machine.keyring_path, machine.vfs.name(), service_key_, world.random})),
          spoiled_(spoil(world.bug, assembled_->service(), world.dice)),
          reluctant_(spoiled_ ? *spoiled_ : assembled_->service(), world.dice)
    {
        host.emplace(messaging::HostSettings{.source = {std::string(district), std::string(kind.name), 0},
                                             .burst = 2,
                                             .sealing = {.hot = 96, .segment = 96, .removed = 4}},
                     messaging::HostPorts{.database = database_,
                                          .service = reluctant_,
                                          .transport = *link_,
                                          .executor = readers_,
                                          .clock = world.clock,
                                          .random = world.random,
                                          .service_key = service_key_,
                                          .keyring = &keyring_,
                                          .key_fetcher = kind.key_owner.empty() ? nullptr : &key_fetcher_,
                                          .alarm = [&world, &process, name = kind.name](auto code, auto detail) {
                                              if (!process.is_alive()) return;
                                              if (code == "clock_jumped") world.sometimes.saw(Rare::clock_jumped);
                                              if (code == "rebuild_ended") world.sometimes.saw(Rare::rebuilt);
                                              world.trace.note(code, name, detail);
                                              if (!is_harmless(code, world))
                                                  world.problem(std::string(name) + ": alarm " + std::string(code) +
                                                                ": " + std::string(detail));
                                          }});
    }

    sqlite::Database& database() { return database_; }
    notifications::MailQueue* mails() { return assembled_->mails(); }
    [[nodiscard]] bool has_readings() const { return readers_.has_work(); }

private:
    sqlite::Database database_;
    sealing::Key service_key_;
    sealing::Keyring keyring_;
    std::unique_ptr<messaging::Transport> link_;
    Readers readers_;
    messaging::KeyFetcher key_fetcher_;
    std::unique_ptr<Assembled> assembled_;
    std::unique_ptr<messaging::Service> spoiled_;  // null: the service is as it is
    Reluctant reluctant_;

public:
    std::optional<messaging::Host> host;
};

Station::Station(const ServiceKind& kind, World& world)
    : kind_(kind), world_(world), name_(kind.name), machine_(name_, world)
{
}

Station::~Station()
{
    close();
}

void Station::close()
{
    if (program_) {
        observe_counters(*program_);
        if (program_->host->counters().parked > 0 && parked().empty()) world_.sometimes.saw(Rare::parked_retried);
    }
    for (auto* program : {&program_, &rival_}) program->reset();
    process_.reset();
    rival_process_.reset();
}

// --- a life ---------------------------------------------------------------------------------------------------------

void Station::start()
{
    if (!undo_sql_.empty()) {
        sqlite::Database store(machine_.store_path, {.vfs = machine_.vfs.name()});
        store.script(std::exchange(undo_sql_, {}));
    }
    process_ = std::make_unique<Process>(name_, world_.dice);
    if (armed_ != Trouble::none) process_->arm(std::exchange(armed_, Trouble::none), armed_nth_);
    try {
        const Process::Turn turn(*process_);
        program_ = std::make_unique<Program>(kind_, machine_, *process_, world_);
        observe_start();
    } catch (const std::exception& error) {
        return end(process_, program_, error.what());
    }
    if (!process_->is_alive()) return end(process_, program_, "died while it started");
    wake_at_ = {};
    world_.trace.note("has started", name_, static_cast<std::uint64_t>(program_->host->head().seq));
}

bool Station::step()
{
    const auto now = world_.clock.now();
    if (now < frozen_until_) {
        return rival_ && step(rival_process_, rival_);
    }
    if (!program_) {
        if (now < restart_at_) return false;
        start();
        return true;
    }
    const bool first = step(process_, program_);
    const bool second = rival_ && step(rival_process_, rival_);
    return first || second;
}

bool Station::has_work(const Program& program) const
{
    return drains_ || program.has_readings() || world_.network.has_arrived(name_) || wake_at_ <= world_.clock.now();
}

bool Station::step(std::unique_ptr<Process>& process, std::unique_ptr<Program>& program)
{
    const auto now = world_.clock.now();
    if (now < busy_until_ || !has_work(*program)) return false;
    // A sync takes its time, in which more arrives for the next transaction.
    busy_until_ = now + Duration(static_cast<std::int64_t>(world_.dice.between(200, 4'000)));
    const auto events_before = process->events_sent;
    std::string why;
    bool drained = false;
    try {
        const Process::Turn turn(*process);
        if (takes_back_a_step(world_.bug) && process->may_die()) remember();
        if (drains_)
            drained = program->host->drain();
        else
            program->host->step();
        wake_at_ = program->host->wake_at();
    } catch (const std::exception& error) {
        why = error.what();
    }
    if (!process->is_alive() && process->struck_at() == Operation::send &&
        !(world_.bug == Bug::reply_before_commit && process->events_sent > events_before))
        take_back(*process);
    if (!process->is_alive() || !why.empty()) {
        end(process, program, why);
    } else if (drained) {
        drains_ = false;
        world_.sometimes.saw(Rare::orderly_restart);
        end(process, program, {});
    } else {
        hand_out_mails();
    }
    return true;
}

UtcTime Station::next() const
{
    const auto now = world_.clock.now();
    if (now < frozen_until_ && !rival_) return frozen_until_;
    if (!program_) return restart_at_;
    return std::max(busy_until_, has_work(*program_) ? now : wake_at_);
}

void Station::end(std::unique_ptr<Process>& process, std::unique_ptr<Program>& program, const std::string& why)
{
    const auto struck = process->struck();
    const bool died = !process->is_alive();
    auto& sometimes = world_.sometimes;
    world_.trace.note(died ? "dies" : "ends", name_, std::string(to_string(struck)) + " " + why);
    if (!died && !why.empty()) {
        if (struck == Trouble::none && !machine_.disk.full) world_.problem(name_ + " ended by itself: " + why);
        if (program) sometimes.saw(Rare::fault_in_batch);
        if (struck == Trouble::sync_error) sometimes.saw(Rare::failed_sync);
        if (struck == Trouble::no_memory) sometimes.saw(Rare::no_memory);
        if (machine_.disk.full) sometimes.saw(Rare::disk_full);
    }
    if (died)
        sometimes.saw(process->struck_at() == Operation::send ? Rare::died_after_commit : Rare::died_in_transaction);
    if (program) observe_counters(*program);
    {
        const Process::Turn turn(*process);
        program.reset();
    }
    const bool unsynced = std::any_of(machine_.disk.entries().begin(), machine_.disk.entries().end(),
                                      [](const auto& entry) { return !entry.second->unsynced.empty(); });
    if (died && struck == Trouble::kill && unsynced) sometimes.saw(Rare::killed_with_writes);
    if (struck == Trouble::power_cut) lose_power();
    if (world_.bug == Bug::timers_in_memory) undo_sql_ += "DELETE FROM timers;";
    process.reset();
    if (&program == &rival_) return;
    if (died || !why.empty()) ++crashes_;
    restart_at_ = world_.clock.now() + Duration(static_cast<std::int64_t>(world_.dice.between(50'000, 1'500'000)));
}

void Station::lose_power()
{
    const auto wreckage = machine_.disk.power_cut(world_.dice);
    auto& sometimes = world_.sometimes;
    if (wreckage.torn) sometimes.saw(Rare::torn_write);
    if (wreckage.lost) sometimes.saw(Rare::lost_write);
    if (wreckage.undone) sometimes.saw(Rare::folder_change_lost);
    world_.trace.note("lost writes to the power cut", name_, static_cast<std::uint64_t>(wreckage.lost));
}

// --- what befalls it ------------------------------------------------------------------------------------------------

void Station::arm(Trouble trouble, std::uint64_t nth)
{
    world_.trace.note(to_string(trouble), name_, nth);
    if (process_) return process_->arm(trouble, nth);
    armed_ = trouble;
    armed_nth_ = nth;
}

void Station::kill()
{
    if (!program_) return;
    process_->die();
    end(process_, program_, "killed");
}

void Station::cut_power()
{
    kill();
    lose_power();
}

void Station::freeze(UtcTime until)
{
    if (!program_) return;
    if (until - world_.clock.now() > messaging::holding_lapses) world_.sometimes.saw(Rare::holder_lapsed);
    frozen_until_ = until;
    world_.trace.note("freezes", name_);
    if (world_.bug != Bug::two_writers || rival_) return;
    // The supervisor takes it for dead, and nothing keeps the next one from the store.
    rival_process_ = std::make_unique<Process>(name_, world_.dice);
    const Process::Turn turn(*rival_process_);
    rival_ = std::make_unique<Program>(kind_, machine_, *rival_process_, world_);
}

void Station::copy_store()
{
    copy_ = Copy{world_.clock.now(), {}};
    for (const auto& [name, file] : machine_.disk.entries())
        if (name.starts_with(machine_.store_path)) copy_->files[name] = file->content;
    world_.trace.note("is copied", name_);
}

std::optional<UtcTime> Station::copied_at() const
{
    return copy_ ? std::optional(copy_->at) : std::nullopt;
}

void Station::restore_store()
{
    kill();
    frozen_until_ = {};
    auto& disk = machine_.disk;
    const bool was_full = std::exchange(disk.full, false);
    const auto copy = *std::exchange(copy_, std::nullopt);
    messaging::Given given;
    std::set<Uuid> lost;
    {
        sqlite::Database store(machine_.store_path, {.vfs = machine_.vfs.name()});
        given = messaging::given_by(store);
        lost = events_in(store);
    }
    for (const auto* ending : {"", "-wal", "-journal"}) disk.remove(machine_.store_path + ending);
    for (const auto& [name, content] : copy.files) {
        auto file = disk.open(name, true);
        Disk::write(*file, 0, content);
        Disk::sync(*file);
    }
    disk.sync_folder();
    sqlite::Database store(machine_.store_path, {.vfs = machine_.vfs.name()});
    messaging::begin_restored_epoch(store, given);
    for (const auto& id : events_in(store)) lost.erase(id);
    vanished_.merge(lost);
    disk.full = was_full;
    if (!vanished_.empty()) world_.sometimes.saw(Rare::restored);
    world_.trace.note("is restored and has lost events", name_, static_cast<std::uint64_t>(vanished_.size()));
}

void Station::heal()
{
    armed_ = Trouble::none;
    if (process_) process_->disarm();
    machine_.disk.full = false;
    frozen_until_ = {};
    restart_at_ = std::min(restart_at_, world_.clock.now());
}

bool Station::is_level() const
{
    return program_ && program_->host->level();
}

std::int64_t Station::head() const
{
    return program_ ? program_->host->head().seq : 0;
}

std::vector<messaging::ParkedEvent> Station::parked() const
{
    if (!program_) return {};
    return messaging::Parked(program_->database()).list(10);
}

void Station::mail_reported(const Uuid& message_id)
{
    if (program_ && program_->mails()) program_->mails()->reported(message_id);
}

void Station::hand_out_mails()
{
    auto* mails = program_ ? program_->mails() : nullptr;
    if (!mails) return;
    while (const auto mail = mails->take({}, 0ms)) on_mail(*mail);
}

// --- what is seen ---------------------------------------------------------------------------------------------------

void Station::observe_start()
{
    auto& store = program_->database();
    if (crashes_ > 0 && name_ == "training" && store.value<int>("SELECT count(*) FROM offers").value_or(0) > 0)
        world_.sometimes.saw(Rare::offer_during_crash);
    const auto due = messaging::Timers(store).next_due();
    if (crashes_ > 0 && due && *due <= world_.clock.now()) world_.sometimes.saw(Rare::timer_due_while_down);
    if (store.value<int>("SELECT count(*) FROM log WHERE seq <= (SELECT max(last_seq) FROM segments)").value_or(0) > 0)
        world_.sometimes.saw(Rare::sealed_in_part);
}

void Station::observe_counters(const Program& program)
{
    const auto counters = program.host->counters();
    auto& sometimes = world_.sometimes;
    if (counters.gaps > 0 && counters.applied_from_pages > 0) sometimes.saw(Rare::gap_repaired);
    if (counters.duplicates > 0) sometimes.saw(Rare::double_ignored);
    if (counters.parked > 0) sometimes.saw(Rare::event_parked);
    if (counters.batches_again > 0) sometimes.saw(Rare::batch_again);
    if (counters.repeated > 0) sometimes.saw(Rare::repeated_answer);
    constexpr std::size_t one_page = page_bytes;  // what a store holds outside its log before the first checkpoint
    const auto file = machine_.disk.entries().find(machine_.store_path);
    if (file != machine_.disk.entries().end() && file->second->content.size() > one_page)
        sometimes.saw(Rare::log_emptied);
}

// --- what planted bugs leave ----------------------------------------------------------------------------------------

void Station::remember()
{
    if (!program_) return;
    Before before;
    auto& store = program_->database();
    if (world_.bug == Bug::cursor_after_effect) {
        auto rows = store.query("SELECT quote(source), epoch, seq, quote(chain) FROM cursors");
        while (rows.next())
            before.cursors.push_back({rows.get<std::string>(0), std::to_string(rows.integer(1)),
                                      std::to_string(rows.integer(2)), rows.get<std::string>(3)});
    } else if (world_.bug == Bug::answer_after_effect) {
        auto rows = store.query("SELECT quote(id) FROM answers");
        while (rows.next()) before.answers.push_back({rows.get<std::string>(0)});
    } else {
        before.files = machine_.disk.snapshot();
    }
    before_ = std::move(before);
}

void Station::take_back(const Process&)
{
    if (!before_ || !takes_back_a_step(world_.bug)) return;
    if (world_.bug == Bug::cursor_after_effect) {
        undo_sql_ += "DELETE FROM cursors;";
        for (const auto& row : before_->cursors)
            undo_sql_ += "INSERT INTO cursors (source, epoch, seq, chain) VALUES (" + row[0] + "," + row[1] + "," +
                         row[2] + "," + row[3] + ");";
    } else if (world_.bug == Bug::answer_after_effect) {
        std::string kept = "x''";
        for (const auto& row : before_->answers) kept += "," + row[0];
        undo_sql_ += "DELETE FROM answers WHERE id NOT IN (" + kept + ");";
    } else {
        auto files = before_->files;
        if (world_.bug == Bug::keyring_after_store)
            std::erase_if(files, [&](const auto& file) { return !file.first.starts_with(machine_.keyring_path); });
        machine_.disk.restore(files);
    }
}

}  // namespace gonghui::simulation

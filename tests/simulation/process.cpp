#include "tests/simulation/process.hpp"

#include <sqlite3.h>

namespace gonghui::simulation {

namespace {

Process* running_process = nullptr;

bool fits(Trouble trouble, Operation operation)
{
    switch (trouble) {
        case Trouble::none:
            return false;
        case Trouble::open_error:
            return operation == Operation::open;
        case Trouble::read_error:
            return operation == Operation::read;
        case Trouble::write_error:
            return operation == Operation::write;
        case Trouble::sync_error:
            return operation == Operation::sync;
        case Trouble::no_memory:
            return operation == Operation::allocate;
        case Trouble::kill:
        case Trouble::power_cut:
            return operation == Operation::write || operation == Operation::sync || operation == Operation::send;
    }
    return false;
}

sqlite3_mem_methods real_memory;

bool memory_is_refused()
{
    return running_process && running_process->meet(Operation::allocate) == Trouble::no_memory;
}

void* allocate(int size)
{
    return memory_is_refused() ? nullptr : real_memory.xMalloc(size);
}

void* reallocate(void* memory, int size)
{
    return memory_is_refused() ? nullptr : real_memory.xRealloc(memory, size);
}

}  // namespace

std::string_view to_string(Trouble trouble)
{
    switch (trouble) {
        case Trouble::none:
            return "none";
        case Trouble::open_error:
            return "open error";
        case Trouble::read_error:
            return "read error";
        case Trouble::write_error:
            return "write error";
        case Trouble::sync_error:
            return "failed sync";
        case Trouble::no_memory:
            return "no memory";
        case Trouble::kill:
            return "kill";
        case Trouble::power_cut:
            return "power cut";
    }
    return {};
}

void Process::arm(Trouble trouble, std::uint64_t nth)
{
    armed_ = trouble;
    left_ = nth;
}

Trouble Process::meet(Operation operation)
{
    if (operation == Operation::sync && ++sync_count().done == sync_count().cut_at) arm(Trouble::power_cut, 1);
    if (armed_ == Trouble::none || !fits(armed_, operation) || --left_ > 0) return Trouble::none;
    struck_ = armed_;
    struck_at_ = operation;
    armed_ = Trouble::none;
    if (is_deadly(struck_)) die();
    return struck_;
}

Process* Process::running()
{
    return running_process;
}

Process::Turn::Turn(Process& process) : before_(running_process)
{
    running_process = &process;
}

Process::Turn::~Turn()
{
    running_process = before_;
}

void prepare_sqlite()
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
    auto ours = real_memory;
    ours.xMalloc = allocate;
    ours.xRealloc = reallocate;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}

SyncCount& sync_count()
{
    static SyncCount count;
    return count;
}

}  // namespace gonghui::simulation

#include "common/process/allocator.hpp"

#ifdef GONGHUI_JEMALLOC
#include <jemalloc/jemalloc.h>

// Read by jemalloc. Two arenas, as a process has two or three busy threads; what was freed goes back to the system
// within seconds, by a thread of jemalloc's own.
extern "C" {
const char* malloc_conf = "narenas:2,background_thread:true,dirty_decay_ms:2000,muzzy_decay_ms:0";
}

namespace gonghui::process {

void give_back_memory()
{
    static_assert(MALLCTL_ARENAS_ALL == 4096);
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);
}

}  // namespace gonghui::process

#else

void gonghui::process::give_back_memory() {}

#endif

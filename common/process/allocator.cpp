// Linked into every program, not into tests: how jemalloc serves it. Two arenas, as a process has two or three busy
// threads; what a burst needed goes back to the system within seconds, by a thread of jemalloc's own.

extern "C" {
extern const char* malloc_conf;  // jemalloc's name
const char* malloc_conf = "narenas:2,background_thread:true,dirty_decay_ms:2000,muzzy_decay_ms:0";
}

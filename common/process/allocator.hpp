#pragma once
// The programs' memory comes from jemalloc (DECISIONS); under a sanitizer, from the sanitizer.

namespace gonghui::process {

// What the allocator keeps for the next burst goes back to the system at once, not within seconds. Thread-safe.
void give_back_memory();

}  // namespace gonghui::process

#pragma once
// What the edge counts. Written by its one thread, read by whoever scrapes.

#include <array>
#include <atomic>
#include <cstdint>

namespace gonghui::gateway {

struct Figures {
    std::array<std::atomic<std::int64_t>, 600> answers{};  // by status
    std::atomic<std::int64_t> turned_away{0};              // answered in front of training
    std::atomic<std::int64_t> codes{0};                    // sent to mobile phones
    std::atomic<std::int64_t> codes_held_back{0};          // since the district had sent as many as it may
    std::atomic<std::int64_t> connections{0};
    std::atomic<std::int64_t> streams{0};
    std::atomic<std::int64_t> in_flight{0};
    std::atomic<std::int64_t> passwords_waiting{0};
};

}  // namespace gonghui::gateway

#include "common/runtime/disk_watch.hpp"

namespace gonghui::runtime {

namespace {

constexpr std::chrono::seconds between_looks{10};
constexpr std::chrono::hours between_words{1};

}  // namespace

std::optional<std::uintmax_t> DiskWatch::look(UtcTime now)
{
    if (now < next_look_) return std::nullopt;
    next_look_ = now + between_looks;
    std::error_code unknown;  // a folder that cannot be asked is no reason to stop
    const auto free = std::filesystem::space(folder_, unknown).available;
    if (unknown || free >= least_free_) {
        next_word_ = now;
        return std::nullopt;
    }
    if (now < next_word_) return std::nullopt;
    next_word_ = now + between_words;
    return free;
}

}  // namespace gonghui::runtime

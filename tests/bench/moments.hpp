#pragma once
// When what was made became durable in a service: a line for each event, in the order of the log, with two moments of
// `bench::moment`. Kept in memory until the service ends.

#include "common/process/config.hpp"
#include "tests/bench/payload.hpp"

#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace gonghui::bench {

inline process::Key moments_key()
{
    return {.name = "moments", .fallback = "", .description = "File of when each event became durable; empty: none."};
}

class Moments {
public:
    explicit Moments(std::string file) : file_(std::move(file)) {}
    ~Moments()
    {
        if (!are_kept()) return;
        std::ofstream out(file_);
        for (const auto& [made, committed] : moments_) out << made << ' ' << committed << '\n';
    }
    Moments(const Moments&) = delete;
    Moments& operator=(const Moments&) = delete;

    [[nodiscard]] bool are_kept() const { return !file_.empty(); }
    void note(std::int64_t made) { moments_.emplace_back(made, moment()); }

private:
    std::string file_;
    std::vector<std::pair<std::int64_t, std::int64_t>> moments_;
};

}  // namespace gonghui::bench

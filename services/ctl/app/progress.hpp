#pragma once
// A bar on the terminal while something long goes on; nothing when the output is no terminal.

#include <chrono>
#include <cstdint>
#include <string>

namespace gonghui::ctl {

class Progress {
public:
    Progress(std::string what, std::int64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(std::int64_t done);

private:
    std::string what_;
    std::int64_t total_;
    bool is_terminal_;
    bool is_shown_ = false;
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace gonghui::ctl

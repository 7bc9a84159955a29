#include "services/ctl/domain/restarts.hpp"

#include <algorithm>

namespace gonghui::ctl {

Duration Restarts::on_end(UtcTime now)
{
    if (now - started_ >= settings_.steady) wait_ = settings_.first;
    ++count_;
    const auto wait = wait_;
    wait_ = std::min(wait_ * 2, settings_.longest);
    return wait;
}

bool needs_mending(int exit_code)
{
    constexpr int usage = 64;
    constexpr int data = 65;
    constexpr int cannot_create = 73;
    constexpr int no_permission = 77;
    constexpr int config = 78;
    return exit_code == usage || exit_code == data || exit_code == cannot_create || exit_code == no_permission ||
           exit_code == config;
}

}  // namespace gonghui::ctl

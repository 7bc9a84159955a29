#pragma once
// Scripts that let a shell ask `gonghui __complete <words>` for what may come next.

#include <string_view>

namespace gonghui::ctl {

// "bash", "zsh" or "fish".
std::string_view completion_script(std::string_view shell);

}  // namespace gonghui::ctl

#pragma once
// What the gateway answers to a browser on this machine.

#include <optional>
#include <string>
#include <string_view>

namespace gonghui::ctl {

// The status of a GET at host:port; nullopt: nobody there answers in HTTP within a second.
std::optional<int> http_status(const std::string& listen, std::string_view path);

}  // namespace gonghui::ctl

#pragma once
// What somebody most likely meant to write.

#include <optional>
#include <span>
#include <string_view>

namespace gonghui {

// The known word that is fewest letters away from `written`, counting an exchange of two neighbours as one; nullopt
// when none is near (a third of the letters, and at least two, may differ).
std::optional<std::string_view> nearest(std::string_view written, std::span<const std::string_view> known);

}  // namespace gonghui

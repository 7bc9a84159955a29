#pragma once
// Reads authorized.toml: one [[peer]] for every key that may connect.
//
//     [[peer]]
//     public = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
//     service = "training"
//     instance = "training-0"
//     publish = ["training"]
//     follow = ["registration"]
//     call = ["registration.read_keys"]
//     assert_actor = false

#include "services/hub/domain/rights.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::hub {

// Throw WrongGrant with the file, the line and what is wrong: no TOML, an unknown or misspelt key, a key that is none,
// a missing service.
std::vector<Grant> read_authorized(const std::filesystem::path& file);
std::vector<Grant> parse_authorized(std::string_view text, const std::string& file_name);

}  // namespace gonghui::hub

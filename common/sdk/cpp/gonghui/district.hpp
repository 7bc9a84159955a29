#pragma once
// A district's folder as `gonghui up` keeps it, read by who stands beside it. Not installed.

#include "common/messaging/hub_address.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace gonghui::sdk {

struct District {
    std::string code;  // "331083"
    messaging::HubAddress hub;
};

// Throws process::Failure (78) when there is no such district, or its file is not what `gonghui up` writes.
District district_in(const std::filesystem::path& folder);

std::filesystem::path key_file(const std::filesystem::path& folder, std::string_view instance);

// The configuration of a service that is started beside a district by hand, of the same form as `gonghui up` writes for
// its own. Gives its file, config/<service>.toml. Throws as district_in does, also when the service has no key.
std::filesystem::path write_config(const std::filesystem::path& folder, const std::string& service,
                                   std::string_view how_to_make_a_key);

}  // namespace gonghui::sdk

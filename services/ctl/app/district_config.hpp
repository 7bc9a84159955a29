#pragma once
// Reads a district's plan: from the operator's file, from the one that is compiled in, or from the folder of a district
// that `up` has set up.

#include "services/ctl/app/session.hpp"
#include "services/ctl/domain/district.hpp"

#include <filesystem>
#include <string>

namespace gonghui::ctl {

struct DistrictText {
    std::string toml;
    std::string name;  // for messages
};

// The file; an empty path means the compiled-in one. Throws Failure.
DistrictText read_district(const Session& session, const std::filesystem::path& file);

// Throws process::ConfigError, in that language. Environment variables win over the file: GONGHUI_HUB_REQUEST and so
// on.
DistrictPlan parse_district(const DistrictText& text, Language language);

// The plan with every value and where it came from.
std::string print_district(const DistrictText& text, Language language);

// Of a service or a client: what has a key or a process number in the folder already is not to be had again.
bool is_free_name(std::string_view name);

// Whether its program is one of ours; any other service names its own.
bool is_of_the_house(std::string_view service);

}  // namespace gonghui::ctl

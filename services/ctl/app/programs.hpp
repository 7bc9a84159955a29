#pragma once
// The programs of a district: where each is, and whether it would take the configuration that `up` writes for it.

#include "services/ctl/app/district_config.hpp"
#include "services/ctl/app/session.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace gonghui::ctl {

// In the folder of a service that is plugged in.
inline constexpr std::string_view plug_in_program = "run";

// Where the SDKs for plug-ins are: share/gonghui/sdk, from the folder above this program's own. Throws Failure when
// there is none.
std::string sdk_folder(const Session& session);

// Path of the executable. Throws Failure when it cannot be executed.
std::string program_file(const Session& session, const ProgramPlan& plan);

// What the executable calls its version; nullopt when it is not here, or does not say.
std::optional<std::string> version_of(const Session& session, const ProgramPlan& plan);

// The process whose number stands in run/<unit>.pid, if it runs and goes by that name: the file may outlive it, and its
// number be another program's by now.
std::optional<pid_t> running(const std::string& folder, std::string_view unit, std::string_view name);

// Writes the configuration of one instance of a service.
void write_service_config(const Session& session, const DistrictPlan& plan, const ProgramPlan& service,
                          std::int64_t number);

// Asks the hub and the services of the house, each for its own `settings`. Throws process::ConfigError with what they
// say, the lines being those of the district's file; Failure when a program is not there. A service of somebody else
// is not asked: it need not know how to answer.
void require_sound_settings(const Session& session, const DistrictPlan& plan, const DistrictText& text);

}  // namespace gonghui::ctl

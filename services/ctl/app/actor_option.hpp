#pragma once
// --actor role[:person UUID[:place UUID]]: in whose name a request is made.

#include "common/actor/actor.hpp"
#include "services/ctl/app/session.hpp"

#include <optional>
#include <string_view>

namespace gonghui::ctl {

// nullopt when the option was not given: then the operator's command asks, a service. Throws Failure.
std::optional<Actor> read_actor(const Session& session, std::string_view option);

// A UUID that was given as `option`. Throws Failure.
Uuid read_uuid(const Session& session, std::string_view option, std::string_view text);

}  // namespace gonghui::ctl

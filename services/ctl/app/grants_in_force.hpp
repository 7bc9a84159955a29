#pragma once
// Between the file of grants and the hub that obeys it.

#include "services/ctl/app/session.hpp"

namespace gonghui::ctl {

// Has the hub that runs here read its grants again, and says so once it obeys them; or says that none runs here. Throws
// Failure when it goes by other grants than the file's.
void put_grants_in_force(const Session& session);

}  // namespace gonghui::ctl

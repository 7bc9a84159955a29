#pragma once
// `gonghui doctor`: what is wrong with a district, and what to do.

#include "services/ctl/app/session.hpp"

namespace gonghui::ctl {

// 0: nothing is wrong; 1: something is, and was said.
int doctor(const Session& session);

}  // namespace gonghui::ctl

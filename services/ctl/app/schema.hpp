#pragma once
// `gonghui schema`: what can be asked and what is told, from the catalogue of messages.

#include "services/ctl/app/session.hpp"

#include <string>

namespace gonghui::ctl {

struct SchemaOptions {
    std::string type;  // "training.enroll", "training/seat_taken.v1" or "seat_taken"; empty: a list of all
};
int schema(const Session& session, const SchemaOptions& options);

}  // namespace gonghui::ctl

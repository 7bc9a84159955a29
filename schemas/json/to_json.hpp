#pragma once
// MessagePack -> JSON, in one pass over a reply.

#include "common/codec/value.hpp"
#include "schemas/generated/catalogue.hpp"

#include <string>

namespace gonghui::schemas {

// As the type says; a field of a newer sender, which has no type here, is left out: nobody here knows whether it is
// meant to be seen.
void append_json(std::string& out, const Type& type, const codec::Value& value);

// What no schema describes: the figures behind a refusal, and what a partition says of itself. A number whose name ends
// with `_at` is a time.
void append_json(std::string& out, const codec::Value& value);

}  // namespace gonghui::schemas

#pragma once
// MessagePack -> JSON, in one pass over a reply.

#include "common/codec/value.hpp"
#include "schemas/generated/catalogue.hpp"

#include <string>

namespace gonghui::gateway {

// As the type says; a field of a newer sender, which has no type here, is left out: nobody here knows whether it is
// meant to be seen.
void append_typed(std::string& out, const schemas::Type& type, const codec::Value& value);

// What no schema describes: the figures behind a refusal, and what a partition says of itself. A number whose name ends
// with `_at` is a time.
void append_untyped(std::string& out, const codec::Value& value);

}  // namespace gonghui::gateway

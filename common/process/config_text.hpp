#pragma once
// Words about keys and values: durations, names of types, the nearest key. Private to common/process.

#include "common/process/config.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::process {

const Text& word_of(Type type);  // as in "must be ..."

std::string variable_of(std::string_view name);  // "bind.publish" -> "GONGHUI_BIND_PUBLISH"

std::vector<std::string_view> segments_of(std::string_view name);

// Whether `name` is the key, or one that its `*` stands for.
bool matches(std::string_view key_name, std::string_view name);

// The known name that `name` was most likely meant to be, its `*` filled in; empty when none is near.
std::string nearest(const Keys& keys, std::string_view name);

std::string duration_text(std::chrono::milliseconds duration);  // in the largest unit that divides it

}  // namespace gonghui::process

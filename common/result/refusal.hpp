#pragma once
// A refusal is a value: the rule said no, and says why. It is no error; nothing was written.

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gonghui {

// One figure behind a refusal ("opens_at", 1767225600000000). Never personal data: replies are recorded.
struct Fact {
    std::string_view name;
    std::variant<std::int64_t, std::string> value;
};

// `code` is one of the constants generated from schemas/<service>/refusals.json, which also holds its wording in
// zh-CN and en.
struct Refusal {
    std::string_view code;
    std::vector<Fact> facts;
};

// What a rule returns: its events, or the refusal.
template <class T>
using Decided = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refused(std::string_view code, std::vector<Fact> facts = {})
{
    return tl::make_unexpected(Refusal{code, std::move(facts)});
}

}  // namespace gonghui

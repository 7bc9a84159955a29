#pragma once
// What happened in a run, folded into one number as it happens: two runs of a seed give the same. Printed, line by
// line, when somebody wants to read it.

#include "common/bytes/bytes.hpp"
#include "common/time/clock.hpp"

#include <cstdint>
#include <string_view>

namespace gonghui::simulation {

std::uint64_t fold(BytesView bytes);

class Trace {
public:
    Trace(Clock& clock, bool printed) : clock_(clock), printed_(printed) {}

    void note(std::string_view what, std::string_view who, std::uint64_t number = 0);
    void note(std::string_view what, std::string_view who, std::string_view text);

    [[nodiscard]] std::uint64_t hash() const { return hash_; }

private:
    void fold_in(std::uint64_t number) { hash_ = (hash_ ^ number) * 0x100000001b3; }

    Clock& clock_;
    bool printed_;
    std::uint64_t hash_ = 0xcbf29ce484222325;  // FNV-1a over words
};

}  // namespace gonghui::simulation

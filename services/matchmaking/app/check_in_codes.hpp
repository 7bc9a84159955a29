#pragma once
// The one-time codes for the door. They are derived and never stored: the person sees the same code again whenever they
// ask, and neither a stolen store nor the log holds one.

#include "common/sealing/sealing.hpp"
#include "schemas/generated/ids.hpp"

#include <string>
#include <string_view>

namespace gonghui::matchmaking {

// Immutable, so that writer and readers may share it.
class CheckInCodes {
public:
    explicit CheckInCodes(const sealing::Key& service_key);

    // Eight characters without those that look alike, as "ABCD-EFGH": a keyed hash of both, 40 bits of it. That is
    // enough where each guess is a visible scan at one door.
    [[nodiscard]] std::string code_of(const EveningId& evening, const PersonId& person) const;

    // Letter case, dashes and blanks as typed do not count.
    [[nodiscard]] bool matches(std::string_view typed, const EveningId& evening, const PersonId& person) const;

private:
    sealing::Key key_;
};

}  // namespace gonghui::matchmaking

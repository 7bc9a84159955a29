#pragma once
// Codes that are on their way to mobile phones. In memory alone: whoever waits for one while the gateway starts again
// asks for another.

#include "common/ids/random.hpp"
#include "common/time/clock.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace gonghui::gateway {

class OneTimeCodes {
public:
    // `random` outlives it.
    explicit OneTimeCodes(Random& random, std::size_t most = 50'000) : random_(random), most_(most) {}

    // A fresh code of six digits in place of the one before; nullopt when the last is less than a minute old, or too
    // many are on their way.
    std::optional<std::string> make(const std::string& phone, UtcTime now);

    // Whether it is the phone's code. A right one is taken once; after five wrong ones none is right any more.
    bool take(const std::string& phone, std::string_view code, UtcTime now);

private:
    struct Made {
        std::string code;
        UtcTime at;
        int tries = 0;
    };

    void forget_old(UtcTime now);

    Random& random_;
    std::size_t most_;
    std::unordered_map<std::string, Made> made_;
    UtcTime looked_{};
};

}  // namespace gonghui::gateway

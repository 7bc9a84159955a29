#pragma once
// Codes that are on their way to mobile phones. In memory alone: whoever waits for one while the gateway starts again
// asks for another.

#include "common/ids/random.hpp"
#include "common/time/clock.hpp"
#include "services/gateway/domain/token_buckets.hpp"

#include <tl/expected.hpp>

#include <string>
#include <unordered_map>

namespace gonghui::gateway {

// What all numbers together get in the long run, and as much at once after a pause: every code is paid for.
struct CodeRates {
    double per_minute = 600;
    double per_day = 20'000;
};

// Why there is no code now.
struct NoCode {
    std::chrono::milliseconds wait;
    bool is_for_all = false;  // nobody gets one: as many have gone out as may
};

class OneTimeCodes {
public:
    // `random` outlives it. `most`: that are on their way.
    OneTimeCodes(const CodeRates& rates, Random& random, std::size_t most = 50'000);

    // A fresh code of six digits in place of the one before; or how long there is none: a minute after the last, longer
    // when the number has had many, and while too many are on their way. Each code is five guesses: 120 a day at one
    // number are right once in twenty years, and nobody can have a phone ring all night.
    tl::expected<std::string, NoCode> make(const std::string& phone, UtcTime now);

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
    TokenBuckets numbers_;
    TokenBuckets minute_;
    TokenBuckets day_;
    std::unordered_map<std::string, Made> made_;
    UtcTime looked_{};
};

}  // namespace gonghui::gateway

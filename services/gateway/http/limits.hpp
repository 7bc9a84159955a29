#pragma once
// How much one address, one person and one route get.

#include "common/ids/random.hpp"
#include "services/gateway/domain/token_buckets.hpp"
#include "services/gateway/http/message.hpp"

namespace gonghui::gateway {

struct LimitSettings {
    double address_per_second = 200;  // a whole works may be behind one address
    double person_per_second = 10;
};

// What counts as one address: whoever has one of IPv6 has its network's 2^64.
[[nodiscard]] std::string network_of(const std::string& text);

class Limits {
public:
    Limits(const LimitSettings& settings, Random& random);

    using Wait = std::optional<std::chrono::milliseconds>;

    // Of anything below /api, before anything else is done for it.
    Wait request(const HttpRequest& request);
    // Of a person at a route.
    Wait person(std::string_view person, std::string_view route);
    // Of somebody who tries to log in, or wants a code.
    Wait log_in(const HttpRequest& request);
    // Of one account, whoever tries it.
    Wait account(std::string_view name);

private:
    TokenBuckets addresses_;
    TokenBuckets persons_;
    TokenBuckets routes_;
    TokenBuckets log_ins_;
    TokenBuckets accounts_;
};

}  // namespace gonghui::gateway

#pragma once
// A whole bus for the conformance suite: a hub with a few peers, on one of the implementations.

#include "common/messaging/transport.hpp"
#include "common/time/manual_clock.hpp"
#include "services/hub/domain/rights.hpp"
#include "services/hub/domain/router.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace gonghui::contract {

inline constexpr auto district = "331083";

// The peers of the suite, by the name of their instance: what each may do is in `grants`.
//   registration, training-0, training-1: services; training-1 is a second holder of the same service
//   ctl: may do everything; stranger: known, and allowed nothing
std::vector<hub::Grant> grants(const std::function<std::string(std::string_view instance)>& key_of);

class BusUnderTest {
public:
    virtual ~BusUnderTest() = default;
    virtual std::unique_ptr<messaging::Transport> connect(std::string_view instance) = 0;
    // Lets the bus do what it has to do; returns soon, whether or not something happened.
    virtual void turn() = 0;
    // Everything this transport follows is in force.
    virtual bool is_following(messaging::Transport& transport) = 0;
    virtual void let_pass(Duration time) = 0;
    // From now on this instance has no rights at all.
    virtual void revoke(std::string_view instance) = 0;

    ManualClock clock{from_microseconds(1'772'323'200'000'000)};
};

struct InMemory {
    static std::unique_ptr<BusUnderTest> make(const hub::RouterSettings& settings);
};
struct OverZeroMq {
    static std::unique_ptr<BusUnderTest> make(const hub::RouterSettings& settings);
};

}  // namespace gonghui::contract

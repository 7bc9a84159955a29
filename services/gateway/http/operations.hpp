#pragma once
// /api/v1/operations: what a district's operators see of the running programs. The bus's own requests know no actors,
// so the role is looked at here.

#include "common/ids/random.hpp"
#include "common/time/clock.hpp"
#include "services/gateway/http/bus.hpp"
#include "services/gateway/http/message.hpp"
#include "services/gateway/http/sessions.hpp"

namespace gonghui::gateway {

class Operations {
public:
    // Everything outlives it.
    Operations(Bus& bus, Clock& clock, Random& random) : bus_(bus), clock_(clock), random_(random) {}

    // {partitions: [{source, instance, held, status}]}: `status` is what it answers to _status, null when it is silent.
    void show_status(const Caller& caller, const HttpRequest& request, const Respond& respond);

private:
    struct Gathered;

    [[nodiscard]] messaging::OutgoingRequest request_for(std::string type) const;
    void gather(const codec::Value& hub_status, const std::shared_ptr<Gathered>& gathered);
    void ask_partition(std::string_view service, const codec::Value& partition,
                       const std::shared_ptr<Gathered>& gathered);

    Bus& bus_;
    Clock& clock_;
    Random& random_;
};

}  // namespace gonghui::gateway

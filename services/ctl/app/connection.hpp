#pragma once
// The operator's way onto the bus: plan and keys from the district's folder, one client of the hub.

#include "common/ids/random.hpp"
#include "common/messaging/client.hpp"
#include "services/ctl/app/session.hpp"
#include "services/ctl/domain/district.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::ctl {

using std::chrono::milliseconds;

// What became of one request.
struct Asked {
    std::optional<Bytes> reply;  // the last one; absent: nobody answered
    int tries = 0;
};

// Of one thread.
class Connection {
public:
    // Throws Failure: no district in this folder, no key, the hub cannot be reached or does not know the key.
    explicit Connection(const Session& session, milliseconds patience = milliseconds(3'000));
    // With a plan that was looked at before.
    Connection(const Session& session, DistrictPlan plan, milliseconds patience = milliseconds(3'000));

    [[nodiscard]] const DistrictPlan& plan() const { return plan_; }
    [[nodiscard]] messaging::Client& client() { return client_; }
    [[nodiscard]] Clock& clock() { return clock_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] Uuid new_request_id() { return make_ordered_uuid(clock_.now(), random_); }

    // Asks, and asks again with the same id as it is told or when nobody answers, until `patience` is over.
    Asked ask(const messaging::OutgoingRequest& request, milliseconds patience);
    // A request of the bus's own to one partition: "training", "_status".
    messaging::OutgoingRequest to_partition(std::string_view service, std::string_view name, std::int64_t partition,
                                            Bytes data = {});

private:
    DistrictPlan plan_;
    SystemClock clock_;
    SystemRandom random_;
    zeromq::Context context_;
    messaging::Client client_;
    codec::Parser parser_;
};

// The plan that stands in the district's folder. Throws Failure when there is none.
DistrictPlan load_plan(const Session& session);

// The one of that name. Throws Failure when there is none, or none with that partition.
const ProgramPlan& find_service(const Session& session, const std::vector<ProgramPlan>& services,
                                const std::string& name, std::optional<std::int64_t> partition = std::nullopt);

}  // namespace gonghui::ctl

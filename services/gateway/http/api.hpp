#pragma once
// /api/v1/<service>/<message>: every request of the catalogue that people may make, and none by hand.

#include "common/ids/random.hpp"
#include "services/gateway/http/bus.hpp"
#include "services/gateway/http/figures.hpp"
#include "services/gateway/http/problems.hpp"
#include "services/gateway/http/refusals.hpp"
#include "services/gateway/http/sessions.hpp"

#include <unordered_map>

namespace gonghui::gateway {

// How a service's answer other than `accepted` looks to a browser. `service` is where the words of its refusals are.
[[nodiscard]] HttpResponse not_accepted(const Answered& answered, std::string_view service, Language language);

class Api {
public:
    // Everything outlives it.
    Api(Bus& bus, const Board& board, Refusals& refusals, Clock& clock, Random& random, Figures& figures);

    // Null: there is no such route.
    [[nodiscard]] const schemas::Message* find(std::string_view service_and_message) const;
    void ask(const schemas::Message& message, const Caller& caller, const HttpRequest& request, const Respond& answer);

private:
    std::optional<HttpResponse> turned_away(BytesView data, const Caller& caller, Language language);

    Bus& bus_;
    const Board& board_;
    Refusals& refusals_;
    Clock& clock_;
    Random& random_;
    Figures& figures_;
    std::unordered_map<std::string_view, const schemas::Message*> routes_;  // "training/enroll"
    std::vector<std::string> names_;
    codec::Parser parser_;
};

}  // namespace gonghui::gateway

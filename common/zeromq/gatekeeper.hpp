#pragma once
// Who may connect: answers libzmq's question about every CURVE client key (ZAP, ZeroMQ RFC 27) on a thread of its own.
//
// Debian's libzmq 4.3.4 lets any key in when nobody answers ("Stonehouse" for legacy's sake), and its
// ZMQ_ZAP_ENFORCE_DOMAIN is not built. So a socket can only be bound with a Gatekeeper in hand, and a Gatekeeper exists
// only after it has answered a probe of its own. If its thread ever fails, the process ends: closed, not open.

#include "common/zeromq/context.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace gonghui::zeromq {

// Public key (Z85) -> user id, which every message from that key then carries.
using AdmittedKeys = std::map<std::string, std::string, std::less<>>;

class Gatekeeper {
public:
    // One per context; must outlive every socket bound in it. Throws std::runtime_error when its probe stays
    // unanswered.
    Gatekeeper(Context& context, AdmittedKeys admitted);
    ~Gatekeeper();
    Gatekeeper(const Gatekeeper&) = delete;
    Gatekeeper& operator=(const Gatekeeper&) = delete;

    // Holds for connections made from now on; those that stand are the receiver's to judge and to end. Thread-safe.
    void admit_only(AdmittedKeys admitted);

    // Keys that are to come later: their handshakes fail for now, without a word, so that libzmq goes on trying (status
    // 300). Takes the place of what was said before. Thread-safe.
    void put_off(std::set<std::string, std::less<>> keys);

    // Connections refused for their key so far. Thread-safe.
    [[nodiscard]] std::int64_t refused() const;
    // The key that was refused last (Z85), so that an operator can tell whose it is. Thread-safe.
    [[nodiscard]] std::string last_refused() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gonghui::zeromq

#pragma once
// Who may do what on the bus. A peer is a public key; what it may do is what the operator granted to that key, and
// nothing else. Rights are asked for every single message, so that a grant taken away ends at once.

#include "common/messaging/source.hpp"
#include "services/hub/domain/allowance.hpp"

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gonghui::hub {

// One [[peer]] of authorized.toml.
struct Grant {
    std::string public_key;  // Z85
    std::string service;     // the name that receivers of its requests see
    std::string instance;    // for people; empty when there is one only
    // Services in whose name it publishes and whose partitions it may hold.
    std::vector<std::string> publish;
    // Services whose events it gets and whose log it may read back; "*": all.
    std::vector<std::string> follow;
    // Request types: "training.enroll", "training.*" (all but the bus's own), "training._*" (the bus's own:
    // _status, _parked_list ...), "*" (everything).
    std::vector<std::string> call;
    bool assert_actor = false;  // may speak for a person: the edge and the operator's command
    std::int64_t rate = 0;      // units per second that it may bring (allowance.hpp); 0: without bound
};

// What a peer has done since the hub began.
struct PeerCounters {
    std::int64_t requests = 0, replies = 0, events = 0;
    std::int64_t refused_call = 0, refused_actor = 0, refused_publish = 0, refused_follow = 0, refused_hold = 0;
    std::int64_t malformed = 0, overloaded = 0;
    std::int64_t beyond_rate = 0, kept_out = 0;  // messages turned away; times that its connections were ended
    friend bool operator==(const PeerCounters&, const PeerCounters&) = default;
};

class Peer {
public:
    [[nodiscard]] const Grant& grant() const { return grant_; }
    [[nodiscard]] const std::string& service() const { return grant_.service; }
    // Its key stands in the operator's list now.
    [[nodiscard]] bool is_granted() const { return is_granted_; }

    [[nodiscard]] bool may_publish(std::string_view service) const;
    [[nodiscard]] bool may_follow(std::string_view service) const;
    [[nodiscard]] bool may_follow_everything() const;
    [[nodiscard]] bool may_call(std::string_view type) const;
    [[nodiscard]] bool may_assert_actor() const { return grant_.assert_actor; }

    PeerCounters counters;
    std::size_t in_flight = 0;  // its requests that wait for a reply
    Allowance allowance;
    bool is_kept_out = false;  // it has worn out the forbearance

private:
    friend class Rights;
    Grant grant_;
    bool is_granted_ = false;
};

// The message says what is wrong with which grant.
class WrongGrant : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Belongs to one thread.
class Rights {
public:
    // Throws WrongGrant: a key named twice, or a grant without a key or a service.
    Rights(std::string district, std::vector<Grant> grants);

    // All or nothing: throws WrongGrant and changes nothing. A key that is no longer granted keeps its Peer, without
    // rights, so that references stay good and what it tries is still counted.
    void replace(std::vector<Grant> grants);

    // The peer of that key; one without any rights when nobody granted it anything. Good as long as these Rights.
    [[nodiscard]] Peer& of(std::string_view public_key);

    // Some peer may hold its partitions.
    [[nodiscard]] bool knows_service(std::string_view service) const;

    [[nodiscard]] const std::string& district() const { return district_; }
    // The prefix lies within one service that the peer may follow ("331083.training."), or it may follow everything.
    [[nodiscard]] bool may_follow(const Peer& peer, std::string_view topic_prefix) const;
    // The topic is of this district and of a service in whose name the peer publishes, and the event says the same.
    [[nodiscard]] bool may_publish(const Peer& peer, std::string_view topic, std::string_view source) const;
    [[nodiscard]] bool may_hold(const Peer& peer, const messaging::Source& source) const;

    [[nodiscard]] const std::map<std::string, Peer, std::less<>>& peers() const { return peers_; }

private:
    std::string district_;
    std::map<std::string, Peer, std::less<>> peers_;
    Peer nobody_;
};

// The source that an encoded event names; empty when it names none.
std::string_view source_of(BytesView event);

}  // namespace gonghui::hub

#pragma once
// Where a hub is, and who one is towards it.

#include "common/zeromq/keys.hpp"

#include <string>

namespace gonghui::messaging {

using KeyPair = zeromq::KeyPair;

// Endpoints as ZeroMQ writes them ("tcp://127.0.0.1:7001"); `public_key` is the hub's, as Z85 text: a hub that does not
// hold its secret half cannot be talked to.
struct HubAddress {
    std::string publish;
    std::string subscribe;
    std::string request;
    std::string public_key;
};

}  // namespace gonghui::messaging

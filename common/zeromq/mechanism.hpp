#pragma once
// What makes a connection secret and tells whose it is: CURVE (ZeroMQ RFC 26). These functions are all that knows it,
// so that the programs of tests/bench can be linked with others and show what encryption costs; the product has no such
// choice. Included by this library's own .cpp files, and by the
// load client of the bench, whose many connections are at one socket.

#include "common/zeromq/keys.hpp"
#include "common/zeromq/native.hpp"

#include <span>
#include <string>

namespace gonghui::zeromq {

// Before the socket is bound, or connected.
void secure_server(zmq::socket_t& socket, const KeyPair& own);
void secure_client(zmq::socket_t& socket, const KeyPair& own, const std::string& server_key);

// The public key (Z85) that a question of ZAP is about; empty when it shows none. Its frames are version, request id,
// domain, address, routing id, mechanism, credentials.
std::string key_shown(std::span<const zmq::message_t> question);

}  // namespace gonghui::zeromq

// Linked in place of common/zeromq/mechanism.cpp, into programs of the bench alone: what the bus costs without
// encryption. A connection says its public key in ZeroMQ's PLAIN mechanism (RFC 24) and the same gatekeeper judges it,
// so that rights are as ever; but nobody proves that the key is theirs. Never link it into anything that people use.

#include "common/zeromq/mechanism.hpp"

namespace gonghui::zeromq {

void secure_server(zmq::socket_t& socket, const KeyPair&)
{
    socket.set(zmq::sockopt::plain_server, true);
}

void secure_client(zmq::socket_t& socket, const KeyPair& own, const std::string&)
{
    socket.set(zmq::sockopt::plain_username, own.public_key);
    socket.set(zmq::sockopt::plain_password, "-");
}

std::string key_shown(std::span<const zmq::message_t> question)
{
    if (question.size() != 8 || question[5].to_string_view() != "PLAIN") return {};
    return question[6].to_string();
}

}  // namespace gonghui::zeromq

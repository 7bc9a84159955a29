#include "common/zeromq/mechanism.hpp"

#include <array>
#include <cstdint>

namespace gonghui::zeromq {

void secure_server(zmq::socket_t& socket, const KeyPair& own)
{
    socket.set(zmq::sockopt::curve_server, true);
    socket.set(zmq::sockopt::curve_secretkey, own.secret_key);
}

void secure_client(zmq::socket_t& socket, const KeyPair& own, const std::string& server_key)
{
    socket.set(zmq::sockopt::curve_publickey, own.public_key);
    socket.set(zmq::sockopt::curve_secretkey, own.secret_key);
    socket.set(zmq::sockopt::curve_serverkey, server_key);
}

std::string key_shown(std::span<const zmq::message_t> question)
{
    if (question.size() != 7 || question[5].to_string_view() != "CURVE" || question[6].size() != 32) return {};
    std::array<char, 41> text{};
    zmq_z85_encode(text.data(), question[6].data<std::uint8_t>(), 32);
    return text.data();
}

}  // namespace gonghui::zeromq

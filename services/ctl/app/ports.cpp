#include "services/ctl/app/ports.hpp"

#include "common/process/exit_codes.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <random>

namespace gonghui::ctl {

namespace {

// Below the ports that Linux gives to connections that go out (net.ipv4.ip_local_port_range, 32768 to 60999): for
// whoever is started with this configuration later, when nobody keeps the port any more, it is still free.
constexpr std::uint16_t first_port = 15'000;
constexpr std::uint16_t last_port = 32'767;
constexpr int tries = 100;

void allow_listening_again(int descriptor)
{
    const int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

std::optional<std::uint16_t> bind_to_a_free_one(int descriptor)
{
    std::random_device random;
    std::uniform_int_distribution<int> any(first_port, last_port);
    for (int i = 0; i < tries; ++i) {
        const auto port = static_cast<std::uint16_t>(any(random));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return port;
    }
    return std::nullopt;
}

}  // namespace

FreePorts::~FreePorts()
{
    for (const int descriptor : held_) close(descriptor);
}

std::string FreePorts::in_place_of(const std::string& endpoint)
{
    const auto colon = endpoint.rfind(':');
    if (colon == std::string::npos) return endpoint;
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw process::Failure(process::Exit::os, "no socket can be made");
    held_.push_back(descriptor);
    const auto port = bind_to_a_free_one(descriptor);
    if (!port) throw process::Failure(process::Exit::unavailable, "no free port can be had");
    allow_listening_again(descriptor);
    return endpoint.substr(0, colon + 1) + std::to_string(*port);
}

bool is_taken(const std::string& endpoint)
{
    const auto colon = endpoint.rfind(':');
    if (colon == std::string::npos) return false;
    std::uint16_t port = 0;
    std::from_chars(endpoint.data() + colon + 1, endpoint.data() + endpoint.size(), port);
    if (port == 0) return false;
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return false;
    allow_listening_again(descriptor);  // what was connected there a moment ago does not count
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    address.sin_port = htons(port);
    const bool taken =
        bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == EADDRINUSE;
    close(descriptor);
    return taken;
}

void settle_ports(DistrictPlan& plan, Ports ports, FreePorts& free)
{
    const auto settle = [&](std::string& endpoint) {
        if (ports == Ports::all_free || endpoint.ends_with(":0")) endpoint = free.in_place_of(endpoint);
    };
    const auto settle_pair = [&](std::string& connect, std::string& bind) {
        const bool is_one = connect == bind;
        settle(connect);
        if (is_one)
            bind = connect;
        else
            settle(bind);
    };
    settle_pair(plan.connect.publish, plan.bind.publish);
    settle_pair(plan.connect.subscribe, plan.bind.subscribe);
    settle_pair(plan.connect.request, plan.bind.request);
    settle(plan.hub.http);
    for (auto& service : plan.services) {
        settle(service.http);
        settle(service.listen);
    }
}

}  // namespace gonghui::ctl

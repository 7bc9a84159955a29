#include "services/ctl/app/ports.hpp"

#include "common/process/exit_codes.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace gonghui::ctl {

namespace {

void allow_listening_again(int descriptor)
{
    const int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
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
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(descriptor, generic, size) != 0 || getsockname(descriptor, generic, &size) != 0)
        throw process::Failure(process::Exit::unavailable, "no free port can be had");
    allow_listening_again(descriptor);
    return endpoint.substr(0, colon + 1) + std::to_string(ntohs(address.sin_port));
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

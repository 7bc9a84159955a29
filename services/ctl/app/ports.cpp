#include "services/ctl/app/ports.hpp"

#include "common/process/exit_codes.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <vector>

namespace gonghui::ctl {

namespace {

// Holds the ports that it gives until it dies, so that it never gives one twice.
class FreePorts {
public:
    FreePorts() = default;
    FreePorts(const FreePorts&) = delete;
    FreePorts& operator=(const FreePorts&) = delete;
    ~FreePorts()
    {
        for (const int descriptor : held_) close(descriptor);
    }

    int next()
    {
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
        return ntohs(address.sin_port);
    }

private:
    std::vector<int> held_;
};

// "tcp://127.0.0.1:0" and "127.0.0.1:0" alike.
void settle(std::string& endpoint, Ports ports, FreePorts& free)
{
    const auto colon = endpoint.rfind(':');
    if (colon == std::string::npos) return;
    if (ports == Ports::as_planned && endpoint.substr(colon + 1) != "0") return;
    endpoint = endpoint.substr(0, colon + 1) + std::to_string(free.next());
}

}  // namespace

std::string with_free_port(const std::string& listen)
{
    FreePorts free;
    auto endpoint = listen;
    settle(endpoint, Ports::all_free, free);
    return endpoint;
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
    const int on = 1;  // what was connected there a moment ago does not count
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    address.sin_port = htons(port);
    const bool taken =
        bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == EADDRINUSE;
    close(descriptor);
    return taken;
}

void settle_ports(DistrictPlan& plan, Ports ports)
{
    FreePorts free;
    const auto settle_pair = [&](std::string& connect, std::string& bind) {
        const bool is_one = connect == bind;
        settle(connect, ports, free);
        if (is_one)
            bind = connect;
        else
            settle(bind, ports, free);
    };
    settle_pair(plan.connect.publish, plan.bind.publish);
    settle_pair(plan.connect.subscribe, plan.bind.subscribe);
    settle_pair(plan.connect.request, plan.bind.request);
    settle(plan.hub.http, ports, free);
    for (auto& service : plan.services) {
        settle(service.http, ports, free);
        settle(service.listen, ports, free);
    }
}

}  // namespace gonghui::ctl

#include "services/ctl/app/edge_view.hpp"

#include "common/process/forms.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <memory>

namespace gonghui::ctl {

namespace {

constexpr timeval patience{.tv_sec = 1, .tv_usec = 0};

class Socket {
public:
    explicit Socket(const addrinfo& address)
        : descriptor_(socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol))
    {
        setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);  // of connect, too
        setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        // Not in the list above: it waits as long as was just said.
        // NOLINTNEXTLINE(cppcoreguidelines-prefer-member-initializer)
        is_connected_ = connect(descriptor_, address.ai_addr, address.ai_addrlen) == 0;
    }
    ~Socket()
    {
        if (descriptor_ >= 0) close(descriptor_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    bool write(std::string_view bytes) const
    {
        return is_connected_ && send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == std::ssize(bytes);
    }
    // Fewer than asked for when it ends, or when nothing more comes in time.
    [[nodiscard]] std::string read(std::size_t size) const
    {
        std::string bytes(size, '\0');
        const auto got = recv(descriptor_, bytes.data(), size, MSG_WAITALL);
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }

private:
    int descriptor_;
    bool is_connected_ = false;
};

}  // namespace

std::optional<int> http_status(const std::string& listen, std::string_view path)
{
    const auto place = process::parse_host_and_port(listen);
    if (!place) return std::nullopt;
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;  // of 0.0.0.0, the kernel makes this machine
    if (getaddrinfo(place->host.c_str(), std::to_string(place->port).c_str(), &wanted, &found) != 0)
        return std::nullopt;
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, freeaddrinfo);
    const Socket socket(*addresses);
    if (!socket.write("GET " + std::string(path) + " HTTP/1.1\r\nHost: " + listen + "\r\nConnection: close\r\n\r\n"))
        return std::nullopt;
    constexpr std::string_view before = "HTTP/1.1 ";
    const auto answer = socket.read(before.size() + 3);
    int status = 0;
    if (!answer.starts_with(before)) return std::nullopt;
    std::from_chars(answer.data() + before.size(), answer.data() + answer.size(), status);
    return status;
}

}  // namespace gonghui::ctl

#include "common/process/forms.hpp"

#include <algorithm>
#include <charconv>

namespace gonghui::process {

namespace {

bool is_tcp_endpoint(std::string_view text)
{
    constexpr std::string_view scheme = "tcp://";
    return text.starts_with(scheme) && parse_host_and_port(text.substr(scheme.size()));
}

bool is_listen_address(std::string_view text)
{
    return text == "off" || parse_host_and_port(text);
}

bool is_http_address(std::string_view text)
{
    return (text.starts_with("http://") || text.starts_with("https://")) &&
           text.find_first_of(" \t\r\n") == std::string_view::npos && text.find_first_not_of('/', 7) < text.size();
}

bool is_district_code(std::string_view text)
{
    constexpr std::size_t digits = 6;
    return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

constinit const Form form::tcp_endpoint{
    is_tcp_endpoint, {" tcp://主机:端口，端口为 0 到 65535", "tcp://HOST:PORT with a port from 0 to 65535"}};
constinit const Form form::listen_address{
    is_listen_address, {"主机:端口（端口为 0 到 65535）或 off", "HOST:PORT with a port from 0 to 65535, or off"}};
constinit const Form form::http_address{is_http_address,
                                        {"http:// 或 https:// 开头的地址", "an address of http:// or https://"}};
constinit const Form form::district_code{is_district_code, {"六位数字的 GB/T 2260 代码", "a six-digit GB/T 2260 code"}};

std::optional<HostAndPort> parse_host_and_port(std::string_view text)
{
    constexpr int highest_port = 65535;
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || text.find_first_of(" /") != std::string_view::npos)
        return std::nullopt;
    HostAndPort parsed{std::string(text.substr(0, colon)), 0};
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, parsed.port);
    if (error != std::errc() || stopped != end || parsed.port < 0 || parsed.port > highest_port) return std::nullopt;
    return parsed;
}

}  // namespace gonghui::process

#pragma once
// What a text in a configuration must look like, beyond being one.

#include "common/text/language.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gonghui::process {

struct Form {
    bool (*fits)(std::string_view) = nullptr;  // none: every text fits
    Text must_be;                              // as in "must be ..."
};

namespace form {
extern const Form tcp_endpoint;    // tcp://HOST:PORT
extern const Form listen_address;  // HOST:PORT, or "off"
extern const Form http_address;    // http://... or https://...
extern const Form district_code;   // GB/T 2260: six digits
}  // namespace form

struct HostAndPort {
    std::string host;
    int port = 0;  // 0 to 65535; 0: any free one
};
std::optional<HostAndPort> parse_host_and_port(std::string_view text);

}  // namespace gonghui::process

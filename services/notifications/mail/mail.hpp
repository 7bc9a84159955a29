#pragma once
// An e-mail on its way out of the process, and the port through which it leaves.

#include "common/ids/uuid.hpp"
#include "common/sealing/sealed.hpp"
#include "common/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace gonghui::notifications {

struct Mail {
    Uuid message_id;
    int attempt = 1;
    Personal to;  // a bare address, "a@example.org"
    std::string subject;
    std::string body;
};

enum class SendResult : std::uint8_t {
    taken,              // the server has it
    unreachable,        // no connection, or it broke
    refused_for_now,    // 4xx
    refused_for_good,   // 5xx
    not_authenticated,  // it did not take our credentials
};

struct Sent {
    SendResult result = SendResult::unreachable;
    std::optional<int> server_code;  // of the server's last answer
};

// Belongs to one thread. Delivers at least once: when the server's answer to the last byte is lost, the same mail comes
// again, with the same Message-ID.
class MailSender {
public:
    virtual ~MailSender() = default;
    // Breaks off a few seconds after `stop` was asked for.
    virtual Sent send(const Mail& mail, const std::stop_token& stop) = 0;
};

// True for what may stand in an SMTP envelope as it is: one @, printable ASCII, none of the characters that end or
// continue an address or a header.
[[nodiscard]] bool is_bare_address(std::string_view text);

}  // namespace gonghui::notifications

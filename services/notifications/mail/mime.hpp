#pragma once
// An e-mail as bytes: RFC 5322 headers, an RFC 2047 subject, a plain UTF-8 body (RFC 2045, base64, so that every line
// is short whatever the text).

#include "services/notifications/mail/mail.hpp"

#include <string>
#include <string_view>

namespace gonghui::notifications {

struct Sender {
    std::string address;  // "no-reply@union.example"
    std::string name;     // shown beside it; UTF-8
};

// The Message-ID is <message id@domain of the sender>: the same at every attempt, so that a receiver knows a repeat.
[[nodiscard]] std::string compose(const Mail& mail, const Sender& from, UtcTime now);

// RFC 2047 "encoded words" of at most 75 characters, folded; plain ASCII text stays as it is.
[[nodiscard]] std::string encode_header(std::string_view text);

}  // namespace gonghui::notifications

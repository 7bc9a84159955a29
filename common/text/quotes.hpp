#pragma once
// Text in quotes, for whoever writes JSON or TOML by hand: log lines, the readiness page, configurations.

#include <string>
#include <string_view>

namespace gonghui {

// Appends `text` in quotes, escaped as RFC 8259 asks; such a JSON string is a TOML basic string, too. Bytes that are no
// UTF-8 (overlong forms, surrogates and cut sequences among them) become U+FFFD, one for each longest broken piece.
void append_in_quotes(std::string& out, std::string_view text);

std::string in_quotes(std::string_view text);

}  // namespace gonghui

#pragma once
// Writing JSON text by hand, for log lines and the readiness page. Private to common/process.

#include <string>
#include <string_view>

namespace gonghui::process {

// Appends `text` in quotes, escaped as RFC 8259 asks. Bytes that are no UTF-8 (overlong forms, surrogates and cut
// sequences among them) become U+FFFD, one for each longest broken piece.
void append_json_text(std::string& out, std::string_view text);

// Appends a number; what JSON cannot say (infinities, NaN) becomes null.
void append_json_number(std::string& out, double value);

}  // namespace gonghui::process

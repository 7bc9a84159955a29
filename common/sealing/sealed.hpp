#pragma once
// Personal data as types, without the cryptography: what may be stored (`Sealed`) and what may be held in memory but
// never printed (`Personal`).

#include "common/bytes/bytes.hpp"

#include <string>
#include <utility>

namespace gonghui {

// Ciphertext under one person's key, as it stands in events and tables. Layout: see common/sealing/sealing.hpp.
struct Sealed {
    Bytes bytes;
    friend bool operator==(const Sealed&, const Sealed&) = default;
};

// Plain personal text on its way between the edge and the place where it is sealed. It has no stream operator and no
// conversion, so that it cannot slip into a log line, an error or a recorded reply; `reveal` is the one visible door.
class Personal {
public:
    Personal() = default;
    explicit Personal(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& reveal() const { return text_; }
    friend bool operator==(const Personal&, const Personal&) = default;

private:
    std::string text_;
};

}  // namespace gonghui

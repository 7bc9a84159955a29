#pragma once
// What the generated golden tests share.

#include "common/codec/fields.hpp"
#include "common/codec/writer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace gonghui::schemas {

inline Bytes from_hex(std::string_view hex)
{
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    return bytes;
}

// A damaged message is refused or read as something else; it never reads beyond its bytes (sanitizers watch).
template <class Message>
void expect_survives_damage(const Bytes& golden)
{
    codec::Parser parser;
    for (std::size_t i = 0; i < golden.size(); ++i) {
        auto damaged = golden;
        damaged[i] ^= std::byte{0xff};
        const auto value = parser.parse(damaged);
        if (!value) continue;
        Message message;
        codec::Errors errors;
        decode(*value, message, errors);
    }
}

// The bytes that another encoder made decode without an error, and encode to themselves.
template <class Message>
void expect_golden(std::string_view name, std::string_view hex)
{
    SCOPED_TRACE(name);
    const auto golden = from_hex(hex);
    codec::Parser parser;
    const auto value = parser.parse(golden);
    ASSERT_TRUE(value) << value.error();
    Message message;
    codec::Errors errors;
    decode(*value, message, errors);
    for (const auto& error : errors.list()) ADD_FAILURE() << error.path << ": " << error.code;
    codec::Writer out;
    encode(out, message);
    EXPECT_EQ(to_bytes(out.view()), golden);
    expect_survives_damage<Message>(golden);
}

}  // namespace gonghui::schemas

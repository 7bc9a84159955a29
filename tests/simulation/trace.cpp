#include "tests/simulation/trace.hpp"

#include <cstring>
#include <iostream>

namespace gonghui::simulation {

std::uint64_t fold(BytesView bytes)
{
    constexpr std::uint64_t prime = 0x100000001b3;
    std::uint64_t hash = 0xcbf29ce484222325 + bytes.size();
    for (; bytes.size() >= sizeof hash; bytes = bytes.subspan(sizeof hash)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        hash = (hash ^ word) * prime;
        hash ^= hash >> 32;
    }
    for (const auto byte : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * prime;
    return hash;
}

void Trace::note(std::string_view what, std::string_view who, std::uint64_t number)
{
    fold_in(static_cast<std::uint64_t>(to_microseconds(clock_.now())));
    fold_in(fold(as_bytes(what)));
    fold_in(fold(as_bytes(who)));
    fold_in(number);
    if (printed_) std::cout << to_string(clock_.now()) << ' ' << who << ": " << what << ' ' << number << '\n';
}

void Trace::note(std::string_view what, std::string_view who, std::string_view text)
{
    fold_in(fold(as_bytes(text)));
    if (printed_) std::cout << to_string(clock_.now()) << ' ' << who << ": " << what << ' ' << text << '\n';
    fold_in(fold(as_bytes(what)) ^ fold(as_bytes(who)));
}

}  // namespace gonghui::simulation

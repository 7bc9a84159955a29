#include "common/ids/random.hpp"

#include "common/ids/sodium.hpp"

#include <algorithm>
#include <array>

namespace gonghui {

namespace {

// A system call costs more than the 24 bytes of a nonce are worth: a thread takes randomness by the kilobyte. Bytes
// that were given out are wiped here. No process of ours forks without executing another program.
struct Reserve {
    std::array<std::byte, 1024> bytes{};
    std::size_t used = sizeof bytes;
};

}  // namespace

void SystemRandom::fill(std::span<std::byte> out)
{
    thread_local Reserve reserve;
    require_sodium();
    if (out.size() > reserve.bytes.size()) {
        randombytes_buf(out.data(), out.size());
        return;
    }
    if (reserve.bytes.size() - reserve.used < out.size()) {
        randombytes_buf(reserve.bytes.data(), reserve.bytes.size());
        reserve.used = 0;
    }
    const auto given = std::span(reserve.bytes).subspan(reserve.used, out.size());
    std::copy(given.begin(), given.end(), out.begin());
    sodium_memzero(given.data(), given.size());
    reserve.used += out.size();
}

}  // namespace gonghui

#include "common/ids/random.hpp"

#include "common/ids/sodium.hpp"

namespace gonghui {

void SystemRandom::fill(std::span<std::byte> out)
{
    require_sodium();
    randombytes_buf(out.data(), out.size());
}

}  // namespace gonghui

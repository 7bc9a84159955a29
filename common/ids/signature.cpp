#include "common/ids/signature.hpp"

#include <sodium.h>

namespace gonghui {

Signature sign(std::span<const std::byte> key, BytesView text)
{
    Signature signature{};
    crypto_generichash(reinterpret_cast<unsigned char*>(signature.data()), signature.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       reinterpret_cast<const unsigned char*>(key.data()), key.size());
    return signature;
}

bool is_same(const Signature& signature, std::span<const std::byte, 16> claimed)
{
    return sodium_memcmp(signature.data(), claimed.data(), signature.size()) == 0;
}

}  // namespace gonghui

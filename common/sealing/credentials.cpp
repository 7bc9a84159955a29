#include "common/sealing/credentials.hpp"

#include "common/ids/sodium.hpp"

#include <new>

namespace gonghui::sealing {

namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory = 19U << 20U;

}  // namespace

std::string hash_of_password(std::string_view password)
{
    require_sodium();
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), passes, memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::bad_alloc();
    return hash.data();
}

bool fits(const std::string& hash, std::string_view password)
{
    require_sodium();
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::array<std::byte, 32> hash_of_token(std::span<const std::byte, 32> token)
{
    require_sodium();
    std::array<std::byte, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(sodium_bytes(hash.data()), sodium_bytes(token.data()), token.size());
    return hash;
}

}  // namespace gonghui::sealing

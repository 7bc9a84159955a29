#pragma once
// libsodium, initialised. Private to ids and sealing: include it from their .cpp files only.

#include <sodium.h>

#include <cstddef>
#include <stdexcept>

namespace gonghui {

// Call before any use of libsodium. Thread-safe, and free after the first time.
inline void require_sodium()
{
    static const bool ready = sodium_init() >= 0;
    if (!ready) throw std::runtime_error("libsodium cannot be initialised: the system gives no randomness");
}

inline const unsigned char* sodium_bytes(const void* bytes)
{
    return static_cast<const unsigned char*>(bytes);
}

inline unsigned char* sodium_bytes(void* bytes)
{
    return static_cast<unsigned char*>(bytes);
}

}  // namespace gonghui

#pragma once
// Sealing: XChaCha20-Poly1305 (libsodium) under a key per owner, so that destroying one key erases one person from
// every log, copy and backup.
//
// Layout of a Sealed: version (1 byte, 1) | owner (16) | nonce (24) | ciphertext and tag (n + 16). The associated data
// is version | owner | place, so that a value cut from one field does not open in another. `place` is
// "<service>/<message or table>.<field>", e.g. "registration/member.name".

#include "common/ids/random.hpp"
#include "common/ids/uuid.hpp"
#include "common/sealing/sealed.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace gonghui::sealing {

// 32 bytes that wipe themselves. Not printable.
class Key {
public:
    Key() = default;
    explicit Key(std::span<const std::byte, 32> bytes);
    ~Key();
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    [[nodiscard]] BytesView view() const { return bytes_; }
    static Key make(Random& random);

private:
    std::array<std::byte, 32> bytes_{};
};

Sealed seal(const Key& key, const Uuid& owner, std::string_view place, BytesView plain, Random& random);

// nullopt when the key, the place or a byte is wrong.
std::optional<Bytes> unseal(const Key& key, std::string_view place, const Sealed& sealed);

// Whose key opens it; nullopt when it is too short or of another version.
std::optional<Uuid> owner_of(const Sealed& sealed);

// A keyed, deterministic fingerprint (BLAKE2b-128) for finding duplicates. Kept in tables only, never in an event: who
// holds `key` can test guesses.
Bytes blind_index(const Key& key, std::string_view normalised);

// A further key of the same holder for another use; `context` is 8 characters.
Key derive_key(const Key& root, std::string_view context, std::uint64_t number);

// A secret of the holder for `purpose`, whatever that is called: HMAC-SHA-256, as the SDKs for plug-ins derive it.
std::array<std::byte, 32> derive_secret(const Key& root, std::string_view purpose);

// For one recipient only (X25519 sealed box over the recipient's CURVE key): how person keys travel through the hub
// without the hub being able to read them.
Bytes seal_for(std::span<const std::byte, 32> recipient_public, BytesView plain);
std::optional<Bytes> open_for(std::span<const std::byte, 32> own_public, std::span<const std::byte, 32> own_secret,
                              BytesView sealed);

// A service's own key for private events and blind indexes: 32 bytes, base64, in a file of mode 0600.
Key load_key_file(const std::string& path);            // throws std::runtime_error that names the path
void make_key_file(const std::string& path, Random&);  // refuses to overwrite

}  // namespace gonghui::sealing

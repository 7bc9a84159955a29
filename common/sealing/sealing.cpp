#include "common/sealing/sealing.hpp"

#include "common/ids/sodium.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace gonghui::sealing {

namespace {

constexpr std::byte layout_version{1};
constexpr std::size_t owner_size = 16;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t nonce_at = 1 + owner_size;
constexpr std::size_t cipher_at = nonce_at + nonce_size;
constexpr std::size_t fingerprint_size = 16;
constexpr std::size_t key_size = 32;

static_assert(nonce_size == 24 && tag_size == 16, "the layout is stored for ever");
static_assert(key_size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES && key_size == crypto_kdf_KEYBYTES);
static_assert(key_size == crypto_box_PUBLICKEYBYTES && key_size == crypto_box_SECRETKEYBYTES);

// version | owner | place. On the stack, as an import seals five values a row.
class AssociatedData {
public:
    AssociatedData(BytesView version_and_owner, std::string_view place) : size_(version_and_owner.size() + place.size())
    {
        if (size_ > bytes_.size()) throw std::invalid_argument("the name of a sealed place is too long");
        const auto rest = std::copy(version_and_owner.begin(), version_and_owner.end(), bytes_.begin());
        const auto place_bytes = as_bytes(place);
        std::copy(place_bytes.begin(), place_bytes.end(), rest);
    }
    [[nodiscard]] BytesView view() const { return BytesView(bytes_).first(size_); }

private:
    std::array<std::byte, 128> bytes_{};
    std::size_t size_;
};

}  // namespace

// --- keys --------------------------------------------------------------------------------------------------------

Key::Key(std::span<const std::byte, 32> bytes)
{
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

Key::~Key()
{
    sodium_memzero(bytes_.data(), bytes_.size());
}

Key Key::make(Random& random)
{
    Key key;
    random.fill(key.bytes_);
    return key;
}

Key derive_key(const Key& root, std::string_view context, std::uint64_t number)
{
    if (context.size() != crypto_kdf_CONTEXTBYTES)
        throw std::invalid_argument("the context of a derived key has 8 characters: " + std::string(context));
    require_sodium();
    std::array<std::byte, key_size> bytes{};
    crypto_kdf_derive_from_key(sodium_bytes(bytes.data()), bytes.size(), number, context.data(),
                               sodium_bytes(root.view().data()));
    Key key(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

std::array<std::byte, 32> derive_secret(const Key& root, std::string_view purpose)
{
    static_assert(crypto_auth_hmacsha256_BYTES == 32 && crypto_auth_hmacsha256_KEYBYTES == key_size);
    require_sodium();
    std::array<std::byte, 32> secret{};
    crypto_auth_hmacsha256(sodium_bytes(secret.data()), sodium_bytes(purpose.data()), purpose.size(),
                           sodium_bytes(root.view().data()));
    return secret;
}

// --- sealing -----------------------------------------------------------------------------------------------------

Sealed seal(const Key& key, const Uuid& owner, std::string_view place, BytesView plain, Random& random)
{
    require_sodium();
    Sealed sealed;
    auto& bytes = sealed.bytes;
    bytes.resize(cipher_at + plain.size() + tag_size);
    bytes[0] = layout_version;
    std::copy(owner.bytes.begin(), owner.bytes.end(), bytes.begin() + 1);
    random.fill(std::span(bytes).subspan(nonce_at, nonce_size));

    const AssociatedData associated(BytesView(bytes).first(nonce_at), place);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        sodium_bytes(bytes.data() + cipher_at), nullptr, sodium_bytes(plain.data()), plain.size(),
        sodium_bytes(associated.view().data()), associated.view().size(), nullptr,
        sodium_bytes(bytes.data() + nonce_at), sodium_bytes(key.view().data()));
    return sealed;
}

std::optional<Bytes> unseal(const Key& key, std::string_view place, const Sealed& sealed)
{
    if (!owner_of(sealed)) return std::nullopt;
    require_sodium();
    const BytesView bytes(sealed.bytes);
    const auto cipher = bytes.subspan(cipher_at);
    const AssociatedData associated(bytes.first(nonce_at), place);

    Bytes plain(cipher.size() - tag_size);
    const int result = crypto_aead_xchacha20poly1305_ietf_decrypt(
        sodium_bytes(plain.data()), nullptr, nullptr, sodium_bytes(cipher.data()), cipher.size(),
        sodium_bytes(associated.view().data()), associated.view().size(), sodium_bytes(bytes.data() + nonce_at),
        sodium_bytes(key.view().data()));
    if (result != 0) return std::nullopt;
    return plain;
}

std::optional<Uuid> owner_of(const Sealed& sealed)
{
    if (sealed.bytes.size() < cipher_at + tag_size || sealed.bytes[0] != layout_version) return std::nullopt;
    return Uuid::from_bytes(BytesView(sealed.bytes).subspan(1, owner_size));
}

Bytes blind_index(const Key& key, std::string_view normalised)
{
    require_sodium();
    Bytes fingerprint(fingerprint_size);
    crypto_generichash(sodium_bytes(fingerprint.data()), fingerprint.size(), sodium_bytes(normalised.data()),
                       normalised.size(), sodium_bytes(key.view().data()), key_size);
    return fingerprint;
}

// --- for one recipient ---------------------------------------------------------------------------------------------

Bytes seal_for(std::span<const std::byte, 32> recipient_public, BytesView plain)
{
    require_sodium();
    Bytes sealed(plain.size() + crypto_box_SEALBYTES);
    if (crypto_box_seal(sodium_bytes(sealed.data()), sodium_bytes(plain.data()), plain.size(),
                        sodium_bytes(recipient_public.data())) != 0)
        throw std::runtime_error("cannot seal for this recipient: its public key is none");
    return sealed;
}

std::optional<Bytes> open_for(std::span<const std::byte, 32> own_public, std::span<const std::byte, 32> own_secret,
                              BytesView sealed)
{
    if (sealed.size() < crypto_box_SEALBYTES) return std::nullopt;
    require_sodium();
    Bytes plain(sealed.size() - crypto_box_SEALBYTES);
    if (crypto_box_seal_open(sodium_bytes(plain.data()), sodium_bytes(sealed.data()), sealed.size(),
                             sodium_bytes(own_public.data()), sodium_bytes(own_secret.data())) != 0)
        return std::nullopt;
    return plain;
}

// --- key files -----------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t text_size = sodium_base64_ENCODED_LEN(key_size, sodium_base64_VARIANT_ORIGINAL);  // with its NUL

class File {
public:
    File(const std::string& path, int flags) : handle_(::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR))
    {
        if (handle_ < 0) throw std::system_error(errno, std::generic_category(), "key file " + path);
    }
    ~File() { ::close(handle_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int handle() const { return handle_; }

private:
    int handle_;
};

// Wiped, as a key's text is as secret as its bytes.
struct KeyText {
    std::array<char, text_size + 1> characters{};
    KeyText() = default;
    KeyText(const KeyText&) = delete;
    KeyText& operator=(const KeyText&) = delete;
    ~KeyText() { sodium_memzero(characters.data(), characters.size()); }
};

}  // namespace

Key load_key_file(const std::string& path)
{
    require_sodium();
    const File file(path, O_RDONLY);
    struct stat status {};
    if (::fstat(file.handle(), &status) != 0)
        throw std::system_error(errno, std::generic_category(), "key file " + path);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw std::runtime_error("key file " + path + " is open to other users: chmod 600 it");

    KeyText text;
    const auto size = ::read(file.handle(), text.characters.data(), text.characters.size());
    std::array<std::byte, key_size> bytes{};
    std::size_t decoded = 0;
    const bool is_key = size > 0 &&
                        sodium_base642bin(sodium_bytes(bytes.data()), bytes.size(), text.characters.data(),
                                          static_cast<std::size_t>(size), "\r\n", &decoded, nullptr,
                                          sodium_base64_VARIANT_ORIGINAL) == 0 &&
                        decoded == bytes.size();
    if (!is_key) throw std::runtime_error("key file " + path + " holds no key: 32 bytes in base64 are expected");
    Key key(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

void make_key_file(const std::string& path, Random& random)
{
    require_sodium();
    const auto key = Key::make(random);
    KeyText text;
    sodium_bin2base64(text.characters.data(), text_size, sodium_bytes(key.view().data()), key_size,
                      sodium_base64_VARIANT_ORIGINAL);
    text.characters[text_size - 1] = '\n';

    const File file(path, O_WRONLY | O_CREAT | O_EXCL);
    const auto written = ::write(file.handle(), text.characters.data(), text_size);
    if (written != static_cast<ssize_t>(text_size) || ::fsync(file.handle()) != 0)
        throw std::system_error(errno, std::generic_category(), "key file " + path);
}

}  // namespace gonghui::sealing

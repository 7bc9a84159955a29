#pragma once
// CURVE keys (CurveZMQ, ZeroMQ RFC 26) as Z85 text (RFC 32): 40 printable characters without quotes or backslashes.
//
// A key file is valid TOML of two lines, readable by its owner alone:
//     public = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
//     secret = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"

#include <array>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gonghui::zeromq {

// The message names the file and what to do about it; never the key.
class KeyError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct KeyPair {
    std::string public_key;
    std::string secret_key;

    // No public key begins with '-': a command line would take it for an option.
    static KeyPair generate();

    // Throws KeyError: the file is missing, malformed, its halves do not belong together, or others may read it.
    static KeyPair load(const std::filesystem::path& file);

    // Writes a new file with mode 0600. Throws KeyError, also when the file exists: a key is never overwritten.
    void save(const std::filesystem::path& file) const;
};

// Whether the text is a key at all: 40 characters of the Z85 alphabet that decode to 32 bytes.
bool is_key(std::string_view text);

// The 32 bytes behind the text: an X25519 key. Throws KeyError when it is none.
std::array<std::byte, 32> raw_key(std::string_view text);

}  // namespace gonghui::zeromq

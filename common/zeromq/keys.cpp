#include "common/zeromq/keys.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>

namespace gonghui::zeromq {

namespace {

constexpr std::size_t text_size = 40;
using Text = std::array<char, text_size + 1>;

// `public = "..."`: the name and the quoted value; anything else is ignored as TOML's comments and blank lines are.
std::map<std::string, std::string> read_lines(std::istream& in)
{
    std::map<std::string, std::string> values;
    std::string line;
    while (std::getline(in, line)) {
        const auto name_end = line.find_first_of(" =");
        const auto open = line.find('"');
        const auto close = line.rfind('"');
        if (name_end == std::string::npos || open == std::string::npos || close <= open) continue;
        values[line.substr(0, name_end)] = line.substr(open + 1, close - open - 1);
    }
    return values;
}

void require_private(const std::filesystem::path& file)
{
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        throw KeyError(file.string() + ": cannot read the key: " + std::strerror(errno));
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw KeyError(file.string() + ": others may read this key; run: chmod 600 " + file.string());
}

}  // namespace

bool is_key(std::string_view text)
{
    if (text.size() != text_size) return false;
    const std::string terminated(text);
    std::array<std::uint8_t, 32> raw{};
    return zmq_z85_decode(raw.data(), terminated.c_str()) != nullptr;
}

std::array<std::byte, 32> raw_key(std::string_view text)
{
    if (!is_key(text)) throw KeyError("not a key: it takes 40 characters of Z85");
    const std::string terminated(text);
    std::array<std::byte, 32> raw{};
    zmq_z85_decode(reinterpret_cast<std::uint8_t*>(raw.data()), terminated.c_str());
    return raw;
}

KeyPair KeyPair::generate()
{
    Text public_key{};
    Text secret_key{};
    do {
        if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0)
            throw KeyError("this libzmq cannot make CURVE keys");
    } while (public_key.front() == '-');
    return {public_key.data(), secret_key.data()};
}

KeyPair KeyPair::load(const std::filesystem::path& file)
{
    require_private(file);
    std::ifstream in(file);
    auto values = read_lines(in);
    KeyPair pair{values["public"], values["secret"]};
    if (!is_key(pair.public_key) || !is_key(pair.secret_key))
        throw KeyError(file.string() + ": not a key file: it needs the lines public = \"...\" and secret = \"...\"");
    Text derived{};
    zmq_curve_public(derived.data(), pair.secret_key.c_str());
    if (pair.public_key != derived.data())
        throw KeyError(file.string() + ": the public and the secret key do not belong together");
    return pair;
}

void KeyPair::save(const std::filesystem::path& file) const
{
    const std::string text = "public = \"" + public_key + "\"\nsecret = \"" + secret_key + "\"\n";
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) throw KeyError(file.string() + ": cannot write the key: " + std::strerror(errno));
    const auto written = ::write(descriptor, text.data(), text.size());
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (written != static_cast<ssize_t>(text.size()) || !synced)
        throw KeyError(file.string() + ": cannot write the key: " + std::strerror(errno));
}

}  // namespace gonghui::zeromq

#include "services/matchmaking/app/check_in_codes.hpp"

#include <cstdint>

namespace gonghui::matchmaking {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base 32
constexpr std::size_t code_length = 8;
constexpr std::size_t group_length = 4;

std::string letters_of(std::string_view typed)
{
    std::string letters;
    for (const char c : typed) {
        if (c == '-' || c == ' ') continue;
        letters.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    return letters;
}

}  // namespace

CheckInCodes::CheckInCodes(const sealing::Key& service_key) : key_(sealing::derive_key(service_key, "check-in", 1)) {}

std::string CheckInCodes::code_of(const EveningId& evening, const PersonId& person) const
{
    const auto hash = sealing::blind_index(key_, to_string(evening) + "/" + to_string(person));
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof bits; ++i) bits = bits << 8 | std::to_integer<std::uint64_t>(hash.at(i));

    std::string code;
    for (std::size_t i = 0; i < code_length; ++i, bits >>= 5) {
        if (i == group_length) code.push_back('-');
        code.push_back(alphabet[bits & 31]);
    }
    return code;
}

bool CheckInCodes::matches(std::string_view typed, const EveningId& evening, const PersonId& person) const
{
    return letters_of(typed) == letters_of(code_of(evening, person));
}

}  // namespace gonghui::matchmaking

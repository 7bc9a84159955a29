#include "services/registration/domain/organisation_code.hpp"

#include <algorithm>

namespace gonghui::registration {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::size_t radix = 31;
static_assert(alphabet.size() == radix);

}  // namespace

std::optional<char> organisation_code_check_digit(std::string_view first_17)
{
    std::size_t sum = 0;
    std::size_t weight = 1;  // 3^(i-1) mod 31
    for (const char character : first_17) {
        const auto value = alphabet.find(character);
        if (value == std::string_view::npos) return std::nullopt;
        sum += value * weight;
        weight = weight * 3 % radix;
    }
    return alphabet[(radix - sum % radix) % radix];
}

Reading<std::string> read_organisation_code(std::string_view written)
{
    std::string code(trimmed(written));
    std::transform(code.begin(), code.end(), code.begin(), upper);
    if (code.empty()) return unreadable(refusal::missing_value);
    if (code.size() != 18) return unreadable(refusal::wrong_length);
    const auto check = organisation_code_check_digit(std::string_view(code).substr(0, 17));
    if (!check || alphabet.find(code[17]) == std::string_view::npos) return unreadable(refusal::bad_character);
    if (code[17] != *check) return unreadable(refusal::wrong_check_digit);
    return code;
}

}  // namespace gonghui::registration

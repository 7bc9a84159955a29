#include "services/registration/domain/contact.hpp"

#include <algorithm>

namespace gonghui::registration {

namespace {

constexpr std::size_t longest_email = 254;  // RFC 5321
constexpr std::size_t longest_local_part = 64;

bool is_plain(char character)
{
    return character > ' ' && character < '\x7f' &&
           std::string_view("()<>[]:;,\\\"").find(character) == std::string_view::npos;
}

bool is_domain_character(char character)
{
    return is_digit(character) || character == '-' || character == '.' ||
           (upper(character) >= 'A' && upper(character) <= 'Z');
}

bool has_empty_label(std::string_view text)
{
    return text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos;
}

char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

}  // namespace

Reading<std::string> read_phone(std::string_view written)
{
    std::string digits(trimmed(written));
    if (digits.empty()) return unreadable(refusal::missing_value);
    std::erase_if(digits, [](char character) { return character == ' ' || character == '-'; });
    for (const std::string_view prefix : {"+86", "0086"})
        if (digits.starts_with(prefix)) {
            digits.erase(0, prefix.size());
            break;
        }
    const bool is_mobile = digits.size() == 11 && std::all_of(digits.begin(), digits.end(), is_digit) &&
                           digits[0] == '1' && digits[1] >= '3';
    if (!is_mobile) return unreadable(refusal::bad_phone);
    return digits;
}

Reading<std::string> read_email(std::string_view written)
{
    std::string address(trimmed(written));
    if (address.empty()) return unreadable(refusal::missing_value);
    const auto at = address.find('@');
    if (at == std::string::npos || address.size() > longest_email || at > longest_local_part ||
        !std::all_of(address.begin(), address.end(), is_plain))
        return unreadable(refusal::bad_email);
    const std::string_view local(address.data(), at);
    const auto domain = std::string_view(address).substr(at + 1);
    if (has_empty_label(local) || has_empty_label(domain) || domain.find('.') == std::string_view::npos ||
        !std::all_of(domain.begin(), domain.end(), is_domain_character))
        return unreadable(refusal::bad_email);
    std::transform(address.begin() + static_cast<std::ptrdiff_t>(at), address.end(),
                   address.begin() + static_cast<std::ptrdiff_t>(at), lower);
    return address;
}

}  // namespace gonghui::registration

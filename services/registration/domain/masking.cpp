#include "services/registration/domain/masking.hpp"

#include "common/text/utf8.hpp"

namespace gonghui::registration {

std::string masked_name(std::string_view name)
{
    if (name.empty()) return "**";
    std::size_t first = 1;
    while (first < name.size() && continues_character(name[first])) ++first;
    return std::string(name.substr(0, first)) + "**";
}

std::string masked_phone(std::string_view phone)
{
    if (phone.size() != 11) return "****";
    return std::string(phone.substr(0, 3)) + "****" + std::string(phone.substr(7));
}

}  // namespace gonghui::registration

#include "services/matchmaking/app/profile_texts.hpp"

namespace gonghui::matchmaking {

Sealed Sealer::seal(std::string_view place, const Personal& text) const
{
    return sealing::seal(key_, owner_.uuid, place, as_bytes(text.reveal()), random_);
}

std::optional<Sealed> Sealer::seal(std::string_view place, const std::optional<Personal>& text) const
{
    if (!text) return std::nullopt;
    return seal(place, *text);
}

void seal_texts(const Sealer& sealer, const PublishProfile& command, ProfilePublished& event)
{
    event.name = sealer.seal(text_place::name, command.name);
    event.contact = sealer.seal(text_place::contact, command.contact);
    event.nickname = sealer.seal(text_place::nickname, command.nickname);
    event.occupation = sealer.seal(text_place::occupation, command.occupation);
    event.about = sealer.seal(text_place::about, command.about);
    event.hobbies = sealer.seal(text_place::hobbies, command.hobbies);
    event.wishes = sealer.seal(text_place::wishes, command.wishes);
}

std::optional<Personal> Opener::open(std::string_view place, const std::optional<Sealed>& sealed) const
{
    if (!key_ || !sealed) return std::nullopt;
    const auto plain = sealing::unseal(*key_, place, *sealed);
    if (!plain) return std::nullopt;
    return Personal(std::string(as_text(*plain)));
}

ShownProfile shown_to_others(const Opener& opener, const StoredProfile& profile)
{
    ShownProfile shown;
    shown.person_id = profile.person;
    shown.sex = profile.sex;
    for (const auto field : profile.visible) {
        switch (field) {
            case ProfileField::birth_year:
                shown.birth_year = profile.birth_year;
                break;
            case ProfileField::nickname:
                shown.nickname = opener.open(text_place::nickname, profile.nickname);
                break;
            case ProfileField::occupation:
                shown.occupation = opener.open(text_place::occupation, profile.occupation);
                break;
            case ProfileField::about:
                shown.about = opener.open(text_place::about, profile.about);
                break;
            case ProfileField::hobbies:
                shown.hobbies = opener.open(text_place::hobbies, profile.hobbies);
                break;
            case ProfileField::wishes:
                shown.wishes = opener.open(text_place::wishes, profile.wishes);
                break;
        }
    }
    return shown;
}

}  // namespace gonghui::matchmaking

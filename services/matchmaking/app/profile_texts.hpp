#pragma once
// Sealing and unsealing of what people write. Each text is bound to its field: cut from one, it does not open in
// another.

#include "common/sealing/sealing.hpp"
#include "schemas/generated/matchmaking/messages.hpp"
#include "services/matchmaking/storage/store.hpp"

#include <optional>
#include <string_view>

namespace gonghui::matchmaking {

namespace text_place {
inline constexpr std::string_view name = "matchmaking/profile.name";
inline constexpr std::string_view contact = "matchmaking/profile.contact";
inline constexpr std::string_view nickname = "matchmaking/profile.nickname";
inline constexpr std::string_view occupation = "matchmaking/profile.occupation";
inline constexpr std::string_view about = "matchmaking/profile.about";
inline constexpr std::string_view hobbies = "matchmaking/profile.hobbies";
inline constexpr std::string_view wishes = "matchmaking/profile.wishes";
inline constexpr std::string_view note = "matchmaking/report.note";
}  // namespace text_place

// Seals text of one owner.
class Sealer {
public:
    Sealer(const sealing::Key& key, const PersonId& owner, Random& random) : key_(key), owner_(owner), random_(random)
    {
    }

    [[nodiscard]] Sealed seal(std::string_view place, const Personal& text) const;
    [[nodiscard]] std::optional<Sealed> seal(std::string_view place, const std::optional<Personal>& text) const;

private:
    const sealing::Key& key_;
    PersonId owner_;
    Random& random_;
};

void seal_texts(const Sealer& sealer, const PublishProfile& command, ProfilePublished& event);

// Opens text of one owner; without the key (not here, or the owner was erased) there is no text.
class Opener {
public:
    explicit Opener(std::optional<sealing::Key> key) : key_(std::move(key)) {}

    [[nodiscard]] std::optional<Personal> open(std::string_view place, const std::optional<Sealed>& sealed) const;

private:
    std::optional<sealing::Key> key_;
};

// What others see of a profile: the fields that its owner ticked, and nothing else.
ShownProfile shown_to_others(const Opener& opener, const StoredProfile& profile);

}  // namespace gonghui::matchmaking

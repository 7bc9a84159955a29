#pragma once
// A strong id: a UUID that knows what it names, so that a class cannot be passed where a person is meant.

#include "common/ids/uuid.hpp"

namespace gonghui {

template <class Tag>
struct Id {
    Uuid uuid;

    constexpr Id() = default;
    explicit constexpr Id(const Uuid& value) : uuid(value) {}

    friend auto operator<=>(const Id&, const Id&) = default;
    [[nodiscard]] bool is_nil() const { return uuid.is_nil(); }
};

template <class Tag>
std::string to_string(const Id<Tag>& id)
{
    return to_string(id.uuid);
}

}  // namespace gonghui

template <class Tag>
struct std::hash<gonghui::Id<Tag>> {
    std::size_t operator()(const gonghui::Id<Tag>& id) const noexcept { return std::hash<gonghui::Uuid>{}(id.uuid); }
};

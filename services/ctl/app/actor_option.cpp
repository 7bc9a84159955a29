#include "services/ctl/app/actor_option.hpp"

#include "services/ctl/domain/texts.hpp"

namespace gonghui::ctl {

namespace {

// The part before the first colon; what is behind it stays.
std::string_view take_part(std::string_view& text)
{
    const auto colon = text.find(':');
    const auto part = text.substr(0, colon);
    text = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    return part;
}

}  // namespace

Uuid read_uuid(const Session& session, std::string_view option, std::string_view text)
{
    const auto uuid = Uuid::parse(text);
    if (!uuid) throw session.failure(process::Exit::usage, text::bad_uuid, {option});
    return *uuid;
}

std::optional<Actor> read_actor(const Session& session, std::string_view option)
{
    if (option.empty()) return std::nullopt;
    const auto role = parse_role(take_part(option));
    if (!role) throw session.failure(process::Exit::usage, text::bad_actor);
    const auto person = take_part(option);
    Actor actor;
    actor.role = *role;
    if (!person.empty()) actor.person = read_uuid(session, "--actor", person);
    if (!option.empty()) actor.place = read_uuid(session, "--actor", option);
    return actor;
}

}  // namespace gonghui::ctl

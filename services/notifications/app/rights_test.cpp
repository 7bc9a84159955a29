// Every command and query x every role x every place: nobody acts outside their place. The rows are written by hand, so
// that a change of a schema's x-actors shows here; a message without a row fails.

#include "services/notifications/app/notifications_under_test.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace gonghui::notifications {
namespace {

using messaging::Outcome;

// What a message is about, seen from who asks.
enum class About : std::uint8_t { self, somebody_else, place_below, place_beside, nothing };

std::string_view to_string(About about)
{
    switch (about) {
        case About::self:
            return "self";
        case About::somebody_else:
            return "somebody else";
        case About::place_below:
            return "a place at or below their own";
        case About::place_beside:
            return "a place beside their own";
        case About::nothing:
            return "nobody in particular";
    }
    return {};
}

// Roles in the order of all_roles: worker, officer, township, district, city, service.
struct Row {
    std::string_view type;
    About about;
    std::array<bool, all_roles.size()> may;
};

constexpr std::array<bool, 6> each_person{true, true, true, true, true, false};
constexpr std::array<bool, 6> nobody{};
constexpr std::array<bool, 6> services{false, false, false, false, false, true};
constexpr std::array<bool, 6> district_and_above{false, false, false, true, true, true};
constexpr std::array<bool, 6> the_operator{false, false, false, true, false, true};

const std::vector<Row> rows{
    {SetPreference::type, About::self, each_person},
    {SetPreference::type, About::somebody_else, nobody},
    {MarkRead::type, About::self, each_person},
    {MarkRead::type, About::somebody_else, nobody},
    {SetQuietHours::type, About::place_below, district_and_above},
    {SetQuietHours::type, About::place_beside, services},
    {ReportDelivery::type, About::nothing, services},
    {SendCode::type, About::nothing, services},
    {Inbox::type, About::self, {true, true, true, true, true, true}},
    {Inbox::type, About::somebody_else, services},
    {HeldAbout::type, About::self, each_person},
    {HeldAbout::type, About::somebody_else, nobody},
    {UnreadCount::type, About::self, {true, true, true, true, true, true}},
    {UnreadCount::type, About::somebody_else, services},
    {Preferences::type, About::self, {true, true, true, true, true, true}},
    {Preferences::type, About::somebody_else, services},
    {Deliveries::type, About::self, {true, true, true, true, true, true}},
    {Deliveries::type, About::somebody_else, the_operator},
    {Deliveries::type, About::nothing, the_operator},
    {TemplatePreview::type, About::nothing, {false, true, true, true, true, true}},
};

// The types of all commands and queries, from the schemas themselves.
std::set<std::string> request_types()
{
    std::set<std::string> types;
    for (const auto& file : std::filesystem::directory_iterator(GONGHUI_SCHEMAS "/notifications")) {
        std::ifstream in(file.path());
        const std::string text((std::istreambuf_iterator<char>(in)), {});
        const bool is_request = text.find("\"x-kind\": \"command\"") != std::string::npos ||
                                text.find("\"x-kind\": \"query\"") != std::string::npos;
        const auto name = file.path().filename().string();
        if (is_request) types.insert("notifications." + name.substr(0, name.find('.')));
    }
    return types;
}

class Rights : public testing::Test {
protected:
    Rights()
    {
        notifications.found_the_tree();
        const auto grant = [this](registration::Office office, const OrganisationId& place) {
            registration::RoleGranted granted;
            granted.person_id = self;
            granted.role = office;
            granted.place_id = place;
            notifications.hear(granted);
        };
        grant(registration::Office::officer, notifications.home_union);
        grant(registration::Office::township, notifications.township);
        grant(registration::Office::district, notifications.district);
        grant(registration::Office::city, notifications.city);
    }

    [[nodiscard]] Actor actor(Role role) const
    {
        switch (role) {
            case Role::worker:
                return worker(self);
            case Role::officer:
                return {role, self.uuid, notifications.home_union.uuid, "edge"};
            case Role::township:
                return {role, self.uuid, notifications.township.uuid, "edge"};
            case Role::district:
                return {role, self.uuid, notifications.district.uuid, "edge"};
            case Role::city:
                return {role, self.uuid, notifications.city.uuid, "edge"};
            case Role::service:
                return operators_command();
        }
        return {};
    }

    // Whether the message gets past the question of rights; what comes after is others' to test.
    template <class Message>
    bool permitted(const Message& message, const Actor& actor)
    {
        const auto reply = notifications.ask(message, actor);
        EXPECT_NE(reply.outcome, Outcome::invalid) << Message::type << " " << reply.code;
        EXPECT_NE(reply.outcome, Outcome::fault) << Message::type;
        return reply.code != refusal::not_permitted;
    }

    bool permitted(std::string_view type, About about, const Actor& actor)
    {
        const auto person = about == About::self ? self : somebody_else;
        if (type == SetPreference::type) return permitted(SetPreference{person, {}, {}, true}, actor);
        if (type == MarkRead::type) return permitted(MarkRead{person, {}}, actor);
        if (type == SetQuietHours::type) {
            // A city lies above every district; nothing lies beside it but another city's.
            const auto beside = actor.role == Role::city ? test_id<OrganisationId>(99) : notifications.other_district;
            const auto place = about == About::place_below ? notifications.district : beside;
            return permitted(SetQuietHours{place, 0, 0, 480}, actor);
        }
        if (type == ReportDelivery::type) return permitted(ReportDelivery{{}, 1, {}, {}}, actor);
        if (type == SendCode::type)
            return permitted(SendCode{{}, Personal("13800000000"), Personal("123456"), Language::en}, actor);
        if (type == Inbox::type) return permitted(Inbox{person, {}, {}, {}}, actor);
        if (type == HeldAbout::type) return permitted(HeldAbout{person, {}}, actor);
        if (type == UnreadCount::type) return permitted(UnreadCount{person}, actor);
        if (type == Preferences::type) return permitted(Preferences{person}, actor);
        if (type == Deliveries::type)
            return permitted(Deliveries{about == About::nothing ? std::nullopt : std::optional(person), {}, {}}, actor);
        if (type == TemplatePreview::type) return permitted(TemplatePreview{"training_promoted", {}}, actor);
        ADD_FAILURE() << "no example of " << type;
        return false;
    }

    NotificationsUnderTest notifications;
    PersonId self = test_id<PersonId>(21);
    PersonId somebody_else = test_id<PersonId>(22);
};

TEST_F(Rights, AreAsTheTableSaysForEveryMessageRoleAndPlace)
{
    for (const auto& row : rows)
        for (const auto role : all_roles)
            EXPECT_EQ(permitted(row.type, row.about, actor(role)), row.may[static_cast<std::size_t>(role)])
                << row.type << " by " << gonghui::to_string(role) << " about " << to_string(row.about);
}

TEST_F(Rights, AreNoneForARoleThatIsNotHeld)
{
    for (const auto& row : rows)
        for (const auto role : {Role::officer, Role::township, Role::district, Role::city}) {
            auto pretender = actor(role);
            pretender.person = somebody_else.uuid;
            const bool about_the_pretender = row.about == About::somebody_else;
            if (about_the_pretender) continue;  // they are themself, whatever they call themself
            EXPECT_FALSE(permitted(row.type, row.about, pretender))
                << row.type << " by a pretended " << gonghui::to_string(role);
        }
}

TEST_F(Rights, EndWhenTheRoleIsRevoked)
{
    EXPECT_TRUE(permitted(Deliveries::type, About::nothing, actor(Role::district)));
    registration::RoleRevoked revoked;
    revoked.person_id = self;
    revoked.role = registration::Office::district;
    revoked.place_id = notifications.district;
    notifications.hear(revoked);
    EXPECT_FALSE(permitted(Deliveries::type, About::nothing, actor(Role::district)));
}

TEST_F(Rights, HaveARowForEveryMessageThatTheServiceAnswers)
{
    std::set<std::string> in_table;
    for (const auto& row : rows) in_table.emplace(row.type);
    EXPECT_EQ(in_table, request_types());
    for (const auto& type : in_table) EXPECT_NE(notifications.handlers.form_of(type), messaging::Form::unknown) << type;
}

}  // namespace
}  // namespace gonghui::notifications

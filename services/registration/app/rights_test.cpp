// Nobody acts outside their place: every command and query x role x place. A message without a row here fails.

#include "services/registration/app/registration_under_test.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

namespace gonghui::registration {
namespace {

using namespace testing;

// A district in which a message can be tried by anyone. The target is always `firm`, or a member of it.
struct Scene {
    Scene()
    {
        test.found_the_tree();
        member = test.member(1);
        colleague = test.member(2);
        resting = test.member(3);
        test.ask(RetainMember{resting, RetainReason::retired});
        grant(officer, Office::officer, firm);
        grant(sibling, Office::officer, other_firm);
        grant(township_clerk, Office::township, township);
        grant(remote_clerk, Office::township, other_township);
        grant(district_clerk, Office::district, district);
        grant(city_clerk, Office::city, city);
        leaver = test.member(6);
        test.ask(Leave{leaver, LeaveReason::resigned});
        SubmitApplication submit = application(50, 4);
        test.ask(submit);
        test.ask(UnmaskMember{LookId{uuid(70)}, member, "核对"}, actors().at("officer"));
        test.ask(GiveConsent{member, ConsentPurpose::membership_benefits});
    }

    void grant(PersonId person, Office office, OrganisationId place)
    {
        EXPECT_EQ(test.ask(GrantRole{person, office, place}).code(), "accepted");
    }

    static SubmitApplication application(std::uint8_t id, int person)
    {
        SubmitApplication submit;
        submit.application_id = ApplicationId{uuid(id)};
        submit.organisation_id = firm;
        submit.name = Personal("张三");
        submit.id_number = Personal(id_number_of(person));
        submit.phone = Personal("13800001234");
        return submit;
    }

    [[nodiscard]] std::map<std::string, Actor> actors() const
    {
        return {
            {"self", worker(member)},
            {"colleague", worker(colleague)},
            {"officer", {Role::officer, officer.uuid, firm.uuid, "gateway"}},
            {"sibling", {Role::officer, sibling.uuid, other_firm.uuid, "gateway"}},
            {"township", {Role::township, township_clerk.uuid, township.uuid, "gateway"}},
            {"other_township", {Role::township, remote_clerk.uuid, other_township.uuid, "gateway"}},
            {"district", {Role::district, district_clerk.uuid, district.uuid, "gateway"}},
            {"city", {Role::city, city_clerk.uuid, city.uuid, "gateway"}},
            {"service", operator_command()},
            {"pretended_officer", {Role::officer, colleague.uuid, firm.uuid, "gateway"}},
            {"pretended_district", {Role::district, sibling.uuid, district.uuid, "gateway"}},
        };
    }

    RegistrationUnderTest test;
    PersonId member, colleague, resting, leaver;
    PersonId officer{uuid(90)}, sibling{uuid(91)}, township_clerk{uuid(92)}, remote_clerk{uuid(93)},
        district_clerk{uuid(94)}, city_clerk{uuid(95)};
};

using Attempt = std::function<Answer(Scene&, const Actor&)>;

struct Row {
    std::set<std::string> allowed;
    Attempt attempt;
    std::string_view hidden_as = refusal::not_permitted;  // what those who are not allowed are told
};

template <class Message>
Attempt attempt(Message (*make)(Scene&))
{
    return [make](Scene& scene, const Actor& actor) {
        return scene.test.ask(make(scene), actor);
    };
}

const std::set<std::string> above_unions{"township", "district", "city", "service"};
const std::set<std::string> officers{"officer", "township", "district", "city", "service"};
const std::set<std::string> self_and_officers{"self", "officer", "township", "district", "city", "service"};
const std::set<std::string> self_alone{"self", "service"};

std::map<std::string, Row> the_table()
{
    std::map<std::string, Row> table;
    const auto add = [&table]<class Message>(std::set<std::string> allowed, Message (*make)(Scene&),
                                             std::string_view hidden_as = refusal::not_permitted) {
        table[std::string(Message::type)] = {std::move(allowed), attempt(make), hidden_as};
    };
    add(
        above_unions, +[](Scene&) {
            FoundOrganisation command;
            command.organisation_id = OrganisationId{uuid(120)};
            command.parent_id = township;
            command.kind = OrganisationKind::union_;
            command.name = "新建工会";
            return command;
        });
    add(
        above_unions, +[](Scene&) {
            return MoveOrganisation{firm, other_firm};
        });
    add(
        above_unions, +[](Scene&) { return CloseOrganisation{firm}; });
    add(
        above_unions, +[](Scene& scene) {
            return GrantRole{scene.colleague, Office::officer, firm};
        });
    add(
        above_unions, +[](Scene& scene) {
            return RevokeRole{scene.officer, Office::officer, firm};
        });
    // Everybody for themselves, with a number that they hold: these hold another.
    add(
        officers, +[](Scene&) { return Scene::application(51, 5); }, refusal::phone_unconfirmed);
    add(
        officers, +[](Scene&) {
            return ApproveApplication{ApplicationId{uuid(50)}, std::nullopt};
        });
    add(
        officers, +[](Scene&) {
            return RefuseApplication{ApplicationId{uuid(50)}, ApplicationRefusalReason::other, std::nullopt};
        });
    add(
        officers, +[](Scene&) {
            return ImportRoster{ImportId{uuid(201)}, {RegistrationUnderTest::row(2, 9)}, std::nullopt};
        });
    add(
        officers, +[](Scene&) { return CheckRoster{{RegistrationUnderTest::row(2, 9)}}; });
    add(
        above_unions, +[](Scene& scene) {
            return TransferMember{scene.member, other_firm};
        });
    add(
        officers, +[](Scene& scene) {
            return RetainMember{scene.member, RetainReason::retired};
        });
    add(
        officers, +[](Scene& scene) { return RestoreMember{scene.resting}; });
    add(
        self_and_officers, +[](Scene& scene) {
            return Leave{scene.member, LeaveReason::resigned};
        });
    add(
        self_and_officers, +[](Scene& scene) {
            return ChangeContact{scene.member, std::nullopt, Personal("new@example.com"), std::nullopt};
        });
    add(
        {"service"}, +[](Scene& scene) {
            return ConfirmPhone{scene.member, Personal("13900001234")};
        });
    add(
        self_alone, +[](Scene& scene) {
            return GiveConsent{scene.member, ConsentPurpose::commercial_messages};
        });
    add(
        self_alone, +[](Scene& scene) {
            return WithdrawConsent{scene.member, ConsentPurpose::membership_benefits};
        });
    add(
        self_and_officers, +[](Scene& scene) {
            return UnmaskMember{LookId{uuid(71)}, scene.member, "核对"};
        });
    add(
        {"district", "city", "service"}, +[](Scene& scene) { return ErasePerson{scene.leaver}; });
    add(
        {"officer"}, +[](Scene&) { return ReadUnmasked{LookId{uuid(70)}}; }, refusal::unknown_look);
    add(
        {"officer"},
        +[](Scene& scene) {
            return HeldAbout{scene.member, LookId{uuid(70)}, std::nullopt};
        },
        refusal::unknown_look);
    add(
        officers, +[](Scene&) { return FindMember{Personal(id_number_of(1))}; }, refusal::unknown_person);
    add(
        officers, +[](Scene&) {
            return MembersOf{firm, std::nullopt, std::nullopt};
        });
    add(
        officers, +[](Scene&) {
            return PendingApplications{firm, std::nullopt};
        });
    add(
        self_and_officers, +[](Scene& scene) { return MemberCard{scene.member}; });
    add(
        officers, +[](Scene&) { return Counts{firm}; });
    add(
        officers, +[](Scene&) {
            return Looks{firm, std::nullopt, std::nullopt};
        });
    add(
        officers, +[](Scene&) {
            return Officers{firm, std::nullopt, std::nullopt};
        });
    // Whom they may not see they are not shown: PeopleAreShownToWhoMaySeeThem.
    auto whoever_holds_a_role = officers;
    whoever_holds_a_role.insert({"sibling", "other_township"});
    add(
        whoever_holds_a_role, +[](Scene& scene) { return People{{scene.member}}; });
    add(
        officers, +[](Scene&) {
            return Announce{AnnouncementId{uuid(210)}, firm, "停电", "Power cut", "周六停电。", "On Saturday."};
        });
    add(
        officers, +[](Scene&) {
            return Announcements{firm, std::nullopt};
        });
    auto everyone = officers;
    everyone.insert({"self", "colleague", "sibling", "other_township"});
    add(
        everyone, +[](Scene&) { return OrganisationTree{firm}; });
    add(
        {"service"}, +[](Scene& scene) {
            return ReadKeys{{scene.member}, Bytes(32, std::byte{9})};
        });
    add(
        {"service"}, +[](Scene&) { return PersonByPhone{Personal("13800001234")}; });
    return table;
}

// "registration.enroll" of every schema that is a command or a query.
std::set<std::string> types_of_the_schemas()
{
    std::set<std::string> types;
    for (const auto& file : std::filesystem::directory_iterator(REGISTRATION_SCHEMAS)) {
        std::ifstream in(file.path());
        std::stringstream text;
        text << in.rdbuf();
        const auto content = text.str();
        if (content.find("\"x-kind\": \"command\"") == std::string::npos &&
            content.find("\"x-kind\": \"query\"") == std::string::npos)
            continue;
        const auto name = file.path().filename().string();
        types.insert("registration." + name.substr(0, name.find('.')));
    }
    return types;
}

TEST(Rights, EveryMessageHasARow)
{
    std::set<std::string> rows;
    for (const auto& [type, row] : the_table()) rows.insert(type);
    EXPECT_FALSE(rows.empty());
    EXPECT_EQ(rows, types_of_the_schemas());
}

TEST(Rights, NobodyActsOutsideTheirPlace)
{
    Scene scene;
    for (const auto& [type, row] : the_table())
        for (const auto& [name, actor] : scene.actors()) {
            SCOPED_TRACE(::testing::Message() << type << " by " << name);
            // What one does is undone for the next.
            const sqlite::Savepoint undo(scene.test.database);
            const auto events_before = scene.test.events.size();
            const auto answer = row.attempt(scene, actor);
            if (row.allowed.contains(name)) {
                EXPECT_EQ(answer.code(), "accepted");
            } else {
                EXPECT_TRUE(answer.code() == row.hidden_as || answer.code() == refusal::not_permitted) << answer.code();
                EXPECT_EQ(scene.test.events.size(), events_before) << "something happened all the same";
            }
        }
}

TEST(Rights, AnOfficerLosesThemWithTheRole)
{
    Scene scene;
    const auto officer = scene.actors().at("officer");
    EXPECT_EQ(scene.test.ask(Counts{firm}, officer).code(), "accepted");
    scene.test.ask(RevokeRole{scene.officer, Office::officer, firm});
    EXPECT_EQ(scene.test.ask(Counts{firm}, officer).code(), refusal::not_permitted);
}

TEST(Rights, PeopleAreShownToWhoMaySeeThem)
{
    Scene scene;
    scene.test.ask(TransferMember{scene.colleague, remote_firm});
    const People asked{{scene.colleague, PersonId{uuid(99)}, scene.member}};
    const auto shown_to = [&](const std::string& name) {
        std::vector<PersonId> shown;
        for (const auto& row : scene.test.ask(asked, scene.actors().at(name)).as<People>().people)
            shown.push_back(row.person_id);
        return shown;
    };
    EXPECT_EQ(shown_to("officer"), std::vector{scene.member});
    EXPECT_EQ(shown_to("sibling"), std::vector<PersonId>{});
    EXPECT_EQ(shown_to("other_township"), std::vector{scene.colleague});
    EXPECT_EQ(shown_to("district"), (std::vector{scene.colleague, scene.member}));
}

TEST(Rights, WhoHasLostTheRoleSeesNoMoreByALookOfBefore)
{
    Scene scene;
    const auto officer = scene.actors().at("officer");
    EXPECT_EQ(scene.test.ask(ReadUnmasked{LookId{uuid(70)}}, officer).code(), "accepted");
    scene.test.ask(RevokeRole{scene.officer, Office::officer, firm});
    EXPECT_EQ(scene.test.ask(ReadUnmasked{LookId{uuid(70)}}, officer).code(), refusal::not_permitted);
    EXPECT_EQ(scene.test.ask(ReadUnmasked{LookId{uuid(70)}}, worker(scene.officer)).code(), refusal::not_permitted)
        << "the edge asks as a worker for who has no role any more";
}

TEST(Rights, FollowTheMemberAndTheTree)
{
    Scene scene;
    const auto actors = scene.actors();
    scene.test.ask(TransferMember{scene.member, remote_firm});
    EXPECT_EQ(scene.test.ask(MemberCard{scene.member}, actors.at("officer")).code(), refusal::not_permitted);
    EXPECT_EQ(scene.test.ask(MemberCard{scene.member}, actors.at("other_township")).code(), "accepted");
    scene.test.ask(MoveOrganisation{remote_firm, township});
    EXPECT_EQ(scene.test.ask(MemberCard{scene.member}, actors.at("other_township")).code(), refusal::not_permitted);
    EXPECT_EQ(scene.test.ask(MemberCard{scene.member}, actors.at("township")).code(), "accepted");
}

}  // namespace
}  // namespace gonghui::registration

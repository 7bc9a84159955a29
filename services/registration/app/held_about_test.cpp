// The copy of everything that registration holds about a person.

#include "services/registration/app/registration_under_test.hpp"
#include "tests/support/accounted_columns.hpp"

namespace gonghui::registration {
namespace {

using namespace testing;

const LookId look{uuid(70)};

class HeldAboutTest : public ::testing::Test {
protected:
    HeldAboutTest() { test.found_the_tree(); }

    // Was refused once, came with a roster, gave their address.
    PersonId known_by_all()
    {
        SubmitApplication submit;
        submit.application_id = ApplicationId{uuid(50)};
        submit.organisation_id = other_firm;
        submit.name = Personal("王五六");
        submit.id_number = Personal(id_number_of(1));
        submit.phone = Personal("13700001234");
        submit.email = Personal("old@example.com");
        submit.language = Language::en;
        const auto person = test.ask(submit).as<SubmitApplication>().person_id;
        test.ask(RefuseApplication{ApplicationId{uuid(50)}, ApplicationRefusalReason::other, std::nullopt});
        test.now += std::chrono::hours(1);
        EXPECT_EQ(test.member(1), person);
        test.ask(ChangeContact{person, std::nullopt, Personal("new@example.com"), std::nullopt});
        test.ask(GiveConsent{person, ConsentPurpose::membership_benefits}, worker(person));
        test.ask(GrantRole{person, Office::officer, firm});
        return person;
    }

    HeldAboutReply seen(PersonId person, std::optional<LookId> after = std::nullopt)
    {
        return test.ask(HeldAbout{person, look, after}).as<HeldAbout>();
    }

    RegistrationUnderTest test;
};

TEST_F(HeldAboutTest, EveryColumnIsShownOrKeptBackForAReason)
{
    const std::string nobody = "no person in it";
    test::expect_every_column_accounted(
        test.database,
        {{"persons",
          "person_id state organisation since sex birth_year language verification import_id import_line name "
          "id_number phone email",
          "number id_index phone_index", "an order, and the blind indexes of numbers that are shown themselves"},
         {"applications",
          "application_id person_id organisation_id state submitted_at sex birth_year language name id_number phone "
          "email",
          "number", "an order"},
         {"roles", "person_id role place_id", "", ""},
         {"consents", "person_id purpose since", "", ""},
         {"erased", "", "person_id", "of somebody erased nothing is held but that they were"},
         {"looks", "look_id person_id by_person by_service purpose at until", "", ""},
         {"timers", "", "kind subject due", "the host's: what is to be gone on with"},
         {"announcements", "",
          "announcement_id organisation_id title_zh title_en text_zh text_en members at addressed done union_number "
          "person_number",
          nobody},
         {"organisations", "organisation_id name", "number parent_id kind form code new_employment closed", nobody},
         {"places_roles", "", "person role place", "the same roles once more, as rights are decided by them"},
         {"places_tree", "", "place parent", nobody},
         {"places_closure", "", "place ancestor", nobody}});
}

TEST_F(HeldAboutTest, IsEverythingInFull)
{
    const auto person = known_by_all();
    const auto looked_at = test.now;
    ASSERT_EQ(test.ask(UnmaskMember{look, person, "export: 本人申请"}).code(), "accepted");
    const auto held = seen(person);

    ASSERT_TRUE(held.person);
    HeldPerson expected;
    expected.state = MembershipState::member;
    expected.since = testing::now + std::chrono::hours(1);
    expected.organisation_id = firm;
    expected.organisation_name = "工会";
    expected.verification = Verification::roster;
    expected.import_id = ImportId{uuid(200)};
    expected.import_line = 1;
    expected.sex = held.person->sex;
    expected.birth_year = 1990;
    expected.language = Language::zh_cn;
    expected.name = Personal("王五六");
    expected.id_number = Personal(id_number_of(1));
    expected.phone = Personal("13800001234");
    expected.email = Personal("new@example.com");
    EXPECT_EQ(*held.person, expected);

    ASSERT_EQ(held.applications.size(), 1U);
    const auto& application = held.applications.front();
    EXPECT_EQ(application.application_id, ApplicationId{uuid(50)});
    EXPECT_EQ(application.organisation_id, other_firm);
    EXPECT_EQ(application.state, ApplicationState::refused);
    EXPECT_EQ(application.submitted_at, testing::now);
    EXPECT_EQ(application.birth_year, 1990);
    EXPECT_EQ(application.language, Language::en);
    EXPECT_EQ(application.name, Personal("王五六"));
    EXPECT_EQ(application.id_number, Personal(id_number_of(1)));
    EXPECT_EQ(application.phone, Personal("13700001234"));
    EXPECT_EQ(application.email, Personal("old@example.com"));

    EXPECT_EQ(held.roles, (std::vector<HeldRole>{{Office::officer, firm}}));
    EXPECT_EQ(held.consents, (std::vector<HeldConsent>{{ConsentPurpose::membership_benefits, looked_at}}));
    EXPECT_EQ(held.looks, (std::vector<HeldLook>{{look, std::nullopt, "ctl", "export: 本人申请", looked_at,
                                                  looked_at + std::chrono::minutes(5)}}));
    EXPECT_FALSE(held.next);
}

TEST_F(HeldAboutTest, NeedsALookOfTheAskersOwnAtThisPersonThatLasts)
{
    const auto person = test.member(1), other = test.member(2);
    EXPECT_EQ(test.ask(HeldAbout{person, std::nullopt, std::nullopt}).code(), refusal::unknown_look);
    EXPECT_EQ(test.ask(HeldAbout{person, std::nullopt, std::nullopt}, worker(person)).code(), refusal::unknown_look);
    ASSERT_EQ(test.ask(UnmaskMember{look, person, "export"}, worker(person)).code(), "accepted");
    EXPECT_EQ(test.ask(HeldAbout{person, look, std::nullopt}, worker(person)).code(), "accepted");
    EXPECT_EQ(test.ask(HeldAbout{person, look, std::nullopt}).code(), refusal::unknown_look);
    ASSERT_EQ(test.ask(UnmaskMember{LookId{uuid(71)}, person, "export"}).code(), "accepted");
    EXPECT_EQ(test.ask(HeldAbout{other, LookId{uuid(71)}, std::nullopt}).code(), refusal::unknown_look);
    test.now += std::chrono::minutes(5);
    EXPECT_EQ(test.ask(HeldAbout{person, look, std::nullopt}, worker(person)).code(), refusal::look_over);
}

TEST_F(HeldAboutTest, AnOfficerSeesNobodyWhoWentElsewhereSince)
{
    const auto person = test.member(1);
    test.ask(GrantRole{PersonId{uuid(90)}, Office::officer, firm});
    const Actor officer{Role::officer, uuid(90), firm.uuid, "gateway"};
    ASSERT_EQ(test.ask(UnmaskMember{look, person, "export"}, officer).code(), "accepted");
    ASSERT_EQ(test.ask(HeldAbout{person, look, std::nullopt}, officer).code(), "accepted");
    test.ask(TransferMember{person, remote_firm});
    EXPECT_EQ(test.ask(HeldAbout{person, look, std::nullopt}, officer).code(), refusal::not_permitted);
}

TEST_F(HeldAboutTest, LooksAreListedWhereThePersonBelongsTheLatestFirst)
{
    const auto person = test.member(1), other = test.member(2);
    test.ask(TransferMember{other, remote_firm});
    const auto number_71 = LookId{uuid(71)}, number_72 = LookId{uuid(72)};
    test.ask(UnmaskMember{look, person, "核对"});
    test.ask(UnmaskMember{number_71, other, "核对"});
    test.now += std::chrono::milliseconds(1);
    test.ask(UnmaskMember{number_72, person, "本人来访"}, worker(person));

    const auto listed = [this](std::optional<OrganisationId> root, std::optional<LookId> before = std::nullopt,
                               std::optional<std::int64_t> limit = std::nullopt) {
        return test.ask(Looks{root, before, limit}).as<Looks>();
    };
    const auto ids = [](const LooksReply& reply) {
        std::vector<LookId> found;
        for (const auto& row : reply.looks) found.push_back(row.look_id);
        return found;
    };
    EXPECT_EQ(ids(listed(std::nullopt)), (std::vector{number_72, number_71, look}));
    EXPECT_EQ(ids(listed(firm)), (std::vector{number_72, look}));
    EXPECT_EQ(ids(listed(other_township)), std::vector{number_71});
    EXPECT_EQ(ids(listed(other_firm)), std::vector<LookId>());

    const auto first = listed(std::nullopt, std::nullopt, 2);
    EXPECT_TRUE(first.more);
    const auto last = listed(std::nullopt, first.looks.back().look_id, 2);
    EXPECT_EQ(ids(last), std::vector{look});
    EXPECT_FALSE(last.more);
    EXPECT_EQ(first.looks.front(), (LookRow{number_72, person, firm, person.uuid, "gateway", "本人来访", test.now,
                                            test.now + std::chrono::minutes(5)}));
}

TEST_F(HeldAboutTest, LooksComeInPages)
{
    const auto person = test.member(1);
    test.ask(UnmaskMember{look, person, "export"});
    std::vector<LookId> made{look};
    for (int number = 0; number < 1000; ++number) {
        Uuid id = uuid(71);
        id.bytes[0] = static_cast<std::byte>(number >> 8);
        id.bytes[1] = static_cast<std::byte>(number);
        if (number % 3 == 0) test.now += std::chrono::milliseconds(1);  // some at one moment
        test.ask(UnmaskMember{LookId{id}, person, "核对"});
        made.emplace_back(id);
    }
    auto page = seen(person);
    std::vector<LookId> read;
    for (int pages = 1;; ++pages) {
        ASSERT_LE(pages, 3);
        for (const auto& one : page.looks) read.push_back(one.look_id);
        if (!page.next) break;
        page = seen(person, page.next);
        EXPECT_FALSE(page.person) << "further pages hold looks alone";
    }
    EXPECT_EQ(read, made);
}

TEST_F(HeldAboutTest, OfWhoWasErasedNothingIsHeld)
{
    const auto person = test.member(1);
    test.ask(UnmaskMember{look, person, "export"});
    test.ask(Leave{person, LeaveReason::resigned});
    ASSERT_EQ(test.ask(ErasePerson{person}).code(), "accepted");
    EXPECT_EQ(seen(person), HeldAboutReply{});
    EXPECT_EQ(test.ask(HeldAbout{person, std::nullopt, std::nullopt}).as<HeldAbout>(), HeldAboutReply{});
}

TEST_F(HeldAboutTest, AnOfficerWhoNeverWasAMemberHasTheirRoles)
{
    const PersonId officer{uuid(90)};
    test.ask(GrantRole{officer, Office::township, township});
    const auto held = test.ask(HeldAbout{officer, std::nullopt, std::nullopt}, worker(officer)).as<HeldAbout>();
    EXPECT_EQ(held.roles, (std::vector<HeldRole>{{Office::township, township}}));
}

}  // namespace
}  // namespace gonghui::registration

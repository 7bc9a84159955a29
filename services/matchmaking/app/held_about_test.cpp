// The copy of everything that matchmaking holds about a person and that is theirs.

#include "services/matchmaking/app/district_test.hpp"
#include "tests/support/accounted_columns.hpp"

#include <gtest/gtest.h>

namespace gonghui::matchmaking {
namespace {

using namespace examples;

TEST(HeldAbout, EveryColumnIsShownOrKeptBackForAReason)
{
    sqlite::Database database(":memory:");
    migrate(database);
    const std::string nobody = "no person in it";
    const std::string of_registration = "registration's, which shows them itself";
    test::expect_every_column_accounted(
        database,
        {{"members", "person_id is_active is_retained side birth_year", "", ""},
         {"declarations", "person_id declaration_id statement at", "", ""},
         {"consents", "person_id purpose at", "", ""},
         {"profiles", "person_id sex birth_year name contact nickname occupation about hobbies wishes visible at", "",
          ""},
         {"sign_ups", "evening_id person_id side state arrival badge", "", ""},
         // By the badge that was seen in the hall; what others chose is theirs.
         {"choices", "evening_id chooser_id chosen_id wants", "", ""},
         {"couples", "evening_id first_id second_id", "", ""},
         {"blocks", "blocker_id blocked_id block_id at", "", ""},
         {"reports", "report_id reporter_id reported_id reason note at", "", ""},
         {"evenings", "evening_id title_zh title_en starts_at",
          "organisation_id venue ends_at sign_up_until capacity_male capacity_female state couples arrivals "
          "last_badge_male last_badge_female",
          nobody},
         {"places_roles", "", "person role place", of_registration},
         {"places_tree", "", "place parent", nobody},
         {"places_closure", "", "place ancestor", nobody}});
}

// Men are odd, women even.
class HeldAboutTest : public testing::Test {
protected:
    HeldAboutTest()
    {
        settle_tree(district);
        district.plans_tonight(24);
        for (const int number : {1, 2, 3, 4}) {
            district.single(number, number % 2 == 1 ? Side::male : Side::female);
            district.signs_up(number);
            district.scans(district.code_of(number));
        }
        district.ask(OpenChoosing{.evening_id = district.tonight, .closes_at = {}}, officer());
    }

    void close() { district.ask(CloseChoosing{.evening_id = district.tonight}, officer()); }
    void blocks(int blocker, int blocked)
    {
        district.ask(BlockPerson{BlockId(uuid(50 + blocker)), person(blocker), person(blocked)}, worker(blocker));
    }
    void reports(int reporter, int reported, int number, const std::string& note)
    {
        ReportPerson report;
        report.report_id = ReportId(uuid(number));
        report.person_id = person(reporter);
        report.reported_id = person(reported);
        report.reason = ReportReason::false_profile;
        report.note = Personal(note);
        district.ask(report, worker(reporter));
    }

    HeldAboutReply held(int number, std::optional<ReportId> after = std::nullopt)
    {
        return district.answer(HeldAbout{person(number), after}, worker(number));
    }

    District district;
};

TEST_F(HeldAboutTest, IsEverythingThatIsTheirs)
{
    district.chooses(1, 2);
    district.chooses(1, 4, false);
    district.joins(6, Side::female);
    blocks(1, 6);
    reports(1, 6, 61, "her words");

    HeldAboutReply expected;
    expected.member = HeldMember{true, false, Side::male, 1996};
    expected.declaration = HeldDeclaration{DeclarationId(uuid(1001)), 1, now};
    expected.consents = {{Purpose::contacts, now}, {Purpose::evenings, now}, {Purpose::profile, now}};
    expected.profile.emplace();
    expected.profile->sex = Side::male;
    expected.profile->birth_year = 1996;
    expected.profile->name = Personal("name 1");
    expected.profile->contact = Personal("contact 1");
    expected.profile->nickname = Personal("nickname 1");
    expected.profile->wishes = Personal("wishes 1");
    expected.profile->visible = {ProfileField::nickname};
    expected.profile->at = now;
    expected.sign_ups = {
        {district.tonight, "桌游之夜", "Board games", now, Side::male, HeldSignUpState::checked_in, 1, 1}};
    expected.choices = {{district.tonight, 1, true}, {district.tonight, 2, false}};
    expected.blocks = {{BlockId(uuid(51)), person(6), now}};
    expected.reports = {{ReportId(uuid(61)), person(6), ReportReason::false_profile, Personal("her words"), now}};
    EXPECT_EQ(held(1), expected);

    district.chooses(2, 1);
    close();
    expected.choices = {};
    expected.couples = {{district.tonight, 1}};
    EXPECT_EQ(held(1), expected);
    EXPECT_EQ(held(2).couples, (std::vector<HeldCouple>{{district.tonight, 1}}));
}

TEST_F(HeldAboutTest, NothingThatOthersDidInSecretShows)
{
    const auto before = district.ask(HeldAbout{person(1), {}}, worker(1)).data;
    district.chooses(2, 1);
    district.chooses(4, 1, false);
    blocks(4, 1);
    reports(4, 1, 61, "not single");
    EXPECT_EQ(district.ask(HeldAbout{person(1), {}}, worker(1)).data, before);
    close();
    EXPECT_EQ(district.ask(HeldAbout{person(1), {}}, worker(1)).data, before);
}

// The yes of one who then blocked the person stays in the table, answered by theirs.
TEST_F(HeldAboutTest, ABlockLooksLikeAnAbsence)
{
    district.chooses(1, 2);
    district.chooses(2, 1);
    blocks(2, 1);
    EXPECT_TRUE(held(1).choices.empty());
    close();
    EXPECT_TRUE(held(1).choices.empty());
    EXPECT_TRUE(held(1).couples.empty());
}

TEST_F(HeldAboutTest, AYesThatIsStillThereAfterTheCloseSaysNothing)
{
    district.chooses(1, 2);
    district.chooses(1, 4);
    district.chooses(2, 1);
    close();
    ASSERT_GT(*district.database.value<int>("SELECT count(*) FROM choices WHERE chooser_id = ?", person(1)), 0);
    EXPECT_TRUE(held(1).choices.empty());
}

TEST_F(HeldAboutTest, ReportsComeInPages)
{
    std::vector<ReportId> made;
    for (int number = 0; number < 201; ++number) {
        if (number % 3 == 0) district.time += std::chrono::seconds(1);  // some at one moment
        made.emplace_back(uuid(2000 + number));
        reports(1, 2, 2000 + number, "note");
    }
    std::vector<ReportId> read;
    auto page = held(1);
    for (int pages = 1;; ++pages) {
        ASSERT_LE(pages, 3);
        for (const auto& report : page.reports) read.push_back(report.report_id);
        if (!page.next) break;
        page = held(1, page.next);
        EXPECT_FALSE(page.profile) << "further pages hold reports alone";
    }
    EXPECT_EQ(read, made);
}

TEST_F(HeldAboutTest, WaitsForAKeyRatherThanLeaveTextsOut)
{
    district.keyring.erase(uuid(1));
    district.keyring.commit();
    EXPECT_THROW(held(1), messaging::NotReady);
}

TEST_F(HeldAboutTest, OfWhoWasErasedNothingIsHeldAndOthersKeepWhatIsTheirs)
{
    district.chooses(1, 2);
    district.chooses(2, 1);
    close();
    blocks(1, 4);
    reports(1, 4, 61, "my words");
    blocks(3, 1);
    district.erases(1);

    EXPECT_EQ(held(1), HeldAboutReply{});
    EXPECT_TRUE(held(2).couples.empty());
    EXPECT_EQ(held(3).blocks.size(), 1U);
    const auto cases = district.store.reports(std::nullopt, 10);
    ASSERT_EQ(cases.size(), 1U) << "the case stays";
    EXPECT_EQ(cases[0].reporter, PersonId{});
    EXPECT_EQ(cases[0].note, std::nullopt);
}

}  // namespace
}  // namespace gonghui::matchmaking

#include "services/matchmaking/app/district_test.hpp"

#include <gtest/gtest.h>

namespace gonghui::matchmaking {
namespace {

using namespace examples;
using messaging::Outcome;

class Profiles : public testing::Test {
protected:
    District district;
};

TEST_F(Profiles, ShowOthersWhatTheOwnerTickedAndTheOwnerAll)
{
    district.single(1, Side::male);
    district.single(2, Side::female);
    const auto seen = district.answer(Browse{person(1), {}, {}}, worker(1));
    ASSERT_EQ(seen.profiles.size(), 1U);
    EXPECT_EQ(seen.profiles[0].nickname, Personal("nickname 2"));
    EXPECT_EQ(seen.profiles[0].wishes, std::nullopt);
    EXPECT_EQ(seen.profiles[0].birth_year, std::nullopt);

    const auto own = district.answer(MyProfile{person(2)}, worker(2));
    EXPECT_EQ(own.wishes, Personal("wishes 2"));
    EXPECT_EQ(own.contact, Personal("contact 2"));
}

TEST_F(Profiles, AreNotShownOutsideTheGate)
{
    district.single(2, Side::female);
    district.joins(1, Side::male);
    EXPECT_EQ(district.ask(Browse{person(1), {}, {}}, worker(1)).code, refusal::not_declared);
    district.enters_the_gate(1);
    EXPECT_EQ(district.ask(Browse{person(1), {}, {}}, worker(1)).outcome, Outcome::accepted);
    district.leaves(1);
    EXPECT_EQ(district.ask(Browse{person(1), {}, {}}, worker(1)).code, refusal::no_member);
}

TEST_F(Profiles, StandInTheLogSealed)
{
    district.single(1, Side::male);
    for (const auto& event : district.log.events) {
        const auto text = as_text(event.data);
        EXPECT_EQ(text.find("nickname 1"), std::string_view::npos);
        EXPECT_EQ(text.find("contact 1"), std::string_view::npos);
    }
    const auto tables = district.tables();
    EXPECT_EQ(tables.find("6E69636B6E616D652031"), std::string::npos);  // "nickname 1" in hexadecimal
}

TEST_F(Profiles, WaitForTheKeyThatConsentAskedFor)
{
    registration::MemberJoined joined;
    joined.person_id = person(1);
    joined.birth_year = 1996;
    district.happens(joined);
    district.enters_the_gate(1);
    EXPECT_EQ(district.keyring.take_wanted(10), std::vector{uuid(1)});
    EXPECT_THROW(district.publishes(1), messaging::NotReady);
    district.keyring.add(uuid(1), sealing::Key::make(district.random));
    district.keyring.commit();
    EXPECT_EQ(district.publishes(1).outcome, Outcome::accepted);
}

TEST_F(Profiles, OfAnErasedPersonHaveNoTextFromThatMomentOn)
{
    district.single(1, Side::male);
    district.single(2, Side::female);
    EXPECT_TRUE(district.answer(Browse{person(1), {}, {}}, worker(1)).profiles.at(0).nickname.has_value());
    district.keyring.erase(uuid(2));
    district.keyring.commit();
    EXPECT_FALSE(district.answer(Browse{person(1), {}, {}}, worker(1)).profiles.at(0).nickname.has_value());
}

TEST_F(Profiles, ComeInPages)
{
    district.single(1, Side::male);
    for (const int woman : {2, 4, 6}) district.single(woman, Side::female);
    const auto first = district.answer(Browse{person(1), {}, 2}, worker(1));
    ASSERT_EQ(first.profiles.size(), 2U);
    EXPECT_TRUE(first.more);
    const auto second = district.answer(Browse{person(1), first.profiles.back().person_id, 2}, worker(1));
    ASSERT_EQ(second.profiles.size(), 1U);
    EXPECT_FALSE(second.more);
}

TEST_F(Profiles, WhoseKeysWereLostAreAskedForAtStart)
{
    district.single(1, Side::male);
    test::TemporaryFolder elsewhere;
    sealing::Keyring empty(elsewhere / "keyring.db", district.service_key, district.random);
    want_keys_of_texts(district.store, empty);
    EXPECT_EQ(empty.take_wanted(10), std::vector{uuid(1)});
}

TEST_F(Profiles, ReportsReachTheDistrictWithoutTheReporter)
{
    settle_tree(district);
    district.grants(901, registration::Office::district, 820);
    district.joins(1, Side::male);
    district.joins(2, Side::female);
    ReportPerson report;
    report.report_id = ReportId(uuid(51));
    report.person_id = person(1);
    report.reported_id = person(2);
    report.reason = ReportReason::false_profile;
    report.note = Personal("not her picture");
    EXPECT_EQ(district.ask(report, worker(1)).outcome, Outcome::accepted);
    EXPECT_EQ(district.ask(report, worker(1)).code, refusal::already_reported);

    const Actor clerk{.role = Role::district, .person = uuid(901), .place = uuid(820), .service = "gateway"};
    const auto reports = district.answer(Reports{}, clerk).reports;
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].reported_id, person(2));
    EXPECT_EQ(reports[0].note, Personal("not her picture"));
}

TEST(CheckInCodes, AreEasyToTypeAndBoundToEveningAndPerson)
{
    SeededRandom random(7);
    const CheckInCodes codes(sealing::Key::make(random));
    const EveningId evening(uuid(600));
    const auto code = codes.code_of(evening, person(1));
    ASSERT_EQ(code.size(), 9U);
    EXPECT_EQ(code[4], '-');
    std::string typed;
    for (const char c : code)
        if (c != '-') typed += static_cast<char>(std::tolower(c));
    EXPECT_TRUE(codes.matches(typed, evening, person(1)));
    EXPECT_FALSE(codes.matches(code, evening, person(2)));
    EXPECT_FALSE(codes.matches(code, EveningId(uuid(601)), person(1)));
    EXPECT_NE(code, CheckInCodes(sealing::Key::make(random)).code_of(evening, person(1)));
}

}  // namespace
}  // namespace gonghui::matchmaking

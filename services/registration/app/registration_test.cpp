#include "common/sealing/sealing.hpp"
#include "services/registration/app/registration_under_test.hpp"
#include "services/registration/domain/announce.hpp"

#include <algorithm>

namespace gonghui::registration {
namespace {

using namespace testing;

const ImportId import_id{uuid(201)};

ImportRoster roster(std::vector<RosterRow> rows)
{
    return {import_id, std::move(rows), std::nullopt};
}

SubmitApplication application(int person)
{
    SubmitApplication command;
    command.application_id = ApplicationId{uuid(50)};
    command.organisation_id = firm;
    command.name = Personal("欧阳小明");
    command.id_number = Personal(id_number_of(person));
    command.phone = Personal("+8613912345678");
    command.email = Personal("ouyang@example.com");
    return command;
}

using X25519Key = std::array<std::byte, 32>;

X25519Key x25519(std::string_view hexadecimal)
{
    X25519Key key{};
    for (std::size_t i = 0; i < key.size(); ++i)
        key[i] = static_cast<std::byte>(std::stoi(std::string(hexadecimal.substr(2 * i, 2)), nullptr, 16));
    return key;
}

// Bob's pair of RFC 7748, section 6.1, and a pair made for this test.
const auto bob_secret = x25519("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
const auto bob_public = x25519("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
const auto own_secret = x25519("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
const auto own_public = x25519("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f");

bool holds(BytesView bytes, std::string_view text)
{
    return as_text(bytes).find(text) != std::string_view::npos;
}

class RegistrationTest : public ::testing::Test {
protected:
    RegistrationTest() { test.found_the_tree(); }
    RegistrationUnderTest test;
};

TEST_F(RegistrationTest, TakesInARosterAndReportsItsBadRows)
{
    auto bad = test.row(3, 2);
    bad.phone = Personal("12345");
    auto again = test.row(4, 1);
    again.earlier_line = 2;
    const auto first = test.ask(roster({test.row(2, 1), bad, again})).as<ImportRoster>();
    EXPECT_EQ(first.joined, 1);
    EXPECT_EQ(first.errors.size(), 2U);
    EXPECT_EQ(test.count_of<MemberJoined>(), 1U);

    auto second_upload = roster({test.row(2, 1), bad, again});
    second_upload.import_id = ImportId{uuid(202)};
    const auto second = test.ask(second_upload).as<ImportRoster>();
    EXPECT_EQ(second.joined, 0);
    EXPECT_EQ(second.unchanged, 1);
    EXPECT_EQ(second.errors.size(), first.errors.size());
    EXPECT_EQ(second.errors.at(1).line, 4);
    EXPECT_EQ(second.errors.at(1).first_line, 2);
    EXPECT_EQ(test.count_of<MemberJoined>(), 1U) << "the same file again adds nobody";
}

TEST_F(RegistrationTest, FindsTheSamePersonInALaterCommand)
{
    test.ask(roster({test.row(2, 1)}));
    auto again = test.row(600, 1);
    again.earlier_line = 2;
    const auto reply = test.ask(roster({again})).as<ImportRoster>();
    ASSERT_EQ(reply.errors.size(), 1U);
    EXPECT_EQ(reply.errors[0], (RosterError{600, RosterColumn::id_number, "same_person_again", 2}));
}

TEST_F(RegistrationTest, TakesNobodyInWhenAllOrNothingFails)
{
    auto command = roster({test.row(2, 1), test.row(3, 2)});
    command.rows[1].name = Personal("");
    command.all_or_nothing = true;
    const auto reply = test.ask(command).as<ImportRoster>();
    EXPECT_EQ(reply.joined, 0);
    EXPECT_EQ(reply.errors.size(), 1U);
    EXPECT_EQ(test.count_of<MemberJoined>(), 0U);
}

TEST_F(RegistrationTest, ChecksARosterWithoutChangingAnything)
{
    auto bad = test.row(3, 2);
    bad.id_number = Personal("330099199001010011");
    const auto before = dump(test.database);
    const auto reply = test.ask(CheckRoster{{test.row(2, 1), bad}}).as<CheckRoster>();
    EXPECT_EQ(reply.joined, 1);
    EXPECT_EQ(reply.errors.size(), 1U);
    EXPECT_EQ(dump(test.database), before);
}

TEST_F(RegistrationTest, TakesAnApplicantIn)
{
    const auto seen = test.ask(PersonByPhone{application(1).phone}).as<PersonByPhone>();
    const auto submitted = test.ask(application(1), worker(*seen.newcomer_id));
    ASSERT_EQ(submitted.code(), "accepted");
    const auto person = submitted.as<SubmitApplication>().person_id;
    EXPECT_EQ(test.ask(MemberCard{person}).as<MemberCard>().member.state, MembershipState::applied);
    EXPECT_EQ(test.ask(PendingApplications{township, {}}).as<PendingApplications>().applications.size(), 1U);

    const auto approved = test.ask(ApproveApplication{ApplicationId{uuid(50)}, std::nullopt});
    ASSERT_EQ(approved.code(), "accepted");
    const auto card = test.ask(MemberCard{person}, worker(person)).as<MemberCard>();
    EXPECT_EQ(card.member.state, MembershipState::member);
    EXPECT_EQ(card.member.name, "欧**");
    EXPECT_EQ(card.member.phone, "139****5678");
    EXPECT_EQ(card.verification, Verification::officer);
    EXPECT_EQ(card.organisation_name, "工会");
    EXPECT_EQ(test.ask(application(1)).code(), refusal::application_exists);
}

TEST_F(RegistrationTest, KnowsAPersonAgainWhoComesBack)
{
    const auto person = test.member(1);
    test.ask(Leave{person, LeaveReason::resigned}, worker(person));
    const auto again = test.ask(application(1)).as<SubmitApplication>();
    EXPECT_EQ(again.person_id, person);
}

TEST_F(RegistrationTest, RefusesASecondMembership)
{
    test.member(1);
    EXPECT_EQ(test.ask(application(1)).code(), refusal::already_member);
}

TEST_F(RegistrationTest, ClosesAFirmWithoutLosingAnyone)
{
    const auto person = test.member(1);
    const auto waiting = test.ask(application(2)).as<SubmitApplication>().person_id;
    test.ask(GrantRole{PersonId{uuid(90)}, Office::officer, firm});
    EXPECT_EQ(test.ask(CloseOrganisation{firm}).as<CloseOrganisation>().members, 1);
    const auto card = test.ask(MemberCard{person}).as<MemberCard>();
    EXPECT_EQ(card.member.organisation_id, township);
    EXPECT_EQ(card.member.state, MembershipState::member);
    EXPECT_EQ(test.ask(MemberCard{waiting}).as<MemberCard>().member.state, MembershipState::stranger);
    EXPECT_EQ(test.ask(roster({test.row(9, 9)})).as<ImportRoster>().errors.at(0).code, refusal::union_closed);
    EXPECT_TRUE(test.ask(MemberCard{person}).as<MemberCard>().roles.empty());
}

TEST_F(RegistrationTest, KeepsPersonalDataOutOfEventsTablesAndReplies)
{
    const auto submitted = test.ask(application(1));
    const auto approved = test.ask(ApproveApplication{ApplicationId{uuid(50)}, std::nullopt});
    auto command = roster({test.row(2, 2), test.row(3, 1)});
    command.rows[0].email = Personal("wang@example.com");
    const auto imported = test.ask(command);
    const auto person = submitted.as<SubmitApplication>().person_id;
    const auto changed = test.ask(ChangeContact{person, Personal("13712345678"), std::nullopt, std::nullopt});
    const auto unmasked = test.ask(UnmaskMember{LookId{uuid(70)}, person, "核对"});
    const auto card = test.ask(MemberCard{person});

    std::string tables;
    for (const auto& [name, rows] : dump(test.database))
        for (const auto& row : rows) tables += row;
    for (const std::string& text :
         {id_number_of(1), id_number_of(2), std::string("13912345678"), std::string("13712345678"),
          std::string("13800001234"), std::string("欧阳"), std::string("王五"), std::string("example.com")}) {
        for (const auto& event : test.events) EXPECT_FALSE(holds(event.data, text)) << event.dataschema << text;
        for (const auto* answer : {&submitted, &approved, &imported, &changed, &unmasked, &card})
            EXPECT_FALSE(holds(answer->reply.data, text)) << text;
        EXPECT_EQ(tables.find(text), std::string::npos) << text;
    }
}

TEST_F(RegistrationTest, ShowsEverythingToWhoAskedForFiveMinutes)
{
    const auto person = test.ask(application(1)).as<SubmitApplication>().person_id;
    const Actor looker{Role::service, {}, {}, "ctl"};
    ASSERT_EQ(test.ask(UnmaskMember{LookId{uuid(70)}, person, "核对"}, looker).code(), "accepted");
    EXPECT_EQ(test.count_of<PersonUnmasked>(), 1U);
    const auto seen = test.ask(ReadUnmasked{LookId{uuid(70)}}, looker).as<ReadUnmasked>();
    EXPECT_EQ(seen.name.reveal(), "欧阳小明");
    EXPECT_EQ(seen.id_number.reveal(), id_number_of(1));
    EXPECT_EQ(seen.phone.reveal(), "13912345678");
    EXPECT_EQ(seen.email->reveal(), "ouyang@example.com");

    const Actor another{Role::service, {}, {}, "gateway"};
    EXPECT_EQ(test.ask(ReadUnmasked{LookId{uuid(70)}}, another).code(), refusal::unknown_look);
    test.now += std::chrono::minutes(5);
    EXPECT_EQ(test.ask(ReadUnmasked{LookId{uuid(70)}}, looker).code(), refusal::look_over);
}

TEST_F(RegistrationTest, GivesKeysToTheAskerAlone)
{
    const auto person = test.member(1), erased = test.member(2);
    test.keyring.erase(erased.uuid);
    test.keyring.commit();
    const ReadKeys query{{person, erased, PersonId{uuid(250)}}, to_bytes(own_public)};
    const auto reply = test.ask(query).as<ReadKeys>();
    ASSERT_EQ(reply.keys.size(), 3U);
    ASSERT_TRUE(reply.keys[0].sealed_key);
    const auto key = sealing::open_for(own_public, own_secret, *reply.keys[0].sealed_key);
    ASSERT_TRUE(key);
    EXPECT_TRUE(std::ranges::equal(*key, test.keyring.find(person.uuid)->view()));
    EXPECT_FALSE(sealing::open_for(bob_public, bob_secret, *reply.keys[0].sealed_key));
    EXPECT_EQ(reply.keys[1], (PersonKey{erased, true, std::nullopt}));
    EXPECT_EQ(reply.keys[2], (PersonKey{PersonId{uuid(250)}, std::nullopt, std::nullopt}));
}

TEST_F(RegistrationTest, ShowsStarsForWhoWasErased)
{
    const auto person = test.member(1);
    test.ask(MemberCard{person});  // the readers have seen the key
    test.keyring.erase(person.uuid);
    test.keyring.commit();
    EXPECT_EQ(test.ask(MemberCard{person}).as<MemberCard>().member.name, "**");
    test.ask(UnmaskMember{LookId{uuid(70)}, person, "核对"});
    EXPECT_EQ(test.ask(ReadUnmasked{LookId{uuid(70)}}).code(), refusal::erased);
}

TEST_F(RegistrationTest, TellsOfAnErasureThatOnlyItsKeyringKnows)
{
    const auto person = test.member(1), stranger = PersonId{uuid(250)};
    for (const auto& one : {person, stranger}) test.keyring.erase(one.uuid);
    test.keyring.commit();
    const Registration opened(test.database, test.keyring, test.key_reader, test.service_key);
    test.fire_timers();
    EXPECT_EQ(test.count_of<PersonErased>(), 2U);
    EXPECT_EQ(test.ask(MemberCard{person}).code(), refusal::unknown_person);
    const Registration opened_again(test.database, test.keyring, test.key_reader, test.service_key);
    test.fire_timers();
    EXPECT_EQ(test.count_of<PersonErased>(), 2U);
}

TEST_F(RegistrationTest, AddressesEveryMemberBelowOnceInBoundedSteps)
{
    constexpr int members = 2 * addressed_at_once + 1;
    ImportRoster roster{ImportId{uuid(200)}, {}, std::nullopt};
    for (int person = 1; person <= members; ++person) {
        roster.rows.push_back(RegistrationUnderTest::row(person, person));
        if (roster.rows.size() < 1000 && person < members) continue;
        ASSERT_EQ(test.ask(roster).code(), "accepted");
        roster.rows.clear();
    }
    test.ask(TransferMember{test.find(1), other_firm});
    test.ask(TransferMember{test.find(2), remote_firm});  // outside
    test.ask(RetainMember{test.find(3), RetainReason::retired});

    const AnnouncementId id{uuid(210)};
    const Announce announce{id, township, "停电", "Power cut", "周六停电。", "On Saturday."};
    EXPECT_EQ(test.ask(announce).as<Announce>().members, members - 1);
    EXPECT_EQ(test.ask(announce).code(), refusal::announcement_exists);
    EXPECT_EQ(test.ask(Announce{AnnouncementId{uuid(211)}, other_township, "a", "a", "a", "a"}).as<Announce>().members,
              1);
    for (int steps = 0; steps < 10; ++steps) {
        test.fire_timers();
        test.now += between_steps;
    }
    EXPECT_EQ(test.count_of<AnnouncementAddressed>(), 3U + 1U);
    const auto rows = test.ask(Announcements{township, std::nullopt}).as<Announcements>().announcements;
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.front().addressed, members - 1);
    EXPECT_TRUE(rows.front().done);
    EXPECT_EQ(test.ask(Announcements{std::nullopt, std::nullopt}).as<Announcements>().announcements.size(), 2U);
    EXPECT_EQ(*test.database.value<std::int64_t>("SELECT count(*) FROM timers"), 0);
}

TEST_F(RegistrationTest, ListsOfficersAPageAtATime)
{
    const PersonId one{uuid(90)}, other{uuid(91)}, remote{uuid(92)};
    test.ask(GrantRole{other, Office::officer, firm});
    test.ask(GrantRole{one, Office::township, township});
    test.ask(GrantRole{one, Office::officer, firm});
    test.ask(GrantRole{remote, Office::officer, remote_firm});

    const auto first = test.ask(Officers{township, std::nullopt, 1}).as<Officers>();
    ASSERT_EQ(first.officers.size(), 1u);
    EXPECT_EQ(first.officers.front().person_id, one);
    EXPECT_EQ(first.officers.front().roles.size(), 2u) << "a page parts nobody from their roles";
    EXPECT_TRUE(first.more);
    const auto rest = test.ask(Officers{township, one, 1}).as<Officers>();
    ASSERT_EQ(rest.officers.size(), 1u);
    EXPECT_EQ(rest.officers.front().person_id, other);
    EXPECT_FALSE(rest.more);
    EXPECT_EQ(test.ask(Officers{std::nullopt, std::nullopt, std::nullopt}).as<Officers>().officers.size(), 3u);
}

TEST_F(RegistrationTest, KnowsPeopleByTheirNumber)
{
    const auto person = test.member(1);
    const auto who_has = [&](std::string_view phone) {
        return test.ask(PersonByPhone{Personal(std::string(phone))}).as<PersonByPhone>();
    };
    EXPECT_EQ(who_has("+86 138-0000-1234").persons, std::vector{person});
    EXPECT_EQ(who_has("+86 138-0000-1234").phone.reveal(), "13800001234");
    EXPECT_EQ(who_has("13800001234").language, Language::zh_cn);
    EXPECT_TRUE(who_has("13912345678").persons.empty());
    EXPECT_EQ(test.ask(PersonByPhone{Personal("110")}).code(), refusal::bad_phone);

    test.ask(ChangeContact{person, Personal("13712345678"), std::nullopt, Language::en});
    EXPECT_TRUE(who_has("13800001234").persons.empty());
    EXPECT_EQ(who_has("13712345678").persons, std::vector{person});
    EXPECT_EQ(who_has("13712345678").language, Language::en);
    const auto other = test.member(2);
    test.ask(ChangeContact{other, Personal("13712345678"), std::nullopt, std::nullopt});
    EXPECT_EQ(who_has("13712345678").persons.size(), 2U);
    EXPECT_FALSE(who_has("13712345678").language);
    test.ask(Leave{person, LeaveReason::moved_away});
    ASSERT_EQ(test.ask(ErasePerson{person}).code(), "accepted");
    EXPECT_EQ(who_has("13712345678").persons, std::vector{other});
}

TEST_F(RegistrationTest, FillsInTheNumbersOfAStoreOfAnEarlierVersion)
{
    const auto person = test.member(1);
    test.database.run("UPDATE persons SET phone_index = NULL");
    EXPECT_TRUE(test.ask(PersonByPhone{Personal("13800001234")}).as<PersonByPhone>().persons.empty());
    test.registration.bring_up_to_date();
    EXPECT_EQ(test.ask(PersonByPhone{Personal("13800001234")}).as<PersonByPhone>().persons, std::vector{person});
}

TEST_F(RegistrationTest, WhoAppliesIsWhoHoldsTheNumberWhoeverHasEnteredIt)
{
    const auto newcomer = [&](const char* phone) {
        return test.ask(PersonByPhone{Personal(phone)}).as<PersonByPhone>().newcomer_id;
    };
    const auto applied = [&](std::uint8_t id, int number, const char* phone, const Actor& actor) {
        auto command = application(number);
        command.application_id = ApplicationId{uuid(id)};
        command.phone = Personal(phone);
        return test.ask(command, actor).as<SubmitApplication>().person_id;
    };
    const auto self = newcomer("13700000001");
    const auto other = newcomer("13700000002");
    ASSERT_TRUE(self && other);
    EXPECT_EQ(newcomer("+86 137 0000 0001"), self);
    EXPECT_EQ(applied(60, 1, "13700000002", operator_command()), *other) << "an officer has entered it at a stall";
    EXPECT_EQ(applied(61, 2, "13700000001", worker(*self)), *self);
    EXPECT_FALSE(newcomer("13700000001")) << "somebody is known by it";
    EXPECT_NE(applied(62, 3, "13700000001", worker(*self)), *self)
        << "somebody is that already, and applies again with another ID number";

    test.ask(ChangeContact{*other, Personal("13700000003"), std::nullopt, std::nullopt});
    ASSERT_TRUE(newcomer("13700000002"));
    EXPECT_NE(newcomer("13700000002"), other) << "who has the number now is not who had it before";
}

TEST_F(RegistrationTest, AWorkerAppliesWithNoNumberButTheirOwn)
{
    const auto member = test.member(1);
    auto command = application(2);
    command.phone = Personal("13700000002");
    EXPECT_EQ(test.ask(command, worker(PersonId{uuid(99)})).code(), refusal::phone_unconfirmed);
    command.phone = Personal("13800001234");
    EXPECT_EQ(test.ask(command, worker(member)).code(), refusal::phone_unconfirmed)
        << "a second member with their number would keep them out";
}

TEST_F(RegistrationTest, AWorkersNewNumberIsTheirsOnceItWasSeen)
{
    const auto member = test.member(1);
    const auto holders = [&](const char* phone) {
        return test.ask(PersonByPhone{Personal(phone)}).as<PersonByPhone>().persons;
    };
    const ChangeContact alone{member, Personal("13700000002"), std::nullopt, std::nullopt};
    EXPECT_EQ(test.ask(alone, worker(member)).code(), refusal::phone_unconfirmed);
    EXPECT_TRUE(holders("13700000002").empty());
    EXPECT_EQ(test.ask(ConfirmPhone{member, Personal("+86 137 0000 0002")}).code(), "accepted");
    EXPECT_EQ(holders("13700000002"), std::vector{member});
    EXPECT_TRUE(holders("13800001234").empty());

    test.ask(ConfirmPhone{member, Personal("13800001234")});
    const auto other = test.ask(application(2)).as<SubmitApplication>().person_id;
    test.ask(ApproveApplication{ApplicationId{uuid(50)}, std::nullopt});
    EXPECT_EQ(test.ask(ConfirmPhone{other, Personal("13800001234")}).code(), refusal::phone_taken);
    EXPECT_EQ(test.ask(ConfirmPhone{member, Personal("13800001234")}).code(), "accepted") << "it is theirs already";
    EXPECT_EQ(test.ask(ConfirmPhone{PersonId{uuid(98)}, Personal("13700000009")}).code(), refusal::unknown_person);
}

TEST_F(RegistrationTest, ItsStoreEqualsTheReplayOfItsLog)
{
    const auto person = test.member(1);
    test.ask(application(2));
    test.ask(ApproveApplication{ApplicationId{uuid(50)}, std::nullopt});
    test.ask(TransferMember{person, other_firm});
    test.ask(ChangeContact{person, Personal("13712345678"), std::nullopt, Language::en});
    test.ask(GrantRole{PersonId{uuid(90)}, Office::officer, firm});
    test.ask(Leave{person, LeaveReason::moved_away});
    test.ask(Announce{AnnouncementId{uuid(210)}, township, "停电", "Power cut", "周六停电。", "On Saturday."});
    test.fire_timers();
    test.ask(CloseOrganisation{firm});

    sqlite::Database empty(":memory:");
    migrate(empty);
    sqlite::migrate(empty, "timers", messaging::timers_migrations());
    Registration replayed(empty, test.keyring, test.key_reader, test.service_key);
    codec::Parser parser;
    for (const auto& kept : test.events) {
        messaging::Event event;
        event.header.dataschema = kept.dataschema;
        ASSERT_EQ(replayed.service().replay(event, parser.parse(kept.data).value()), messaging::Known::yes);
    }
    EXPECT_EQ(dump(empty), dump(test.database));
}

}  // namespace
}  // namespace gonghui::registration

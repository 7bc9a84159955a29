// What stands between somebody and a session: codes, rates, and the rules.

#include "common/ids/seeded_random.hpp"
#include "services/gateway/domain/accounts.hpp"
#include "services/gateway/domain/hopeless.hpp"
#include "services/gateway/domain/one_time_codes.hpp"
#include "services/gateway/domain/sessions.hpp"
#include "services/gateway/domain/token_buckets.hpp"

#include <gtest/gtest.h>

namespace gonghui::gateway {
namespace {

using namespace std::chrono_literals;

const UtcTime now{1'800'000'000s};
const Actor edge{Role::service, {}, {}, "gateway"};
const Actor ctl{Role::service, {}, {}, "ctl"};

Uuid uuid(int number)
{
    Uuid made;
    made.bytes[15] = static_cast<std::byte>(number);
    return made;
}

class Codes : public testing::Test {
protected:
    SeededRandom random{3};
    OneTimeCodes codes{{}, random, 3};
};

TEST_F(Codes, AreTakenOnce)
{
    const auto code = codes.make("13800000000", now);
    ASSERT_TRUE(code);
    EXPECT_EQ(code->size(), 6U);
    EXPECT_FALSE(codes.take("13800000001", *code, now)) << "another number's";
    EXPECT_TRUE(codes.take("13800000000", *code, now + 1min));
    EXPECT_FALSE(codes.take("13800000000", *code, now + 1min));
}

TEST_F(Codes, AreGoodForFiveMinutesAndFiveTries)
{
    const auto code = codes.make("13800000000", now);
    EXPECT_FALSE(codes.take("13800000000", *code, now + 5min));

    const auto other = codes.make("13800000000", now + 10min);
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(codes.take("13800000000", "no", now + 10min));
    EXPECT_FALSE(codes.take("13800000000", *other, now + 10min));
}

TEST_F(Codes, GoOutOnceAMinuteAndToSoManyAtOnce)
{
    EXPECT_TRUE(codes.make("1", now));
    EXPECT_FALSE(codes.make("1", now + 59s));
    EXPECT_TRUE(codes.make("1", now + 60s));
    EXPECT_TRUE(codes.make("2", now + 60s));
    EXPECT_TRUE(codes.make("3", now + 60s));
    EXPECT_FALSE(codes.make("4", now + 60s)) << "three are on their way";
    EXPECT_TRUE(codes.make("4", now + 6min));
}

// A fresh code is five more guesses.
TEST_F(Codes, OfOneNumberAreFewHoweverOftenTheyAreAskedFor)
{
    int made = 0;
    for (auto time = now; time < now + 24h; time += 10s) made += codes.make("13800000000", time) ? 1 : 0;
    EXPECT_GE(made, 24);
    EXPECT_LE(made, 35);
    EXPECT_GT(codes.make("13800000000", now + 24h).error().wait, 10min);
    EXPECT_FALSE(codes.make("13800000000", now + 24h).error().is_for_all);
    EXPECT_TRUE(codes.make("13800000001", now + 24h)) << "another number's";
}

TEST_F(Codes, OfAllNumbersAreSoManyAMinuteAndADay)
{
    OneTimeCodes few{{.per_minute = 6, .per_day = 100}, random};
    int made = 0;
    const auto one_more = [&](UtcTime time) {
        return few.make(std::to_string(++made), time);
    };
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(one_more(now)) << i;
    const auto late = one_more(now);
    ASSERT_FALSE(late);
    EXPECT_TRUE(late.error().is_for_all);
    EXPECT_EQ(late.error().wait, 10s);
    EXPECT_TRUE(one_more(now + 10s));

    int sent = 0;
    for (auto time = now + 1min; time < now + 24h; time += 10s) sent += one_more(time) ? 1 : 0;
    EXPECT_GE(sent, 180);
    EXPECT_LE(sent, 200) << "those that were left, and a day's";
}

TEST_F(Codes, OfOneNumberTakeNothingFromTheOthers)
{
    OneTimeCodes few{{.per_minute = 2, .per_day = 100}, random};
    EXPECT_TRUE(few.make("1", now));
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(few.make("1", now));
    EXPECT_TRUE(few.make("2", now));
}

TEST(TokenBuckets, GiveABurstAndThenTheRate)
{
    TokenBuckets buckets({10, 5}, 64, 1);
    const TokenBuckets::Time start{1h};
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(buckets.take("a", start)) << i;
    const auto wait = buckets.take("a", start);
    ASSERT_TRUE(wait);
    EXPECT_EQ(*wait, 100ms);
    EXPECT_FALSE(buckets.take("b", start)) << "somebody else";
    EXPECT_FALSE(buckets.take("a", start + 100ms));
    EXPECT_TRUE(buckets.take("a", start + 100ms));
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(buckets.take("a", start + 10s)) << "all are back";
}

TEST(TokenBuckets, ForgetWhoIsNearestToBeingFullAgain)
{
    TokenBuckets buckets({1, 2}, 4, 1);
    const TokenBuckets::Time start{1h};
    for (int i = 0; i < 3; ++i) static_cast<void>(buckets.take("held back", start));
    for (int i = 0; i < 100; ++i) static_cast<void>(buckets.take("once " + std::to_string(i), start));
    EXPECT_TRUE(buckets.take("held back", start));
}

OpenSession opening(SessionKind kind)
{
    OpenSession command;
    command.session_id = SessionId(uuid(1));
    command.token_hash.resize(32);
    command.person_id = PersonId(uuid(2));
    command.kind = kind;
    command.expires_at = now + 24h;
    return command;
}

TEST(OpenSession, IsForTheGatewayAlone)
{
    EXPECT_TRUE(open_session({}, opening(SessionKind::worker), edge, now));
    EXPECT_EQ(open_session({}, opening(SessionKind::worker), ctl, now).error().code, refusal::not_permitted);
    EXPECT_EQ(
        open_session({}, opening(SessionKind::worker), {Role::city, uuid(9), uuid(8), "gateway"}, now).error().code,
        refusal::not_permitted);
}

TEST(OpenSession, OfAnOfficerNeedsTheirAccountAndAFreshCode)
{
    auto command = opening(SessionKind::officer);
    EXPECT_EQ(open_session({}, command, edge, now).error().code, refusal::unknown_account);
    OpenSessionFacts facts;
    facts.account = AccountFacts{"zhang", command.person_id, "", {}, 70, now};
    command.login = "zhang";
    command.totp_step = 70;
    EXPECT_EQ(open_session(facts, command, edge, now).error().code, refusal::code_used);
    command.totp_step = 71;
    EXPECT_TRUE(open_session(facts, command, edge, now));
    facts.account->person = PersonId(uuid(7));
    EXPECT_EQ(open_session(facts, command, edge, now).error().code, refusal::unknown_account);
}

TEST(OpenSession, ClosesTheOldestWhenThereAreTooMany)
{
    OpenSessionFacts facts;
    for (std::size_t i = 0; i < most_sessions; ++i) {
        SessionFacts session;
        session.id = SessionId(uuid(static_cast<int>(100 + i)));
        facts.sessions.push_back(session);
    }
    const auto events = open_session(facts, opening(SessionKind::worker), edge, now);
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 2U);
    EXPECT_EQ(std::get<SessionClosed>(events->front()).session_id, facts.sessions.front().id);
    EXPECT_EQ(std::get<SessionClosed>(events->front()).reason, EndReason::superseded);
}

TEST(ChooseRole, TakesOnlyARoleThatIsHeldThere)
{
    SessionFacts session;
    session.kind = SessionKind::officer;
    const std::vector<HeldRole> roles{{ActingAs::officer, OrganisationId(uuid(5)), ""}};
    const auto choose = [&](ActingAs role, std::optional<int> place) {
        ChooseRole command{session.id, role, std::nullopt};
        if (place) command.place_id = OrganisationId(uuid(*place));
        return choose_role(session, roles, command, edge, now).has_value();
    };
    EXPECT_TRUE(choose(ActingAs::officer, 5));
    EXPECT_TRUE(choose(ActingAs::worker, std::nullopt));
    EXPECT_FALSE(choose(ActingAs::officer, 6));
    EXPECT_FALSE(choose(ActingAs::city, 5));
    EXPECT_FALSE(choose(ActingAs::officer, std::nullopt));
    session.kind = SessionKind::worker;
    EXPECT_FALSE(choose(ActingAs::officer, 5)) << "a code on a phone opens no office";
}

TEST(ActorOf, IsAWorkerOnceTheRoleIsLost)
{
    SessionFacts session;
    session.person = PersonId(uuid(3));
    session.role = ActingAs::district;
    session.place = uuid(4);
    const std::vector<HeldRole> roles{{ActingAs::district, OrganisationId(uuid(4)), ""}};
    EXPECT_EQ(actor_of(session, roles).role, Role::district);
    EXPECT_EQ(actor_of(session, roles).place, uuid(4));
    EXPECT_EQ(actor_of(session, {}).role, Role::worker);
    EXPECT_TRUE(actor_of(session, {}).place.is_nil());
    EXPECT_EQ(actor_of(session, {}).person, uuid(3));
}

TEST(Accounts, HaveLoginsThatCanBeTyped)
{
    for (const auto* good : {"zhang", "z", "li.wei-2_a"}) EXPECT_TRUE(is_login(good)) << good;
    for (const auto* bad : {"", "1zhang", "Zhang", "张", "a b", ".a"}) EXPECT_FALSE(is_login(bad)) << bad;
}

TEST(RemoveAccount, EndsTheSessionsThatItOpened)
{
    SessionFacts by_password;
    by_password.id = SessionId(uuid(1));
    by_password.login = "zhang";
    SessionFacts by_phone;
    by_phone.id = SessionId(uuid(2));
    const AccountFacts account{"zhang", PersonId(uuid(3)), "", {}, 0, now};
    const auto events = remove_account(account, {by_password, by_phone}, RemoveAccount{"zhang"}, ctl, now);
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 2U);
    EXPECT_EQ(std::get<SessionClosed>(events->front()).session_id, by_password.id);
    EXPECT_EQ(remove_account(std::nullopt, {}, RemoveAccount{"zhang"}, ctl, now).error().code,
              refusal::unknown_account);
}

TEST(Hopeless, IsOnlyWhatTheServiceWouldRefuse)
{
    const CampaignId campaign(uuid(1));
    ClassFacts one;
    one.campaign = campaign;
    one.opens_at = now;
    one.closes_at = now + 1h;
    one.begins_at = now + 2h;
    const auto code_at = [&](UtcTime time, bool has_place = false) {
        const auto refusal = hopeless(one, campaign, has_place, time);
        return refusal ? refusal->code : std::string_view();
    };
    EXPECT_EQ(code_at(now - 1us), "campaign_not_open");
    EXPECT_EQ(code_at(now), "");
    EXPECT_EQ(code_at(now + 1h), "campaign_closed");
    one.begins_at = now + 1min;
    EXPECT_EQ(code_at(now + 1min), "class_started");
    EXPECT_EQ(code_at(now + 1h, true), "") << "may be asking for an answer that was lost";
    EXPECT_FALSE(hopeless(std::nullopt, campaign, false, now)) << "it may be too new";
    EXPECT_FALSE(hopeless(one, CampaignId(uuid(2)), false, now - 1h)) << "another campaign's";
}

}  // namespace
}  // namespace gonghui::gateway

// Every request x role x place: nobody acts outside their place. What is expected stands here by hand, apart from the
// schemas; a request without a row fails.

#include "schemas/generated/catalogue.hpp"
#include "services/matchmaking/app/district_test.hpp"

#include <gtest/gtest.h>

#include <map>

namespace gonghui::matchmaking {
namespace {

using namespace examples;

// The tree: city 830 > district 820 > township 810 > union 800; beside them township 811 > union 801.
constexpr int somebody = 1;      // whom each request is about
constexpr int host_union = 800;  // whose evening it is
constexpr auto oneself = Reach::self, none = Reach::nobody, place = Reach::place, all = Reach::all;

using Reaches = std::array<Reach, all_roles.size()>;  // worker, officer, township, district, city, service
constexpr Reaches own{oneself, none, none, none, none, none};
constexpr Reaches hosting{none, place, place, all, all, all};
constexpr Reaches everyone{all, all, all, all, all, all};
constexpr Reaches watching{none, none, none, all, all, none};

struct Row {
    Reaches reach;
    Bytes data;
};

template <class Message>
std::pair<const std::string_view, Row> row(const Reaches& reach, Message message = {})
{
    if constexpr (requires { message.person_id; }) message.person_id = person(somebody);
    if constexpr (requires { message.evening_id; }) message.evening_id = EveningId(uuid(600));
    if constexpr (requires { message.organisation_id; }) message.organisation_id = OrganisationId(uuid(host_union));
    if constexpr (requires { message.statement; }) message.statement = 1;
    if constexpr (requires { message.capacity_male; }) message.capacity_male = message.capacity_female = 1;
    if constexpr (requires { message.code; }) message.code = "0000-0000";
    return {Message::type, Row{reach, encoded(message)}};
}

const std::map<std::string_view, Row> rows{
    row<DeclareSingle>(own),  row<WithdrawDeclaration>(own), row<GiveConsent>(own),      row<WithdrawConsent>(own),
    row<PublishProfile>(own), row<WithdrawProfile>(own),     row<PlanEvening>(hosting),  row<SignUp>(own),
    row<CancelSignUp>(own),   row<CheckIn>(hosting),         row<OpenChoosing>(hosting), row<CloseChoosing>(hosting),
    row<Choose>(own),         row<BlockPerson>(own),         row<ReportPerson>(own),     row<Browse>(own),
    row<MyProfile>(own),      row<EveningStatus>(everyone),  row<Evenings>(everyone),    row<MyEvening>(own),
    row<MyResults>(own),      row<Reports>(watching),        row<HeldAbout>(own),
};

struct Asker {
    std::string name;
    Actor actor;
    bool is_somebody = false;  // the person whom the request is about
    bool holds_role = false;   // registration granted it
    bool covers = false;       // the host union lies at or below their place
};

Actor acting(Role role, int number, int at)
{
    return {.role = role, .person = uuid(number), .place = at == 0 ? Uuid{} : uuid(at), .service = "gateway"};
}

const std::vector<Asker> askers{
    {"the worker themself", acting(Role::worker, somebody, 0), true, true, false},
    {"another worker", acting(Role::worker, 2, 0), false, true, false},
    {"nobody in particular",
     {.role = Role::worker, .person = {}, .place = {}, .service = "gateway"},
     false,
     true,
     false},
    {"the union's officer", acting(Role::officer, 900, 800), false, true, true},
    {"the worker as the union's officer", acting(Role::officer, somebody, 800), true, true, true},
    {"an officer of another union", acting(Role::officer, 902, 801), false, true, false},
    {"a false officer", acting(Role::officer, 2, 800), false, false, true},
    {"that officer at another's place", acting(Role::officer, 902, 800), false, false, true},
    {"the township above", acting(Role::township, 910, 810), false, true, true},
    {"another township", acting(Role::township, 911, 811), false, true, false},
    {"a false township", acting(Role::township, 900, 810), false, false, true},
    {"the district", acting(Role::district, 920, 820), false, true, true},
    {"a false district", acting(Role::district, 900, 820), false, false, true},
    {"the city", acting(Role::city, 930, 830), false, true, true},
    {"a false city", acting(Role::city, 920, 830), false, false, true},
    {"a service", acting(Role::service, 0, 0), false, true, false},
};

bool is_expected(const Row& row, const Asker& asker)
{
    switch (row.reach.at(static_cast<std::size_t>(asker.actor.role))) {
        case Reach::nobody:
            return false;
        case Reach::self:
            return asker.is_somebody;
        case Reach::place:
            return asker.holds_role && asker.covers;
        case Reach::all:
            return asker.holds_role;
    }
    return false;
}

void settle(District& district)
{
    settle_tree(district);
    district.founds(811, 820);
    district.founds(801, 811);
    district.joins(somebody, Side::male);
    district.joins(2, Side::female);
    district.grants(somebody, registration::Office::officer, 800);
    district.grants(902, registration::Office::officer, 801);
    district.grants(910, registration::Office::township, 810);
    district.grants(911, registration::Office::township, 811);
    district.grants(920, registration::Office::district, 820);
    district.grants(930, registration::Office::city, 830);
    district.plans_tonight(1);
}

TEST(Rights, EveryRequestHasARow)
{
    for (const auto& message : schemas::messages()) {
        if (message.service != "matchmaking" || message.kind == schemas::Kind::event) continue;
        EXPECT_TRUE(rows.contains(message.type)) << message.type;
    }
}

TEST(Rights, EveryRequestIsAnswered)
{
    District district;
    for (const auto& [type, row] : rows) EXPECT_NE(district.handlers.form_of(type), messaging::Form::unknown) << type;
}

TEST(Rights, NobodyActsOutsideTheirPlace)
{
    District district;
    settle(district);
    for (const auto& [type, row] : rows) {
        for (const auto& asker : askers) {
            // Undone after each question, so that no answer rests on the one before.
            district.database.script("SAVEPOINT question");
            const auto before = district.log.events.size();
            const auto reply = district.ask(type, row.data, asker.actor);
            const auto recorded = district.log.events.size() - before;
            district.database.script("ROLLBACK TO question; RELEASE question");

            EXPECT_NE(reply.outcome, messaging::Outcome::invalid) << type;
            EXPECT_EQ(reply.code != refusal::not_permitted, is_expected(row, asker)) << type << " by " << asker.name;
            if (!is_expected(row, asker)) {
                EXPECT_EQ(recorded, 0U) << type << " by " << asker.name;
            }
        }
    }
}

}  // namespace
}  // namespace gonghui::matchmaking

#include "services/ctl/app/district_config.hpp"

#include "common/process/config.hpp"
#include "services/ctl/app/ports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace gonghui::ctl {
namespace {

using testing::HasSubstr;

std::vector<std::string> names_of(const std::vector<ProgramPlan>& programs)
{
    std::vector<std::string> names;
    names.reserve(programs.size());
    for (const auto& program : programs) names.push_back(program.name);
    return names;
}

TEST(District, RunsTheHouseWhenNoFileIsGiven)
{
    const auto plan = parse_district(read_district({}));
    EXPECT_EQ(plan.district, "331083");
    EXPECT_EQ(plan.bind, plan.connect);
    EXPECT_EQ(names_of(plan.services),
              (std::vector<std::string>{"registration", "training", "matchmaking", "notifications"}));
}

TEST(District, ReadsBackWhatUpWrites)
{
    auto plan = parse_district(read_district({}));
    plan.hub_public_key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
    plan.services[1].partitions = 8;
    plan.services[1].settings = "log.level = \"debug\"\nstore.cache_kib = 64";
    plan.bind.request = "tcp://0.0.0.0:1";
    const auto again = parse_district({to_toml(plan), "district.toml"});
    EXPECT_EQ(to_toml(again), to_toml(plan));
}

TEST(District, RunsAServiceOfSomebodyElse)
{
    const auto plan =
        parse_district({"[services.clubs]\nprogram = \"/opt/clubs\"\n[services.registration]\n", "d.toml"});
    EXPECT_EQ(names_of(plan.services), (std::vector<std::string>{"registration", "clubs"}));
    EXPECT_EQ(plan.services[1].program, "/opt/clubs");
}

TEST(District, NamesLineAndKeyOfAMistake)
{
    try {
        parse_district({"district = \"331083\"\n[services.training]\npartitoins = 2\n", "d.toml"});
        FAIL() << "a misspelt key was taken";
    } catch (const process::ConfigError& error) {
        EXPECT_THAT(error.what(), HasSubstr("d.toml:3"));
        EXPECT_THAT(error.what(), HasSubstr("partitions"));
    }
}

TEST(Ports, AreSettledWhereTheyAreLeftOpen)
{
    auto plan = parse_district({"[hub]\nrequest = \"tcp://127.0.0.1:0\"\nhttp = \"off\"\n", "d.toml"});
    settle_ports(plan, Ports::as_planned);
    EXPECT_EQ(plan.connect.publish, "tcp://127.0.0.1:7311");
    EXPECT_NE(plan.connect.request, "tcp://127.0.0.1:0");
    EXPECT_EQ(plan.bind.request, plan.connect.request);
    EXPECT_EQ(plan.hub.http, "off");
}

TEST(Ports, AreAllDifferentWhenAllAreFree)
{
    auto plan = parse_district(read_district({}));
    settle_ports(plan, Ports::all_free);
    const std::set<std::string> endpoints{plan.connect.publish, plan.connect.subscribe, plan.connect.request};
    EXPECT_EQ(endpoints.size(), 3U);
    EXPECT_FALSE(endpoints.contains("tcp://127.0.0.1:7311"));
}

}  // namespace
}  // namespace gonghui::ctl

#include "services/ctl/app/district_config.hpp"

#include "common/process/config.hpp"
#include "common/process/http.hpp"
#include "services/ctl/app/ports.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gonghui::ctl {
namespace {

std::vector<std::string> names_of(const std::vector<ProgramPlan>& programs)
{
    std::vector<std::string> names;
    names.reserve(programs.size());
    for (const auto& program : programs) names.push_back(program.name);
    return names;
}

DistrictPlan the_house()
{
    return parse_district(read_district({}, {}), Language::en);
}

TEST(District, RunsTheHouseWhenNoFileIsGiven)
{
    const auto plan = the_house();
    EXPECT_EQ(plan.district, "331083");
    EXPECT_EQ(plan.bind, plan.connect);
    EXPECT_EQ(names_of(plan.services),
              (std::vector<std::string>{"registration", "training", "matchmaking", "notifications", "gateway"}));
}

TEST(District, ReadsBackWhatUpWrites)
{
    auto plan = the_house();
    plan.hub_public_key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
    plan.services[1].partitions = 8;
    plan.services[1].settings = "log.level = \"debug\"\nstore.cache_kib = 64";
    plan.bind.request = "tcp://0.0.0.0:1";
    const auto again = parse_district({to_toml(plan), "district.toml"}, Language::en);
    EXPECT_EQ(to_toml(again), to_toml(plan));
}

TEST(District, RunsAServiceOfSomebodyElse)
{
    const auto plan = parse_district(
        {"[services.clubs]\nprogram = \"/opt/clubs\"\n[services.registration]\n", "d.toml"}, Language::en);
    EXPECT_EQ(names_of(plan.services), (std::vector<std::string>{"registration", "clubs"}));
    EXPECT_EQ(plan.services[1].program, "/opt/clubs");
}

TEST(District, RunsTheHousesServicesWhenItNamesNone)
{
    const auto plan = parse_district({"district = \"331084\"\n", "d.toml"}, Language::en);
    EXPECT_EQ(names_of(plan.services),
              (std::vector<std::string>{"registration", "training", "matchmaking", "notifications", "gateway"}));
    const auto embedded = the_house();
    EXPECT_EQ(plan.services[1].partitions, embedded.services[1].partitions);
    EXPECT_EQ(plan.services[1].http, embedded.services[1].http);
}

struct Mistake {
    const char* name;
    const char* toml;
    const char* english;
    const char* chinese;
};

class Mistakes : public testing::TestWithParam<Mistake> {};

std::string complaint(const char* toml, Language language)
{
    try {
        parse_district({toml, "d.toml"}, language);
    } catch (const process::ConfigError& error) {
        return error.what();
    }
    return "no complaint";
}

TEST_P(Mistakes, AreNamedWithTheirLineInBothLanguages)
{
    EXPECT_EQ(complaint(GetParam().toml, Language::en), GetParam().english);
    EXPECT_EQ(complaint(GetParam().toml, Language::zh_cn), GetParam().chinese);
}

INSTANTIATE_TEST_SUITE_P(
    District, Mistakes,
    testing::Values(
        Mistake{
            "Key", "[services.training]\npartitoins = 2",
            "d.toml:2: unknown key \"services.training.partitoins\"; did you mean \"services.training.partitions\"?",
            "d.toml:2: 没有 \"services.training.partitoins\" 这个键；是否想写 \"services.training.partitions\"？"},
        Mistake{"DistrictCode", "\ndistrict = \"33108\"", "d.toml:2: \"district\" must be a six-digit GB/T 2260 code",
                "d.toml:2: \"district\" 应为六位数字的 GB/T 2260 代码"},
        Mistake{"Port", "[hub]\nrequest = \"tcp://127.0.0.1:73130\"",
                "d.toml:2: \"hub.request\" must be tcp://HOST:PORT with a port from 0 to 65535",
                "d.toml:2: \"hub.request\" 应为 tcp://主机:端口，端口为 0 到 65535"},
        Mistake{"HttpPort", "[services.training]\nhttp = \"127.0.0.1\"",
                "d.toml:2: \"services.training.http\" must be HOST:PORT with a port from 0 to 65535, or off",
                "d.toml:2: \"services.training.http\" 应为主机:端口（端口为 0 到 65535）或 off"},
        Mistake{
            "ServiceMisspelt", "[services.registration]\n[services.trainng]",
            "d.toml:2: there is no service \"trainng\"; did you mean \"training\"? One of your own needs its program",
            "d.toml:2: 没有 \"trainng\" 这个服务；是否想写 \"training\"？自己的服务要用 program 写明程序"},
        Mistake{"ServiceWithoutProgram", "[services.clubs]",
                "d.toml:1: there is no service \"clubs\"; one of your own needs its program",
                "d.toml:1: 没有 \"clubs\" 这个服务；自己的服务要用 program 写明程序"},
        Mistake{"ServiceName", "[services.Clubs]\nprogram = \"/opt/clubs\"",
                "d.toml:1: \"Clubs\" must be a name of small letters, digits, - and _, a letter first, other than hub, "
                "ctl and up",
                "d.toml:1: \"Clubs\" 应为只用小写字母、数字、- 和 _、以字母开头的名称，且不是 hub、ctl 或 up"},
        Mistake{"Instances", "[services.training]\npartitions = 2\ninstances = 3",
                "d.toml:3: training: its number of partitions is 2, so of instances 2 at most; more would stand idle.",
                "d.toml:3: training 的分区数是 2，实例最多 2 个；更多的会闲置"},
        Mistake{"PeerName", "peers = [\"portal\", \"ctl\"]",
                "d.toml:1: \"peers\" must be a name of small letters, digits, - and _, a letter first, other than hub, "
                "ctl and up",
                "d.toml:1: \"peers\" 应为只用小写字母、数字、- 和 _、以字母开头的名称，且不是 hub、ctl 或 up"}),
    [](const auto& param_info) { return std::string(param_info.param.name); });

TEST(Ports, AreSettledWhereTheyAreLeftOpen)
{
    auto plan = parse_district({"[hub]\nrequest = \"tcp://127.0.0.1:0\"\nhttp = \"off\"\n", "d.toml"}, Language::en);
    FreePorts free;
    settle_ports(plan, Ports::as_planned, free);
    EXPECT_EQ(plan.connect.publish, "tcp://127.0.0.1:7311");
    EXPECT_NE(plan.connect.request, "tcp://127.0.0.1:0");
    EXPECT_EQ(plan.bind.request, plan.connect.request);
    EXPECT_EQ(plan.hub.http, "off");
}

TEST(Ports, AreAllDifferentWhenAllAreFree)
{
    auto plan = the_house();
    FreePorts free;
    settle_ports(plan, Ports::all_free, free);
    const std::set<std::string> endpoints{plan.connect.publish, plan.connect.subscribe, plan.connect.request};
    EXPECT_EQ(endpoints.size(), 3U);
    EXPECT_FALSE(endpoints.contains("tcp://127.0.0.1:7311"));
}

TEST(Ports, AreFreeForBrowsersWhereTheFileDoesNotSay)
{
    auto plan = parse_district({"[services.registration]\n[services.gateway]\n", "d.toml"}, Language::en);
    EXPECT_EQ(plan.services[0].listen, "");
    EXPECT_EQ(plan.services[1].listen, the_house().services.back().listen);
    FreePorts free;
    settle_ports(plan, Ports::all_free, free);
    EXPECT_NE(plan.services[1].listen, the_house().services.back().listen);
}

TEST(Ports, AreKeptForWhomTheyWereGivenTo)
{
    process::Metrics metrics;
    const process::Readiness readiness;
    FreePorts free;
    const auto kept = free.in_place_of("127.0.0.1:0");
    EXPECT_FALSE(is_taken(kept));
    for (int start = 0; start < 2; ++start) {
        const process::HttpServer listening(kept, metrics, readiness);
        EXPECT_TRUE(is_taken(kept));
    }
    FreePorts others;
    for (int other = 0; other < 100; ++other) EXPECT_NE(others.in_place_of("127.0.0.1:0"), kept);
}

}  // namespace
}  // namespace gonghui::ctl

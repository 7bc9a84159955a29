#include "services/ctl/domain/district.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gonghui::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

DistrictPlan plan()
{
    DistrictPlan plan;
    plan.district = "331083";
    plan.folder = "/srv/331083";
    plan.connect = {"tcp://hub:1", "tcp://hub:2", "tcp://hub:3"};
    plan.bind = {"tcp://0.0.0.0:1", "tcp://0.0.0.0:2", "tcp://0.0.0.0:3"};
    plan.hub.name = "hub";
    plan.hub_public_key = "the hub's";
    ProgramPlan training;
    training.name = "training";
    training.partitions = 8;
    training.settings = "store.cache_kib = 1024";
    plan.services = {training};
    return plan;
}

TEST(District, TellsTheHubWhereToListenAndOthersWhereItIs)
{
    EXPECT_THAT(hub_config(plan()), HasSubstr("bind.request = \"tcp://0.0.0.0:3\""));
    EXPECT_THAT(service_config(plan(), plan().services[0]), HasSubstr("hub.request = \"tcp://hub:3\""));
}

TEST(District, GivesAServiceItsOwnKeysAndNoOthers)
{
    const auto config = service_config(plan(), plan().services[0]);
    EXPECT_THAT(config, HasSubstr("keys.identity = \"/srv/331083/keys/training-0.key\""));
    EXPECT_THAT(config, HasSubstr("keys.service = \"/srv/331083/keys/training.service\""));
    EXPECT_THAT(config, HasSubstr("partitions = 8\n"));
    EXPECT_THAT(config, Not(HasSubstr("hub.key")));
}

TEST(District, GivesEveryInstanceANameAndAKeyOfItsOwn)
{
    const auto config = service_config(plan(), plan().services[0], 2);
    EXPECT_THAT(config, HasSubstr("instance = \"2\"\n"));
    EXPECT_THAT(config, HasSubstr("keys.identity = \"/srv/331083/keys/training-2.key\""));
    EXPECT_THAT(config, HasSubstr("keys.service = \"/srv/331083/keys/training.service\""));
    EXPECT_EQ(config_file("/srv/331083", unit_of("training", 2)), "/srv/331083/config/training-2.toml");
    EXPECT_EQ(config_file("/srv/331083", unit_of("training", 0)), "/srv/331083/config/training.toml");
}

TEST(District, AppendsAProgramsOwnSettings)
{
    EXPECT_THAT(service_config(plan(), plan().services[0]), HasSubstr("\nstore.cache_kib = 1024\n"));
}

// A line of the configuration that a program gets, as a line of the file that the operator wrote.
std::string place(std::string_view settings_in_file, const std::string& settings, std::int64_t nth)
{
    ProgramPlan program = plan().services[0];
    program.settings = settings;
    program.settings_from = "my.toml:2";
    const auto config = service_config(plan(), program);
    const auto lines = std::count(config.begin(), config.end(), '\n');
    const auto own = std::count(settings.begin(), settings.end(), '\n') + (settings.ends_with('\n') ? 0 : 1);
    const auto file = "[services.training]\nsettings = " + std::string(settings_in_file) + "\n";
    return place_of_line(program, config, lines - own + nth, file).value_or("none");
}

TEST(PlaceOfLine, IsWhereTheOperatorWroteIt)
{
    EXPECT_EQ(place("\"\"\"\na = 1\nb = 2\n\"\"\"", "a = 1\nb = 2\n", 2), "my.toml:4");
    EXPECT_EQ(place("'''a = 1\nb = 2'''", "a = 1\nb = 2", 2), "my.toml:3");
    EXPECT_EQ(place("'a = 1'", "a = 1", 1), "my.toml:2");
    EXPECT_EQ(place("\"a = 1\\nb = 2\"", "a = 1\nb = 2", 2), "my.toml:2");
}

TEST(PlaceOfLine, IsNoneWhereThePlanWroteIt)
{
    EXPECT_EQ(place("'a = 1'", "a = 1", 0), "none");
    ProgramPlan program = plan().services[0];
    program.settings_from = "GONGHUI_SERVICES_TRAINING_SETTINGS";
    const auto config = service_config(plan(), program);
    EXPECT_EQ(place_of_line(program, config, std::count(config.begin(), config.end(), '\n'), ""),
              "GONGHUI_SERVICES_TRAINING_SETTINGS");
}

}  // namespace
}  // namespace gonghui::ctl

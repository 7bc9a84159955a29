#include "services/ctl/domain/district.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(District, AppendsAProgramsOwnSettings)
{
    EXPECT_THAT(service_config(plan(), plan().services[0]), HasSubstr("\nstore.cache_kib = 1024\n"));
}

}  // namespace
}  // namespace gonghui::ctl

#include "services/hub/domain/rights.hpp"

#include "common/codec/writer.hpp"

#include <gtest/gtest.h>

namespace gonghui::hub {
namespace {

Grant grant(std::string key, std::string service)
{
    Grant grant;
    grant.public_key = std::move(key);
    grant.service = std::move(service);
    return grant;
}

class RightsOf : public testing::Test {
protected:
    RightsOf() : rights_("331083", {})
    {
        auto training = grant("T", "training");
        training.publish = {"training"};
        training.follow = {"registration"};
        training.call = {"registration.read_keys", "matchmaking.*", "notifications._*"};
        auto ctl = grant("C", "ctl");
        ctl.follow = {"*"};
        ctl.call = {"*"};
        ctl.assert_actor = true;
        rights_.replace({training, ctl, grant("S", "stranger")});
    }
    Rights rights_;
};

TEST_F(RightsOf, AnUnknownKeyAreNone)
{
    const auto& nobody = rights_.of("?");
    EXPECT_FALSE(nobody.is_granted());
    EXPECT_FALSE(nobody.may_call("training.enroll"));
    EXPECT_FALSE(rights_.may_follow(nobody, "331083.training."));
    EXPECT_FALSE(rights_.may_publish(nobody, "331083.training.x", "331083/training/0"));
    EXPECT_FALSE(rights_.may_hold(nobody, {"331083", "training", 0}));
    EXPECT_FALSE(nobody.may_assert_actor());
}

TEST_F(RightsOf, AKeyThatWasGrantedNothingAreNone)
{
    const auto& stranger = rights_.of("S");
    EXPECT_FALSE(stranger.may_call("stranger.x"));
    EXPECT_FALSE(rights_.may_follow(stranger, "331083.stranger."));
    EXPECT_FALSE(rights_.may_hold(stranger, {"331083", "stranger", 0}));
}

TEST_F(RightsOf, CallsMeanTheTypeTheServiceOrEverything)
{
    const auto& training = rights_.of("T");
    EXPECT_TRUE(training.may_call("registration.read_keys"));
    EXPECT_FALSE(training.may_call("registration.read_keys2"));
    EXPECT_FALSE(training.may_call("registration.approve"));
    EXPECT_TRUE(training.may_call("matchmaking.sign_up"));
    EXPECT_FALSE(training.may_call("matchmaking._status")) << "the bus's own is asked for by name";
    EXPECT_FALSE(training.may_call("matchmaking."));
    EXPECT_TRUE(training.may_call("notifications._status"));
    EXPECT_FALSE(training.may_call("notifications.send"));
    EXPECT_TRUE(rights_.of("C").may_call("hub._status"));
}

TEST_F(RightsOf, AFollowerIncludeReadingBackTheLog)
{
    EXPECT_TRUE(rights_.of("T").may_call("registration._log_read"));
    EXPECT_TRUE(rights_.of("T").may_call("registration._log_place"));
    EXPECT_FALSE(rights_.of("T").may_call("matchmaking._log_place"));
    EXPECT_FALSE(rights_.of("T").may_call("matchmaking._log_read"));
    EXPECT_FALSE(rights_.of("T").may_call("registration._parked_drop"));
}

TEST_F(RightsOf, AFollowerEndAtItsServices)
{
    const auto& training = rights_.of("T");
    EXPECT_TRUE(rights_.may_follow(training, "331083.registration."));
    EXPECT_TRUE(rights_.may_follow(training, "331083.registration.member_left"));
    for (const auto* prefix : {"", "3", "331083", "331083.", "331083.registration", "331083.training.",
                               "310000.registration.", "331083.registrationx."})
        EXPECT_FALSE(rights_.may_follow(training, prefix)) << prefix;
    EXPECT_TRUE(rights_.may_follow(rights_.of("C"), ""));
}

TEST_F(RightsOf, APublisherWantTopicAndSourceToAgree)
{
    const auto& training = rights_.of("T");
    EXPECT_TRUE(rights_.may_publish(training, "331083.training.seat_taken", "331083/training/7"));
    EXPECT_FALSE(rights_.may_publish(training, "331083.training.seat_taken", "331083/registration/0"));
    EXPECT_FALSE(rights_.may_publish(training, "331083.registration.x", "331083/registration/0"));
    EXPECT_FALSE(rights_.may_publish(training, "310000.training.x", "310000/training/0"));
    EXPECT_FALSE(rights_.may_publish(training, "331083.training", "331083/training/0"));
    EXPECT_FALSE(rights_.may_publish(training, "331083.training.seat_taken", ""));
}

TEST_F(RightsOf, ARevokedKeyEndAtOnceForWhoeverHoldsThePeer)
{
    auto& training = rights_.of("T");
    rights_.replace({grant("S", "stranger")});
    EXPECT_FALSE(training.is_granted());
    EXPECT_FALSE(training.may_call("registration.read_keys"));
    EXPECT_FALSE(rights_.may_hold(training, {"331083", "training", 0}));
    EXPECT_EQ(&training, &rights_.of("T")) << "still the same peer";
}

TEST_F(RightsOf, NobodyChangeWhenTheNewGrantsAreWrong)
{
    EXPECT_THROW(rights_.replace({grant("X", "a"), grant("X", "b")}), WrongGrant);
    EXPECT_THROW(rights_.replace({grant("", "a")}), WrongGrant);
    EXPECT_THROW(rights_.replace({grant("X", "")}), WrongGrant);
    EXPECT_THROW(rights_.replace({grant("X", "hub")}), WrongGrant);
    EXPECT_TRUE(rights_.of("T").may_call("registration.read_keys"));
}

TEST(SourceOf, ReadsTheSourceAndNothingBehindIt)
{
    codec::Writer out;
    out.map(3);
    out.text("id");
    out.binary(Bytes(16));
    out.text("source");
    out.text("331083/training/0");
    out.text("data");  // and then nothing: cut short
    EXPECT_EQ(source_of(out.view()), "331083/training/0");
    EXPECT_EQ(source_of(as_bytes("nonsense")), "");
    EXPECT_EQ(source_of({}), "");
}

}  // namespace
}  // namespace gonghui::hub

#include "services/hub/app/authorized.hpp"

#include "common/zeromq/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gonghui::hub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string peer(const std::string& lines)
{
    return "[[peer]]\npublic = \"" + zeromq::KeyPair::generate().public_key + "\"\n" + lines;
}

std::string complaint(const std::string& toml)
{
    try {
        parse_authorized(toml, "authorized.toml");
    } catch (const WrongGrant& error) {
        return error.what();
    }
    return "";
}

TEST(Authorized, ReadsEveryRight)
{
    const auto grants = parse_authorized(peer("service = \"training\"\ninstance = \"training-0\"\n"
                                              "publish = [\"training\"]\nfollow = [\"registration\"]\n"
                                              "call = [\"registration.read_keys\", \"training.*\"]\n"
                                              "assert_actor = true\n") +
                                             peer("service = \"gateway\"\n"),
                                         "authorized.toml");
    ASSERT_EQ(grants.size(), 2U);
    EXPECT_EQ(grants[0].service, "training");
    EXPECT_EQ(grants[0].instance, "training-0");
    EXPECT_THAT(grants[0].publish, ElementsAre("training"));
    EXPECT_THAT(grants[0].follow, ElementsAre("registration"));
    EXPECT_THAT(grants[0].call, ElementsAre("registration.read_keys", "training.*"));
    EXPECT_TRUE(grants[0].assert_actor);
    EXPECT_TRUE(grants[1].call.empty()) << "what is not granted is denied";
    EXPECT_FALSE(grants[1].assert_actor);
}

TEST(Authorized, AnEmptyFileLetsNobodyIn)
{
    EXPECT_TRUE(parse_authorized("", "authorized.toml").empty());
}

TEST(Authorized, SaysWhereSomethingIsWrong)
{
    EXPECT_THAT(complaint(peer("service = \"training\"\nfolow = [\"registration\"]\n")),
                HasSubstr("authorized.toml:4: a peer has no key folow"));
    EXPECT_THAT(complaint("[[peer]]\npublic = \"short\"\nservice = \"training\"\n"), HasSubstr("40 characters"));
    EXPECT_THAT(complaint(peer("")), HasSubstr("a peer needs a service"));
    EXPECT_THAT(complaint(peer("service = \"training\"\ncall = \"training.*\"\n")),
                HasSubstr("authorized.toml:4: call must be a list of texts"));
    EXPECT_THAT(complaint("peers = 1\n"), HasSubstr("only [[peer]] entries"));
    EXPECT_THAT(complaint("[[peer]\n"), HasSubstr("authorized.toml:1"));
    EXPECT_THAT(complaint(peer("service = \"training\"\nassert_actor = \"yes\"\n")), HasSubstr("true or false"));
    for (const auto* rate : {"0", "-1", "1000001", "\"fast\""})
        EXPECT_THAT(complaint(peer("service = \"training\"\nrate = " + std::string(rate) + "\n")),
                    HasSubstr("authorized.toml:4: rate must be a number of units per second"));
}

TEST(Authorized, ARateIsABoundAndWithoutOneThereIsNone)
{
    EXPECT_EQ(parse_authorized(peer("service = \"training\"\nrate = 500\n"), "authorized.toml")[0].rate, 500);
    EXPECT_EQ(parse_authorized(peer("service = \"training\"\n"), "authorized.toml")[0].rate, 0);
}

TEST(Authorized, AMissingFileIsNamed)
{
    EXPECT_THROW(read_authorized("/nonexistent/authorized.toml"), WrongGrant);
}

}  // namespace
}  // namespace gonghui::hub

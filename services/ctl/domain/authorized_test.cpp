#include "services/ctl/domain/authorized.hpp"

#include <gtest/gtest.h>

namespace gonghui::ctl {
namespace {

// Z85 knows hashes and brackets, but no quotes.
const std::string key_a = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
const std::string key_b = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh#";

Grant grant_of(const std::string& key)
{
    auto grant = least_rights("notifications");
    grant.public_key = key;
    grant.instance = "notifications-0";
    return grant;
}

TEST(Authorized, TakesNamesThatAreSafeAsTopicsAndFiles)
{
    for (const auto* name : {"training", "training-0", "stations_2"}) EXPECT_TRUE(is_name(name)) << name;
    for (const auto* name : {"", "../x", "a b", "a/b", "0a", "-a", "Training", "a.b"})
        EXPECT_FALSE(is_name(name)) << name;
}

TEST(LeastRights, AreWhatAServiceFollowsAndNothingMore)
{
    const auto training = least_rights("training");
    EXPECT_EQ(training.publish, std::vector<std::string>{"training"});
    EXPECT_EQ(training.follow, (std::vector<std::string>{"registration", "training"})) << "its catalogue";
    EXPECT_TRUE(training.call.empty()) << "it keeps nothing that is sealed";
    EXPECT_EQ(least_rights("matchmaking").call, std::vector<std::string>{"registration.read_keys"});
    EXPECT_FALSE(training.assert_actor);
    EXPECT_TRUE(least_rights("registration").follow.empty());
    EXPECT_TRUE(least_rights("clubs").call.empty());
}

TEST(LeastRights, LetOnlyOperatorAndClientsSpeakForPeople)
{
    EXPECT_TRUE(operator_rights().assert_actor);
    EXPECT_TRUE(operator_rights().publish.empty());
    EXPECT_TRUE(client_rights("season").assert_actor);
    EXPECT_TRUE(client_rights("season").follow.empty());
}

TEST(Authorized, ReadsWhatItWrites)
{
    const auto text = with_grant(with_grant("# by hand\n", grant_of(key_a)), grant_of(key_b));
    EXPECT_EQ(read_grants(text), (std::vector<Grant>{grant_of(key_a), grant_of(key_b)}));
    auto bounded = grant_of(key_a);
    bounded.rate = 1'000;
    EXPECT_EQ(read_grants(to_toml(bounded)), (std::vector<Grant>{bounded}));
}

TEST(Authorized, ReadsWhatPeopleWrite)
{
    const auto grants = read_grants("  [[peer]]\npublic=\"" + key_a +
                                    "\"  # the stall\nservice = \"edge\"\n"
                                    "call = [\n  \"training.*\",\n  # more to come\n  \"registration.*\",\n]\n"
                                    "assert_actor = true\nrate = 25  # a second\n");
    ASSERT_EQ(grants.size(), 1U);
    EXPECT_EQ(grants[0].rate, 25);
    EXPECT_EQ(grants[0].public_key, key_a);
    EXPECT_EQ(grants[0].call, (std::vector<std::string>{"training.*", "registration.*"}));
    EXPECT_TRUE(grants[0].assert_actor);
}

TEST(Authorized, RemovesOneGrantAndKeepsTheRest)
{
    const auto text = with_grant(with_grant("# by hand\n", grant_of(key_a)), grant_of(key_b));
    const auto rest = without_key(text, key_a);
    ASSERT_TRUE(rest);
    EXPECT_TRUE(rest->starts_with("# by hand\n"));
    EXPECT_EQ(read_grants(*rest), std::vector<Grant>{grant_of(key_b)});
    EXPECT_EQ(without_key(*rest, key_a), std::nullopt);
}

TEST(PlugInRights, AreServicesAndRequestsNamedOneByOne)
{
    Grant asked;
    asked.follow = {"registration", "*"};
    asked.call = {"training.campaign_status",
                  "training.*",
                  "*",
                  "registration._log_read",
                  "registration.read_keys",
                  "training",
                  "training.a.b",
                  ""};
    EXPECT_EQ(excessive(asked), (std::vector<std::string>{"*", "training.*", "*", "registration._log_read",
                                                          "registration.read_keys", "training", "training.a.b", ""}));
}

TEST(PlugInRights, AreEnoughWhenNothingIsLacking)
{
    Grant given;
    given.publish = {"stations"};
    given.follow = {"*"};
    Grant wanted = given;
    wanted.follow = {"registration"};
    EXPECT_TRUE(lacking(given, wanted).empty());
    wanted.call = {"training.campaign_status"};
    wanted.publish.emplace_back("others");
    EXPECT_EQ(lacking(given, wanted), (std::vector<std::string>{"others", "training.campaign_status"}));
}

}  // namespace
}  // namespace gonghui::ctl

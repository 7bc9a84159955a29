#include "services/ctl/app/keys.hpp"

#include "common/zeromq/keys.hpp"
#include "services/ctl/app/district_config.hpp"
#include "services/ctl/app/files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace gonghui::ctl {
namespace {

namespace fs = std::filesystem;

class Keys : public testing::Test {
protected:
    Keys()
    {
        session_.folder = folder_.path().string();
        plan_ = parse_district(read_district(session_, {}), Language::en);
        plan_.folder = session_.folder;
    }

    std::string file(const std::string& name) const { return session_.folder + "/keys/" + name; }
    std::vector<Grant> grants() const { return read_grants(read_file(session_, file("authorized.toml"))); }

    test::TemporaryFolder folder_;
    Session session_;
    DistrictPlan plan_;
};

TEST_F(Keys, AreMadeForHubServicesAndOperator)
{
    complete_keys(session_, plan_);
    for (const auto* name :
         {"hub.key", "registration-0.key", "training-0.key", "training.service", "ctl.key", "authorized.toml"})
        EXPECT_TRUE(fs::exists(file(name))) << name;
    EXPECT_EQ(grants().size(), 6U);
    EXPECT_EQ(grants()[1].public_key, zeromq::KeyPair::load(file("training-0.key")).public_key);
}

TEST_F(Keys, LetNobodySpeakForPeopleButTheOperatorAndTheEdge)
{
    complete_keys(session_, plan_);
    for (const auto& grant : grants())
        EXPECT_EQ(grant.assert_actor, grant.service == "ctl" || grant.service == "gateway") << grant.service;
}

TEST_F(Keys, AreReadableByTheirOwnerAlone)
{
    complete_keys(session_, plan_);
    for (const auto& entry : fs::directory_iterator(session_.folder + "/keys"))
        EXPECT_EQ(entry.status().permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write)
            << entry.path();
    EXPECT_EQ(fs::status(session_.folder + "/keys").permissions() & fs::perms::all, fs::perms::owner_all);
}

TEST_F(Keys, StayAsTheyAreWhenTheyAreThere)
{
    complete_keys(session_, plan_);
    const auto before = read_file(session_, file("training-0.key"));
    EXPECT_TRUE(complete_keys(session_, plan_).empty());
    EXPECT_EQ(read_file(session_, file("training-0.key")), before);
}

TEST_F(Keys, AreAddedForWhatIsNew)
{
    complete_keys(session_, plan_);
    plan_.peers.emplace_back("portal");
    EXPECT_EQ(complete_keys(session_, plan_), (std::vector{file("portal.key"), file("authorized.toml")}));
    EXPECT_EQ(grants().back().service, "portal");
}

TEST_F(Keys, CanBeAddedWithRightsAndRevoked)
{
    complete_keys(session_, plan_);
    KeysAddOptions add;
    add.service = "board";
    add.instance = "board-0";
    add.has_rights = true;
    add.rights.follow = {"training"};
    keys_add(session_, add);
    ASSERT_EQ(grants().back().follow, std::vector<std::string>{"training"});
    EXPECT_THROW(keys_add(session_, add), process::Failure);
    keys_revoke(session_, {grants().back().public_key});
    EXPECT_NE(grants().back().service, "board");
    EXPECT_THROW(keys_revoke(session_, {"nobody's"}), process::Failure);
}

TEST_F(Keys, ThatAreRevokedDoNotComeBackWithTheNextUp)
{
    complete_keys(session_, plan_);
    const auto revoked = grants()[1].public_key;
    keys_revoke(session_, {revoked});
    EXPECT_FALSE(fs::exists(file("training-0.key")));
    complete_keys(session_, plan_);
    for (const auto& grant : grants()) EXPECT_NE(grant.public_key, revoked);
    EXPECT_EQ(grants().back().service, "training") << "it has a new one";
}

TEST_F(Keys, AreRevokedByTheirInstanceAsWell)
{
    complete_keys(session_, plan_);
    keys_revoke(session_, {"training-0"});
    EXPECT_FALSE(fs::exists(file("training-0.key")));
    EXPECT_EQ(grants().size(), 5U);
    keys_rotate(session_, {"registration-0"});
    EXPECT_THROW(keys_revoke(session_, {"registration-0"}), process::Failure) << "which of the two?";
    EXPECT_EQ(grants().size(), 6U);
}

TEST_F(Keys, SpeakForTheHouseInNobodyElsesName)
{
    complete_keys(session_, plan_);
    KeysAddOptions add;
    add.service = "board";
    add.has_rights = true;
    add.rights.publish = {"training"};
    EXPECT_THROW(keys_add(session_, add), process::Failure);
    EXPECT_FALSE(fs::exists(file("board-0.key")));
    add.service = "training";
    add.instance = "training-1";
    EXPECT_EQ(keys_add(session_, add), 0);
}

TEST_F(Keys, CanBeChangedWithBothValidUntilTheOldOneIsRevoked)
{
    complete_keys(session_, plan_);
    const auto before = grants();
    const auto& old = before[1];
    keys_rotate(session_, {"training-0"});
    auto fresh = old;
    fresh.public_key = zeromq::KeyPair::load(file("training-0.key")).public_key;
    EXPECT_NE(fresh.public_key, old.public_key);
    auto both = before;
    both.push_back(fresh);
    EXPECT_EQ(grants(), both);
    EXPECT_THROW(keys_rotate(session_, {"training-0"}), process::Failure) << "a third one";

    keys_revoke(session_, {old.public_key});
    EXPECT_TRUE(fs::exists(file("training-0.key"))) << "it is the new one";
    keys_rotate(session_, {"training-0"});
    EXPECT_EQ(grants().size(), both.size());
}

TEST_F(Keys, ThatWereBeingChangedAreChangedByAskingAgain)
{
    complete_keys(session_, plan_);
    const auto coming = zeromq::KeyPair::generate();
    coming.save(file("training-0.key.new"));
    keys_rotate(session_, {"training-0"});
    EXPECT_EQ(zeromq::KeyPair::load(file("training-0.key")).public_key, coming.public_key);
    EXPECT_EQ(grants().back().public_key, coming.public_key);
    EXPECT_FALSE(fs::exists(file("training-0.key.new")));
}

TEST_F(Keys, OfNobodyCannotBeChanged)
{
    complete_keys(session_, plan_);
    for (const auto* name : {"training", "hub", "nobody-0"})
        EXPECT_THROW(keys_rotate(session_, {name}), process::Failure) << name;
    EXPECT_EQ(grants().size(), 6U);
}

TEST_F(Keys, OfAPlugInAreTheOperatorsToGive)
{
    ProgramPlan service;
    service.name = "board";
    service.instances = 2;
    plan_.services.push_back(service);
    complete_keys(session_, plan_);
    EXPECT_FALSE(fs::exists(file("board-0.key"))) << "nobody knows what it needs";
    EXPECT_EQ(without_key(plan_), std::vector<std::string>{"board"});

    KeysAddOptions add;
    add.service = "board";
    add.has_rights = true;
    add.rights.publish = {"board"};
    add.rights.follow = {"training"};
    keys_add(session_, add);
    EXPECT_TRUE(fs::exists(file("board.service")));
    complete_keys(session_, plan_);
    EXPECT_TRUE(without_key(plan_).empty());
    EXPECT_EQ(grants().back().instance, "board-1");
    EXPECT_EQ(grants().back().follow, std::vector<std::string>{"training"}) << "as the first one";
}

}  // namespace
}  // namespace gonghui::ctl

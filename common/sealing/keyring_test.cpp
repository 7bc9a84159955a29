#include "common/sealing/keyring.hpp"

#include "common/ids/seeded_random.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>

namespace gonghui::sealing {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct KeyringTest : testing::Test {
    test::TemporaryFolder folder;
    std::filesystem::path path = folder / "keyring.db";
    SeededRandom random{1};
    Key wrapping = Key::make(random);
    std::unique_ptr<Keyring> keyring = std::make_unique<Keyring>(path, wrapping, random);
    Uuid owner = make_random_uuid(random);

    void reopen()
    {
        keyring.reset();
        keyring = std::make_unique<Keyring>(path, wrapping, random);
    }

    static bool same(const std::optional<Key>& left, const std::optional<Key>& right)
    {
        return left && right && std::ranges::equal(left->view(), right->view());
    }

    // Every byte of the keyring on disk: the file, its log and whatever else lies beside it.
    std::string everything_on_disk() const
    {
        std::string all;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
            std::ifstream file(entry.path(), std::ios::binary);
            all.append(std::istreambuf_iterator<char>(file), {});
        }
        return all;
    }

    std::string wrapped_bytes(const Uuid& whose) const
    {
        sqlite::Options options;
        options.access = sqlite::Access::read_only;
        sqlite::Database database(path, options);
        const auto wrapped = database.value<Bytes>("SELECT wrapped FROM keys WHERE owner = ?", whose);
        return wrapped ? std::string(as_text(*wrapped)) : std::string();
    }
};

TEST_F(KeyringTest, MakesAKeyOnceAndKeepsIt)
{
    const auto made = keyring->find_or_make(owner);
    ASSERT_TRUE(made);
    EXPECT_TRUE(same(keyring->find_or_make(owner), made));
    keyring->commit();
    reopen();
    EXPECT_TRUE(same(keyring->find(owner), made));
    EXPECT_FALSE(same(keyring->find_or_make(make_random_uuid(random)), made));
}

TEST_F(KeyringTest, AddsNoSecondKeyForAnOwnerWhoIsCalledNew)
{
    const auto made = keyring->new_key(owner);
    EXPECT_FALSE(keyring->find(owner)) << "a key is nobody's before it is added";
    keyring->add(made);
    EXPECT_TRUE(same(keyring->find(owner), made.key));
    EXPECT_THROW(keyring->add(keyring->new_key(owner)), sqlite::Error);
    EXPECT_FALSE(keyring->commit()) << "no key was destroyed";
    EXPECT_TRUE(keyring->erased().empty());
    keyring->erase(owner);
    EXPECT_EQ(keyring->erased(), std::vector{owner});
    EXPECT_TRUE(keyring->commit());
    EXPECT_FALSE(keyring->commit());
    EXPECT_THROW(keyring->add(keyring->new_key(owner)), sqlite::Error);
}

TEST_F(KeyringTest, LosesWhatWasNotCommitted)
{
    const auto made = keyring->find_or_make(owner);
    EXPECT_TRUE(keyring->dirty());
    keyring->rollback();
    EXPECT_FALSE(keyring->dirty());
    EXPECT_FALSE(keyring->find(owner));
    EXPECT_FALSE(same(keyring->find_or_make(owner), made));
    reopen();
    EXPECT_FALSE(keyring->find(owner));
}

TEST_F(KeyringTest, CommitWithoutAChangeDoesNothing)
{
    EXPECT_FALSE(keyring->dirty());
    keyring->commit();
    keyring->rollback();
    EXPECT_FALSE(keyring->find(owner));
    EXPECT_FALSE(keyring->dirty());
}

TEST_F(KeyringTest, ErasureIsForEver)
{
    static_cast<void>(keyring->find_or_make(owner));
    keyring->commit();
    keyring->erase(owner);
    EXPECT_EQ(keyring->find_or_make(owner), std::nullopt);
    keyring->commit();
    EXPECT_TRUE(keyring->has_erased(owner));
    reopen();
    EXPECT_TRUE(keyring->is_erased(owner));
    EXPECT_TRUE(keyring->has_erased(owner)) << "read again at the opening";
    EXPECT_EQ(keyring->find_or_make(owner), std::nullopt);
    keyring->add(owner, Key::make(random));
    EXPECT_EQ(keyring->find(owner), std::nullopt);
    keyring->erase(owner);
    keyring->commit();
    EXPECT_TRUE(keyring->is_erased(owner));
}

TEST_F(KeyringTest, AnErasureThatIsRolledBackGivesTheKeyBack)
{
    const auto made = keyring->find_or_make(owner);
    keyring->commit();
    keyring->erase(owner);
    EXPECT_TRUE(keyring->has_erased(owner));
    keyring->rollback();
    EXPECT_FALSE(keyring->is_erased(owner));
    EXPECT_FALSE(keyring->has_erased(owner));
    EXPECT_TRUE(same(keyring->find(owner), made));
}

TEST_F(KeyringTest, ADestroyedKeyIsNowhereOnDisk)
{
    std::vector<Uuid> owners(2000);
    for (auto& one : owners) {
        one = make_random_uuid(random);
        static_cast<void>(keyring->find_or_make(one));
    }
    keyring->commit();
    std::vector<std::string> destroyed;
    for (std::size_t i = 0; i < owners.size(); i += 100) destroyed.push_back(wrapped_bytes(owners[i]));
    const auto kept = wrapped_bytes(owners[1]);
    ASSERT_THAT(everything_on_disk(), HasSubstr(destroyed.front()));

    for (std::size_t i = 0; i < owners.size(); i += 100) keyring->erase(owners[i]);
    keyring->commit();

    for (const auto* moment : {"while open", "after closing"}) {
        const auto on_disk = everything_on_disk();
        EXPECT_NE(on_disk.find(kept), std::string::npos) << moment;
        for (const auto& bytes : destroyed) EXPECT_EQ(on_disk.find(bytes), std::string::npos) << moment;
        keyring.reset();
    }
}

TEST_F(KeyringTest, ADestroyedKeyLeavesTheLogWhenNobodyReadsItAnyMore)
{
    static_cast<void>(keyring->find_or_make(owner));
    keyring->commit();
    const auto destroyed = wrapped_bytes(owner);
    {
        sqlite::Database reader(path, {.access = sqlite::Access::read_only});
        const sqlite::Snapshot old_state(reader);
        ASSERT_EQ(reader.value<int>("SELECT count(*) FROM keys"), 1);
        keyring->erase(owner);
        keyring->commit();
        EXPECT_THAT(everything_on_disk(), HasSubstr(destroyed)) << "this test needs a log that cannot be emptied";
    }
    keyring->commit();  // without a change
    EXPECT_EQ(everything_on_disk().find(destroyed), std::string::npos);
}

TEST_F(KeyringTest, HoldsNoPlainKey)
{
    const auto made = keyring->find_or_make(owner);
    keyring->commit();
    EXPECT_EQ(everything_on_disk().find(as_text(made->view())), std::string::npos);
}

TEST_F(KeyringTest, IsReadableByItsUserAlone)
{
    static_cast<void>(keyring->find_or_make(owner));
    keyring->commit();
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        struct stat status {};
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
    }
}

TEST_F(KeyringTest, DoesNotOpenWithAnotherServiceKey)
{
    static_cast<void>(keyring->find_or_make(owner));
    keyring->commit();
    keyring.reset();
    EXPECT_THROW(Keyring(path, Key::make(random), random), std::runtime_error);
}

TEST_F(KeyringTest, AKeyPutUnderAnotherOwnerDoesNotOpen)
{
    static_cast<void>(keyring->find_or_make(owner));
    keyring->commit();
    keyring.reset();
    {
        sqlite::Database doctored(path);
        doctored.run("UPDATE keys SET owner = ?", make_random_uuid(random));
    }
    EXPECT_THROW(Keyring(path, wrapping, random), std::runtime_error);
}

TEST_F(KeyringTest, RemembersWhatIsMissedUntilItIsTaken)
{
    const auto second = make_random_uuid(random), erased = make_random_uuid(random), known = make_random_uuid(random);
    keyring->erase(erased);
    static_cast<void>(keyring->find_or_make(known));
    for (const auto& one : {owner, second, owner, erased, known}) static_cast<void>(keyring->find_or_want(one));
    auto wanted = keyring->take_wanted(1);
    ASSERT_EQ(wanted.size(), 1U);
    for (const auto& one : keyring->take_wanted(10)) wanted.push_back(one);
    EXPECT_THAT(wanted, UnorderedElementsAre(owner, second));
    EXPECT_THAT(keyring->take_wanted(10), IsEmpty());
    static_cast<void>(keyring->find(owner));
    EXPECT_THAT(keyring->take_wanted(10), IsEmpty());
}

TEST_F(KeyringTest, WhatIsAddedIsNoLongerWanted)
{
    const auto key = Key::make(random);
    static_cast<void>(keyring->find_or_want(owner));
    keyring->add(owner, key);
    keyring->add(owner, Key::make(random));  // an owner's key never changes
    EXPECT_THAT(keyring->take_wanted(10), IsEmpty());
    keyring->commit();
    reopen();
    EXPECT_TRUE(same(keyring->find_or_want(owner), key));
}

TEST_F(KeyringTest, FindsKeysBeyondWhatItRemembers)
{
    std::vector<std::pair<Uuid, Key>> made;
    for (int i = 0; i < 20'000; ++i) {
        const auto one = make_random_uuid(random);
        made.emplace_back(one, *keyring->find_or_make(one));
    }
    keyring->commit();
    for (const auto& [one, key] : made) ASSERT_TRUE(same(keyring->find(one), key));
}

}  // namespace
}  // namespace gonghui::sealing

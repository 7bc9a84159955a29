#include "common/zeromq/keys.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace gonghui::zeromq {
namespace {

class KeyFile : public testing::Test {
protected:
    KeyFile() : folder_(testing::TempDir() + "/keys." + std::to_string(::getpid()))
    {
        std::filesystem::create_directories(folder_);
    }
    ~KeyFile() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::filesystem::path file() const { return folder_ / "training.key"; }

private:
    std::filesystem::path folder_;
};

TEST_F(KeyFile, GivesBackWhatWasSaved)
{
    const auto pair = KeyPair::generate();
    pair.save(file());
    const auto loaded = KeyPair::load(file());
    EXPECT_EQ(loaded.public_key, pair.public_key);
    EXPECT_EQ(loaded.secret_key, pair.secret_key);
}

TEST_F(KeyFile, IsReadableByItsOwnerAlone)
{
    KeyPair::generate().save(file());
    struct stat status {};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);

    std::filesystem::permissions(file(), std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    EXPECT_THROW(KeyPair::load(file()), KeyError);
}

TEST_F(KeyFile, IsNeverOverwritten)
{
    KeyPair::generate().save(file());
    EXPECT_THROW(KeyPair::generate().save(file()), KeyError);
}

TEST_F(KeyFile, RefusesHalvesOfDifferentPairs)
{
    KeyPair{KeyPair::generate().public_key, KeyPair::generate().secret_key}.save(file());
    EXPECT_THROW(KeyPair::load(file()), KeyError);
}

TEST_F(KeyFile, RefusesWhatIsNoKeyFile)
{
    EXPECT_THROW(KeyPair::load(file()), KeyError) << "missing";
    std::ofstream(file()) << "%PDF-1.7\n";
    std::filesystem::permissions(file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_THROW(KeyPair::load(file()), KeyError);
}

TEST_F(KeyFile, MayHaveCommentsAndMustHaveBothHalves)
{
    const auto pair = KeyPair::generate();
    const auto write = [&](const std::string& text) {
        std::ofstream(file()) << text;
        std::filesystem::permissions(file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    };
    const auto secret = "secret = \"" + pair.secret_key + "\"\n";
    write("# of training\n\npublic=\"" + pair.public_key + "\"\n" + secret);
    EXPECT_EQ(KeyPair::load(file()).public_key, pair.public_key);
    write(secret);
    EXPECT_THROW(KeyPair::load(file()), KeyError);
    write("public = \"" + pair.public_key + "\n" + secret);
    EXPECT_THROW(KeyPair::load(file()), KeyError);
    write("public = \"" + pair.public_key + "\"\n");
    EXPECT_THROW(KeyPair::load(file()), KeyError);
}

TEST_F(KeyFile, IsNotWrittenWhereThereIsNoFolder)
{
    try {
        KeyPair::generate().save(file() / "training.key");
        FAIL() << "a key was written into nowhere";
    } catch (const KeyError& error) {
        EXPECT_NE(std::string(error.what()).find("cannot write the key: No such file"), std::string::npos);
    }
}

TEST(RawKey, IsThirtyTwoBytesOrAnError)
{
    const auto pair = KeyPair::generate();
    EXPECT_NE(raw_key(pair.public_key), raw_key(pair.secret_key));
    EXPECT_EQ(raw_key(std::string(40, '0')), (std::array<std::byte, 32>{}));
    EXPECT_THROW(static_cast<void>(raw_key("no key")), KeyError);
}

TEST(IsKey, KnowsTheAlphabetAndTheLength)
{
    EXPECT_TRUE(is_key(KeyPair::generate().public_key));
    EXPECT_FALSE(is_key(""));
    EXPECT_FALSE(is_key("short"));
    EXPECT_FALSE(is_key(std::string(40, '"')));
}

}  // namespace
}  // namespace gonghui::zeromq

#include "common/sealing/sealing.hpp"

#include "common/ids/seeded_random.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

namespace gonghui::sealing {
namespace {

using testing::HasSubstr;

constexpr std::string_view place = "registration/member.name";

struct Sealing : testing::Test {
    SystemRandom random;
    Key key = Key::make(random);
    Uuid owner = make_random_uuid(random);
};

bool same(const Key& left, const Key& right)
{
    return std::ranges::equal(left.view(), right.view());
}

TEST_F(Sealing, OpensWithTheKeyAtItsPlace)
{
    for (const std::string& text : {std::string("张伟"), std::string(), std::string(5000, 'x')}) {
        const auto sealed = seal(key, owner, place, as_bytes(text), random);
        EXPECT_EQ(sealed.bytes.size(), 1 + 16 + 24 + text.size() + 16);
        const auto plain = unseal(key, place, sealed);
        ASSERT_TRUE(plain);
        EXPECT_EQ(as_text(*plain), text);
        EXPECT_EQ(owner_of(sealed), owner);
    }
}

TEST_F(Sealing, TheSameTextNeverLooksTheSame)
{
    EXPECT_NE(seal(key, owner, place, as_bytes("a"), random), seal(key, owner, place, as_bytes("a"), random));
}

TEST_F(Sealing, DoesNotOpenAtAnotherPlace)
{
    const auto sealed = seal(key, owner, place, as_bytes("张伟"), random);
    EXPECT_EQ(unseal(key, "registration/member.phone", sealed), std::nullopt);
    EXPECT_EQ(unseal(key, "", sealed), std::nullopt);
}

TEST_F(Sealing, DoesNotOpenWithAnotherKey)
{
    EXPECT_EQ(unseal(Key::make(random), place, seal(key, owner, place, as_bytes("张伟"), random)), std::nullopt);
}

TEST_F(Sealing, EveryFlippedBitIsSeen)
{
    const auto sealed = seal(key, owner, place, as_bytes("abc"), random);
    for (std::size_t at = 0; at < sealed.bytes.size(); ++at) {
        auto doctored = sealed;
        doctored.bytes[at] ^= std::byte{1};
        EXPECT_EQ(unseal(key, place, doctored), std::nullopt) << at;
    }
}

TEST_F(Sealing, EveryShorteningIsSeen)
{
    auto sealed = seal(key, owner, place, as_bytes("abc"), random);
    while (!sealed.bytes.empty()) {
        sealed.bytes.pop_back();
        EXPECT_EQ(unseal(key, place, sealed), std::nullopt) << sealed.bytes.size();
    }
    EXPECT_EQ(owner_of(sealed), std::nullopt);
}

// Stored values live for ever: this one must open in every later version.
TEST(SealedLayout, IsFrozen)
{
    SeededRandom fixed(1);
    const Key key = Key::make(fixed);
    const auto owner = make_random_uuid(fixed);
    const auto sealed = seal(key, owner, "a/b.c", as_bytes("x"), fixed);
    std::string hex;
    for (const auto byte : sealed.bytes) {
        hex += "0123456789abcdef"[std::to_integer<std::size_t>(byte >> 4)];
        hex += "0123456789abcdef"[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
    EXPECT_EQ(hex,
              "01b9b501d1d8544b7180021590ff0b4dc3a53c36d76cec99e0758527120fbbe785a83d7e35de1817492c13ddde1669ba291cc7f8"
              "99c04f4257d2");
}

TEST_F(Sealing, BlindIndexRepeatsUnderItsKeyOnly)
{
    const auto index = blind_index(key, "110101199003070017");
    EXPECT_EQ(index.size(), 16U);
    EXPECT_EQ(blind_index(key, "110101199003070017"), index);
    EXPECT_NE(blind_index(key, "110101199003070025"), index);
    EXPECT_NE(blind_index(Key::make(random), "110101199003070017"), index);
}

TEST_F(Sealing, DerivedKeysDifferByContextAndNumber)
{
    EXPECT_TRUE(same(derive_key(key, "events__", 1), derive_key(key, "events__", 1)));
    EXPECT_FALSE(same(derive_key(key, "events__", 1), derive_key(key, "events__", 2)));
    EXPECT_FALSE(same(derive_key(key, "events__", 1), derive_key(key, "indexes_", 1)));
    EXPECT_FALSE(same(derive_key(key, "events__", 1), key));
    EXPECT_THROW(derive_key(key, "short", 1), std::invalid_argument);
}

// As hmac.digest(key, purpose, "sha256") of the SDK for Python gives it.
TEST_F(Sealing, ADerivedSecretIsTheSameInEveryLanguage)
{
    std::array<std::byte, 32> counting{};
    for (std::size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<std::byte>(i);
    std::ostringstream hex;
    for (const auto byte : derive_secret(Key(counting), "codes at the door"))
        hex << std::hex << std::setw(2) << std::setfill('0') << static_cast<int>(byte);
    EXPECT_EQ(hex.str(), "d05d12a14e4bb4c0485d37b0233c0adaee6f638fc03482d2d55650e9c970ef3b");
}

// An X25519 pair made by libzmq's zmq_curve_keypair would do as well: they are the same 32 bytes.
TEST_F(Sealing, OnlyTheRecipientOpensWhatIsSealedForIt)
{
    const std::array<std::byte, 32> own_secret{
        std::byte{0x77}, std::byte{0x07}, std::byte{0x6d}, std::byte{0x0a}, std::byte{0x73}, std::byte{0x18},
        std::byte{0xa5}, std::byte{0x7d}, std::byte{0x3c}, std::byte{0x16}, std::byte{0xc1}, std::byte{0x72},
        std::byte{0x51}, std::byte{0xb2}, std::byte{0x66}, std::byte{0x45}, std::byte{0xdf}, std::byte{0x4c},
        std::byte{0x2f}, std::byte{0x87}, std::byte{0xeb}, std::byte{0xc0}, std::byte{0x99}, std::byte{0x2a},
        std::byte{0xb1}, std::byte{0x77}, std::byte{0xfb}, std::byte{0xa5}, std::byte{0x1d}, std::byte{0xb9},
        std::byte{0x2c}, std::byte{0x2a}};  // RFC 7748, 6.1: Alice
    const std::array<std::byte, 32> own_public{
        std::byte{0x85}, std::byte{0x20}, std::byte{0xf0}, std::byte{0x09}, std::byte{0x89}, std::byte{0x30},
        std::byte{0xa7}, std::byte{0x54}, std::byte{0x74}, std::byte{0x8b}, std::byte{0x7d}, std::byte{0xdc},
        std::byte{0xb4}, std::byte{0x3e}, std::byte{0xf7}, std::byte{0x5a}, std::byte{0x0d}, std::byte{0xbf},
        std::byte{0x3a}, std::byte{0x0d}, std::byte{0x26}, std::byte{0x38}, std::byte{0x1a}, std::byte{0xf4},
        std::byte{0xeb}, std::byte{0xa4}, std::byte{0xa9}, std::byte{0x8e}, std::byte{0xaa}, std::byte{0x9b},
        std::byte{0x4e}, std::byte{0x6a}};

    const auto sealed = seal_for(own_public, key.view());
    const auto opened = open_for(own_public, own_secret, sealed);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(std::ranges::equal(*opened, key.view()));

    auto other_secret = own_secret;
    other_secret[5] ^= std::byte{1};
    EXPECT_EQ(open_for(own_public, other_secret, sealed), std::nullopt);
    auto doctored = sealed;
    doctored.back() ^= std::byte{1};
    EXPECT_EQ(open_for(own_public, own_secret, doctored), std::nullopt);
    EXPECT_EQ(open_for(own_public, own_secret, BytesView(sealed).first(10)), std::nullopt);
}

// --- key files -----------------------------------------------------------------------------------------------------

struct KeyFile : Sealing {
    test::TemporaryFolder folder;
    std::string path = (folder / "service.key").string();

    std::string refusal_to_load() const
    {
        try {
            static_cast<void>(load_key_file(path));
            ADD_FAILURE() << "the file was taken";
            return {};
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), HasSubstr(path));
            return error.what();
        }
    }
};

TEST_F(KeyFile, IsReadBackAndPrivate)
{
    make_key_file(path, random);
    EXPECT_TRUE(same(load_key_file(path), load_key_file(path)));
    EXPECT_EQ(std::filesystem::file_size(path), 45U);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(KeyFile, IsNeverOverwritten)
{
    make_key_file(path, random);
    const auto made = load_key_file(path);
    EXPECT_THROW(make_key_file(path, random), std::runtime_error);
    EXPECT_TRUE(same(load_key_file(path), made));
}

TEST_F(KeyFile, AbsenceIsNamed)
{
    EXPECT_THAT(refusal_to_load(), HasSubstr("No such file"));
}

TEST_F(KeyFile, OpenToOthersIsRefused)
{
    make_key_file(path, random);
    ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
    EXPECT_THAT(refusal_to_load(), HasSubstr("chmod 600"));
}

TEST_F(KeyFile, OtherContentIsRefused)
{
    for (const std::string& content :
         {std::string(), std::string("hello\n"), std::string(44, '!'), std::string(200, 'A'), std::string("QUJD\n")}) {
        std::ofstream(path, std::ios::trunc) << content;
        ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
        EXPECT_THAT(refusal_to_load(), HasSubstr("holds no key"));
    }
}

}  // namespace
}  // namespace gonghui::sealing

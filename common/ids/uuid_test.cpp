#include "common/ids/uuid.hpp"

#include "common/ids/id.hpp"
#include "common/ids/seeded_random.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

namespace gonghui {
namespace {

constexpr std::string_view canonical = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";  // RFC 9562, A.6

char version_of(const Uuid& uuid)
{
    return to_string(uuid)[14];
}

bool has_rfc_variant(const Uuid& uuid)
{
    return std::string_view("89ab").find(to_string(uuid)[19]) != std::string_view::npos;
}

TEST(Uuid, IsReadAndWrittenInItsCanonicalForm)
{
    const auto uuid = Uuid::parse(canonical);
    ASSERT_TRUE(uuid);
    EXPECT_EQ(to_string(*uuid), canonical);
    EXPECT_EQ(Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), uuid);
    EXPECT_EQ(to_string(Uuid{}), "00000000-0000-0000-0000-000000000000");
    EXPECT_TRUE(Uuid{}.is_nil());
}

TEST(Uuid, RefusesOtherText)
{
    for (const auto* text : {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
                             "017f22e279b07cc398c4dc0c0c07398f", "017f22e2x79b0-7cc3-98c4-dc0c0c07398f",
                             "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
                             "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f"})
        EXPECT_EQ(Uuid::parse(text), std::nullopt) << text;
}

TEST(Uuid, IsSixteenBytes)
{
    const auto uuid = *Uuid::parse(canonical);
    EXPECT_EQ(Uuid::from_bytes(uuid.view()), uuid);
    EXPECT_EQ(Uuid::from_bytes(uuid.view().first(15)), std::nullopt);
    EXPECT_EQ(Uuid::from_bytes({}), std::nullopt);
}

TEST(Uuid, RandomOnesAreVersionFourAndDiffer)
{
    SystemRandom random;
    std::unordered_set<Uuid> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto uuid = make_random_uuid(random);
        EXPECT_EQ(version_of(uuid), '4');
        EXPECT_TRUE(has_rfc_variant(uuid));
        EXPECT_EQ(time_of(uuid), std::nullopt);
        EXPECT_TRUE(seen.insert(uuid).second);
    }
}

TEST(Uuid, RequestIdsTellTheirTimeAndSortByIt)
{
    SystemRandom random;
    const auto now = from_microseconds(1772366400'123456);
    const auto uuid = make_ordered_uuid(now, random);
    EXPECT_EQ(version_of(uuid), '7');
    EXPECT_TRUE(has_rfc_variant(uuid));
    EXPECT_EQ(time_of(uuid), from_microseconds(1772366400'123000));
    EXPECT_LT(uuid, make_ordered_uuid(now + std::chrono::milliseconds(1), random));
    EXPECT_EQ(time_of(*Uuid::parse(canonical)), from_microseconds(1645557742'000000));
}

TEST(Uuid, DerivedOnesRepeatAndDifferByCauseAndIndex)
{
    const auto cause = *Uuid::parse(canonical);
    const auto first = derive_uuid(cause, 0);
    EXPECT_EQ(version_of(first), '8');
    EXPECT_TRUE(has_rfc_variant(first));
    EXPECT_EQ(derive_uuid(cause, 0), first);
    EXPECT_NE(derive_uuid(cause, 1), first);
    EXPECT_NE(derive_uuid(Uuid{}, 0), first);
    EXPECT_NE(derive_uuid(cause, 0, "331083/training/0"), derive_uuid(cause, 0, "331083/matchmaking/0"));
}

// Events in old logs carry such ids: the derivation must never change.
TEST(Uuid, DerivationIsFrozen)
{
    EXPECT_EQ(to_string(derive_uuid(*Uuid::parse(canonical), 258)), "3552a837-9838-8cb3-a168-695ff930bf34");
}

// Imports are known by such ids: a roster that is uploaded again in a year must be the same import.
TEST(Uuid, OfAContentIsFrozen)
{
    const auto content = uuid_of_content(as_bytes("abc"));
    EXPECT_EQ(to_string(content), "cf4ab791-c62b-8d2b-a109-c90275287816");
    EXPECT_NE(uuid_of_content(as_bytes("abd")), content);
}

TEST(Id, IsAsStrongAsItsTag)
{
    using PersonId = Id<struct PersonTag>;
    using ClassId = Id<struct ClassTag>;
    static_assert(!std::is_convertible_v<PersonId, ClassId>);
    static_assert(!std::is_convertible_v<Uuid, PersonId>);
    const PersonId id(*Uuid::parse(canonical));
    EXPECT_EQ(to_string(id), canonical);
    EXPECT_EQ(std::unordered_set<PersonId>({id, id}).size(), 1U);
    EXPECT_TRUE(PersonId{}.is_nil());
}

TEST(SeededRandom, RepeatsItself)
{
    SeededRandom first(7), again(7), other(8);
    const auto uuid = make_random_uuid(first);
    EXPECT_EQ(make_random_uuid(again), uuid);
    EXPECT_NE(make_random_uuid(other), uuid);
    EXPECT_NE(make_random_uuid(first), uuid);
}

}  // namespace
}  // namespace gonghui

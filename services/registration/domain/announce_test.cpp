#include "services/registration/domain/announce.hpp"

#include "services/registration/domain/testing.hpp"

#include <gtest/gtest.h>

namespace gonghui::registration {
namespace {

using namespace testing;

TEST(Announcing, SaysWhoIsLast)
{
    const AnnouncementId id{uuid(1)};
    EXPECT_TRUE(address(id, {}, now).last);
    EXPECT_TRUE(address(id, std::vector<PersonId>(addressed_at_once - 1), now).last);
    EXPECT_FALSE(address(id, std::vector<PersonId>(addressed_at_once), now).last);
}

}  // namespace
}  // namespace gonghui::registration

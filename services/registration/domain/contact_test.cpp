#include "services/registration/domain/contact.hpp"

#include <gtest/gtest.h>

namespace gonghui::registration {
namespace {

TEST(Phone, StripsTheCountryCode)
{
    for (const auto* written :
         {"13800001234", "+8613800001234", "008613800001234", "+86 138-0000-1234", " 13800001234 "})
        EXPECT_EQ(read_phone(written), "13800001234") << written;
}

TEST(Phone, RefusesWhatIsNoMobileNumber)
{
    for (const auto* written : {"12800001234", "1380000123", "138000012345", "057612345678", "1380000123a",
                                "+1 3800001234", "+86+8613800001234"})
        EXPECT_EQ(read_phone(written).error(), refusal::bad_phone) << written;
    EXPECT_EQ(read_phone(" ").error(), refusal::missing_value);
}

TEST(Email, KeepsTheNameAndLowersTheDomain)
{
    EXPECT_EQ(read_email(" Zhang.San@Example.COM "), "Zhang.San@example.com");
}

TEST(Email, RefusesWhatIsNoAddress)
{
    for (const auto* written : {"zhang", "@example.com", "zhang@", "zhang@example", "a@b@example.com", "zhang@.com",
                                "zhang@example.com.", "z..s@example.com", "zhang san@example.com", "zhang@exa mple.com",
                                "zhang@example.com\nBcc:all@example.com", "zhang@例.com"})
        EXPECT_EQ(read_email(written).error(), refusal::bad_email) << written;
    EXPECT_EQ(read_email("").error(), refusal::missing_value);
    EXPECT_EQ(read_email(std::string(65, 'a') + "@example.com").error(), refusal::bad_email);
}

}  // namespace
}  // namespace gonghui::registration

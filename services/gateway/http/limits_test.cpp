#include "services/gateway/http/limits.hpp"

#include "common/ids/seeded_random.hpp"

#include <gtest/gtest.h>

namespace gonghui::gateway {
namespace {

// Whether `second` may still log in when `first` has used up what there is.
bool are_apart(const char* first, const char* second)
{
    SeededRandom random{7};
    Limits limits({}, random);
    HttpRequest request;
    request.address = first;
    for (int i = 0; i < 200; ++i) static_cast<void>(limits.log_in(request));
    EXPECT_TRUE(limits.log_in(request)) << first;
    request.address = second;
    return !limits.log_in(request);
}

TEST(Limits, AreOfANetworkOfIpv6HoweverItIsWritten)
{
    EXPECT_FALSE(are_apart("2001:db8:1:2:3::4", "2001:db8:1:2:a:b:c:d"));
    EXPECT_FALSE(are_apart("2001:db8::1", "2001:db8::2")) << "where the network itself ends in zeros";
    EXPECT_FALSE(are_apart("2001:db8::1", "2001:DB8:0:0:a:b:c:d"));
    EXPECT_TRUE(are_apart("2001:db8::1", "2001:db8:0:1::1"));
    EXPECT_TRUE(are_apart("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
    EXPECT_TRUE(are_apart("192.0.2.1", "192.0.2.2"));
}

}  // namespace
}  // namespace gonghui::gateway

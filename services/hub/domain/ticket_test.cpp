#include "services/hub/domain/ticket.hpp"

#include "common/ids/seeded_random.hpp"

#include <gtest/gtest.h>

namespace gonghui::hub {
namespace {

struct TicketsTest : testing::Test {
    SeededRandom random{7};
    Tickets tickets{random};
    Uuid request = make_random_uuid(random);
    UtcTime turn = from_microseconds(1'767'225'600'123'456);
    Bytes ticket = tickets.ticket("A", request, turn);
};

TEST_F(TicketsTest, SayWhoseTurnIsWhen)
{
    EXPECT_EQ(tickets.turn_in(ticket, "A", request), turn);
}

TEST_F(TicketsTest, AreWorthNothingToAnotherOrForAnotherRequest)
{
    EXPECT_FALSE(tickets.turn_in(ticket, "B", request));
    EXPECT_FALSE(tickets.turn_in(ticket, "A", make_random_uuid(random)));
    EXPECT_FALSE(Tickets(random).turn_in(ticket, "A", request)) << "nor to a hub that was started anew";
}

TEST_F(TicketsTest, AreWorthNothingOnceAnyBitIsChanged)
{
    for (std::size_t bit = 0; bit < ticket.size() * 8; ++bit) {
        auto forged = ticket;
        forged[bit / 8] ^= std::byte{1} << (bit % 8);
        EXPECT_FALSE(tickets.turn_in(forged, "A", request)) << bit;
    }
    EXPECT_FALSE(tickets.turn_in({}, "A", request));
    ticket.pop_back();
    EXPECT_FALSE(tickets.turn_in(ticket, "A", request));
}

}  // namespace
}  // namespace gonghui::hub

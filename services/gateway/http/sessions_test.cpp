#include "services/gateway/http/sessions.hpp"

#include "common/ids/seeded_random.hpp"
#include "common/time/manual_clock.hpp"

#include <gtest/gtest.h>

namespace gonghui::gateway {
namespace {

using namespace std::chrono_literals;

class Logged : public testing::Test {
protected:
    Logged()
    {
        session.id = SessionId(make_random_uuid(random));
        session.person = PersonId(make_random_uuid(random));
        session.token_hash = token.hash;
        session.kind = SessionKind::officer;
        session.opened_at = clock.now();
        session.expires_at = clock.now() + 12h;
        session.role = ActingAs::district;
        session.place = place.uuid;
        board.put(session);
        board.grant(session.person, {ActingAs::district, place, ""});
    }

    bool is_let_in()
    {
        HttpRequest request;
        const auto cookie = "__Host-gonghui=" + token.text;
        request.cookie = cookie;
        return sessions.caller_of(request).has_value();
    }

    SeededRandom random{3};
    ManualClock clock{UtcTime(1'800'000'000s)};
    Board board;
    OrganisationId place{make_random_uuid(random)};
    Token token = make_token(random);
    SessionFacts session;
    Sessions sessions{board, clock, {14 * 24h, 30 * 24h, 30min, 12h}};
};

TEST_F(Logged, AreLetInAsLongAsTheyComeBack)
{
    for (int i = 0; i < 10; ++i) {
        clock.advance(29min);
        EXPECT_TRUE(is_let_in());
    }
    clock.advance(31min);
    EXPECT_FALSE(is_let_in());
}

TEST_F(Logged, AreOutWhenTheyHaveNeverComeBack)
{
    clock.advance(31min);
    EXPECT_FALSE(sessions.actor_with(token.hash));
    EXPECT_FALSE(is_let_in());
}

TEST_F(Logged, AskAsWhatTheyAreNow)
{
    EXPECT_EQ(sessions.actor_with(token.hash)->role, Role::district);
    board.revoke(session.person, ActingAs::district, place);
    EXPECT_EQ(sessions.actor_with(token.hash)->role, Role::worker);
    board.remove_session(session.id);
    EXPECT_FALSE(sessions.actor_with(token.hash));
}

}  // namespace
}  // namespace gonghui::gateway

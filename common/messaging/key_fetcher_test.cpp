#include "common/messaging/key_fetcher.hpp"

#include "common/ids/seeded_random.hpp"

#include <gtest/gtest.h>

namespace gonghui::messaging {
namespace {

struct KeyFetcherTest : testing::Test {
    SeededRandom random{7};
    sealing::Keyring keyring{":memory:", sealing::Key::make(random), random};
    KeyFetcher fetcher{{"registration", {}, {}}, keyring};
    Uuid person = make_random_uuid(random);
    std::string subject = to_string(person);

    KeyFetcherTest() { keyring.add(person, sealing::Key::make(random)); }

    [[nodiscard]] EventHeader erasure(std::string_view source) const
    {
        EventHeader header;
        header.source = source;
        header.type = "person_erased";
        header.subject = subject;
        return header;
    }
};

TEST_F(KeyFetcherTest, DestroysTheKeyOfWhomTheKeyOwnerErases)
{
    fetcher.on_event(erasure("331083/registration/0"));
    EXPECT_FALSE(keyring.find(person));
    EXPECT_TRUE(keyring.is_erased(person));
    keyring.add(person, sealing::Key::make(random));  // an answer that was on its way
    EXPECT_FALSE(keyring.find(person));
}

TEST_F(KeyFetcherTest, DestroysNoKeyOnAnybodyElsesWord)
{
    fetcher.on_event(erasure("331083/stations/0"));
    auto other_event = erasure("331083/registration/0");
    other_event.type = "member_left";
    fetcher.on_event(other_event);
    subject = "nobody";
    fetcher.on_event(erasure("331083/registration/0"));
    EXPECT_TRUE(keyring.find(person));
}

}  // namespace
}  // namespace gonghui::messaging

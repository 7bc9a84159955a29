#include "common/messaging/key_fetcher.hpp"

#include "common/ids/seeded_random.hpp"
#include "common/zeromq/keys.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gonghui::messaging {
namespace {

using namespace std::chrono_literals;

// Says of one person what the owner of the keys says.
struct Told {
    Bytes person;
    std::optional<Bytes> sealed_key{};
    bool is_erased = false;
};

class KeyFetcherTest : public testing::Test {
protected:
    KeyFetcherTest()
    {
        settings_.owner_service = "registration";
        settings_.public_key = zeromq::raw_key(pair_.public_key);
        settings_.secret_key = zeromq::raw_key(pair_.secret_key);
        fetcher_.emplace(settings_, keyring_);
    }

    // The people whose keys the next request asks for; nothing when there is none.
    std::vector<Uuid> asked()
    {
        request_ = fetcher_->next(now_, random_);
        std::vector<Uuid> people;
        if (!request_) return people;
        const auto data = parser_.parse(request_->data).value();
        for (std::size_t i = 0; i < data.find("person_ids")->size(); ++i)
            people.push_back(Uuid::from_bytes(*data.find("person_ids")->element(i).binary()).value());
        return people;
    }

    bool answer(const Reply& reply)
    {
        const auto bytes = encode_reply(request_->id, reply, {"331083/registration/0"});
        codec::Parser parser;
        return fetcher_->on_reply(decode_reply(parser, bytes).value(), now_);
    }

    bool tell(const std::vector<Told>& all)
    {
        codec::Writer out;
        out.map(1);
        out.text("keys");
        out.array(all.size());
        for (const auto& one : all) {
            out.map(one.sealed_key ? 3 : 2);
            out.text("person_id");
            out.binary(one.person);
            out.text("erased");
            out.boolean(one.is_erased);
            if (!one.sealed_key) continue;
            out.text("sealed_key");
            out.binary(*one.sealed_key);
        }
        Reply reply;
        reply.data = out.take();
        return answer(reply);
    }

    [[nodiscard]] Bytes sealed(BytesView plain) const { return sealing::seal_for(settings_.public_key, plain); }

    test::TemporaryFolder folder_;
    SeededRandom random_{11};
    sealing::Keyring keyring_{folder_ / "keyring.db", sealing::Key::make(random_), random_};
    zeromq::KeyPair pair_ = zeromq::KeyPair::generate();
    KeyFetcherSettings settings_;
    std::optional<KeyFetcher> fetcher_;
    std::optional<OutgoingRequest> request_;
    codec::Parser parser_;
    Uuid person_ = make_random_uuid(random_);
    sealing::Key key_ = sealing::Key::make(random_);
    UtcTime now_ = from_microseconds(1'767'225'600'000'000);
};

TEST_F(KeyFetcherTest, AsksForWhatIsMissedAndTakesUpWhatComes)
{
    EXPECT_FALSE(fetcher_->next(now_, random_)) << "nothing is missed";
    keyring_.find_or_want(person_);
    EXPECT_EQ(asked(), std::vector{person_});
    EXPECT_EQ(request_->type, "registration.read_keys");
    const auto recipient = parser_.parse(request_->data)->find("recipient_public_key")->binary();
    EXPECT_TRUE(std::ranges::equal(recipient.value(), settings_.public_key));

    EXPECT_TRUE(tell({{to_bytes(person_.view()), sealed(key_.view())}}));
    const auto found = keyring_.find(person_);
    ASSERT_TRUE(found);
    EXPECT_TRUE(std::ranges::equal(found->view(), key_.view()));
    EXPECT_FALSE(fetcher_->next(now_, random_));
}

TEST_F(KeyFetcherTest, AsksAgainUnderAnotherIdWhenNoAnswerComes)
{
    keyring_.find_or_want(person_);
    EXPECT_EQ(asked(), std::vector{person_});
    const auto first = request_->id;
    EXPECT_EQ(*request_->deadline, now_ + 2s);
    now_ += 1999ms;
    EXPECT_FALSE(fetcher_->next(now_, random_));
    now_ += 1ms;
    EXPECT_EQ(asked(), std::vector{person_});
    EXPECT_NE(request_->id, first);

    const auto second = *request_;
    request_->id = first;
    EXPECT_FALSE(tell({})) << "an answer to the first comes too late";
    request_ = second;
    EXPECT_TRUE(tell({{to_bytes(person_.view()), sealed(key_.view())}}));
    EXPECT_FALSE(tell({})) << "nothing is awaited any more";
}

TEST_F(KeyFetcherTest, WaitsAsLongAsTheOwnerSays)
{
    keyring_.find_or_want(person_);
    asked();
    EXPECT_TRUE(answer(Reply::retry("rebuilding", 700ms)));
    now_ += 699ms;
    EXPECT_FALSE(fetcher_->next(now_, random_));
    now_ += 1ms;
    EXPECT_EQ(asked(), std::vector{person_});
    EXPECT_TRUE(answer(Reply::fault("internal")));
    now_ += 99ms;
    EXPECT_FALSE(fetcher_->next(now_, random_)) << "a moment in any case";
    now_ += 1ms;
    EXPECT_EQ(asked(), std::vector{person_});
}

TEST_F(KeyFetcherTest, ForgetsThePeopleWhoWereErased)
{
    keyring_.add(person_, key_);
    const auto other = make_random_uuid(random_);
    keyring_.find_or_want(other);
    asked();
    EXPECT_TRUE(tell({{to_bytes(person_.view()), std::nullopt, true}, {to_bytes(other.view()), std::nullopt, true}}));
    EXPECT_TRUE(keyring_.is_erased(person_));
    EXPECT_TRUE(keyring_.is_erased(other));
    EXPECT_FALSE(keyring_.find_or_want(other));
    EXPECT_FALSE(fetcher_->next(now_, random_)) << "of whom nothing is ever asked again";
}

TEST_F(KeyFetcherTest, PassesOverWhatIsNoKey)
{
    keyring_.find_or_want(person_);
    asked();
    const auto person = to_bytes(person_.view());
    const auto for_another = sealing::seal_for(zeromq::raw_key(zeromq::KeyPair::generate().public_key), key_.view());
    EXPECT_TRUE(tell({{to_bytes(as_bytes("short")), sealed(key_.view())},
                      {person},
                      {person, for_another},
                      {person, to_bytes(as_bytes("not sealed"))},
                      {person, sealed(as_bytes("not of 32 bytes"))}}));
    EXPECT_FALSE(keyring_.find(person_));
    EXPECT_FALSE(keyring_.is_erased(person_));
}

TEST_F(KeyFetcherTest, AsksForFiveHundredAtOnceAtMost)
{
    for (int i = 0; i < 501; ++i) keyring_.find_or_want(make_random_uuid(random_));
    EXPECT_EQ(asked().size(), 500U);
    EXPECT_TRUE(tell({}));
    EXPECT_EQ(asked().size(), 1U);
}

struct ErasureTest : testing::Test {
    SeededRandom random{7};
    sealing::Keyring keyring{":memory:", sealing::Key::make(random), random};
    KeyFetcher fetcher{{"registration", {}, {}}, keyring};
    Uuid person = make_random_uuid(random);
    std::string subject = to_string(person);

    ErasureTest() { keyring.add(person, sealing::Key::make(random)); }

    [[nodiscard]] EventHeader erasure(std::string_view source) const
    {
        EventHeader header;
        header.source = source;
        header.type = "person_erased";
        header.subject = subject;
        return header;
    }
};

TEST_F(ErasureTest, DestroysTheKeyOfWhomTheKeyOwnerErases)
{
    fetcher.on_event(erasure("331083/registration/0"));
    EXPECT_FALSE(keyring.find(person));
    EXPECT_TRUE(keyring.is_erased(person));
    keyring.add(person, sealing::Key::make(random));  // an answer that was on its way
    EXPECT_FALSE(keyring.find(person));
}

TEST_F(ErasureTest, DestroysNoKeyOnAnybodyElsesWord)
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

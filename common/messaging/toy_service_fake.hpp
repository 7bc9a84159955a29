#pragma once
// For tests of the host: a service small enough to hold in the head. It counts; a follower of it mirrors the count.

#include "common/ids/seeded_random.hpp"
#include "common/messaging/handlers.hpp"
#include "common/messaging/host.hpp"
#include "common/messaging/inline_executor_fake.hpp"
#include "common/time/manual_clock.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <functional>

namespace gonghui::toy {

struct Added {
    static constexpr std::string_view dataschema = "counter/added.v1";
    static constexpr bool is_private = false;
    std::string name;
    std::int64_t amount = 0;
    [[nodiscard]] std::string subject() const { return name; }
};

struct Whispered {
    static constexpr std::string_view dataschema = "counter/whispered.v1";
    static constexpr bool is_private = true;
    std::string name;
    [[nodiscard]] std::string subject() const { return name; }
};

struct Mirrored {
    static constexpr std::string_view dataschema = "mirror/mirrored.v1";
    static constexpr bool is_private = false;
    std::string name;
    [[nodiscard]] std::string subject() const { return name; }
};

struct Add {
    static constexpr std::string_view type = "counter.add";
    std::string name;
    std::int64_t amount = 0;
};

struct Total {
    static constexpr std::string_view type = "counter.total";
    std::string name;
};

struct TotalReply {
    std::int64_t total = 0;
};

template <class Message>
void encode_pair(codec::Writer& out, const Message& message)
{
    out.map(2);
    out.text("name");
    out.text(message.name);
    out.text("amount");
    out.integer(message.amount);
}

inline void encode(codec::Writer& out, const Added& event)
{
    encode_pair(out, event);
}
inline void encode(codec::Writer& out, const Add& command)
{
    encode_pair(out, command);
}

template <class Message>
void encode_name(codec::Writer& out, const Message& message)
{
    out.map(1);
    out.text("name");
    out.text(message.name);
}

inline void encode(codec::Writer& out, const Whispered& event)
{
    encode_name(out, event);
}
inline void encode(codec::Writer& out, const Mirrored& event)
{
    encode_name(out, event);
}
inline void encode(codec::Writer& out, const Total& query)
{
    encode_name(out, query);
}

inline void encode(codec::Writer& out, const TotalReply& reply)
{
    out.map(1);
    out.text("total");
    out.integer(reply.total);
}

template <class Message>
requires requires(Message message)
{
    message.amount;
}
void decode(codec::Value value, Message& out, codec::Errors& errors)
{
    codec::field(value, "name", out.name, errors);
    codec::field(value, "amount", out.amount, errors);
}

template <class Message>
requires(
    requires(Message message) { message.name; } &&
    !requires(Message message) { message.amount; }) void decode(codec::Value value, Message& out, codec::Errors& errors)
{
    codec::field(value, "name", out.name, errors);
}

struct Store {
    sqlite::Database& database;
    explicit Store(sqlite::Database& its_database) : database(its_database) {}

    static std::vector<sqlite::Migration> migrations()
    {
        return {{1, "CREATE TABLE totals (name TEXT PRIMARY KEY, total INTEGER NOT NULL) STRICT;"}};
    }
    [[nodiscard]] std::int64_t total(const std::string& name) const
    {
        return database.value<std::int64_t>("SELECT total FROM totals WHERE name = ?1", name).value_or(0);
    }
};

inline void evolve(Store& store, const Added& event)
{
    store.database.run(
        "INSERT INTO totals VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET total = total + excluded.total",
        event.name, event.amount);
}
inline void evolve(Store&, const Whispered&) {}
inline void evolve(Store&, const Mirrored&) {}

// Everything under a partition but the bus, which the test plays itself.
class ScriptedTransport final : public messaging::Transport {
public:
    std::deque<messaging::Inbound> arriving;
    std::vector<std::pair<std::string, Bytes>> published;  // beacons apart
    std::vector<Bytes> beacons;
    std::map<messaging::ReplyToken, Bytes> replies;
    std::deque<Bytes> requests;
    std::vector<std::string> followed;
    int holds = 0;
    int releases = 0;

    std::size_t receive(std::vector<messaging::Inbound>& out, std::size_t limit) override
    {
        std::size_t taken = 0;
        for (; taken < limit && !arriving.empty(); ++taken) {
            out.push_back(std::move(arriving.front()));
            arriving.pop_front();
        }
        return taken;
    }
    void follow(std::string_view prefix) override { followed.emplace_back(prefix); }
    void publish(std::string_view topic, BytesView event) override
    {
        if (topic.ends_with("._head"))
            beacons.push_back(to_bytes(event));
        else
            published.emplace_back(topic, to_bytes(event));
    }
    void reply(messaging::ReplyToken token, BytesView reply) override { replies[token] = to_bytes(reply); }
    void request(BytesView request) override { requests.push_back(to_bytes(request)); }
    void hold(const messaging::Holding&) override { ++holds; }
    void release(const messaging::Source&) override { ++releases; }
};

}  // namespace gonghui::toy

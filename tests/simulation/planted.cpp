#include "tests/simulation/planted.hpp"

#include "schemas/generated/notifications/codecs.hpp"
#include "tests/simulation/around.hpp"

#include <array>
#include <map>
#include <utility>

namespace gonghui::simulation {

using messaging::Inbound;
using messaging::InboundEvent;

namespace {

constexpr std::array<std::string_view, planted_bugs + 1> names{"none",
                                                               "synchronous_normal",
                                                               "synchronous_off",
                                                               "checkpoint_not_synced",
                                                               "publish_before_commit",
                                                               "reply_before_commit",
                                                               "keyring_after_store",
                                                               "cursor_after_effect",
                                                               "answer_after_effect",
                                                               "no_answers",
                                                               "no_beacon",
                                                               "gap_ignored",
                                                               "applies_twice",
                                                               "lanes_mixed",
                                                               "parked_forgotten",
                                                               "parked_left_alone",
                                                               "random_ids",
                                                               "timers_in_memory",
                                                               "two_writers"};

bool is_beacon(std::string_view topic)
{
    return topic.ends_with("._head");
}

class WithoutBeacon final : public AroundTransport {
public:
    using AroundTransport::AroundTransport;
    void publish(std::string_view topic, BytesView event) override
    {
        if (!is_beacon(topic)) inner().publish(topic, event);
    }
};

// Events leave first, replies with the next turn: what is between them is the time in which this bug's commit comes.
class WithLateReplies final : public AroundTransport {
public:
    using AroundTransport::AroundTransport;
    std::size_t receive(std::vector<Inbound>& out, std::size_t limit) override
    {
        for (const auto& [token, reply] : std::exchange(late_, {})) inner().reply(token, reply);
        return inner().receive(out, limit);
    }
    void reply(messaging::ReplyToken token, BytesView reply) override { late_.emplace_back(token, to_bytes(reply)); }

private:
    std::vector<std::pair<messaging::ReplyToken, Bytes>> late_;
};

// Where events are missing it puts some of a type that nobody knows, which the host passes over.
class OverGaps final : public AroundTransport {
public:
    using AroundTransport::AroundTransport;
    std::size_t receive(std::vector<Inbound>& out, std::size_t limit) override
    {
        std::vector<Inbound> arrived;
        const auto taken = inner().receive(arrived, limit);
        for (auto& message : arrived) {
            if (const auto* event = std::get_if<InboundEvent>(&message)) fill_gap(*event, out);
            out.push_back(std::move(message));
        }
        return taken;
    }

private:
    void fill_gap(const InboundEvent& event, std::vector<Inbound>& out)
    {
        codec::Parser parser;
        const auto decoded = messaging::decode_event(parser, event.bytes);
        if (!decoded || is_beacon(event.topic)) return;
        auto header = decoded->header;
        auto& last = last_[std::string(header.source)];
        const auto next = header.seq;
        for (auto missing = last + 1; last > 0 && missing < next; ++missing) {
            header.seq = missing;
            header.dataschema = "nobody/knows.v1";
            codec::Writer data;
            data.map(0);
            codec::Writer bytes;
            messaging::encode_event(bytes, header, data.view());
            out.emplace_back(InboundEvent{event.topic, bytes.take()});
        }
        last = std::max(last, next);
    }

    std::map<std::string, std::int64_t> last_;
};

class ApplyingTwice final : public AroundService {
public:
    ApplyingTwice(messaging::Service& inner, Dice& dice) : AroundService(inner), dice_(dice) {}
    messaging::Known apply(const messaging::Event& event, const codec::Value& data, const messaging::Context& context,
                           messaging::Recorder* recorder) override
    {
        const auto known = AroundService::apply(event, data, context, recorder);
        if (!dice_.chance(20)) return known;
        try {
            AroundService::apply(event, data, context, recorder);
        } catch (const sqlite::Error&) {
            return known;  // most tables know what they have
        }
        return known;
    }

private:
    Dice& dice_;
};

// Names the messages that it records by chance.
class NamingAtRandom final : public messaging::Recorder {
public:
    NamingAtRandom(messaging::Recorder& inner, Random& random) : inner_(inner), random_(random) {}
    void append(std::string_view dataschema, std::string_view subject, bool is_private, BytesView data) override
    {
        if (dataschema != notifications::MessagePlaced::dataschema)
            return inner_.append(dataschema, subject, is_private, data);
        codec::Parser parser;
        codec::Errors errors;
        notifications::MessagePlaced placed;
        decode(parser.parse(data).value(), placed, errors);
        placed.message_id = notifications::MessagePlaced{}.message_id;
        placed.message_id.uuid = make_random_uuid(random_);
        codec::Writer out;
        encode(out, placed);
        inner_.append(dataschema, subject, is_private, out.view());
    }
    codec::Writer& scratch() override { return inner_.scratch(); }
    void once_committed(std::function<void()> effect) override { inner_.once_committed(std::move(effect)); }

private:
    messaging::Recorder& inner_;
    Random& random_;
};

class WithRandomIds final : public AroundService {
public:
    using AroundService::AroundService;
    messaging::Known apply(const messaging::Event& event, const codec::Value& data, const messaging::Context& context,
                           messaging::Recorder* recorder) override
    {
        if (!recorder) return AroundService::apply(event, data, context, recorder);
        NamingAtRandom naming(*recorder, context.random);
        return AroundService::apply(event, data, context, &naming);
    }
};

}  // namespace

std::string_view to_string(Bug bug)
{
    return names[static_cast<std::size_t>(bug)];
}

std::vector<Bug> every_bug()
{
    std::vector<Bug> bugs;
    for (std::size_t i = 1; i <= planted_bugs; ++i) bugs.push_back(static_cast<Bug>(i));
    return bugs;
}

std::string spoiling_sql(Bug bug)
{
    switch (bug) {
        case Bug::synchronous_normal:
            return "PRAGMA synchronous = NORMAL;";
        case Bug::synchronous_off:
            return "PRAGMA synchronous = OFF;";
        case Bug::no_answers:
            return "CREATE TEMP TRIGGER forgotten AFTER INSERT ON main.answers BEGIN "
                   "DELETE FROM answers WHERE caller = NEW.caller AND id = NEW.id; END;";
        case Bug::lanes_mixed:
            return "CREATE TEMP TRIGGER mixed AFTER INSERT ON main.parked BEGIN "
                   "UPDATE parked SET lane = lane || '/' || seq WHERE source = NEW.source AND seq = NEW.seq "
                   "AND lane NOT LIKE '%/%'; END;";
        case Bug::parked_forgotten:
            return "CREATE TEMP TRIGGER forgotten AFTER INSERT ON main.parked BEGIN "
                   "DELETE FROM parked WHERE source = NEW.source AND seq = NEW.seq; END;";
        case Bug::parked_left_alone:
            return "CREATE TEMP TRIGGER left_alone AFTER INSERT ON main.parked BEGIN "
                   "UPDATE parked SET reason = 'failed' WHERE source = NEW.source AND seq = NEW.seq; END;";
        default:
            return {};
    }
}

bool takes_back_a_step(Bug bug)
{
    return bug == Bug::publish_before_commit || bug == Bug::reply_before_commit || bug == Bug::keyring_after_store ||
           bug == Bug::cursor_after_effect || bug == Bug::answer_after_effect;
}

std::unique_ptr<messaging::Transport> spoil(Bug bug, std::unique_ptr<messaging::Transport> transport)
{
    if (bug == Bug::publish_before_commit) return std::make_unique<WithLateReplies>(std::move(transport));
    if (bug == Bug::no_beacon) return std::make_unique<WithoutBeacon>(std::move(transport));
    if (bug == Bug::gap_ignored) return std::make_unique<OverGaps>(std::move(transport));
    return transport;
}

std::unique_ptr<messaging::Service> spoil(Bug bug, messaging::Service& service, Dice& dice)
{
    if (bug == Bug::applies_twice) return std::make_unique<ApplyingTwice>(service, dice);
    if (bug == Bug::random_ids) return std::make_unique<WithRandomIds>(service);
    return nullptr;
}

}  // namespace gonghui::simulation

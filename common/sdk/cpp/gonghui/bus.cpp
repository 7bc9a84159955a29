#include "common/ids/random.hpp"
#include "common/messaging/client.hpp"
#include "common/time/clock.hpp"
#include "common/zeromq/context.hpp"

#include <gonghui/bus.hpp>
#include <gonghui/district.hpp>

#include <algorithm>
#include <thread>

namespace gonghui {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds connects_within{3'000};
constexpr milliseconds lost_after{2'000};  // then the request or its reply is lost, and it is asked again
constexpr milliseconds least_wait{1};

Verdict verdict_of(const messaging::ReceivedReply& reply)
{
    Verdict verdict{.outcome = reply.outcome, .code = std::string(reply.code), .at = reply.at};
    for (std::size_t i = 0; i < reply.facts.size(); ++i) {
        const std::string name(reply.facts.key(i).text().value_or(""));
        const auto value = reply.facts.mapped(i);
        if (const auto number = value.integer())
            verdict.facts[name] = *number;
        else
            verdict.facts[name] = std::string(value.text().value_or(""));
    }
    for (std::size_t i = 0; i < reply.errors.size(); ++i) {
        const auto error = reply.errors.element(i);
        const auto path = error.find("path");
        const auto code = error.find("code");
        if (path && code) verdict.errors[std::string(path->text().value_or(""))] = code->text().value_or("");
    }
    return verdict;
}

}  // namespace

Actor worker(const Uuid& person)
{
    return {.role = Role::worker, .person = person, .place = {}, .service = {}};
}

Actor holder(Role role, const Uuid& person, const Uuid& place)
{
    return {.role = role, .person = person, .place = place, .service = {}};
}

struct Bus::Connection {
    Connection(const std::filesystem::path& folder, std::string_view key)
        : client(context, sdk::district_in(folder).hub, zeromq::KeyPair::load(sdk::key_file(folder, key)))
    {
    }

    SystemClock clock;
    SystemRandom random;
    zeromq::Context context;
    messaging::Client client;
    codec::Parser parser;
    Bytes reply;  // what the parser's values view
};

Bus::Bus(const std::filesystem::path& district_folder, std::string_view key)
    : connection_(std::make_unique<Connection>(district_folder, key))
{
    const auto link = connection_->client.connect(connects_within);
    if (link == zeromq::Link::up) return;
    const auto file = sdk::key_file(district_folder, key).native();
    throw std::runtime_error(link == zeromq::Link::refused
                                 ? "the hub does not know the key in " + file
                                 : "the hub of " + district_folder.native() + " is not there");
}

Bus::~Bus() = default;

codec::Value Bus::ask(std::string_view type, const std::optional<Uuid>& key, Bytes data, const Asking& asking,
                      Verdict& verdict)
{
    auto& [clock, random, context, client, parser, bytes] = *connection_;
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(clock.now(), random);
    request.type = type;
    request.key = key;
    request.partition = asking.partition;
    request.actor = asking.actor;
    request.after = asking.after;
    request.deadline = clock.now() + asking.patience;
    request.data = std::move(data);

    const auto give_up = steady_clock::now() + asking.patience;
    const auto left = [&] {
        return std::chrono::ceil<milliseconds>(give_up - steady_clock::now());
    };
    while (left() > milliseconds(0)) {
        auto received = client.call(request, std::min(left(), lost_after));
        if (!received) continue;
        bytes = std::move(*received);
        const auto reply = messaging::decode_reply(parser, bytes);
        if (!reply) throw std::runtime_error(request.type + ": " + reply.error());
        if (reply->code == "deadline_passed") break;
        if (reply->outcome != messaging::Outcome::retry) {
            verdict = verdict_of(*reply);
            return reply->data;
        }
        std::this_thread::sleep_for(std::min(left(), std::max(reply->retry_after, least_wait)));
    }
    throw Unanswered(request.type + " found no final answer within " + std::to_string(asking.patience.count()) + " ms");
}

}  // namespace gonghui

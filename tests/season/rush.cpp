// One client process of a rush: sends its share of the attempts over the encrypted bus, as fast as the district
// answers, does what `retry` tells it, and writes down every answer. Several run side by side.
//
//     gonghui-rush ATTEMPTS.csv RESULTS.csv --hub ... --key FILE --campaign UUID --share 1/3 --start-at MICROSECONDS
//
// ATTEMPTS.csv: person_id,class_id,kind,of with ids as UUIDs; `kind` is first, again, early or tap, and a tap repeats
// the request of row `of` byte for byte. A person's attempts stay in one share and in order.
// Prints "progress N" lines while it works and, last, one JSON object.

#include "common/messaging/client.hpp"
#include "schemas/generated/training/codecs.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include <chrono>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <queue>
#include <sstream>
#include <thread>
#include <unordered_map>

namespace gonghui {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Attempt {
    std::size_t row = 0;
    PersonId person;
    ClassId class_id;
    std::string kind;
    std::size_t of = 0;  // of a tap: the row that it repeats
};

struct Options {
    std::string attempts;
    std::string results;
    messaging::HubAddress hub;
    std::string key;
    std::string campaign;
    std::size_t share = 0;
    std::size_t shares = 1;
    std::size_t window = 512;
    std::int64_t start_at = 0;
    double over = 0;  // seconds
};

// Everything about one request id.
struct Asked {
    Bytes bytes;
    std::vector<const Attempt*> waiting;  // attempts without a final answer
    steady_clock::time_point first_sent;
    steady_clock::time_point last_sent;
    int retries = 0;
};

// A reply that is lost (a restart of hub or service) is asked for again with the same id.
constexpr milliseconds reply_patience{1500};

std::vector<Attempt> read_attempts(const Options& options)
{
    std::vector<Attempt> attempts;
    std::ifstream file(options.attempts);
    std::string line;
    std::getline(file, line);
    for (std::size_t row = 0; std::getline(file, line); ++row) {
        std::istringstream cells(line);
        std::string person;
        std::string class_id;
        std::string kind;
        std::string of;
        std::getline(cells, person, ',');
        std::getline(cells, class_id, ',');
        std::getline(cells, kind, ',');
        std::getline(cells, of, ',');
        const auto id = Uuid::parse(person);
        const auto wanted = Uuid::parse(class_id);
        if (!id || !wanted)
            throw std::runtime_error(options.attempts + ": row " + std::to_string(row + 2) + " names no ids");
        if (std::hash<Uuid>{}(*id) % options.shares != options.share) continue;
        attempts.push_back({row, PersonId(*id), ClassId(*wanted), kind, of.empty() ? 0 : std::stoul(of)});
    }
    return attempts;
}

class Rush {
public:
    Rush(const Options& options, std::vector<Attempt> attempts)
        : options_(options),
          attempts_(std::move(attempts)),
          client_(context_, options.hub, messaging::KeyPair::load(options.key)),
          results_(options.results)
    {
        results_ << "attempt,request_id,kind,outcome,code,answer,milliseconds,retries\n";
    }

    int run()
    {
        if (client_.connect(std::chrono::seconds(5)) != zeromq::Link::up) {
            std::cerr << "the hub does not let this key in, or is not there\n";
            return 69;
        }
        prepare();
        wait_for_start();
        begun_ = steady_clock::now();
        while (answered_ < attempts_.size()) {
            fill_window();
            take_replies();
            ask_again();
        }
        finish();
        return 0;
    }

private:
    // Before the start, so that the rush measures the district and not the making of requests.
    void prepare()
    {
        const auto campaign = Uuid::parse(options_.campaign);
        if (!campaign) throw std::runtime_error("--campaign is no UUID");
        SystemClock clock;
        std::unordered_map<std::size_t, Uuid> ids;
        for (const auto& attempt : attempts_) {
            if (attempt.kind == "tap") {
                order_.push_back({ids.at(attempt.of), &attempt});
                continue;
            }
            training::Enroll enroll;
            enroll.campaign_id = CampaignId(*campaign);
            enroll.class_id = attempt.class_id;
            enroll.person_id = attempt.person;
            codec::Writer data;
            encode(data, enroll);
            messaging::OutgoingRequest request;
            request.id = make_ordered_uuid(clock.now(), random_);
            request.type = training::Enroll::type;
            request.key = *campaign;
            request.actor = Actor{Role::worker, attempt.person.uuid, {}, {}};
            request.data = data.take();
            asked_[request.id].bytes = encode_request(request);
            ids[attempt.row] = request.id;
            order_.push_back({request.id, &attempt});
        }
    }

    void wait_for_start() const
    {
        const auto now = to_microseconds(SystemClock{}.now());
        if (options_.start_at > now) std::this_thread::sleep_for(std::chrono::microseconds(options_.start_at - now));
    }

    // Evenly over the seconds that the options say.
    [[nodiscard]] bool is_next_due() const
    {
        const std::chrono::duration<double> passed = steady_clock::now() - begun_;
        return passed.count() * static_cast<double>(order_.size()) >= options_.over * static_cast<double>(next_);
    }

    void fill_window()
    {
        for (; next_ < order_.size() && outstanding_ < options_.window && is_next_due(); ++next_) {
            auto& [id, attempt] = order_[next_];
            auto& asked = asked_.at(id);
            asked.waiting.push_back(attempt);
            if (asked.first_sent == steady_clock::time_point{}) asked.first_sent = steady_clock::now();
            send(id, asked);
        }
    }

    void send(const Uuid& id, Asked& asked)
    {
        asked.last_sent = steady_clock::now();
        if (!client_.send(asked.bytes)) ++held_back_;  // the check below asks again
        ++outstanding_;
        checks_.push_back({asked.last_sent + reply_patience, id});
    }

    void take_replies()
    {
        auto patience = milliseconds(2);
        while (const auto bytes = client_.next_reply(patience)) {
            patience = milliseconds(0);
            on_reply(*bytes);
            if (outstanding_ * 2 < options_.window && next_ < order_.size()) return;
        }
    }

    void on_reply(const Bytes& bytes)
    {
        const auto reply = messaging::decode_reply(parser_, bytes);
        if (!reply) throw std::runtime_error(reply.error());
        const auto found = asked_.find(reply->id);
        if (found == asked_.end()) return;
        if (outstanding_ > 0) --outstanding_;
        auto& asked = found->second;
        if (reply->outcome == messaging::Outcome::retry) {
            ++asked.retries;
            ++retries_;
            asked.last_sent = steady_clock::now() + std::max(reply->retry_after, milliseconds(1));  // no reply is lost
            again_.emplace(asked.last_sent, reply->id);
            return;
        }
        if (asked.waiting.empty()) return;  // a second answer to a request that was sent again
        write(*asked.waiting.front(), reply->id, *reply, bytes, asked);
        asked.waiting.erase(asked.waiting.begin());
    }

    void write(const Attempt& attempt, const Uuid& id, const messaging::ReceivedReply& reply, const Bytes& bytes,
               const Asked& asked)
    {
        const auto took = std::chrono::duration<double, std::milli>(steady_clock::now() - asked.first_sent).count();
        latencies_.push_back(took);
        ++answered_;
        ++outcomes_[std::string(reply.code.empty() ? to_string(reply.outcome) : reply.code)];
        std::array<unsigned char, 16> hash{};
        crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                           nullptr, 0);
        std::array<char, 33> hex{};
        sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
        std::array<char, 33> request{};
        sodium_bin2hex(request.data(), request.size(), reinterpret_cast<const unsigned char*>(id.bytes.data()), 16);
        results_ << attempt.row << ',' << request.data() << ',' << attempt.kind << ',' << to_string(reply.outcome)
                 << ',' << reply.code << ',' << hex.data() << ',' << took << ',' << asked.retries << '\n';
        if (answered_ % 100 == 0) std::cout << "progress " << answered_ << std::endl;
    }

    void ask_again()
    {
        const auto now = steady_clock::now();
        for (; !again_.empty() && again_.top().first <= now; again_.pop()) {
            auto& asked = asked_.at(again_.top().second);
            if (!asked.waiting.empty()) send(again_.top().second, asked);
        }
        for (; !checks_.empty() && checks_.front().first <= now; checks_.pop_front()) {
            const auto id = checks_.front().second;
            auto& asked = asked_.at(id);
            if (asked.waiting.empty() || now - asked.last_sent < reply_patience) continue;
            ++lost_;
            if (outstanding_ > 0) --outstanding_;
            send(id, asked);
        }
    }

    void finish()
    {
        const auto seconds = std::chrono::duration<double>(steady_clock::now() - begun_).count();
        const auto ended_at = to_microseconds(SystemClock{}.now());
        std::sort(latencies_.begin(), latencies_.end());
        const auto percentile = [&](double p) {
            return latencies_.empty()
                       ? 0.0
                       : latencies_[static_cast<std::size_t>(p * static_cast<double>(latencies_.size() - 1))];
        };
        std::cout << "progress " << answered_ << '\n'
                  << nlohmann::json{{"attempts", attempts_.size()}, {"seconds", seconds},
                                    {"outcomes", outcomes_},        {"retries", retries_},
                                    {"asked_again", lost_},         {"held_back", held_back_},
                                    {"ended_at", ended_at},         {"p50_ms", percentile(0.5)},
                                    {"p99_ms", percentile(0.99)},   {"max_ms", percentile(1.0)}}
                         .dump()
                  << std::endl;
    }

    const Options& options_;
    std::vector<Attempt> attempts_;
    zeromq::Context context_;
    messaging::Client client_;
    std::ofstream results_;
    SystemRandom random_;
    codec::Parser parser_;

    std::unordered_map<Uuid, Asked> asked_;
    std::vector<std::pair<Uuid, const Attempt*>> order_;
    std::size_t next_ = 0;
    std::size_t outstanding_ = 0;
    std::size_t answered_ = 0;
    using Due = std::pair<steady_clock::time_point, Uuid>;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> again_;
    std::deque<Due> checks_;
    std::vector<double> latencies_;
    std::map<std::string, std::int64_t> outcomes_;
    std::int64_t retries_ = 0;
    std::int64_t lost_ = 0;
    std::int64_t held_back_ = 0;
    steady_clock::time_point begun_;
};

Options parse(int argc, char** argv)
{
    Options options;
    std::string share = "1/1";
    CLI::App app{"One client process of a rush on a campaign."};
    app.add_option("attempts", options.attempts, "CSV of attempts")->required();
    app.add_option("results", options.results, "CSV to write")->required();
    app.add_option("--hub-publish", options.hub.publish);
    app.add_option("--hub-subscribe", options.hub.subscribe);
    app.add_option("--hub-request", options.hub.request)->required();
    app.add_option("--hub-key", options.hub.public_key, "the hub's public key")->required();
    app.add_option("--key", options.key, "file of this client's key pair")->required();
    app.add_option("--campaign", options.campaign)->required();
    app.add_option("--share", share, "which of how many processes: 2/3");
    app.add_option("--window", options.window, "requests outstanding at most");
    app.add_option("--over", options.over, "seconds over which the first attempts are spread")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--start-at", options.start_at, "microseconds since 1970");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error));
    }
    const auto slash = share.find('/');
    options.share = std::stoul(share.substr(0, slash)) - 1;
    options.shares = std::stoul(share.substr(slash + 1));
    return options;
}

}  // namespace
}  // namespace gonghui

int main(int argc, char** argv)
{
    try {
        const auto options = gonghui::parse(argc, argv);
        return gonghui::Rush(options, gonghui::read_attempts(options)).run();
    } catch (const std::exception& error) {
        std::cerr << "gonghui-rush: " << error.what() << '\n';
        return 70;
    }
}

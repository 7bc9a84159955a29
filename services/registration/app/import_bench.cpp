// How fast one partition takes in a roster: rows through the codec, the rule, the vault, the tables and the log, with
// group commit and synchronous=FULL, without a bus. Prints rows per second of wall and of processor time.
//
//     registration_import_bench <empty folder> [rows] [commands in one turn]

#include "common/messaging/host.hpp"
#include "common/messaging/inline_executor_fake.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/registration.hpp"
#include "services/registration/domain/id_number.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <exception>

namespace gonghui::registration {
namespace {

constexpr int rows_per_command = 500;
constexpr std::string_view union_code = "91350100M000100Y43";

// Hands over what is to be asked and counts the answers by outcome.
class Desk final : public messaging::Transport {
public:
    explicit Desk(std::size_t at_once) : at_once_(at_once) {}

    std::deque<Bytes> waiting;
    std::size_t accepted = 0, others = 0;

    std::size_t receive(std::vector<messaging::Inbound>& out, std::size_t limit) override
    {
        std::size_t taken = 0;
        for (; taken < std::min(limit, at_once_) && !waiting.empty(); ++taken) {
            out.emplace_back(messaging::InboundRequest{++token_, "ctl", std::move(waiting.front())});
            waiting.pop_front();
        }
        return taken;
    }
    void reply(messaging::ReplyToken, BytesView reply) override
    {
        codec::Parser parser;
        const auto decoded = messaging::decode_reply(parser, reply);
        ++(decoded && decoded->outcome == messaging::Outcome::accepted ? accepted : others);
    }
    void follow(std::string_view) override {}
    void publish(std::string_view, BytesView) override {}
    void request(BytesView) override {}
    void hold(const messaging::Holding&) override {}
    void release(const messaging::Source&) override {}

private:
    std::size_t at_once_;
    messaging::ReplyToken token_ = 0;
};

template <class Message>
Bytes encoded(const Message& message, Clock& clock, Random& random)
{
    codec::Writer out;
    encode(out, message);
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(clock.now(), random);
    request.type = Message::type;
    request.data = out.take();
    return messaging::encode_request(request);
}

RosterRow row(int number)
{
    char digits[18];
    const auto n = static_cast<unsigned>(number);
    std::snprintf(digits, sizeof digits, "33%04u19%02u%02u%02u%03u", n / 800 % 10000, 60 + n % 40, 1 + n / 40 % 12,
                  1 + n / 480 % 28, n % 1000);
    RosterRow row;
    row.line = number + 2;
    row.name = Personal("王小明");
    row.id_number = Personal(std::string(digits) + id_number_check_digit(digits));
    row.phone = Personal("13" + std::to_string(800000000 + number));
    row.union_code = union_code;
    return row;
}

void found_one_union(Desk& desk, Clock& clock, Random& random)
{
    const OrganisationId district(make_random_uuid(random)), firm(make_random_uuid(random));
    FoundOrganisation command;
    command.organisation_id = district;
    command.kind = OrganisationKind::district;
    command.name = "区总工会";
    desk.waiting.push_back(encoded(command, clock, random));
    command.organisation_id = firm;
    command.parent_id = district;
    command.kind = OrganisationKind::union_;
    command.code = union_code;
    command.name = "机床厂工会";
    desk.waiting.push_back(encoded(command, clock, random));
}

void run(const std::filesystem::path& folder, int rows, std::size_t at_once)
{
    SystemClock clock;
    SystemRandom random;
    const auto key = sealing::Key::make(random);
    sqlite::Database database(folder / "registration.db", {.cache_kib = 16384});
    messaging::migrate_host_tables(database);
    migrate(database);
    sealing::Keyring keyring(folder / "keyring.db", key, random);
    KeyReader key_reader(folder / "keyring.db", key, random);
    Registration registration(database, keyring, key_reader, key);
    Desk desk(at_once);
    messaging::InlineExecutor readers(database);
    messaging::Host host({.source = {"331083", "registration", 0}}, {.database = database,
                                                                     .service = registration.service(),
                                                                     .transport = desk,
                                                                     .executor = readers,
                                                                     .clock = clock,
                                                                     .random = random,
                                                                     .service_key = key,
                                                                     .keyring = &keyring});
    found_one_union(desk, clock, random);
    const ImportId import_id(make_random_uuid(random));
    for (int first = 0; first < rows; first += rows_per_command) {
        ImportRoster command;
        command.import_id = import_id;
        for (int i = first; i < std::min(rows, first + rows_per_command); ++i) command.rows.push_back(row(i));
        desk.waiting.push_back(encoded(command, clock, random));
    }

    const auto asked = desk.waiting.size();
    const auto processor = std::clock();
    const auto begin = std::chrono::steady_clock::now();
    while (desk.accepted + desk.others < asked) host.step();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    const double cpu = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC;
    const auto members = database.value<std::int64_t>("SELECT COUNT(*) FROM persons").value_or(0);
    std::printf("%d rows, %lld members, %zu commands accepted, %zu not: %.0f rows/s (%.0f per processor second)\n",
                rows, static_cast<long long>(members), desk.accepted, desk.others, rows / wall.count(), rows / cpu);
}

}  // namespace
}  // namespace gonghui::registration

int main(int argc, char** argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s <empty folder> [rows] [commands in one turn]\n", argv[0]);
        return 64;
    }
    try {
        gonghui::registration::run(argv[1], argc > 2 ? std::atoi(argv[2]) : 100'000,
                                   argc > 3 ? static_cast<std::size_t>(std::atoi(argv[3])) : 8);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 70;
    }
}

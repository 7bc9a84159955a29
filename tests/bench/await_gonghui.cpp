// Waits until every service named answers.

#include "common/ids/random.hpp"
#include "tests/bench/gonghui_client.hpp"

#include <iostream>
#include <thread>

namespace gonghui::bench {
namespace {

constexpr std::chrono::seconds patience{30};

bool answers(messaging::Client& client, const std::string& service)
{
    SystemRandom random;
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(SystemClock{}.now(), random);
    request.type = service + "._status";
    request.partition = 0;
    codec::Writer data;
    data.map(0);
    request.data = data.take();
    const auto bytes = client.call(request, std::chrono::seconds(1));
    codec::Parser parser;
    return bytes && messaging::decode_reply(parser, *bytes)->outcome == messaging::Outcome::accepted;
}

int run(int argc, char** argv)
{
    CLI::App app{"waits for services"};
    District district;
    std::vector<std::string> services;
    add_options(app, district);
    app.add_option("services", services);
    CLI11_PARSE(app, argc, argv);

    zeromq::Context context;
    messaging::Client client(context, district.hub, messaging::KeyPair::load(district.key));
    const auto deadline = steady_clock::now() + patience;
    client.connect(patience);
    for (const auto& service : services)
        while (!answers(client, service)) {
            if (steady_clock::now() > deadline) {
                std::cerr << service << " does not answer\n";
                return 69;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    return 0;
}

}  // namespace
}  // namespace gonghui::bench

int main(int argc, char** argv)
{
    return gonghui::bench::run(argc, argv);
}

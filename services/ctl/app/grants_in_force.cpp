#include "services/ctl/app/grants_in_force.hpp"

#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/app/programs.hpp"
#include "services/ctl/domain/authorized.hpp"
#include "services/ctl/domain/texts.hpp"

#include <csignal>
#include <filesystem>
#include <iostream>
#include <set>
#include <thread>

namespace gonghui::ctl {

namespace {

using process::Exit;
using std::chrono::steady_clock;

constexpr std::chrono::seconds patience{5};
constexpr milliseconds between_questions{50};

std::set<std::string> granted_in(codec::Value status)
{
    std::set<std::string> keys;
    const auto peers = status.find("peers").value_or(codec::Value{});
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const auto peer = peers.element(i);
        if (peer.find("granted").value_or(codec::Value{}).boolean().value_or(false))
            keys.emplace(peer.find("public").value_or(codec::Value{}).text().value_or(""));
    }
    return keys;
}

// nullopt: it has not answered in time.
std::optional<std::set<std::string>> granted_by_hub(Connection& connection)
{
    messaging::OutgoingRequest request;
    request.id = connection.new_request_id();
    request.type = "hub._status";
    const auto bytes = connection.client().call(request, milliseconds(500));
    codec::Parser parser;
    const auto reply = bytes ? messaging::decode_reply(parser, *bytes) : tl::make_unexpected(std::string());
    if (!reply || reply->outcome != messaging::Outcome::accepted) return std::nullopt;
    return granted_in(reply->data);
}

}  // namespace

void put_grants_in_force(const Session& session)
{
    const auto hub = running(session.folder, "hub", "gonghui-hub");
    if (!hub) {
        std::cout << session.say(text::no_hub_here) << '\n';
        return;
    }
    std::set<std::string> wanted;
    for (const auto& grant : read_grants(read_file(session, authorized_file(session.folder))))
        wanted.insert(grant.public_key);
    if (::kill(*hub, SIGHUP) != 0)
        throw session.failure(Exit::no_permission, text::hub_not_told, {std::to_string(*hub)});
    Connection connection(session);
    for (const auto give_up = steady_clock::now() + patience; steady_clock::now() < give_up;) {
        if (granted_by_hub(connection) == wanted) {
            std::cout << session.say(text::hub_obeys) << '\n';
            return;
        }
        std::this_thread::sleep_for(between_questions);
    }
    throw session.failure(Exit::config, text::hub_disobeys,
                          {authorized_file(session.folder), log_file(session.folder, "hub")});
}

}  // namespace gonghui::ctl

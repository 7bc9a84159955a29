#include "services/ctl/app/accounts.hpp"

#include "common/sealing/credentials.hpp"
#include "schemas/generated/gateway/codecs.hpp"
#include "services/ctl/app/actor_option.hpp"
#include "services/ctl/app/connection.hpp"
#include "services/ctl/app/files.hpp"
#include "services/ctl/domain/texts.hpp"

#include <array>
#include <iostream>
#include <iterator>

namespace gonghui::ctl {

namespace {

using process::Exit;

constexpr milliseconds patience{10'000};
constexpr std::size_t secret_bytes = 20;  // RFC 4226, section 4: as long as the hash
constexpr std::size_t shortest_password = 12;

// RFC 4648, as authenticator apps read it.
std::string base32(BytesView bytes)
{
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string text;
    std::uint32_t held = 0;
    int bits = 0;
    for (const auto byte : bytes) {
        held = held << 8U | std::to_integer<std::uint32_t>(byte);
        for (bits += 8; bits >= 5; bits -= 5) text += letters[held >> (bits - 5) & 31U];
    }
    if (bits > 0) text += letters[held << (5 - bits) & 31U];
    return text;
}

std::string made_password(Random& random)
{
    std::array<std::byte, 15> bytes{};
    random.fill(bytes);
    return base32(bytes);
}

std::string read_password(const Session& session, const std::string& file)
{
    auto text = file == "-" ? std::string(std::istreambuf_iterator<char>(std::cin), {}) : read_file(session, file);
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.size() < shortest_password)
        throw session.failure(Exit::usage, text::short_password, {std::to_string(shortest_password)});
    return text;
}

template <class Command>
void ask(const Session& session, Connection& connection, const Command& command)
{
    codec::Writer data;
    encode(data, command);
    const auto asked =
        connection.ask(connection.to_partition("gateway", Command::type.substr(8), 0, data.take()), patience);
    if (!asked.reply) throw session.failure(Exit::unavailable, text::nobody_answers, {"gateway"});
    codec::Parser parser;
    const auto reply = messaging::decode_reply(parser, *asked.reply);
    if (!reply) throw session.failure(Exit::software, text::bad_reply, {reply.error()});
    if (reply->outcome != messaging::Outcome::accepted)
        throw process::Failure(Exit::usage, session.refusal("gateway", reply->code));
}

}  // namespace

int accounts_add(const Session& session, const AccountsAddOptions& options)
{
    const auto person = read_uuid(session, "--person", options.person);
    Connection connection(session);
    const auto password =
        options.password.empty() ? made_password(connection.random()) : read_password(session, options.password);
    gateway::AddAccount command;
    command.login = options.login;
    command.person_id = PersonId(person);
    command.password_hash = sealing::hash_of_password(password);
    command.totp_secret.resize(secret_bytes);
    connection.random().fill(command.totp_secret);
    ask(session, connection, command);
    if (options.password.empty()) std::cout << session.say(text::account_password, {password}) << '\n';
    std::cout << session.say(text::account_added, {options.login}) << "\notpauth://totp/Gonghui:" << options.login
              << "?secret=" << base32(command.totp_secret) << "&issuer=Gonghui\n";
    return 0;
}

int accounts_remove(const Session& session, const AccountsRemoveOptions& options)
{
    Connection connection(session);
    gateway::RemoveAccount command;
    command.login = options.login;
    ask(session, connection, command);
    std::cout << session.say(text::account_removed, {options.login}) << '\n';
    return 0;
}

}  // namespace gonghui::ctl

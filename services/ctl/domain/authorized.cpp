#include "services/ctl/domain/authorized.hpp"

#include "schemas/generated/catalogue.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace gonghui::ctl {

namespace {

constexpr std::string_view header = "[[peer]]";
constexpr std::string_view blanks = " \t\r\n";

struct ServiceRights {
    std::string_view service;
    std::vector<std::string> follow;
    std::vector<std::string> call;
    bool assert_actor = false;
};

// The edge passes on what people may ask, in their name, and asks in its own for what logging in needs.
std::vector<std::string> calls_of_the_edge()
{
    std::vector<std::string> calls;
    for (const auto& message : schemas::messages())
        if (message.kind != schemas::Kind::event && is_for_people(message.rights)) calls.emplace_back(message.type);
    for (const auto* own : {"gateway.open_session", "gateway.close_session", "gateway.choose_role",
                            "gateway.set_password", "gateway.remove_password", "registration.person_by_phone",
                            "registration.confirm_phone", "notifications.send_code"})
        calls.emplace_back(own);
    // For a district's operators: what the house's programs say of themselves.
    for (const auto* program : {"hub", "registration", "training", "matchmaking", "notifications", "gateway"})
        calls.push_back(std::string(program) + "._status");
    return calls;
}

// Who hears about whom. A follower may read the followed log back, and fetches person keys where they are born.
const std::array<ServiceRights, 5>& rights_of_the_house()
{
    static const std::array<ServiceRights, 5> rights{
        ServiceRights{"registration", {}, {}},
        ServiceRights{"training", {"registration", "training"}, {}},
        ServiceRights{"matchmaking", {"registration"}, {"registration.read_keys"}},
        ServiceRights{"notifications",
                      {"registration", "training", "matchmaking", "notifications"},
                      {"registration.read_keys", "notifications.report_delivery"}},
        ServiceRights{"gateway", {"registration", "training", "notifications"}, calls_of_the_edge(), true},
    };
    return rights;
}

std::string list_text(const std::vector<std::string>& items)
{
    std::string out = "[";
    for (const auto& item : items) out += (out.size() > 1 ? ", \"" : "\"") + item + '"';
    return out + ']';
}

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string> quoted_texts(std::string_view text)
{
    std::vector<std::string> texts;
    while (true) {
        const auto open = text.find('"');
        const auto close = open == std::string_view::npos ? open : text.find('"', open + 1);
        if (close == std::string_view::npos) return texts;
        texts.emplace_back(text.substr(open + 1, close - open - 1));
        text.remove_prefix(close + 1);
    }
}

// Where a list that opens in `text` has closed; keys may hold brackets and hashes, but only in quotes.
bool is_whole_list(std::string_view text)
{
    bool in_quotes = false;
    for (const char c : text) {
        if (c == '"') in_quotes = !in_quotes;
        if (c == ']' && !in_quotes) return true;
    }
    return false;
}

void take(Grant& grant, std::string_view name, std::string_view value)
{
    auto texts = quoted_texts(value);
    const auto text = texts.empty() ? std::string() : texts.front();
    if (name == "public") grant.public_key = text;
    if (name == "service") grant.service = text;
    if (name == "instance") grant.instance = text;
    if (name == "assert_actor") grant.assert_actor = value.starts_with("true");
    if (name == "rate") std::from_chars(value.data(), value.data() + value.size(), grant.rate);
    if (name == "publish")
        grant.publish = std::move(texts);
    else if (name == "follow")
        grant.follow = std::move(texts);
    else if (name == "call")
        grant.call = std::move(texts);
}

Grant read_block(std::string_view block)
{
    Grant grant;
    while (!block.empty()) {
        auto line = block.substr(0, block.find('\n'));
        const auto equals = line.find('=');
        const auto name = trimmed(line.substr(0, equals));
        const bool has_value = equals != std::string_view::npos && !name.starts_with('#');
        if (has_value && trimmed(line.substr(equals + 1)).starts_with('['))
            while (!is_whole_list(line.substr(equals + 1)) && line.size() < block.size())
                line = block.substr(0, std::min(block.find('\n', line.size() + 1), block.size()));
        if (has_value) take(grant, name, trimmed(line.substr(equals + 1)));
        block.remove_prefix(std::min(block.size(), line.size() + 1));
    }
    return grant;
}

// Begin and size of every [[peer]] block. Comments above a block belong to the text before it.
struct Block {
    std::size_t begin = 0;
    std::size_t size = 0;
};
std::vector<Block> blocks_of(std::string_view text)
{
    std::vector<Block> blocks;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
        if (trimmed(text.substr(at, end - at)).starts_with(header)) blocks.push_back({at, 0});
        if (!blocks.empty()) blocks.back().size = end - blocks.back().begin;
        at = end;
    }
    return blocks;
}

}  // namespace

Grant least_rights(std::string_view service)
{
    Grant grant;
    grant.service = service;
    grant.publish = {std::string(service)};
    for (const auto& rights : rights_of_the_house())
        if (rights.service == service) {
            grant.follow = rights.follow;
            grant.call = rights.call;
            grant.assert_actor = rights.assert_actor;
        }
    return grant;
}

Grant operator_rights()
{
    Grant grant;
    grant.service = "ctl";
    grant.follow = {"*"};
    grant.call = {"*"};
    grant.assert_actor = true;
    return grant;
}

Grant client_rights(std::string_view name)
{
    Grant grant;
    grant.service = name;
    for (const auto& rights : rights_of_the_house()) grant.call.push_back(std::string(rights.service) + ".*");
    grant.assert_actor = true;
    return grant;
}

std::vector<std::string> excessive(const Grant& asked)
{
    std::vector<std::string> words;
    for (const auto& service : asked.follow)
        if (!is_name(service)) words.push_back(service);
    for (const auto& type : asked.call) {
        const auto dot = std::min(type.find('.'), type.size());
        const bool is_one_request =
            is_name(type.substr(0, dot)) && is_name(type.substr(std::min(dot + 1, type.size())));
        if (!is_one_request || type == "registration.read_keys") words.push_back(type);
    }
    return words;
}

std::vector<std::string> lacking(const Grant& given, const Grant& wanted)
{
    std::vector<std::string> words;
    const auto compare = [&](const std::vector<std::string>& has, const std::vector<std::string>& needs) {
        for (const auto& word : needs)
            if (std::find(has.begin(), has.end(), word) == has.end() &&
                std::find(has.begin(), has.end(), "*") == has.end())
                words.push_back(word);
    };
    compare(given.publish, wanted.publish);
    compare(given.follow, wanted.follow);
    compare(given.call, wanted.call);
    return words;
}

bool is_name(std::string_view text)
{
    constexpr std::string_view first = "abcdefghijklmnopqrstuvwxyz";
    constexpr std::string_view others = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    return !text.empty() && first.find(text.front()) != std::string_view::npos &&
           text.find_first_not_of(others) == std::string_view::npos;
}

std::string to_toml(const Grant& grant)
{
    std::string out(header);
    out += '\n';
    const auto line = [&](std::string_view name, std::string_view value) {
        out.append(name).append(" = ").append(value) += '\n';
    };
    line("public", '"' + grant.public_key + '"');
    line("service", '"' + grant.service + '"');
    line("instance", '"' + grant.instance + '"');
    line("publish", list_text(grant.publish));
    line("follow", list_text(grant.follow));
    line("call", list_text(grant.call));
    line("assert_actor", grant.assert_actor ? "true" : "false");
    if (grant.rate > 0) line("rate", std::to_string(grant.rate));
    return out;
}

std::vector<Grant> read_grants(std::string_view text)
{
    std::vector<Grant> grants;
    for (const auto& block : blocks_of(text)) grants.push_back(read_block(text.substr(block.begin, block.size)));
    return grants;
}

std::string with_grant(std::string_view text, const Grant& grant)
{
    std::string out(text);
    if (!out.empty() && !out.ends_with('\n')) out += '\n';
    if (!out.empty()) out += '\n';
    return out + to_toml(grant);
}

std::optional<std::string> without_key(std::string_view text, std::string_view public_key)
{
    for (const auto& block : blocks_of(text)) {
        if (read_block(text.substr(block.begin, block.size)).public_key != public_key) continue;
        std::string out(text);
        out.erase(block.begin, block.size);
        return out;
    }
    return std::nullopt;
}

}  // namespace gonghui::ctl

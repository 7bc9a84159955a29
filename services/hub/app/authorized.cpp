#include "services/hub/app/authorized.hpp"

#include "common/zeromq/keys.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace gonghui::hub {

namespace {

constexpr std::array<std::string_view, 8> known{"public", "service", "instance",     "publish",
                                                "follow", "call",    "assert_actor", "rate"};
// A million a second is more than a hub passes on.
constexpr std::int64_t highest_rate = 1'000'000;

// Says where in the file something is wrong.
class Place {
public:
    explicit Place(std::string file) : file_(std::move(file)) {}
    [[noreturn]] void fail(const toml::source_region& region, const std::string& what) const
    {
        throw WrongGrant(file_ + ':' + std::to_string(region.begin.line) + ": " + what);
    }

private:
    std::string file_;
};

std::string read_text(const toml::table& peer, std::string_view name, const Place& place)
{
    const auto* node = peer.get(name);
    if (node == nullptr) return {};
    const auto text = node->value_exact<std::string>();
    if (!text) place.fail(node->source(), std::string(name) + " must be a text");
    return *text;
}

std::vector<std::string> read_list(const toml::table& peer, std::string_view name, const Place& place)
{
    std::vector<std::string> list;
    const auto* node = peer.get(name);
    if (node == nullptr) return list;
    const auto* array = node->as_array();
    if (array == nullptr) place.fail(node->source(), std::string(name) + " must be a list of texts");
    for (const auto& element : *array) {
        const auto text = element.value_exact<std::string>();
        if (!text) place.fail(element.source(), std::string(name) + " must be a list of texts");
        list.push_back(*text);
    }
    return list;
}

Grant read_peer(const toml::table& peer, const Place& place)
{
    for (const auto& [name, node] : peer)
        if (std::find(known.begin(), known.end(), name.str()) == known.end())
            place.fail(node.source(), "a peer has no key " + std::string(name.str()));
    Grant grant;
    grant.public_key = read_text(peer, "public", place);
    grant.service = read_text(peer, "service", place);
    grant.instance = read_text(peer, "instance", place);
    grant.publish = read_list(peer, "publish", place);
    grant.follow = read_list(peer, "follow", place);
    grant.call = read_list(peer, "call", place);
    if (const auto* node = peer.get("assert_actor")) {
        const auto flag = node->value_exact<bool>();
        if (!flag) place.fail(node->source(), "assert_actor must be true or false");
        grant.assert_actor = *flag;
    }
    if (const auto* node = peer.get("rate")) {
        const auto rate = node->value_exact<std::int64_t>();
        if (!rate || *rate < 1 || *rate > highest_rate)
            place.fail(node->source(), "rate must be a number of units per second from 1 to " +
                                           std::to_string(highest_rate) + "; without the line there is no bound");
        grant.rate = *rate;
    }
    if (!zeromq::is_key(grant.public_key))
        place.fail(peer.source(), "public must be a CURVE public key of 40 characters");
    if (grant.service.empty()) place.fail(peer.source(), "a peer needs a service");
    return grant;
}

}  // namespace

std::vector<Grant> parse_authorized(std::string_view text, const std::string& file_name)
{
    const Place place(file_name);
    toml::table root;
    try {
        root = toml::parse(text, file_name);
    } catch (const toml::parse_error& error) {
        place.fail(error.source(), std::string(error.description()));
    }
    std::vector<Grant> grants;
    for (const auto& [name, node] : root) {
        const auto* peers = node.as_array();
        if (name.str() != "peer" || peers == nullptr)
            place.fail(node.source(), "only [[peer]] entries belong here, not " + std::string(name.str()));
        for (const auto& element : *peers) {
            const auto* peer = element.as_table();
            if (peer == nullptr) place.fail(element.source(), "a peer is a table: [[peer]]");
            grants.push_back(read_peer(*peer, place));
        }
    }
    return grants;
}

std::vector<Grant> read_authorized(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) throw WrongGrant(file.string() + ": cannot be read");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return parse_authorized(text, file.string());
}

}  // namespace gonghui::hub

#include "services/hub/domain/rights.hpp"

#include "common/codec/scan.hpp"

#include <algorithm>
#include <set>

namespace gonghui::hub {

namespace {

bool names(const std::vector<std::string>& list, std::string_view name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool covers(std::string_view pattern, std::string_view type)
{
    if (pattern == "*" || pattern == type) return true;
    if (!pattern.ends_with(".*") && !pattern.ends_with("._*")) return false;
    const auto stem = pattern.substr(0, pattern.size() - 1);
    if (!type.starts_with(stem) || type.size() == stem.size()) return false;
    // What begins with an underscore is the bus's own: it shows and changes what an operator answers for.
    return stem.ends_with('_') || type[stem.size()] != '_';
}

// "331083.training.seat_taken" -> the service, when the topic is of this district and closes the service with a dot.
std::string_view service_in(std::string_view topic, std::string_view district)
{
    if (!topic.starts_with(district) || topic.size() <= district.size() || topic[district.size()] != '.') return {};
    const auto rest = topic.substr(district.size() + 1);
    const auto end = rest.find('.');
    return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
}

void require_sound(const std::vector<Grant>& grants)
{
    std::set<std::string_view> keys;
    for (const auto& grant : grants) {
        if (grant.service.empty() || grant.public_key.empty())
            throw WrongGrant("a peer needs both: public and service");
        if (grant.service == "hub") throw WrongGrant("no peer can be the hub");
        if (!keys.insert(grant.public_key).second)
            throw WrongGrant("two peers have the same public key; the second is " + grant.service);
    }
}

}  // namespace

bool Peer::may_publish(std::string_view service) const
{
    return names(grant_.publish, service);
}

bool Peer::may_follow(std::string_view service) const
{
    return names(grant_.follow, service) || may_follow_everything();
}

bool Peer::may_follow_everything() const
{
    return names(grant_.follow, "*");
}

bool Peer::may_call(std::string_view type) const
{
    if (std::any_of(grant_.call.begin(), grant_.call.end(), [&](const auto& one) { return covers(one, type); }))
        return true;
    // Who follows a service must be able to read what it missed, and to ask where it stands.
    const auto dot = type.find('.');
    const auto name = dot == std::string_view::npos ? std::string_view() : type.substr(dot + 1);
    return (name == "_log_read" || name == "_log_place") && may_follow(type.substr(0, dot));
}

Rights::Rights(std::string district, std::vector<Grant> grants) : district_(std::move(district))
{
    replace(std::move(grants));
}

void Rights::replace(std::vector<Grant> grants)
{
    require_sound(grants);
    for (auto& [key, peer] : peers_) {
        peer.is_granted_ = false;
        peer.grant_.publish.clear();
        peer.grant_.follow.clear();
        peer.grant_.call.clear();
        peer.grant_.assert_actor = false;
    }
    for (auto& grant : grants) {
        auto& peer = peers_[grant.public_key];
        peer.grant_ = std::move(grant);
        peer.allowance.set_rate(peer.grant_.rate);
        peer.is_granted_ = true;
    }
}

Peer& Rights::of(std::string_view public_key)
{
    const auto found = peers_.find(public_key);
    return found == peers_.end() ? nobody_ : found->second;
}

bool Rights::knows_service(std::string_view service) const
{
    return std::any_of(peers_.begin(), peers_.end(), [&](const auto& one) { return one.second.may_publish(service); });
}

bool Rights::may_follow(const Peer& peer, std::string_view topic_prefix) const
{
    if (peer.may_follow_everything()) return true;
    const auto service = service_in(topic_prefix, district_);
    return !service.empty() && peer.may_follow(service);
}

bool Rights::may_publish(const Peer& peer, std::string_view topic, std::string_view source) const
{
    const auto service = service_in(topic, district_);
    return !service.empty() && peer.may_publish(service) && messaging::topic_matches(topic, source);
}

bool Rights::may_hold(const Peer& peer, const messaging::Source& source) const
{
    return source.district == district_ && peer.may_publish(source.service);
}

std::string_view source_of(BytesView event)
{
    codec::Scan scan(event);
    const auto entries = scan.map().value_or(0);
    for (std::size_t i = 0; i < entries; ++i) {
        const auto name = scan.text();
        if (!name) break;
        if (*name == "source") return scan.text().value_or("");
        if (!scan.value()) break;
    }
    return {};
}

}  // namespace gonghui::hub

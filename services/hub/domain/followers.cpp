#include "services/hub/domain/followers.hpp"

#include <algorithm>

namespace gonghui::hub {

namespace {

constexpr std::chrono::seconds silence{60};

}  // namespace

bool Follower::wants(std::string_view topic) const
{
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return topic.starts_with(prefix); });
}

bool Followers::on_follow(std::string_view route, Peer& peer, std::string_view topic_prefix, UtcTime now)
{
    if (!rights_.may_follow(peer, topic_prefix)) {
        ++peer.counters.refused_follow;
        return false;
    }
    auto found =
        std::find_if(followers_.begin(), followers_.end(), [&](const auto& one) { return one.route == route; });
    if (found == followers_.end()) {
        Follower follower;
        follower.route = route;
        found = followers_.insert(found, std::move(follower));
    }
    found->peer = &peer;
    found->heard = now;
    const bool known = std::find(found->prefixes.begin(), found->prefixes.end(), topic_prefix) != found->prefixes.end();
    if (!known) found->prefixes.emplace_back(topic_prefix);
    return true;
}

void Followers::on_gone(std::string_view route)
{
    std::erase_if(followers_, [&](const auto& one) { return one.route == route; });
}

void Followers::on_rights_changed()
{
    for (auto& follower : followers_)
        std::erase_if(follower.prefixes,
                      [&](const auto& prefix) { return !rights_.may_follow(*follower.peer, prefix); });
    std::erase_if(followers_, [](const auto& one) { return one.prefixes.empty(); });
}

void Followers::on_tick(UtcTime now)
{
    std::erase_if(followers_, [&](const auto& one) { return now - one.heard > silence; });
}

}  // namespace gonghui::hub

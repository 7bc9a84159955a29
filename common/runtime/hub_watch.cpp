#include "common/runtime/hub_watch.hpp"

#include <utility>

namespace gonghui::runtime {

std::optional<HubNews> HubWatch::look(zeromq::Link link, UtcTime now)
{
    if (link != zeromq::Link::connecting) {
        down_since_.reset();
    } else {
        if (!down_since_) down_since_ = now;
        if (now - *down_since_ < patience) return std::nullopt;
    }
    const auto news = link == zeromq::Link::up        ? HubNews::connected
                      : link == zeromq::Link::refused ? HubNews::key_refused
                                                      : HubNews::unreachable;
    return std::exchange(told_, news) == news ? std::nullopt : std::optional(news);
}

}  // namespace gonghui::runtime

#pragma once
// Server-sent events (WHATWG HTML, section 9.2): what an open page is told without asking. On connecting it is told the
// present state, so that nothing has to be remembered of a page that was away.
//
//     event: inbox     {"unread":2}
//     event: seats     {"campaign_id":..,"class_id":..,"taken":..,"offered":..,"waiting":..,"capacity":..}
//                      of the classes of ?campaign_id=
//     event: line      {"class_id":..,"rank":3}    of every line in which the person stands
//     event: refusals  {"campaign_id":..,"counts":{"time_clash":3}}    of ?campaign_id=, to officers

#include "services/gateway/http/bus.hpp"
#include "services/gateway/http/refusals.hpp"
#include "services/gateway/http/sessions.hpp"

#include <deque>
#include <list>
#include <set>
#include <unordered_map>

namespace gonghui::gateway {

class Streams {
public:
    // Everything outlives it.
    struct Ports {
        Bus& bus;
        Board& board;
        Refusals& refusals;
        const Sessions& sessions;
        Clock& clock;
        Random& random;
    };
    explicit Streams(const Ports& ports) : ports_(ports) {}

    void open(const Caller& caller, const HttpRequest& request, const Respond& respond);
    // To be called several times a second.
    void tick(std::chrono::steady_clock::time_point now);

    [[nodiscard]] std::size_t count() const { return pages_.size(); }

private:
    struct Page {
        std::weak_ptr<Stream> stream;
        TokenHash token{};
        Actor actor;
        std::optional<CampaignId> campaign;
        bool wants_inbox = true;                // to be told anew
        std::set<ClassId> wants_lines;          // the same
        std::map<ClassId, std::int64_t> ranks;  // as told
    };
    using PagePtr = std::shared_ptr<Page>;

    void tell_seats(std::chrono::steady_clock::time_point now);
    void tell_refusals();
    void ask_for_pages();
    void ask_unread(const PagePtr& page);
    void ask_rank(const PagePtr& page, const ClassId& class_id);
    void look_after_pages(std::chrono::steady_clock::time_point now);
    template <class Query>
    messaging::OutgoingRequest request_for(const Query& query, const Page& page);

    Ports ports_;
    std::list<PagePtr> pages_;
    std::unordered_set<ClassId> changed_;  // since seats were told
    std::chrono::steady_clock::time_point next_seats_{};
    std::chrono::steady_clock::time_point next_refusals_{};
    std::chrono::steady_clock::time_point next_look_{};
    std::chrono::steady_clock::time_point next_word_{};
};

}  // namespace gonghui::gateway

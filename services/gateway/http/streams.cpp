#include "services/gateway/http/streams.hpp"

#include "schemas/generated/notifications/codecs.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "schemas/json/from_json.hpp"
#include "services/gateway/http/problems.hpp"

#include <algorithm>

namespace gonghui::gateway {

namespace {

using namespace std::chrono_literals;

constexpr auto between_seats = 1s;  // a rush changes a class thousands of times a second, and nobody reads that
constexpr auto between_looks = 1s;
constexpr auto between_words = 20s;
constexpr int most_questions = 100;        // a tick
constexpr std::ptrdiff_t most_pages = 10;  // of one person

std::string event(std::string_view name, const std::string& data)
{
    std::string text("event: ");
    text.append(name).append("\ndata: ").append(data).append("\n\n");
    return text;
}

std::string seats_event(const ClassFacts& one)
{
    return event("seats", "{\"campaign_id\":\"" + to_string(one.campaign) + "\",\"class_id\":\"" + to_string(one.id) +
                              "\",\"taken\":" + std::to_string(one.taken) + ",\"offered\":" +
                              std::to_string(one.offered) + ",\"waiting\":" + std::to_string(one.waiting) +
                              ",\"capacity\":" + std::to_string(one.capacity) + '}');
}

std::string refusals_event(const CampaignId& campaign, const Refusals& refusals)
{
    return event("refusals",
                 "{\"campaign_id\":\"" + to_string(campaign) + "\",\"counts\":" + refusals.counts_of(campaign) + '}');
}

// nullopt: there is none, or it is no UUID.
std::optional<CampaignId> campaign_in(std::string_view query)
{
    constexpr std::string_view name = "campaign_id=";
    const auto at = query.find(name);
    if (at == query.npos) return std::nullopt;
    const auto uuid = Uuid::parse(query.substr(at + name.size(), 36));
    return uuid ? std::optional(CampaignId(*uuid)) : std::nullopt;
}

template <class Reply>
std::optional<Reply> read(const Answered& answered)
{
    if (answered.reply == nullptr || answered.reply->outcome != messaging::Outcome::accepted) return std::nullopt;
    Reply reply;
    codec::Errors errors;
    decode(answered.reply->data, reply, errors);
    return errors.empty() ? std::optional(std::move(reply)) : std::nullopt;
}

bool tell(const std::weak_ptr<Stream>& stream, const std::string& text)
{
    const auto open = stream.lock();
    return open && open->send(text);
}

}  // namespace

void Streams::open(const Caller& caller, const HttpRequest& request, const Respond& respond)
{
    if (request.method != Method::get || request.is_head) return respond(not_allowed("GET", request.language));
    const auto same = std::count_if(pages_.begin(), pages_.end(), [&](const PagePtr& page) {
        return page->actor.person == caller.actor.person && !page->stream.expired();
    });
    if (same >= most_pages) return respond(too_many(5s, request.language));
    auto page = std::make_shared<Page>();
    page->stream = request.stream;
    page->token = caller.session.token_hash;
    page->actor = caller.actor;
    page->campaign = campaign_in(request.query);
    for (const auto& class_id : ports_.board.waits_for(caller.session.person)) page->wants_lines.insert(class_id);
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.headers = "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n";
    response.body = "retry: 2000\n\n";
    if (page->campaign)
        for (const auto& one : ports_.board.classes_of(*page->campaign)) response.body += seats_event(one);
    if (page->campaign && page->actor.role != Role::worker)
        response.body += refusals_event(*page->campaign, ports_.refusals);
    response.is_stream = true;
    respond(std::move(response));
    pages_.push_back(std::move(page));
}

void Streams::tick(std::chrono::steady_clock::time_point now)
{
    auto changes = ports_.board.take_changes();
    if (pages_.empty()) {
        changed_.clear();
        return;
    }
    if (now >= next_look_) {
        next_look_ = now + between_looks;
        look_after_pages(now);
    }
    changed_.merge(changes.classes);
    if (!changes.inboxes.empty())
        for (const auto& page : pages_)
            if (changes.inboxes.contains(PersonId(page->actor.person))) page->wants_inbox = true;
    if (now >= next_seats_ && !changed_.empty()) {
        next_seats_ = now + between_seats;
        tell_seats(now);
    }
    if (now >= next_refusals_) {
        next_refusals_ = now + between_seats;
        tell_refusals();
    }
    ask_for_pages();
}

// One text for all pages of a campaign.
void Streams::tell_seats(std::chrono::steady_clock::time_point)
{
    std::unordered_map<CampaignId, std::string> texts;
    for (const auto& class_id : changed_)
        if (const auto one = ports_.board.class_with(class_id)) texts[one->campaign] += seats_event(*one);
    for (const auto& page : pages_) {
        if (page->campaign)
            if (const auto text = texts.find(*page->campaign); text != texts.end()) tell(page->stream, text->second);
        for (const auto& class_id : ports_.board.waits_for(PersonId(page->actor.person)))
            if (changed_.contains(class_id)) page->wants_lines.insert(class_id);
    }
    changed_.clear();
}

void Streams::tell_refusals()
{
    for (const auto& campaign : ports_.refusals.take_changes())
        for (const auto& page : pages_)
            if (page->campaign == campaign && page->actor.role != Role::worker)
                tell(page->stream, refusals_event(campaign, ports_.refusals));
}

void Streams::ask_for_pages()
{
    int left = most_questions;
    for (const auto& page : pages_) {
        if (left <= 0) return;
        if (page->wants_inbox) {
            page->wants_inbox = false;
            ask_unread(page);
            --left;
        }
        for (const auto& class_id : std::exchange(page->wants_lines, {})) {
            ask_rank(page, class_id);
            --left;
        }
    }
}

template <class Query>
messaging::OutgoingRequest Streams::request_for(const Query& query, const Page& page)
{
    messaging::OutgoingRequest request;
    request.id = make_ordered_uuid(ports_.clock.now(), ports_.random);
    request.type = Query::type;
    request.actor = Actor{.role = Role::worker, .person = page.actor.person, .place = {}, .service = {}};
    request.deadline = ports_.clock.now() + 5s;
    codec::Writer data;
    encode(data, query);
    request.data = data.take();
    return request;
}

void Streams::ask_unread(const PagePtr& page)
{
    const notifications::UnreadCount query{PersonId(page->actor.person)};
    ports_.bus.ask(request_for(query, *page), {}, [page](const Answered& answered) {
        if (const auto reply = read<notifications::UnreadCountReply>(answered))
            tell(page->stream, event("inbox", "{\"unread\":" + std::to_string(reply->unread) + '}'));
    });
}

void Streams::ask_rank(const PagePtr& page, const ClassId& class_id)
{
    const auto one = ports_.board.class_with(class_id);
    if (!one) return;
    training::MyRank query;
    query.campaign_id = one->campaign;
    query.class_id = class_id;
    query.person_id = PersonId(page->actor.person);
    auto request = request_for(query, *page);
    request.key = one->campaign.uuid;
    ports_.bus.ask(request, {}, [page, class_id](const Answered& answered) {
        const auto reply = read<training::MyRankReply>(answered);
        if (!reply || !reply->rank || page->ranks[class_id] == *reply->rank) return;
        page->ranks[class_id] = *reply->rank;
        tell(page->stream, event("line", "{\"class_id\":\"" + to_string(class_id) +
                                             "\",\"rank\":" + std::to_string(*reply->rank) + '}'));
    });
}

// Who has logged out, or asks in another role by now, is told no more: their page connects anew as who they are. And a
// word now and then, so that nobody between takes the connection for dead.
void Streams::look_after_pages(std::chrono::steady_clock::time_point now)
{
    const bool is_time = now >= next_word_;
    if (is_time) next_word_ = now + between_words;
    std::erase_if(pages_, [&](const PagePtr& page) {
        const auto stream = page->stream.lock();
        if (!stream) return true;
        const auto actor = ports_.sessions.actor_with(page->token);
        if (actor && actor->role == page->actor.role && actor->place == page->actor.place)
            return is_time && !stream->send(":\n\n");
        stream->finish();
        return true;
    });
}

}  // namespace gonghui::gateway

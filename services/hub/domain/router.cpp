#include "services/hub/domain/router.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace gonghui::hub {

namespace {

using messaging::Reply;
using messaging::ReplyToken;
using std::chrono::milliseconds;

// A token is a slot and the running number of the request in it: a late reply never meets the slot's next request.
constexpr unsigned slot_bits = 20;
constexpr std::uint64_t slot_mask = (1U << slot_bits) - 1;

// Half a beacon: by then a holder that is starting has spoken.
constexpr milliseconds retry_unavailable{500};
constexpr milliseconds retry_overloaded{100};
// No peer of ours sends such a request.
constexpr std::int64_t undecodable_units = 10;
// One holder hands over to the next within a fraction of a second; after a while it is an outage like another.
constexpr milliseconds retry_handed_over{30};
constexpr std::chrono::seconds longest_handover{2};

// Tokens begin anywhere, so that a reply to a token of an earlier start finds nobody.
std::uint64_t random_start(Random& random)
{
    std::array<std::byte, 4> bytes{};
    random.fill(bytes);
    std::uint32_t start = 0;
    std::memcpy(&start, bytes.data(), bytes.size());
    return std::max<std::uint64_t>(1, start);
}

Reply not_permitted(std::string_view what)
{
    return Reply::refused(Refusal{"not_permitted", {Fact{"right", std::string(what)}}});
}

}  // namespace

Router::Router(const RouterSettings& settings, const Rights& rights, Random& random)
    : settings_(settings), rights_(rights), tickets_(random), sequence_(random_start(random))
{
}

Routed Router::on_request(std::string_view from, Peer& caller, BytesView request, UtcTime now, BytesView ticket)
{
    ++caller.counters.requests;
    const auto head = read_head(request);
    if (!head) {
        caller.allowance.bear(undecodable_units, now);
        ++caller.counters.malformed;
        ++counters_.invalid;
        return answer(from, messaging::id_of(request), Reply::invalid("undecodable"));
    }
    const auto units = units_of(request.size());
    const bool has_room = !caller.allowance.is_bounded() || caller.in_flight < settings_.in_flight_at_a_rate;
    if (!has_room || !caller.allowance.may_bring(now)) {
        ++caller.counters.beyond_rate;
        ++counters_.overloaded;
        const auto turn = caller.allowance.turn_away(units, now);
        return answer(from, head->id, Reply::retry("overloaded", std::chrono::ceil<milliseconds>(turn)));
    }
    caller.allowance.charge(units, now);
    if (!caller.may_call(head->type)) {
        ++caller.counters.refused_call;
        ++counters_.refused;
        return answer(from, head->id, not_permitted("call"));
    }
    if (head->asserts_actor && !caller.may_assert_actor()) {
        ++caller.counters.refused_actor;
        ++counters_.refused;
        return answer(from, head->id, not_permitted("assert_actor"));
    }
    if (head->type == "hub._status") return StatusAsked{head->id};
    return forward(from, caller, *head, ticket, now);
}

// Why this request goes nowhere, whatever partition it is for.
std::optional<Reply> Router::objection(const Peer& caller, const RequestHead& head, UtcTime now)
{
    if (!rights_.knows_service(head.service())) {
        ++counters_.invalid;
        return Reply::invalid("unknown_service");
    }
    if (head.deadline && *head.deadline <= now) {
        ++counters_.expired;
        return Reply::retry("deadline_passed", milliseconds(0));
    }
    if (caller.in_flight >= settings_.in_flight_per_caller) {
        ++counters_.overloaded;
        return Reply::retry("overloaded", retry_overloaded);
    }
    if (!services_.contains(head.service())) {
        ++counters_.unavailable;
        return Reply::retry("service_unavailable", retry_unavailable);
    }
    return std::nullopt;
}

Routed Router::forward(std::string_view from, Peer& caller, const RequestHead& head, BytesView ticket, UtcTime now)
{
    if (const auto reply = objection(caller, head, now)) {
        if (reply->code == "overloaded") ++caller.counters.overloaded;
        return answer(from, head.id, *reply);
    }
    auto& service = services_.find(head.service())->second;
    const auto partitions = static_cast<std::int64_t>(service.size());
    const auto wanted = head.partition ? *head.partition
                        : head.key     ? messaging::partition_of(*head.key, static_cast<int>(partitions))
                                       : 0;
    if (wanted < 0 || wanted >= partitions) {
        ++counters_.invalid;
        return answer(from, head.id, Reply::invalid("unknown_partition"));
    }
    const auto index = static_cast<std::size_t>(wanted);
    auto& partition = service[index];
    if (!partition.is_held()) {
        ++counters_.unavailable;
        const bool changes_hands = now - partition.released < longest_handover;
        return answer(from, head.id,
                      Reply::retry("partition_unavailable", changes_hands ? retry_handed_over : retry_unavailable));
    }
    if (const auto turn = turn_of(caller, head, partition, ticket, now)) {
        ++caller.counters.overloaded;
        return turn_away(from, caller, head.id, partition.line, *turn, now);
    }
    ++counters_.forwarded;
    InFlight request;
    request.caller_route = from;
    request.request_id = head.id;
    request.caller = &caller;
    request.holder = partition.peer;
    request.service = &service;
    request.partition = index;
    request.has_deadline = head.deadline.has_value();
    request.until = head.deadline.value_or(now + settings_.unanswered);
    if (head.type.ends_with("._log_read")) request.prepaid = page_units;
    caller.allowance.charge(request.prepaid, now);
    return Forward{partition.holder, remember(std::move(request))};
}

// While others wait for their turn, half of the places are for those whose turn has come: whoever stood in line is not
// overtaken by whoever comes now, and no place stays empty for somebody who does not come.
std::optional<UtcTime> Router::turn_of(const Peer& caller, const RequestHead& head, PartitionState& partition,
                                       BytesView ticket, UtcTime now)
{
    const auto turn = tickets_.turn_in(ticket, caller.grant().public_key, head.id);
    const auto places = in_flight_ > slot_mask ? 0 : settings_.in_flight_per_partition;
    const bool is_preferred = turn ? *turn <= now : !partition.line.has_waiting(now);
    if (partition.in_flight < (is_preferred ? places : places / 2)) return std::nullopt;
    if (!turn) return partition.line.join(now);
    return turn;
}

Answer Router::turn_away(std::string_view to, const Peer& caller, const Uuid& request_id, const Line& line,
                         UtcTime turn, UtcTime now)
{
    ++counters_.overloaded;
    auto reply = Reply::retry("overloaded", std::chrono::ceil<milliseconds>(wait_until(turn, now)));
    reply.facts = {{"ahead", line.ahead_of(turn, now)}};
    auto away = answer(to, request_id, reply);
    away.ticket = tickets_.ticket(caller.grant().public_key, request_id, turn);
    return away;
}

ReplyToken Router::remember(InFlight request)
{
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const auto slot = free_.back();
    free_.pop_back();
    request.sequence = sequence_++;
    ++request.caller->in_flight;
    ++(*request.service)[request.partition].in_flight;
    ++in_flight_;
    const auto token = request.sequence << slot_bits | slot;
    slots_[slot] = std::move(request);
    return token;
}

Router::InFlight* Router::find(ReplyToken token)
{
    const auto slot = token & slot_mask;
    if (slot >= slots_.size() || slots_[slot].sequence == 0 || slots_[slot].sequence != token >> slot_bits)
        return nullptr;
    return &slots_[slot];
}

void Router::forget(InFlight& request)
{
    --request.caller->in_flight;
    request.caller->allowance.give_back(request.prepaid);
    --(*request.service)[request.partition].in_flight;
    --in_flight_;
    request.sequence = 0;
    free_.push_back(static_cast<std::uint32_t>(&request - slots_.data()));
}

std::optional<Route> Router::on_reply(Peer& holder, ReplyToken token, std::size_t bytes, UtcTime now)
{
    auto* const request = find(token);
    // By key, not by connection: a holder that connected again answers what it was asked before.
    if (request == nullptr || request->holder != &holder) {
        ++counters_.stray;
        holder.allowance.bear(units_of(bytes), now);
        return std::nullopt;
    }
    ++holder.counters.replies;
    ++counters_.replied;
    (*request->service)[request->partition].line.on_answer();
    request->caller->allowance.charge(units_of_reply(bytes), now);
    forget(*request);
    return std::move(request->caller_route);
}

HoldOutcome Router::on_hold(std::string_view from, Peer& peer, const messaging::Holding& holding, UtcTime now)
{
    if (!rights_.may_hold(peer, holding.source)) {
        ++peer.counters.refused_hold;
        return {Claimed::refused, {}};
    }
    if (holding.wire < messaging::oldest_wire || holding.wire > messaging::newest_wire) {
        ++peer.counters.refused_hold;
        return {Claimed::unspoken, {}};
    }
    auto& service = services_[holding.source.service];
    const auto partitions = static_cast<std::size_t>(holding.partitions);
    if (service.size() < partitions) service.resize(partitions);
    const auto index = static_cast<std::size_t>(holding.source.partition);
    auto& partition = service[index];
    // A claim is raised at every open of the store: a lower one comes from a process that has lost it.
    if (holding.claim < partition.claim) return {Claimed::superseded, {}};

    HoldOutcome outcome{Claimed::obeyed, {}};
    const bool same_holder = partition.peer == &peer && partition.claim == holding.claim;
    if (partition.is_held() && !same_holder) outcome.answers = let_go(service, index);
    partition.holder = from;
    partition.peer = &peer;
    partition.claim = holding.claim;
    partition.epoch = holding.epoch;
    partition.seq = holding.seq;
    partition.wire = holding.wire;
    partition.heard = now;
    return outcome;
}

void Router::on_release(const Peer& peer, const messaging::Source& source, UtcTime now)
{
    const auto found = services_.find(source.service);
    if (source.district != rights_.district() || found == services_.end()) return;
    const auto index = static_cast<std::size_t>(source.partition);
    if (index >= found->second.size() || found->second[index].peer != &peer) return;
    // What is in flight will still be answered by the holder that drains; only new requests are turned away.
    found->second[index].holder.clear();
    found->second[index].released = now;
}

std::vector<Answer> Router::on_rights_changed()
{
    return let_go_where([](const std::string& service, const PartitionState& partition) {
        return !partition.peer->may_publish(service);
    });
}

std::vector<Answer> Router::let_go(std::vector<PartitionState>& service, std::size_t partition)
{
    std::vector<Answer> answers;
    service[partition].holder.clear();
    if (service[partition].in_flight == 0) return answers;
    for (auto& request : slots_) {
        if (request.sequence == 0 || request.service != &service || request.partition != partition) continue;
        ++counters_.unavailable;
        answers.push_back(
            answer(request.caller_route, request.request_id, Reply::retry("holder_lost", retry_unavailable)));
        forget(request);
    }
    return answers;
}

std::optional<Answer> Router::on_full(ReplyToken token, UtcTime now)
{
    auto* const request = find(token);
    if (request == nullptr) return std::nullopt;
    auto& line = (*request->service)[request->partition].line;
    const auto turn = line.join(now);
    auto refusal = turn_away(request->caller_route, *request->caller, request->request_id, line, turn, now);
    forget(*request);
    return refusal;
}

std::vector<Answer> Router::let_go_where(
    const std::function<bool(const std::string& service, const PartitionState&)>& condition)
{
    std::vector<Answer> answers;
    for (auto& [name, service] : services_)
        for (std::size_t i = 0; i < service.size(); ++i) {
            if (!service[i].is_held() || !condition(name, service[i])) continue;
            auto some = let_go(service, i);
            std::move(some.begin(), some.end(), std::back_inserter(answers));
        }
    return answers;
}

std::vector<Answer> Router::on_gone(std::string_view route)
{
    return let_go_where([&](const auto&, const PartitionState& partition) { return partition.holder == route; });
}

std::vector<Answer> Router::on_tick(UtcTime now)
{
    auto answers = let_go_where(
        [&](const auto&, const PartitionState& partition) { return now - partition.heard > settings_.holding_lapses; });
    for (auto& [name, service] : services_)
        for (auto& partition : service) partition.line.on_tick(now);
    if (in_flight_ == 0) return answers;
    for (auto& request : slots_) {
        if (request.sequence == 0 || now < request.until) continue;
        ++counters_.expired;
        // After a deadline nobody waits; without one somebody may.
        if (!request.has_deadline)
            answers.push_back(
                answer(request.caller_route, request.request_id, Reply::retry("no_answer", retry_unavailable)));
        forget(request);
    }
    return answers;
}

Answer Router::answer(std::string_view to, const Uuid& request_id, const Reply& reply)
{
    ++counters_.answered;
    const messaging::At at{rights_.district() + "/hub/0", 1, 0};
    return {Route(to), messaging::encode_reply(request_id, reply, at)};
}

}  // namespace gonghui::hub

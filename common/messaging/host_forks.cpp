#include "common/messaging/host_state.hpp"

#include <algorithm>

namespace gonghui::messaging {

namespace {

// No honest store has begun so many.
constexpr std::int64_t most_epochs = 1'000'000'000;

std::int64_t number_of(const codec::Value& data, std::string_view name)
{
    return data.find(name).value_or(codec::Value{}).integer().value_or(0);
}

}  // namespace

// --- the owner ---

// A follower cannot place its cursor in this log. If no epoch explains it, this file was put here by hand.
Reply Host::State::place_of(const Request& request)
{
    Position cursor{number_of(request.data, "epoch"), number_of(request.data, "seq"), {}};
    const auto chain = request.data.find("chain").value_or(codec::Value{}).binary().value_or(BytesView{});
    if (cursor.epoch < 1 || cursor.epoch > most_epochs || cursor.seq < 0 || chain.size() != cursor.chain.size())
        return Reply::invalid("invalid_request");
    std::copy(chain.begin(), chain.end(), cursor.chain.begin());

    const auto before = log.head().epoch;
    const auto answer = place_follower(log, ports.database, cursor, opened_at);
    if (answer.epoch != before) {
        next_beacon = {};  // whoever follows learns of it at once
        alarm("epoch_began", "epoch " + std::to_string(answer.epoch) + " after record " + std::to_string(answer.kept) +
                                 ": a follower knows another history");
    }
    codec::Writer out;
    out.map(3);
    out.text("fits");
    out.boolean(answer.fits);
    out.text("epoch");
    out.integer(answer.epoch);
    out.text("kept");
    out.integer(answer.kept);
    Reply reply;
    reply.data = out.take();
    return reply;
}

// --- the follower ---

void Host::State::ask_whereabouts(Follower& follower, UtcTime now)
{
    codec::Writer data;
    data.map(3);
    data.text("epoch");
    data.integer(follower.cursor().epoch);
    data.text("seq");
    data.integer(follower.cursor().seq);
    data.text("chain");
    data.binary(follower.cursor().chain);
    ask(follower, {{}, Question::About::whereabouts, 0}, data.take(), now);
}

void Host::State::on_whereabouts(Follower& follower, const ReceivedReply& reply, UtcTime now)
{
    Whereabouts owner;
    owner.fits = reply.data.find("fits").value_or(codec::Value{}).boolean().value_or(false);
    owner.epoch = number_of(reply.data, "epoch");
    owner.kept = number_of(reply.data, "kept");
    if (owner.fits) {
        follower.go_on(owner.epoch, owner.kept);
        cursors.set(follower.source(), follower.cursor(), follower.evolved_until());
        return look_for_rebuilds();
    }
    rebuild(follower, owner, now);
}

// Empties what the service's events wrote and begins again with the first record of each of its partitions. Only the
// forked one has a history that ends earlier than its cursor.
void Host::State::rebuild(Follower& forked, const Whereabouts& owner, UtcTime now)
{
    const auto service = Source::parse(forked.source())->service;
    const auto* tables = ports.service.read_model(service);
    if (!tables) {
        if (forked.refused(now + std::chrono::minutes(1), "cannot_rebuild"))
            alarm("cannot_rebuild", "the tables that " + service + " fills are not named");
        return;
    }
    for (const auto& table : *tables) ports.database.script("DELETE FROM " + table);
    const auto was_at = std::max(forked.cursor().seq, forked.evolved_until());
    const auto kept = std::min(owner.kept, was_at);
    remember_fork(ports.database, {forked.source(), owner.epoch, kept, was_at, log.head().seq, now});
    parked.remove_beyond(forked.source(), kept);
    for (auto& [source, follower] : followers) {
        if (Source::parse(source)->service != service) continue;
        if (&follower == &forked)
            follower.rebuild(owner.epoch, kept);
        else
            follower.rebuild(follower.cursor().epoch, std::max(follower.cursor().seq, follower.evolved_until()));
        cursors.set(source, follower.cursor(), follower.evolved_until());
    }
    look_for_rebuilds();
    alarm("rebuild_began", forked.source() + " agrees with what was followed up to record " + std::to_string(kept) +
                               " of " + std::to_string(was_at));
}

void Host::State::look_for_rebuilds()
{
    const bool before = rebuilding;
    rebuilding = std::any_of(followers.begin(), followers.end(), [](const auto& f) { return f.second.rebuilding(); });
    if (before && !rebuilding) alarm("rebuild_ended", own_source);
}

}  // namespace gonghui::messaging

#include "services/hub/domain/status.hpp"

#include "common/codec/writer.hpp"

namespace gonghui::hub {

namespace {

void number(codec::Writer& out, std::string_view name, std::int64_t value)
{
    out.text(name);
    out.integer(value);
}

void text(codec::Writer& out, std::string_view name, std::string_view value)
{
    out.text(name);
    out.text(value);
}

std::int64_t milliseconds_between(UtcTime earlier, UtcTime later)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(later - earlier).count();
}

void write_partition(codec::Writer& out, const HubState& state, const messaging::Source& source,
                     const PartitionState& partition)
{
    out.map(10);
    text(out, "source", messaging::to_string(source));
    number(out, "partition", source.partition);
    out.text("held");
    out.boolean(partition.is_held());
    text(out, "instance", partition.peer == nullptr ? "" : partition.peer->grant().instance);
    number(out, "claim", partition.claim);
    number(out, "epoch", partition.epoch);
    number(out, "seq", partition.seq);
    number(out, "wire", partition.wire);
    number(out, "in_flight", static_cast<std::int64_t>(partition.in_flight));
    number(out, "silent_ms", partition.peer == nullptr ? 0 : milliseconds_between(partition.heard, state.now));
}

void write_services(codec::Writer& out, const HubState& state)
{
    const auto& services = state.router.partitions();
    out.text("services");
    out.array(services.size());
    for (const auto& [name, partitions] : services) {
        out.map(2);
        text(out, "service", name);
        out.text("partitions");
        out.array(partitions.size());
        for (std::size_t i = 0; i < partitions.size(); ++i)
            write_partition(out, state, {state.rights.district(), name, static_cast<int>(i)}, partitions[i]);
    }
}

void write_peers(codec::Writer& out, const HubState& state)
{
    const auto& peers = state.rights.peers();
    out.text("peers");
    out.array(peers.size());
    for (const auto& [key, peer] : peers) {
        const auto& counted = peer.counters;
        out.map(19);
        text(out, "public", key);
        out.text("granted");
        out.boolean(peer.is_granted());
        text(out, "service", peer.grant().service);
        text(out, "instance", peer.grant().instance);
        number(out, "in_flight", static_cast<std::int64_t>(peer.in_flight));
        number(out, "requests", counted.requests);
        number(out, "replies", counted.replies);
        number(out, "events", counted.events);
        number(out, "refused_call", counted.refused_call);
        number(out, "refused_actor", counted.refused_actor);
        number(out, "refused_publish", counted.refused_publish);
        number(out, "refused_follow", counted.refused_follow);
        number(out, "refused_hold", counted.refused_hold);
        number(out, "malformed", counted.malformed);
        number(out, "overloaded", counted.overloaded);
        number(out, "rate", peer.grant().rate);
        number(out, "beyond_rate", counted.beyond_rate);
        number(out, "kept_out", counted.kept_out);
        out.text("is_kept_out");
        out.boolean(peer.is_kept_out);
    }
}

void write_followers(codec::Writer& out, const HubState& state)
{
    out.text("followers");
    out.array(state.followers.all().size());
    for (const auto& follower : state.followers.all()) {
        out.map(6);
        text(out, "service", follower.peer->grant().service);
        text(out, "instance", follower.peer->grant().instance);
        out.text("prefixes");
        out.array(follower.prefixes.size());
        for (const auto& prefix : follower.prefixes) out.text(prefix);
        number(out, "forwarded", follower.forwarded);
        number(out, "dropped", follower.dropped);
        number(out, "silent_ms", milliseconds_between(follower.heard, state.now));
    }
}

void write_counters(codec::Writer& out, const HubState& state)
{
    const auto& requests = state.router.counters();
    out.text("requests");
    out.map(9);
    number(out, "forwarded", requests.forwarded);
    number(out, "replied", requests.replied);
    number(out, "answered", requests.answered);
    number(out, "expired", requests.expired);
    number(out, "stray", requests.stray);
    number(out, "overloaded", requests.overloaded);
    number(out, "unavailable", requests.unavailable);
    number(out, "invalid", requests.invalid);
    number(out, "refused", requests.refused);
    out.text("events");
    out.map(5);
    number(out, "events", state.events.events);
    number(out, "forwarded", state.events.forwarded);
    number(out, "dropped", state.events.dropped);
    number(out, "refused", state.events.refused);
    number(out, "malformed", state.events.malformed);
    out.text("door");
    out.map(5);
    number(out, "open", state.door.opened - state.door.closed);
    number(out, "opened", state.door.opened);
    number(out, "keys_refused", state.door.keys_refused);
    number(out, "strangers", state.door.strangers);
    number(out, "ended", state.door.ended);
}

}  // namespace

Bytes status_reply(const Uuid& request_id, const HubState& state)
{
    codec::Writer out;
    out.map(11);
    text(out, "district", state.rights.district());
    text(out, "version", state.version);
    number(out, "wire", messaging::newest_wire);
    out.text("started");
    out.integer(to_microseconds(state.started));
    number(out, "in_flight", static_cast<std::int64_t>(state.router.in_flight()));
    write_services(out, state);
    write_peers(out, state);
    write_followers(out, state);
    write_counters(out, state);

    messaging::Reply reply;
    reply.data = out.take();
    return messaging::encode_reply(request_id, reply, {state.rights.district() + "/hub/0", 1, 0});
}

}  // namespace gonghui::hub

#include "common/messaging/follower.hpp"

#include <algorithm>

namespace gonghui::messaging {

Verdict Follower::judge(const EventHeader& header)
{
    head_seen(header.seq);
    if (diverged_) return Verdict::diverged;
    if (header.seq <= cursor_.seq) return header.epoch > cursor_.epoch ? Verdict::diverged : Verdict::duplicate;
    return header.seq == cursor_.seq + 1 ? Verdict::apply : Verdict::later;
}

void Follower::keep(std::int64_t seq, BytesView event)
{
    const bool follows_the_last = kept_.empty() || seq == kept_.back().first + 1;
    if (follows_the_last && kept_.size() < waiting_hints) kept_.emplace_back(seq, to_bytes(event));
}

std::optional<Bytes> Follower::take_kept()
{
    while (!kept_.empty() && kept_.front().first <= cursor_.seq) kept_.pop_front();
    if (kept_.empty() || kept_.front().first != cursor_.seq + 1) return std::nullopt;
    auto bytes = std::move(kept_.front().second);
    kept_.pop_front();
    return bytes;
}

void Follower::applied(const EventHeader& header, BytesView event)
{
    cursor_.chain = next_chain(cursor_.chain, event);
    cursor_.seq = header.seq;
    cursor_.epoch = header.epoch;
}

void Follower::on_beacon(const Position& head)
{
    head_seen(head.seq);
    if (head.seq == cursor_.seq && head.epoch == cursor_.epoch && head.chain != cursor_.chain) diverged_ = true;
    // Behind us: an old beacon that pages have overtaken, or a source that lost its end. A fresh page tells.
    if (head.seq < cursor_.seq && head.epoch <= cursor_.epoch) suspicious_ = true;
}

void Follower::on_page_head(const Position& head, std::int64_t after_seq)
{
    head_seen(head.seq);
    suspicious_ = false;
    const bool lost_its_end = head.seq < after_seq && head.epoch <= cursor_.epoch;
    const bool another_log = head.seq == cursor_.seq && head.epoch == cursor_.epoch && head.chain != cursor_.chain;
    if (lost_its_end || another_log) diverged_ = true;
}

void Follower::head_seen(std::int64_t seq)
{
    heard_ = true;
    known_head_ = std::max(known_head_, seq);
}

bool Follower::wants_page(UtcTime now) const
{
    if (diverged_ || now < ask_again_) return false;
    return behind();
}

void Follower::page_asked(const PageRequest& request, UtcTime now)
{
    asked_ = request;
    ask_again_ = now + page_patience;
}

std::optional<PageRequest> Follower::page_came(const Uuid& id)
{
    if (!asked_ || asked_->id != id) return std::nullopt;
    ask_again_ = {};
    return std::exchange(asked_, std::nullopt);
}

void Follower::page_refused(UtcTime at)
{
    ask_again_ = at;
}

UtcTime Follower::wake_at() const
{
    return !diverged_ && behind() ? ask_again_ : UtcTime::max();
}

}  // namespace gonghui::messaging

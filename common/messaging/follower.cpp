#include "common/messaging/follower.hpp"

#include <algorithm>

namespace gonghui::messaging {

Verdict Follower::judge(const EventHeader& header, Via via)
{
    heard_ = true;
    if (via == Via::bus && header.epoch != cursor_.epoch) {
        // An older epoch's is late, and its history may be void; a newer one's waits until a page has shown the way.
        if (header.epoch < cursor_.epoch) return Verdict::duplicate;
        doubtful_ = true;
        return Verdict::later;
    }
    known_head_ = std::max(known_head_, header.seq);
    if (diverged_) return Verdict::later;
    if (header.seq <= cursor_.seq) return Verdict::duplicate;
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
}

void Follower::on_beacon(const Position& head)
{
    heard_ = true;
    const bool same_epoch = head.epoch == cursor_.epoch;
    const bool same_place = head.seq == cursor_.seq && head.chain == cursor_.chain;
    if (same_epoch) known_head_ = std::max(known_head_, head.seq);
    if (same_place && !rebuilding()) return enter(head.epoch);
    // Behind us: an old beacon that pages have overtaken, or a source that lost its end. A fresh page tells.
    if (!same_epoch || (!same_place && head.seq <= cursor_.seq)) doubtful_ = true;
}

bool Follower::fits(const Page& page)
{
    if (page.after_seq > cursor_.seq) return true;  // nothing of it is next: it says nothing about the cursor
    const bool another_head = page.head.seq == cursor_.seq && page.head.chain != cursor_.chain;
    if (another_head || !page.from) {
        diverged_ = another_head || page.head.seq < page.after_seq;
        return !diverged_;
    }
    auto chain = *page.from;
    auto seq = page.after_seq;
    for (const auto record : page.records) {
        if (seq == cursor_.seq) break;
        chain = next_chain(chain, record);
        ++seq;
    }
    diverged_ = seq == cursor_.seq && chain != cursor_.chain;
    return !diverged_;
}

void Follower::on_page_head(const Position& head)
{
    heard_ = true;
    doubtful_ = false;
    refused_for_.clear();
    // The goal of a rebuild belongs to a history that has changed once more.
    if (rebuilding() && (head.epoch != cursor_.epoch || head.seq < evolved_until_)) diverged_ = true;
    if (diverged_)
        kept_.clear();
    else
        enter(head.epoch);
    // It may have gone down: what an owner has lost is no gap. Hints that came meanwhile wait in `kept_`.
    known_head_ = std::max(head.seq, kept_.empty() ? 0 : kept_.back().first);
}

void Follower::enter(std::int64_t epoch)
{
    if (epoch == cursor_.epoch) return;
    cursor_.epoch = epoch;
    kept_.clear();
    known_head_ = cursor_.seq;
}

void Follower::go_on(std::int64_t epoch, std::int64_t kept)
{
    diverged_ = false;
    doubtful_ = true;
    enter(epoch);
    evolved_until_ = std::min(evolved_until_, kept);
}

void Follower::rebuild(std::int64_t epoch, std::int64_t until)
{
    cursor_ = {epoch, 0, {}};
    evolved_until_ = until;
    diverged_ = false;
    doubtful_ = true;
    asked_.reset();
    ask_again_ = {};
    kept_.clear();
}

bool Follower::wants_answer(UtcTime now) const
{
    return now >= ask_again_ && (diverged_ || behind());
}

void Follower::asked(const Question& question, UtcTime now)
{
    asked_ = question;
    ask_again_ = now + page_patience;
}

std::optional<Question> Follower::answered(const Uuid& id)
{
    if (!asked_ || asked_->id != id) return std::nullopt;
    ask_again_ = {};
    return std::exchange(asked_, std::nullopt);
}

bool Follower::refused(UtcTime at, std::string_view code)
{
    ask_again_ = at;
    return std::exchange(refused_for_, code) != code;
}

UtcTime Follower::wake_at() const
{
    return diverged_ || behind() ? ask_again_ : UtcTime::max();
}

}  // namespace gonghui::messaging

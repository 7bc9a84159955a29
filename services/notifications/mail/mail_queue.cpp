#include "services/notifications/mail/mail_queue.hpp"

namespace gonghui::notifications {

MailQueue::Room MailQueue::room_for(const Uuid& message_id) const
{
    const std::scoped_lock lock(mutex_);
    if (held_.contains(message_id)) return Room::held;
    return held_.size() < capacity_ ? Room::free : Room::full;
}

void MailQueue::put(Mail mail)
{
    {
        const std::scoped_lock lock(mutex_);
        held_.insert(mail.message_id);
        waiting_.push_back(std::move(mail));
    }
    changed_.notify_one();
}

std::optional<Mail> MailQueue::take(const std::stop_token& stop, std::chrono::milliseconds patience)
{
    std::unique_lock lock(mutex_);
    // Without patience not even for the system's own millisecond.
    if (patience.count() > 0) changed_.wait_for(lock, stop, patience, [this] { return !waiting_.empty(); });
    if (waiting_.empty() || stop.stop_requested()) return std::nullopt;
    auto mail = std::move(waiting_.front());
    waiting_.pop_front();
    return mail;
}

void MailQueue::reported(const Uuid& message_id)
{
    const std::scoped_lock lock(mutex_);
    held_.erase(message_id);
}

}  // namespace gonghui::notifications

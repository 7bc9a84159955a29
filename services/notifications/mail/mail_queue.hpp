#pragma once
// Between the partition's writer, who decides that an e-mail leaves, and the worker, who sends it: a bounded queue that
// knows which e-mails are in the worker's hands until their result is in the log.
//
// Nothing here is durable. What is lost with the process stands in the store as "sending" and is looked at again.

#include "services/notifications/mail/mail.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <unordered_set>

namespace gonghui::notifications {

// Thread-safe.
class MailQueue {
public:
    explicit MailQueue(std::size_t capacity = 4096) : capacity_(capacity) {}

    enum class Room : std::uint8_t { free, full, held };
    // Whether `put` of this message may follow; `held` until `reported`.
    [[nodiscard]] Room room_for(const Uuid& message_id) const;
    // Requires that room_for(mail.message_id) was Room::free when the batch asked: one batch may exceed the capacity.
    void put(Mail mail);

    // The next mail, waiting for one `patience` at most; nullopt then, and when asked to stop.
    std::optional<Mail> take(const std::stop_token& stop, std::chrono::milliseconds patience);
    void reported(const Uuid& message_id);

private:
    const std::size_t capacity_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Mail> waiting_;
    std::unordered_set<Uuid> held_;  // waiting, being sent, or sent and not reported yet
};

}  // namespace gonghui::notifications

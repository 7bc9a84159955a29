#include "services/notifications/mail/email_worker.hpp"

namespace gonghui::notifications {

using namespace std::chrono_literals;

void EmailWorker::run(const std::stop_token& stop)
{
    while (!stop.stop_requested()) step(stop, results_.empty() ? 1min : 1s);
    report_results();
}

bool EmailWorker::step(const std::stop_token& stop, std::chrono::milliseconds patience)
{
    const auto mail = queue_.take(stop, patience);
    if (mail) {
        const auto sent = sender_.send(*mail, stop);
        results_.push_back({make_ordered_uuid(clock_.now(), random_), mail->message_id, mail->attempt, sent});
    }
    report_results();
    return mail.has_value();
}

void EmailWorker::report_results()
{
    while (!results_.empty() && reports_.deliver(results_.front())) {
        queue_.reported(results_.front().message_id);
        results_.pop_front();
    }
}

}  // namespace gonghui::notifications

#pragma once
// Sends what the queue holds, one e-mail after the other, and reports each result until it is in the log.

#include "services/notifications/mail/mail_queue.hpp"

#include <deque>
#include <stop_token>

namespace gonghui::notifications {

struct DeliveryReport {
    Uuid request_id;  // the same at every repetition: the report takes effect once
    Uuid message_id;
    int attempt = 1;
    Sent sent;
};

// Where results go: the command notifications.report_delivery, by whatever way.
class DeliveryReports {
public:
    virtual ~DeliveryReports() = default;
    // True when the report was answered for good; false: try again later. Returns soon after a stop.
    virtual bool deliver(const DeliveryReport& report) = 0;
};

// Lives on one thread; everything it is given outlives it.
class EmailWorker {
public:
    EmailWorker(MailQueue& queue, MailSender& sender, DeliveryReports& reports, Clock& clock, Random& random)
        : queue_(queue), sender_(sender), reports_(reports), clock_(clock), random_(random)
    {
    }

    // Until asked to stop. An e-mail that is being sent then is finished or broken off within a few seconds; a result
    // that could not be reported is lost, and its e-mail comes again with the same Message-ID.
    void run(const std::stop_token& stop);

    // One turn, which waits `patience` for a mail at most: true when it sent one.
    bool step(const std::stop_token& stop, std::chrono::milliseconds patience);

private:
    void report_results();

    MailQueue& queue_;
    MailSender& sender_;
    DeliveryReports& reports_;
    Clock& clock_;
    Random& random_;
    std::deque<DeliveryReport> results_;
};

}  // namespace gonghui::notifications

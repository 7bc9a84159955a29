#pragma once
// What one transaction gathers for the time after its commit: answers to send, events to publish, work to start on
// other threads, the services' own effects, alarms to raise. And the host's Recorder: the one way into the log.

#include "common/messaging/event_log.hpp"
#include "common/messaging/source.hpp"
#include "common/messaging/transport.hpp"
#include "common/messaging/unit.hpp"
#include "common/sealing/sealing.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::messaging {

struct Publication {
    std::string topic;
    Bytes event;
};

struct Answered {
    ReplyToken token = 0;
    Bytes reply;
};

// A request that other threads have work with: a query to answer, or a command to prepare.
struct Pending {
    InboundRequest request;
    Uuid id;
};

// What a person should look at; without personal data.
struct Alarm {
    std::string_view code;
    std::string detail;
};

class Batch final : public Recorder {
public:
    Batch(const Source& source, EventLog& log, const sealing::Key& service_key, Random& random);

    // Every event recorded until the next `begin` descends from `cause`; if that is a followed event, from `origin`.
    void begin(const Uuid& cause, std::string_view traceparent, UtcTime now);
    void begin(const Event& origin, std::string_view traceparent, UtcTime now);

    // Where a message begins, and the way back there when it is undone.
    struct Mark {
        Position head;
        std::size_t publications = 0;
        std::size_t effects = 0;
    };
    [[nodiscard]] Mark mark() const { return {log_.head(), publications.size(), effects.size()}; }
    void undo(const Mark& mark);

    void append(std::string_view dataschema, std::string_view subject, bool is_private,
                BytesView encoded_data) override;
    codec::Writer& scratch() override { return scratch_; }
    void once_committed(std::function<void()> effect) override { effects.push_back(std::move(effect)); }

    std::vector<Answered> replies;
    std::vector<Publication> publications;
    std::vector<Pending> readings;
    std::vector<Pending> preparations;
    std::vector<std::function<void()>> effects;
    std::vector<Alarm> alarms;
    std::optional<std::int64_t> backup;  // to begin; how many to keep
    bool destroyed_keys = false;

    void clear();

private:
    const std::string& deriver();

    const Source& source_;
    std::string source_text_;
    std::string deriver_;             // of ids: the source and its epoch
    std::int64_t deriver_epoch_ = 0;  // no epoch yet
    EventLog& log_;
    const sealing::Key& service_key_;
    Random& random_;
    codec::Writer scratch_;
    codec::Writer sealed_;
    codec::Writer event_;
    Uuid cause_;
    Origin origin_;
    std::uint32_t index_ = 0;
    std::string traceparent_;
    UtcTime now_{};
};

}  // namespace gonghui::messaging

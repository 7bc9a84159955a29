#include "common/messaging/batch.hpp"

#include "common/tracing/trace_context.hpp"

namespace gonghui::messaging {

Batch::Batch(const Source& source, EventLog& log, const sealing::Key& service_key, Random& random)
    : source_(source), source_text_(to_string(source)), log_(log), service_key_(service_key), random_(random)
{
}

void Batch::begin(const Uuid& cause, std::string_view traceparent, UtcTime now)
{
    cause_ = cause;
    index_ = 0;
    // Whatever is none is no context, and may be a megabyte in every event that follows.
    if (!traceparent.empty() && !tracing::parse_traceparent(traceparent)) traceparent = {};
    traceparent_ = traceparent;
    now_ = now;
    origin_.source.clear();
}

void Batch::begin(const Event& origin, std::string_view traceparent, UtcTime now)
{
    begin(origin.header.id, traceparent, now);
    origin_.source = origin.header.source;
    origin_.seq = origin.header.seq;
}

// What was lost with a store and is decided anew is another event, and may be about another outcome: it must not come
// under an id to which followers have reacted.
const std::string& Batch::deriver()
{
    const auto epoch = log_.head().epoch;
    if (epoch != deriver_epoch_) deriver_ = source_text_ + '@' + std::to_string(epoch);
    deriver_epoch_ = epoch;
    return deriver_;
}

void Batch::undo(const Mark& mark)
{
    log_.rewind(mark.head);
    publications.resize(mark.publications);
    effects.resize(mark.effects);
}

void Batch::append(std::string_view dataschema, std::string_view subject, bool is_private, BytesView encoded_data)
{
    const auto name = dataschema.substr(dataschema.find('/') + 1);
    EventHeader header;
    header.id = derive_uuid(cause_, index_++, deriver());
    header.source = source_text_;
    header.type = name.substr(0, name.rfind('.'));
    header.subject = subject;
    header.time = now_;
    header.dataschema = dataschema;
    header.traceparent = traceparent_;
    header.epoch = log_.head().epoch;
    header.seq = log_.head().seq + 1;
    header.cause = cause_;

    if (is_private) {
        sealed_.clear();
        sealed_.binary(sealing::seal(service_key_, header.id, dataschema, encoded_data, random_).bytes);
        encoded_data = sealed_.view();
    }
    event_.clear();
    encode_event(event_, header, encoded_data);
    log_.append(event_.view(), now_, origin_);
    publications.push_back({topic_of(source_, header.type), to_bytes(event_.view())});
}

void Batch::clear()
{
    replies.clear();
    publications.clear();
    readings.clear();
    preparations.clear();
    effects.clear();
    alarms.clear();
    backup.reset();
    destroyed_keys = false;
}

}  // namespace gonghui::messaging

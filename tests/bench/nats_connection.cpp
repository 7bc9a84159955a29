#include "tests/bench/nats_connection.hpp"

namespace gonghui::bench::nats {

namespace {

constexpr auto name = "bench";
constexpr std::int64_t patience_ms = 200;

Owned<jsCtx> stream_of(natsConnection* connection, jsOptions* options = nullptr)
{
    jsCtx* stream = nullptr;
    check(natsConnection_JetStream(&stream, connection, options), "JetStream");
    return Owned<jsCtx>(stream);
}

}  // namespace

Owned<natsConnection> connect(const std::string& url)
{
    natsConnection* connection = nullptr;
    check(natsConnection_ConnectTo(&connection, url.c_str()), "connect to NATS");
    return Owned<natsConnection>(connection);
}

void make_stream(const std::string& url)
{
    const auto connection = connect(url);
    const auto stream = stream_of(connection.get());
    js_DeleteStream(stream.get(), name, nullptr, nullptr);  // there may be none
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    const char* subjects[] = {name};
    config.Name = name;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    check(js_AddStream(nullptr, stream.get(), &config, nullptr, nullptr), "make a stream");
}

Publisher::Publisher(const std::string& url, int window, std::function<void(const char*)> on_acknowledged)
    : connection_(connect(url)), on_acknowledged_(std::move(on_acknowledged))
{
    jsOptions options;
    jsOptions_Init(&options);
    options.PublishAsync.MaxPending = window;
    options.PublishAsync.StallWait = 5'000;
    options.PublishAsync.AckHandler = acknowledged;
    options.PublishAsync.AckHandlerClosure = this;
    stream_ = stream_of(connection_.get(), &options);
}

void Publisher::acknowledged(jsCtx*, natsMsg* message, jsPubAck* acknowledgement, jsPubAckErr*, void* self)
{
    if (acknowledgement) static_cast<Publisher*>(self)->on_acknowledged_(natsMsg_GetData(message));
    natsMsg_Destroy(message);
}

void Publisher::publish(std::span<const std::byte> payload)
{
    check(js_PublishAsync(stream_.get(), name, payload.data(), static_cast<int>(payload.size()), nullptr), "publish");
}

void Publisher::finish()
{
    jsPubOptions options;
    jsPubOptions_Init(&options);
    options.MaxWait = 5'000;
    check(js_PublishAsyncComplete(stream_.get(), &options), "the last acknowledgements");
}

Consumer::Consumer(const std::string& url) : connection_(connect(url)), stream_(stream_of(connection_.get()))
{
    // One acknowledgement for all before it: the cheapest that there is.
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Config.AckPolicy = js_AckAll;
    options.Config.MaxAckPending = 65'536;
    natsSubscription* subscription = nullptr;
    check(js_PullSubscribe(&subscription, stream_.get(), name, "mirror", nullptr, &options, nullptr), "subscribe");
    subscription_.reset(subscription);
}

int Consumer::take(int batch, const std::function<void(const char*)>& each,
                   const std::function<void()>& before_acknowledging)
{
    natsMsgList list;
    const auto status = natsSubscription_Fetch(&list, subscription_.get(), batch, patience_ms, nullptr);
    if (status == NATS_TIMEOUT) return 0;
    check(status, "fetch");
    for (int i = 0; i < list.Count; ++i) each(natsMsg_GetData(list.Msgs[i]));
    before_acknowledging();
    check(natsMsg_Ack(list.Msgs[list.Count - 1], nullptr), "acknowledge");
    const auto count = list.Count;
    natsMsgList_Destroy(&list);
    return count;
}

}  // namespace gonghui::bench::nats

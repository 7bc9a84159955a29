#pragma once
// What the bench needs of NATS, in C++: a stream in a file, a publisher that does not wait, a consumer that pulls.

#include <nats/nats.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

namespace gonghui::bench::nats {

inline void check(natsStatus status, const char* what)
{
    if (status != NATS_OK) throw std::runtime_error(std::string(what) + ": " + natsStatus_GetText(status));
}

struct Deleter {
    void operator()(natsConnection* connection) const { natsConnection_Destroy(connection); }
    void operator()(jsCtx* stream) const { jsCtx_Destroy(stream); }
    void operator()(natsSubscription* subscription) const { natsSubscription_Destroy(subscription); }
};
template <class T>
using Owned = std::unique_ptr<T, Deleter>;

Owned<natsConnection> connect(const std::string& url);

// An empty stream "bench" of subject "bench", in a file.
void make_stream(const std::string& url);

class Publisher {
public:
    // `on_acknowledged` gets the message's bytes, on a thread of the library.
    Publisher(const std::string& url, int window, std::function<void(const char* data)> on_acknowledged);

    // Waits only while `window` messages are unacknowledged.
    void publish(std::span<const std::byte> payload);
    void finish();

private:
    static void acknowledged(jsCtx*, natsMsg* message, jsPubAck* acknowledgement, jsPubAckErr*, void* self);

    Owned<natsConnection> connection_;
    Owned<jsCtx> stream_;
    std::function<void(const char*)> on_acknowledged_;
};

class Consumer {
public:
    explicit Consumer(const std::string& url);

    // Up to `batch` messages, waiting for the first; they are acknowledged after `before_acknowledging`.
    int take(
        int batch, const std::function<void(const char* data)>& each,
        const std::function<void()>& before_acknowledging = [] {});

private:
    Owned<natsConnection> connection_;
    Owned<jsCtx> stream_;
    Owned<natsSubscription> subscription_;
};

}  // namespace gonghui::bench::nats

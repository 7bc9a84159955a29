#pragma once
// ZeroMQ's context: the I/O threads that all sockets of a process share. The only library that sees zmq.hpp is this
// one.

#include <memory>

namespace gonghui::zeromq {

// Outlives every Socket and Gatekeeper made with it; its destructor waits until they are closed. Thread-safe.
class Context {
public:
    // One I/O thread carries about a gigabit of encrypted small messages.
    explicit Context(int io_threads = 1);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    struct Native;
    [[nodiscard]] Native& native() { return *native_; }

private:
    std::unique_ptr<Native> native_;
};

}  // namespace gonghui::zeromq

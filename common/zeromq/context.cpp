#include "common/zeromq/context.hpp"

#include "common/zeromq/native.hpp"

namespace gonghui::zeromq {

namespace {

// libzmq's default of 1,023 is one season's worth of clients; a descriptor per connection is the real limit.
constexpr int max_sockets = 16'384;

}  // namespace

Context::Context(int io_threads) : native_(std::make_unique<Native>())
{
    native_->context.set(zmq::ctxopt::io_threads, io_threads);
    native_->context.set(zmq::ctxopt::max_sockets, max_sockets);
}

Context::~Context() = default;

}  // namespace gonghui::zeromq

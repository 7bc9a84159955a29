#include "common/zeromq/gatekeeper.hpp"

#include "common/zeromq/mechanism.hpp"
#include "common/zeromq/native.hpp"
#include "common/zeromq/wake.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace gonghui::zeromq {

namespace {

constexpr auto endpoint = "inproc://zeromq.zap.01";
constexpr std::chrono::seconds probe_patience{5};

using Question = std::vector<zmq::message_t>;  // one message per frame

std::optional<Question> receive_question(zmq::socket_t& socket)
{
    Question question;
    do {
        zmq::message_t frame;
        if (!socket.recv(frame, zmq::recv_flags::dontwait)) return std::nullopt;
        question.push_back(std::move(frame));
    } while (question.back().more());
    return question;
}

void send(zmq::socket_t& socket, std::string_view frame, zmq::send_flags flags)
{
    socket.send(zmq::buffer(frame), flags);
}

}  // namespace

struct Gatekeeper::State {
    explicit State(Context& context, AdmittedKeys keys)
        : socket(context.native().context, zmq::socket_type::rep), admitted(std::move(keys))
    {
        socket.set(zmq::sockopt::linger, 0);
        socket.bind(endpoint);
    }

    [[nodiscard]] std::optional<std::string> user_of(const std::string& key) const
    {
        const std::lock_guard lock(mutex);
        const auto found = admitted.find(key);
        if (found == admitted.end()) return std::nullopt;
        return found->second;
    }

    [[nodiscard]] bool is_put_off(const std::string& key) const
    {
        const std::lock_guard lock(mutex);
        return put_off.contains(key);
    }

    void note_refusal(const std::string& key)
    {
        ++refused;
        const std::lock_guard lock(mutex);
        last_refused = key;
    }

    void answer(const Question& question)
    {
        const auto key = key_shown(question);
        const auto user = user_of(key);
        const bool is_later = user && is_put_off(key);
        if (!user) note_refusal(key);
        const auto more = zmq::send_flags::sndmore;
        const auto request_id = question.size() > 1 ? question[1].to_string_view() : std::string_view{};
        send(socket, "1.0", more);
        send(socket, request_id, more);
        send(socket, is_later ? "300" : user ? "200" : "400", more);
        send(socket, is_later ? "later" : user ? "OK" : "unknown key", more);
        send(socket, is_later ? "" : user.value_or(""), more);
        send(socket, "", zmq::send_flags::none);
    }

    // An exception here must end the process: without an answer libzmq would let everybody in.
    void serve(const std::stop_token& stop) noexcept
    {
        while (!stop.stop_requested()) {
            std::array items{zmq::pollitem_t{socket.handle(), 0, ZMQ_POLLIN, 0},
                             zmq::pollitem_t{nullptr, wake.descriptor(), ZMQ_POLLIN, 0}};
            zmq::poll(items);
            if (items[1].revents != 0) wake.clear();
            while (const auto question = receive_question(socket)) answer(*question);
        }
    }

    zmq::socket_t socket;
    Wake wake;
    mutable std::mutex mutex;
    AdmittedKeys admitted;
    std::set<std::string, std::less<>> put_off;
    std::string last_refused;
    std::atomic<std::int64_t> refused = 0;
    std::jthread thread;
};

namespace {

// Asks as libzmq would ask, about a key that nobody holds: only a clear no proves that somebody judges.
void require_an_answer(Context& context)
{
    zmq::socket_t asker(context.native().context, zmq::socket_type::req);
    asker.set(zmq::sockopt::linger, 0);
    asker.set(zmq::sockopt::rcvtimeo, static_cast<int>(std::chrono::milliseconds(probe_patience).count()));
    asker.connect(endpoint);
    const auto more = zmq::send_flags::sndmore;
    for (const auto* frame : {"1.0", "probe", "", "127.0.0.1", "", "CURVE"}) send(asker, frame, more);
    send(asker, std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32),
         zmq::send_flags::none);
    std::vector<std::string> answer;
    do {
        zmq::message_t frame;
        if (!asker.recv(frame)) throw std::runtime_error("the gatekeeper does not answer: no port is opened");
        answer.push_back(frame.to_string());
        if (!frame.more()) break;
    } while (true);
    if (answer.size() != 6 || answer[2] != "400")
        throw std::runtime_error("the gatekeeper admits a key that nobody holds: no port is opened");
}

}  // namespace

Gatekeeper::Gatekeeper(Context& context, AdmittedKeys admitted)
    : state_(std::make_unique<State>(context, std::move(admitted)))
{
    state_->thread = std::jthread([state = state_.get()](const std::stop_token& stop) { state->serve(stop); });
    try {
        require_an_answer(context);
    } catch (...) {
        state_->thread.request_stop();
        state_->wake.signal();
        throw;
    }
    state_->refused = 0;
}

Gatekeeper::~Gatekeeper()
{
    state_->thread.request_stop();
    state_->wake.signal();
    state_->thread.join();
}

void Gatekeeper::admit_only(AdmittedKeys admitted)
{
    const std::lock_guard lock(state_->mutex);
    state_->admitted = std::move(admitted);
}

void Gatekeeper::put_off(std::set<std::string, std::less<>> keys)
{
    const std::lock_guard lock(state_->mutex);
    state_->put_off = std::move(keys);
}

std::int64_t Gatekeeper::refused() const
{
    return state_->refused;
}

std::string Gatekeeper::last_refused() const
{
    const std::lock_guard lock(state_->mutex);
    return state_->last_refused;
}

}  // namespace gonghui::zeromq

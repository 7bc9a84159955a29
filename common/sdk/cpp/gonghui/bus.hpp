#pragma once
// Asking a district: commands and queries, repeated under one id until there is a final answer
// (common/messaging/PROTOCOL.md, sections 5 and 6).
//
//     Bus bus("var/331083", "ctl");     // the folder that `gonghui up` has set up; the key keys/ctl.key
//     const auto answer = bus.ask(training::MyEnrollments{.person_id = person}, {.actor = worker(person)});
//     if (answer.data) ...              // or answer.code, answer.facts, answer.errors

#include "common/actor/actor.hpp"
#include "common/codec/fields.hpp"
#include "common/codec/writer.hpp"
#include "common/messaging/request.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gonghui {

Actor worker(const Uuid& person);
// A role that the person holds at `place`; whoever answers knows whether it is true.
Actor holder(Role role, const Uuid& person, const Uuid& place);

struct Asking {
    std::optional<Actor> actor{};                // only a key with the right to speak for people may name one
    std::optional<messaging::At> after{};        // another answer's `at`, with which the receiver is level first
    std::optional<std::int64_t> partition{};     // of a query without a key: which one is meant
    std::chrono::milliseconds patience{30'000};  // in all, however often it is asked again
};

// What was decided about a request; of five outcomes `retry` is never one.
struct Verdict {
    messaging::Outcome outcome{};
    std::string code{};                                                      // if it is not accepted
    std::map<std::string, std::variant<std::int64_t, std::string>> facts{};  // if refused: the figures behind it
    std::map<std::string, std::string> errors{};  // if invalid: path of a field -> what is wrong
    messaging::At at{};                           // where the receiver's log stood
};

template <class Data>
struct Answer : Verdict {
    std::optional<Data> data{};  // if it is accepted
};

// Nothing final came in time. A command may have taken effect.
class Unanswered : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// One connection, made at once; of one thread.
class Bus {
public:
    // `key` is the name of a file in the district's keys/, without ".key". Throws std::runtime_error: no such district,
    // no such key, the hub cannot be reached, or does not know the key.
    Bus(const std::filesystem::path& district_folder, std::string_view key);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    // Asks, and asks again as `retry` tells or when nobody answers. Throws Unanswered.
    template <class Message>
    Answer<typename Message::Reply> ask(const Message& message, const Asking& asking = {})
    {
        codec::Writer out;
        encode(out, message);
        Answer<typename Message::Reply> answer;
        const auto data = ask(Message::type, message.key(), out.take(), asking, answer);
        if (answer.outcome != messaging::Outcome::accepted) return answer;
        codec::Errors errors;
        decode(data, answer.data.emplace(), errors);
        if (!errors.empty())
            throw std::runtime_error(std::string(Message::type) +
                                     " was answered with what is no answer to it: " + errors.list().front().path);
        return answer;
    }

    // What a query without a key is about lies in all partitions: the answer of each, in their order.
    template <class Message>
    std::vector<Answer<typename Message::Reply>> ask_everywhere(const Message& message, Asking asking = {})
    {
        std::vector<Answer<typename Message::Reply>> answers;
        while (true) {
            asking.partition = static_cast<std::int64_t>(answers.size());
            auto answer = ask(message, asking);
            if (answer.code == "unknown_partition") return answers;
            answers.push_back(std::move(answer));
        }
    }

private:
    // The data of an accepted request, valid until the next call; everything else goes into `verdict`.
    codec::Value ask(std::string_view type, const std::optional<Uuid>& key, Bytes data, const Asking& asking,
                     Verdict& verdict);

    struct Connection;
    std::unique_ptr<Connection> connection_;
};

}  // namespace gonghui

#pragma once
// What the edge asks in its own name, and what becomes of an answer that says no.

#include "common/codec/writer.hpp"
#include "common/ids/random.hpp"
#include "schemas/generated/registration/messages.hpp"
#include "services/gateway/http/bus.hpp"
#include "services/gateway/http/message.hpp"

namespace gonghui::gateway {

// Who gets the answer.
struct Asker {
    std::string address;
    Language language = Language::zh_cn;
    Respond respond;
};

class Errands {
public:
    using GoOn = std::function<void(const messaging::ReceivedReply&)>;

    // Everything outlives it.
    Errands(Bus& bus, Clock& clock, Random& random) : bus_(bus), clock_(clock), random_(random) {}

    // `go_on` with what was accepted; anything else is answered here.
    template <class Message>
    void ask(const Message& message, const Asker& asker, GoOn go_on)
    {
        codec::Writer data;
        encode(data, message);
        ask(Message::type, data.take(), asker, std::move(go_on));
    }

    // Whose mobile number it is, and the number in its one form; `phone` as a person writes it.
    void who_has(const std::string& phone, const Asker& asker,
                 std::function<void(const registration::PersonByPhoneReply&)> go_on);

private:
    void ask(std::string_view type, Bytes data, const Asker& asker, GoOn go_on);

    Bus& bus_;
    Clock& clock_;
    Random& random_;
};

// What was shown is wrong. Told to who watches for guessing: from where, not as whom, since that may be a password in
// the wrong field.
void turn_away(const Asker& asker, int status, std::string_view code);

// Said when it is done and there is nothing to show.
[[nodiscard]] HttpResponse no_content();

}  // namespace gonghui::gateway

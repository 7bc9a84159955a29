#pragma once
// Fetches the person keys that a service's keyring misses, from the service where keys are born. Asynchronous: nobody
// waits for it but the message that needed the key, which is tried again.

#include "common/messaging/request.hpp"
#include "common/sealing/keyring.hpp"

#include <array>
#include <optional>
#include <string>

namespace gonghui::messaging {

// The request is "<owner_service>.read_keys" {person_ids, recipient_public_key}; every key in the reply is sealed for
// the recipient's X25519 pair (its CURVE pair), so that the hub cannot read it.
struct KeyFetcherSettings {
    std::string owner_service;
    std::array<std::byte, 32> public_key{};
    std::array<std::byte, 32> secret_key{};
};

class KeyFetcher {
public:
    KeyFetcher(KeyFetcherSettings settings, sealing::Keyring& keyring)
        : settings_(std::move(settings)), keyring_(keyring)
    {
    }

    // Of every followed event, whatever the service makes of it: when the key owner erases a person, the key is
    // destroyed here.
    void on_event(const EventHeader& header);
    // The next request to send, if keys are missed and none is on its way.
    std::optional<OutgoingRequest> next(UtcTime now, Random& random);
    // True when the reply was the awaited one; the keys are in the keyring then, uncommitted.
    bool on_reply(const ReceivedReply& reply, UtcTime now);

private:
    KeyFetcherSettings settings_;
    sealing::Keyring& keyring_;
    std::vector<Uuid> asked_;
    Uuid outstanding_;
    UtcTime ask_again_{};
};

}  // namespace gonghui::messaging

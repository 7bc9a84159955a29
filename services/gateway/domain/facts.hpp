#pragma once
// What the gateway knows, as its rules, its tables and its copy in memory hold it.

#include "common/actor/actor.hpp"
#include "common/time/clock.hpp"
#include "schemas/generated/gateway/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gonghui::gateway {

// SHA-256 of a session's token, or of whatever else is 256 random bits.
using TokenHash = std::array<std::byte, 32>;

// An officer's way to log in. `password_hash`: Argon2id, opened; empty when it does not open, or for a reader.
struct AccountFacts {
    std::string login;
    PersonId person;
    std::string password_hash;
    Bytes totp_sealed;           // under the gateway's own key
    std::int64_t last_step = 0;  // of the last code that was taken
    UtcTime added_at;
};

struct SessionFacts {
    SessionId id;
    TokenHash token_hash{};
    PersonId person;
    SessionKind kind = SessionKind::worker;
    Proof proof = Proof::code;  // what was shown
    std::string login;          // of an officer
    UtcTime opened_at;
    UtcTime expires_at;
    ActingAs role = ActingAs::worker;
    Uuid place;  // where the role is held; nil for a worker
};

// A role that a person holds, as registration has told.
struct HeldRole {
    ActingAs role = ActingAs::officer;
    OrganisationId place;
    std::string name;  // of the organisation
    friend bool operator==(const HeldRole&, const HeldRole&) = default;
};

// A class and its campaign, as training has told.
struct ClassFacts {
    ClassId id;
    CampaignId campaign;
    UtcTime opens_at;
    UtcTime closes_at;
    UtcTime begins_at;  // the first session
    std::int64_t capacity = 0;
    std::int64_t taken = 0;
    std::int64_t offered = 0;
    std::int64_t waiting = 0;
};

}  // namespace gonghui::gateway

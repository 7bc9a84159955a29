#pragma once
// What the handlers stand on besides the store. All of it outlives them.

#include "common/sealing/keyring.hpp"
#include "services/matchmaking/app/check_in_codes.hpp"
#include "services/matchmaking/app/reader_keys.hpp"

namespace gonghui::matchmaking {

struct Ports {
    sealing::Keyring& keyring;  // the writer's: commands, events and timers
    ReaderKeys& reader_keys;    // the queries'
    const CheckInCodes& codes;
};

}  // namespace gonghui::matchmaking

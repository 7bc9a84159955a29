#pragma once
// Which function answers which message: the table of contents of the gateway's half that is a service.

#include "common/messaging/handlers.hpp"
#include "common/sealing/sealing.hpp"
#include "services/gateway/storage/evolve.hpp"

namespace gonghui::gateway {

using GatewayUnit = messaging::Unit<GatewayStore>;

// Where the secrets of officers are sealed, under the gateway's own key.
inline constexpr std::string_view sealed_at = "gateway/account.totp";

// Both outlive the handlers. `keyring`: the writer's; the keys in it are born here, for passwords alone.
struct Ports {
    const sealing::Key& service_key;
    sealing::Keyring& keyring;
};
void wire(messaging::Handlers<GatewayStore>& handlers, const Ports& ports);

void migrate(sqlite::Database& database);

}  // namespace gonghui::gateway

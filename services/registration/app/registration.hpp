#pragma once
// Registration as one object: its store, its vault and the table of its handlers.

#include "common/messaging/handlers.hpp"
#include "services/registration/app/vault.hpp"
#include "services/registration/storage/evolve.hpp"

namespace gonghui::registration {

// Places and registration's own tables; the host's are its own affair.
void migrate(sqlite::Database& database);

class Registration {
public:
    // Everything outlives it. Commands run on the writer's thread, queries on the readers'. Whom the keyring knows as
    // erased and the store does not - it was restored from a backup of before - is erased again at the first turn.
    Registration(sqlite::Database& database, sealing::Keyring& keyring, KeyReader& key_reader,
                 const sealing::Key& service_key);

    messaging::Service& service() { return handlers_; }

    // Once, before the first turn: fills in what a store of an earlier version has not.
    void bring_up_to_date();

private:
    IdNumberIndex index_;
    PhoneNumberIndex phones_;
    Vault vault_;
    RegistrationStore store_;
    messaging::Handlers<RegistrationStore> handlers_;
};

}  // namespace gonghui::registration

#include "services/registration/app/registration.hpp"

#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/handlers.hpp"

namespace gonghui::registration {

void migrate(sqlite::Database& database)
{
    sqlite::migrate(database, "places", places_migrations());
    sqlite::migrate(database, "registration", RegistrationStore::migrations());
}

Registration::Registration(sqlite::Database& database, sealing::Keyring& keyring, KeyReader& key_reader,
                           const sealing::Key& service_key)
    : index_(service_key),
      phones_(service_key),
      vault_(keyring, index_, phones_),
      store_(database, vault_),
      handlers_(store_)
{
    handlers_.own_all<Event>();
    handle_organisations(handlers_);
    handle_announcements(handlers_);
    handle_applications(handlers_, vault_);
    handle_members(handlers_, vault_);
    handle_rosters(handlers_, vault_, index_, phones_);
    answer_queries(handlers_, key_reader, index_);
    answer_phones(handlers_, phones_);
    answer_keys(handlers_, key_reader);
    answer_lookers(handlers_, key_reader);
    for (const auto& person : vault_.erased())
        if (!store_.is_erased(person)) messaging::Timers(database).set(erasing_again, person.uuid, UtcTime{});
}

void Registration::bring_up_to_date()
{
    store_.index_phones();
}

}  // namespace gonghui::registration

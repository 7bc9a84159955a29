#include "tests/simulation/wiring.hpp"

#include "services/matchmaking/app/handlers.hpp"
#include "services/notifications/app/wiring.hpp"
#include "services/registration/app/registration.hpp"
#include "services/training/app/wiring.hpp"

namespace gonghui::simulation {

namespace {

class Registration final : public Assembled {
public:
    explicit Registration(const Ground& ground)
        : key_reader_(ground.keyring_path, ground.service_key, ground.random, ground.vfs),
          registration_(ground.database, ground.keyring, key_reader_, ground.service_key)
    {
    }
    messaging::Service& service() override { return registration_.service(); }

private:
    registration::KeyReader key_reader_;
    registration::Registration registration_;
};

class Training final : public Assembled {
public:
    explicit Training(const Ground& ground) : store_(ground.database), handlers_(store_) { training::wire(handlers_); }
    messaging::Service& service() override { return handlers_; }

private:
    training::TrainingStore store_;
    messaging::Handlers<training::TrainingStore> handlers_;
};

class Matchmaking final : public Assembled {
public:
    explicit Matchmaking(const Ground& ground)
        : store_(ground.database),
          codes_(ground.service_key),
          reader_keys_(ground.keyring_path, ground.service_key, ground.random, ground.vfs),
          handlers_(store_)
    {
        matchmaking::wire(handlers_, {.keyring = ground.keyring, .reader_keys = reader_keys_, .codes = codes_});
        matchmaking::want_keys_of_texts(store_, ground.keyring);
    }
    messaging::Service& service() override { return handlers_; }

private:
    matchmaking::MatchmakingStore store_;
    matchmaking::CheckInCodes codes_;
    matchmaking::ReaderKeys reader_keys_;
    matchmaking::MatchmakingHandlers handlers_;
};

class Notifications final : public Assembled {
public:
    explicit Notifications(const Ground& ground) : store_(ground.database), handlers_(store_)
    {
        notifications::wire(handlers_, {ground.keyring, &mails_});
    }
    messaging::Service& service() override { return handlers_; }
    notifications::MailQueue* mails() override { return &mails_; }

private:
    notifications::NotificationsStore store_;
    messaging::Handlers<notifications::NotificationsStore> handlers_;
    notifications::MailQueue mails_;
};

template <class Service>
std::unique_ptr<Assembled> assemble(const Ground& ground)
{
    return std::make_unique<Service>(ground);
}

}  // namespace

const std::array<ServiceKind, 4>& service_kinds()
{
    static const std::array<ServiceKind, 4> kinds{{
        {"registration", "", registration::migrate, assemble<Registration>},
        {"training", "", training::migrate, assemble<Training>},
        {"matchmaking", "registration", matchmaking::migrate, assemble<Matchmaking>},
        {"notifications", "registration", notifications::migrate, assemble<Notifications>},
    }};
    return kinds;
}

}  // namespace gonghui::simulation

#include "tests/contract/bus_under_test.hpp"

#include "common/ids/random.hpp"
#include "common/messaging/zeromq_transport.hpp"
#include "services/hub/app/hub.hpp"
#include "tests/support/in_memory_bus.hpp"

#include <map>
#include <string>
#include <thread>

namespace gonghui::contract {

namespace {

hub::Grant service_grant(std::string instance, std::string service, std::vector<std::string> follow,
                         std::vector<std::string> call)
{
    hub::Grant grant;
    grant.instance = std::move(instance);
    grant.service = service;
    grant.publish = {std::move(service)};
    grant.follow = std::move(follow);
    grant.call = std::move(call);
    return grant;
}

// A key that is no longer granted anything at all is ended by the hub: no transport sees more of it.
std::vector<hub::Grant> without_rights(std::vector<hub::Grant> grants, std::string_view instance)
{
    for (auto& grant : grants)
        if (grant.instance == instance) grant = {grant.public_key, grant.service, grant.instance, {}, {}, {}, false};
    return grants;
}

class InMemoryBusUnderTest final : public BusUnderTest {
public:
    explicit InMemoryBusUnderTest(const hub::RouterSettings& settings)
        : grants_(grants([](std::string_view instance) { return std::string(instance); })),
          bus_(district, grants_, clock, settings)
    {
    }
    std::unique_ptr<messaging::Transport> connect(std::string_view instance) override { return bus_.connect(instance); }
    void turn() override { bus_.tick(); }
    bool is_following(messaging::Transport&) override { return true; }
    void let_pass(Duration time) override { clock.advance(time); }
    void revoke(std::string_view instance) override { bus_.replace_grants(without_rights(grants_, instance)); }

private:
    std::vector<hub::Grant> grants_;
    testing_support::InMemoryBus bus_;
};

class ZeroMqBusUnderTest final : public BusUnderTest {
public:
    explicit ZeroMqBusUnderTest(const hub::RouterSettings& settings)
        : grants_(grants([this](std::string_view instance) {
              return keys_.emplace(instance, zeromq::KeyPair::generate()).first->second.public_key;
          })),
          hub_(settings_of(settings), hub_key_, grants_, clock, random_),
          thread_([this](const std::stop_token& stop) { hub_.run(stop); })
    {
    }

    std::unique_ptr<messaging::Transport> connect(std::string_view instance) override
    {
        const auto& endpoints = hub_.endpoints();
        return std::make_unique<messaging::ZeroMqTransport>(
            context_,
            messaging::HubAddress{endpoints.publish, endpoints.subscribe, endpoints.request, hub_key_.public_key},
            keys_.find(instance)->second);
    }

    void turn() override { std::this_thread::yield(); }
    bool is_following(messaging::Transport& transport) override
    {
        return dynamic_cast<messaging::ZeroMqTransport&>(transport).is_following();
    }
    void let_pass(Duration time) override { clock.advance(time); }
    void revoke(std::string_view instance) override { hub_.replace_grants(without_rights(grants_, instance)); }

private:
    static hub::HubSettings settings_of(const hub::RouterSettings& limits)
    {
        hub::HubSettings settings;
        settings.district = district;
        settings.limits = limits;
        return settings;
    }

    std::map<std::string, zeromq::KeyPair, std::less<>> keys_;
    std::vector<hub::Grant> grants_;
    zeromq::KeyPair hub_key_ = zeromq::KeyPair::generate();
    SystemRandom random_;
    hub::Hub hub_;
    zeromq::Context context_;
    std::jthread thread_;  // last: ends before what it runs
};

}  // namespace

std::vector<hub::Grant> grants(const std::function<std::string(std::string_view instance)>& key_of)
{
    std::vector<hub::Grant> all{
        service_grant("registration", "registration", {}, {}),
        service_grant("training-0", "training", {"registration"}, {"registration.read_keys"}),
        service_grant("training-1", "training", {"registration"}, {"registration.read_keys"}),
    };
    hub::Grant ctl;
    ctl.instance = ctl.service = "ctl";
    ctl.follow = ctl.call = {"*"};
    ctl.assert_actor = true;
    all.push_back(ctl);
    hub::Grant stranger;
    stranger.instance = stranger.service = "stranger";
    all.push_back(stranger);
    for (auto& grant : all) grant.public_key = key_of(grant.instance);
    return all;
}

std::unique_ptr<BusUnderTest> InMemory::make(const hub::RouterSettings& settings)
{
    return std::make_unique<InMemoryBusUnderTest>(settings);
}

std::unique_ptr<BusUnderTest> OverZeroMq::make(const hub::RouterSettings& settings)
{
    return std::make_unique<ZeroMqBusUnderTest>(settings);
}

}  // namespace gonghui::contract

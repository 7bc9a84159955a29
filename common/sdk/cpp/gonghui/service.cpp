#include "common/process/exit_codes.hpp"
#include "common/runtime/serve.hpp"
#include "common/sealing/sealing.hpp"
#include "schemas/generated/registration/codecs.hpp"

#include <gonghui/district.hpp>
#include <gonghui/service.hpp>

#include <iostream>
#include <stdexcept>
#include <utility>

namespace gonghui {

namespace {

constexpr std::string_view tree_owner = "registration";

Role role_of(registration::Office office)
{
    if (const auto role = parse_role(to_string(office))) return *role;
    throw std::logic_error("no role is called " + std::string(to_string(office)));
}

messaging::Reply nothing()
{
    codec::Writer out;
    out.map(0);
    messaging::Reply reply;
    reply.data = out.take();
    return reply;
}

}  // namespace

void sdk::require_none(std::string_view message, const codec::Errors& errors)
{
    if (errors.empty()) return;
    std::string what(message);
    for (const auto& error : errors.list()) what += ": " + error.path + ' ' + std::string(error.code);
    throw std::logic_error(what);
}

class Service::Partition final : public runtime::Assembled {
public:
    Partition(const Service& service, sqlite::Database& database) : tables_(database, &service.evolvers_)
    {
        for (const auto& wire : service.wirings_) wire(handlers_);
        for (const auto& [followed, tables] : service.settings_.read_models) {
            for (const auto& table : tables) require_table(database, table);
            handlers_.read_model(followed, tables);
        }
        if (!service.held_about_.empty())
            handlers_.query(service.held_about_, [](const auto&, const auto&, auto&) { return nothing(); });
    }

    messaging::Service& service() override { return handlers_; }

private:
    static void require_table(sqlite::Database& database, const std::string& name)
    {
        if (!database.value<std::int64_t>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", name))
            throw process::Failure(process::Exit::config,
                                   "read_models names " + name + ", which no script of `tables` makes");
    }

    sdk::Tables tables_;
    sdk::Handlers handlers_{tables_};
};

Service::Service(std::string name, ServiceSettings settings) : name_(std::move(name)), settings_(std::move(settings)) {}

Service::~Service() = default;

void Service::keeps_places()
{
    if (std::exchange(keeps_places_, true)) return;
    auto& tables = settings_.read_models[std::string(tree_owner)];
    for (auto& table : places_tables()) tables.push_back(std::move(table));
    evolve<registration::OrganisationFounded>([](sqlite::Database& db, const registration::OrganisationFounded& event) {
        Places(db).add(event.organisation_id.uuid,
                       event.parent_id ? std::optional(event.parent_id->uuid) : std::nullopt);
    });
    evolve<registration::OrganisationMoved>([](sqlite::Database& db, const registration::OrganisationMoved& event) {
        Places(db).move(event.organisation_id.uuid, event.parent_id.uuid);
    });
    evolve<registration::RoleGranted>([](sqlite::Database& db, const registration::RoleGranted& event) {
        Places(db).grant(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
    });
    evolve<registration::RoleRevoked>([](sqlite::Database& db, const registration::RoleRevoked& event) {
        Places(db).revoke(event.person_id.uuid, role_of(event.role), event.place_id.uuid);
    });
    evolve<registration::PersonErased>([](sqlite::Database& db, const registration::PersonErased& event) {
        Places(db).revoke_all(event.person_id.uuid);
    });
}

void Service::keeps_nothing_about_people()
{
    held_about_ = name_ + ".held_about";
}

std::array<std::byte, 32> Service::secret(std::string_view purpose) const
{
    if (!key_) throw std::logic_error("a service has secrets while it runs");
    return sealing::derive_secret(*key_, purpose);
}

void Service::has_written(std::string_view what)
{
    throw std::logic_error("the handler of " + std::string(what) + " has written: only evolve writes tables");
}

void Service::require_first(std::string_view request)
{
    if (!requests_.insert(request).second) throw std::logic_error(std::string(request) + " has a handler already");
}

void Service::require_followed(std::string_view dataschema) const
{
    if (service_of(dataschema) == name_)
        throw std::logic_error("a reaction to one's own event: " + std::string(dataschema));
}

void Service::react_to(std::string_view dataschema, const void* event, sdk::Unit& unit) const
{
    const auto found = reactors_.find(dataschema);
    if (found == reactors_.end()) return;
    for (const auto& react : found->second) {
        auto& db = unit.store.database;
        for (const auto& led_to : only_reading(dataschema, db, [&] { return react(db, event); })) led_to.record(unit);
    }
}

void Service::migrate(sqlite::Database& db) const
{
    if (keeps_places_) sqlite::migrate(db, "places", places_migrations());
    std::vector<sqlite::Migration> migrations;
    for (const auto& script : settings_.tables) migrations.push_back({static_cast<int>(migrations.size()) + 1, script});
    sqlite::migrate(db, "service", migrations);
}

void Service::learn(const sealing::Key& key)
{
    std::call_once(key_known_, [&] { key_ = std::make_unique<const sealing::Key>(key); });
}

std::vector<std::string> Service::followed() const
{
    std::set<std::string> services;
    for (const auto schema : known_) services.emplace(service_of(schema));
    services.erase(name_);
    return {services.begin(), services.end()};
}

int Service::run(int argc, char** argv)
{
    runtime::ServiceProgram program;
    program.name = name_;
    program.version = settings_.version;
    program.summary = "a service of a Gonghui district; a FOLDER of one in place of the options runs it beside that";
    program.key_owner = {};  // personal fields stay sealed
    program.migrate = [this](sqlite::Database& db) {
        migrate(db);
    };
    program.assemble = [this](runtime::Ground& ground) {
        learn(ground.service_key);
        return std::make_unique<Partition>(*this, ground.database);
    };
    if (argc != 2 || std::string_view(argv[1]).starts_with('-')) return runtime::serve(program, argc, argv);

    auto add = "gonghui keys add " + name_ + ' ' + name_ + "-0 --publish " + name_;
    for (const auto& service : followed()) add += " --follow " + service;
    std::string config;
    try {
        config = sdk::write_config(argv[1], name_, add);
    } catch (const process::Failure& failure) {
        std::cerr << failure.what() << '\n';
        return static_cast<int>(failure.code());
    }
    std::string option = "--config";
    std::array<char*, 3> arguments{argv[0], option.data(), config.data()};
    return runtime::serve(program, static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace gonghui

// A service with all that the SDK knows: it follows registration, keeps tables, decides, reacts and publishes.
#include <gonghui/service.hpp>
#include <schemas/generated/popular/codecs.hpp>
#include <schemas/generated/registration/codecs.hpp>
#include <sqlite3.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gonghui::popular {

namespace {

using registration::OrganisationFounded;
using sqlite::Database;

std::int64_t count(Database& db, std::string_view sql)
{
    return db.value<std::int64_t>(sql).value_or(0);
}

void founded(Database& db, const OrganisationFounded& event)
{
    // A file: while it is there, organisations of this name cannot be applied.
    if (const char* poison = std::getenv("POISON"); poison != nullptr && std::filesystem::exists(poison)) {
        std::string name;
        std::getline(std::ifstream(poison), name);
        if (event.name == name) throw std::runtime_error("poison");
    }
    db.run("INSERT INTO organisations VALUES (?, ?)", event.organisation_id, event.name);
}

std::vector<NewEvent> welcome(Database&, const OrganisationFounded& event)
{
    return {Welcomed{.organisation_id = event.organisation_id, .name = event.name}};
}

void voted(Database& db, const Voted& event)
{
    db.run("INSERT INTO votes VALUES (?1, 1, ?2) ON CONFLICT DO UPDATE SET votes = votes + 1, stars = stars + ?2",
           event.organisation_id, event.stars);
}

// Once the vote is committed, and before anything of it has left.
int die(void*, sqlite3*, const char*, int)
{
    return raise(SIGKILL);
}

Decided<Accepted<Vote>> vote(Database& db, const Request<Vote>& request)
{
    const auto& organisation = request.data.organisation_id;
    if (!db.value<int>("SELECT 1 FROM organisations WHERE organisation_id = ?", organisation))
        return refused(refusal::unknown_organisation, {{"known", count(db, "SELECT count(*) FROM organisations")}});
    if (std::getenv("WRITES_WHERE_IT_DECIDES") != nullptr) db.run("INSERT INTO votes VALUES (?, 9, 9)", organisation);
    if (std::getenv("DIES_ONCE_COMMITTED") != nullptr) sqlite3_wal_hook(db.handle(), die, nullptr);
    return Accepted<Vote>{.events = {Voted{.organisation_id = organisation, .stars = request.data.stars}},
                          .reply = {.votes = count(db, "SELECT sum(votes) FROM votes") + 1}};
}

Decided<KnownReply> known(Database& db, const Request<Known>&)
{
    return KnownReply{.organisations = count(db, "SELECT count(*) FROM organisations"),
                      .votes = count(db, "SELECT sum(votes) FROM votes")};
}

}  // namespace

}  // namespace gonghui::popular

int main(int argc, char** argv)
{
    using namespace gonghui;
    using namespace gonghui::popular;
    const char* read_model = std::getenv("READ_MODEL");
    Service service(
        "popular",
        {.tables =
             {"CREATE TABLE organisations (organisation_id BLOB PRIMARY KEY, name TEXT NOT NULL) STRICT",
              "CREATE TABLE votes (organisation_id BLOB PRIMARY KEY, votes INTEGER NOT NULL, stars INTEGER NOT NULL)"
              " STRICT"},
         .read_models = {{"registration", {read_model == nullptr ? "organisations" : read_model}}}});
    service.keeps_nothing_about_people();
    service.evolve<OrganisationFounded>(founded);
    service.react<OrganisationFounded>(welcome);
    service.evolve<Voted>(voted);
    service.command<Vote>(vote);
    service.query<Known>(known);
    return service.run(argc, argv);
}

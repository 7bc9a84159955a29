// Makes a store of training that knows an organisation and its members, as if registration had told of them. Campaigns
// and classes come by commands afterwards.
//
//     seed-training STORE MEMBERS

#include "common/messaging/host.hpp"
#include "services/training/app/wiring.hpp"
#include "tests/bench/people.hpp"

#include <cstdlib>

namespace gonghui::training {
namespace {

void seed(const char* path, std::uint64_t members)
{
    sqlite::Database database(path);
    messaging::migrate_host_tables(database);
    migrate(database);
    TrainingStore store(database);
    sqlite::Transaction transaction(database);
    registration::OrganisationFounded founded{};
    founded.organisation_id = OrganisationId(bench::id_of(bench::Kind::organisation, 0));
    evolve(store, founded);
    for (std::uint64_t i = 0; i < members; ++i) {
        registration::MemberJoined joined{};
        joined.person_id = PersonId(bench::id_of(bench::Kind::person, i));
        joined.organisation_id = founded.organisation_id;
        joined.birth_year = 1990;
        evolve(store, joined);
    }
    transaction.commit();
}

}  // namespace
}  // namespace gonghui::training

int main(int argc, char** argv)
{
    if (argc != 3) return 64;
    gonghui::training::seed(argv[1], std::strtoull(argv[2], nullptr, 10));
    return 0;
}

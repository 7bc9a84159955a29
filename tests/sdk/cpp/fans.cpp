// Follows `popular`: what it hears of votes, in a table of its own.
#include <gonghui/service.hpp>
#include <schemas/generated/fans/codecs.hpp>
#include <schemas/generated/popular/codecs.hpp>

int main(int argc, char** argv)
{
    using namespace gonghui;
    using namespace gonghui::fans;
    using gonghui::popular::Voted;
    using gonghui::sqlite::Database;
    Service service("fans", {.tables = {"CREATE TABLE heard (stars INTEGER NOT NULL) STRICT"},
                             .read_models = {{"popular", {"heard"}}}});
    service.keeps_nothing_about_people();
    service.evolve<Voted>(
        [](Database& db, const Voted& event) { db.run("INSERT INTO heard VALUES (?)", event.stars); });
    service.query<Heard>([](Database& db, const Request<Heard>&) -> Decided<HeardReply> {
        return HeardReply{.votes = db.value<std::int64_t>("SELECT count(*) FROM heard").value_or(0),
                          .stars = db.value<std::int64_t>("SELECT sum(stars) FROM heard").value_or(0)};
    });
    return service.run(argc, argv);
}

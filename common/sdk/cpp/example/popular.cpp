// How popular each class is: how many have taken a seat in it, as training's events tell. Answers popular.classes.
#include <gonghui/service.hpp>
#include <schemas/generated/popular/codecs.hpp>
#include <schemas/generated/training/codecs.hpp>

using namespace gonghui;
using namespace gonghui::popular;
using gonghui::sqlite::Database;
using gonghui::training::ClassOpened;
using gonghui::training::SeatTaken;

int main(int argc, char** argv)
{
    Service service("popular",
                    {.tables = {"CREATE TABLE classes (class_id BLOB PRIMARY KEY, capacity INTEGER, taken INTEGER)"},
                     .read_models = {{"training", {"classes"}}}});
    service.keeps_nothing_about_people();
    service.evolve<ClassOpened>([](Database& db, const ClassOpened& event) {
        db.run("INSERT INTO classes VALUES (?, ?, 0)", event.class_id, event.capacity);
    });
    service.evolve<SeatTaken>([](Database& db, const SeatTaken& event) {
        db.run("UPDATE classes SET taken = taken + 1 WHERE class_id = ?", event.class_id);
    });
    service.query<Classes>([](Database& db, const Request<Classes>&) -> Decided<ClassesReply> {
        ClassesReply reply;
        for (auto rows = db.query("SELECT class_id, capacity, taken FROM classes"); rows.next();)
            reply.classes.push_back({rows.get<ClassId>(0), rows.integer(1), rows.integer(2)});
        return reply;
    });
    return service.run(argc, argv);
}

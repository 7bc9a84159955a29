// Keeps notes about the organisations that registration knows.
#include <gonghui/service.hpp>
#include <schemas/generated/@name@/codecs.hpp>
#include <schemas/generated/registration/codecs.hpp>

using namespace gonghui;
using namespace gonghui::@name@;
using gonghui::registration::OrganisationFounded;
using gonghui::sqlite::Database;

// As each request's schema says in `x-actors`. The role is taken for granted: that it is held, and where, a service knows that
// `keeps_places`.
template <class Message>
bool permitted(const Request<Message>& request)
{
    return permits(Message::rights, request.actor, {.holds_role = true}, std::nullopt);
}

Decided<Accepted<Note>> note(Database& db, const Request<Note>& request)
{
    if (!permitted(request)) return refused(refusal::not_permitted);
    const auto& organisation = request.data.organisation_id;
    if (!db.value<int>("SELECT 1 FROM organisations WHERE organisation_id = ?", organisation))
        return refused(refusal::unknown_organisation);
    return Accepted<Note>{.events = {Noted{.organisation_id = organisation, .text = request.data.text}}};
}

Decided<NotesReply> notes(Database& db, const Request<Notes>& request)
{
    if (!permitted(request)) return refused(refusal::not_permitted);
    NotesReply reply;
    auto rows = db.query("SELECT text FROM notes WHERE organisation_id = ?", request.data.organisation_id);
    while (rows.next()) reply.notes.push_back(rows.get<std::string>(0));
    return reply;
}

int main(int argc, char** argv)
{
    Service service("@name@",
                    {.tables = {"CREATE TABLE organisations (organisation_id BLOB PRIMARY KEY) STRICT;"
                                "CREATE TABLE notes (organisation_id BLOB NOT NULL, text TEXT NOT NULL) STRICT"},
                     .read_models = {{"registration", {"organisations"}}}});
    service.keeps_nothing_about_people();
    service.evolve<OrganisationFounded>([](Database& db, const OrganisationFounded& event) {
        db.run("INSERT INTO organisations VALUES (?)", event.organisation_id);
    });
    service.evolve<Noted>([](Database& db, const Noted& event) {
        db.run("INSERT INTO notes VALUES (?, ?)", event.organisation_id, event.text);
    });
    service.command<Note>(note);
    service.query<Notes>(notes);
    return service.run(argc, argv);
}

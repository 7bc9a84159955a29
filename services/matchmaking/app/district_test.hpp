#pragma once
// A district for the tests of the handlers: the real store, the real keyring and the real codecs; only the host around
// them is missing. Everything a service would send is kept.

#include "common/ids/seeded_random.hpp"
#include "common/messaging/timers.hpp"
#include "schemas/generated/matchmaking/codecs.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "services/matchmaking/app/handlers.hpp"
#include "services/matchmaking/domain/examples_test.hpp"
#include "services/matchmaking/storage/evolve.hpp"
#include "tests/support/temporary_folder.hpp"

#include <deque>
#include <string>
#include <vector>

namespace gonghui::matchmaking::examples {

struct Recorded {
    std::string dataschema;
    std::string subject;
    bool is_private = false;
    Bytes data;
    friend bool operator==(const Recorded&, const Recorded&) = default;
};

class Log final : public messaging::Recorder {
public:
    void append(std::string_view dataschema, std::string_view subject, bool is_private, BytesView data) override
    {
        events.push_back({std::string(dataschema), std::string(subject), is_private, to_bytes(data)});
    }
    codec::Writer& scratch() override { return scratch_; }
    void once_committed(std::function<void()> effect) override { effect(); }

    [[nodiscard]] int count(std::string_view dataschema) const
    {
        int found = 0;
        for (const auto& event : events) found += event.dataschema == dataschema ? 1 : 0;
        return found;
    }

    std::vector<Recorded> events;

private:
    codec::Writer scratch_;
};

template <class Message>
Bytes encoded(const Message& message)
{
    codec::Writer out;
    encode(out, message);
    return out.take();
}

// Made anew from nothing each time, so that two districts that were told the same hold the same.
class District {
public:
    District()
    {
        sqlite::migrate(database, "timers", messaging::timers_migrations());
        migrate(database);
        wire(handlers, {.keyring = keyring, .reader_keys = reader_keys, .codes = codes});
    }

    // --- registration speaks ---
    template <class Event>
    void happens(const Event& event)
    {
        followed.push_back({std::string(Event::dataschema), event.subject(), Event::is_private, encoded(event)});
        apply(followed.back(), &log);
    }

    void founds(int place, int parent)
    {
        registration::OrganisationFounded event;
        event.organisation_id = OrganisationId(uuid(place));
        if (parent != 0) event.parent_id = OrganisationId(uuid(parent));
        event.name = "总工会";
        happens(event);
    }

    void grants(int number, registration::Office role, int place)
    {
        happens(registration::RoleGranted{
            .person_id = person(number), .role = role, .place_id = OrganisationId(uuid(place)), .at = time});
    }

    // Joins, and the key is there.
    void joins(int number, Side side)
    {
        registration::MemberJoined event;
        event.person_id = person(number);
        event.sex = side == Side::male ? registration::Sex::male : registration::Sex::female;
        event.birth_year = 1996;
        happens(event);
        keyring.add(uuid(number), sealing::Key::make(random));
        keyring.commit();
    }

    void leaves(int number)
    {
        registration::MemberLeft event;
        event.person_id = person(number);
        happens(event);
    }

    // As registration does it: the membership ends first.
    void erases(int number)
    {
        leaves(number);
        happens(registration::PersonErased{person(number), time});
        keyring.erase(uuid(number));
        keyring.commit();
    }

    // --- people ask ---
    template <class Request>
    messaging::Reply ask(const Request& request, const Actor& actor)
    {
        return ask(Request::type, encoded(request), actor);
    }

    messaging::Reply ask(std::string_view type, const Bytes& data, const Actor& actor)
    {
        codec::Parser parser;
        messaging::Request request;
        request.id = make_random_uuid(random);
        request.type = type;
        request.actor = actor;
        request.data = *parser.parse(data);
        const messaging::Context context{
            .now = time, .actor = actor, .cause = request.id, .traceparent = {}, .random = random};
        if (handlers.form_of(type) == messaging::Form::query) return handlers.query(request, context, database);
        return handlers.command(request, nullptr, context, log);
    }

    // The answer to a query by the person whom it concerns.
    template <class Query>
    typename Query::Reply answer(const Query& query, const Actor& actor)
    {
        const auto reply = ask(query, actor);
        codec::Parser parser;
        codec::Errors errors;
        typename Query::Reply answer;
        if (reply.outcome == messaging::Outcome::accepted) decode(*parser.parse(reply.data), answer, errors);
        return answer;
    }

    void fire_due_timers()
    {
        for (const auto& timer : messaging::Timers(database).due(time, 100)) {
            const Actor service{.role = Role::service, .person = {}, .place = {}, .service = "matchmaking"};
            handlers.fire(
                timer, {.now = time, .actor = service, .cause = timer.id(), .traceparent = {}, .random = random}, log);
        }
    }

    // --- a person on the way to an evening ---
    void enters_the_gate(int number)
    {
        ask(
            DeclareSingle{
                .declaration_id = DeclarationId(uuid(1000 + number)), .person_id = person(number), .statement = 1},
            worker(number));
        for (const auto purpose : {Purpose::profile, Purpose::evenings, Purpose::contacts})
            ask(GiveConsent{.person_id = person(number), .purpose = purpose}, worker(number));
    }

    messaging::Reply publishes(int number)
    {
        PublishProfile command;
        command.person_id = person(number);
        command.name = Personal("name " + std::to_string(number));
        command.contact = Personal("contact " + std::to_string(number));
        command.nickname = Personal("nickname " + std::to_string(number));
        command.wishes = Personal("wishes " + std::to_string(number));
        command.visible = {ProfileField::nickname};
        return ask(command, worker(number));
    }

    void single(int number, Side side)
    {
        joins(number, side);
        enters_the_gate(number);
        publishes(number);
    }

    messaging::Reply signs_up(int number)
    {
        return ask(SignUp{.evening_id = tonight, .person_id = person(number)}, worker(number));
    }

    messaging::Reply scans(const std::string& code)
    {
        return ask(CheckIn{.evening_id = tonight, .code = code}, officer());
    }

    std::string code_of(int number) { return codes.code_of(tonight, person(number)); }

    messaging::Reply chooses(int chooser, int chosen, bool wants = true)
    {
        return ask(
            Choose{.evening_id = tonight, .person_id = person(chooser), .chosen_id = person(chosen), .wants = wants},
            worker(chooser));
    }

    MyEveningReply evening_of(int number)
    {
        return answer(MyEvening{.evening_id = tonight, .person_id = person(number)}, worker(number));
    }

    MyResultsReply results_of(int number)
    {
        return answer(MyResults{.evening_id = tonight, .person_id = person(number)}, worker(number));
    }

    messaging::Reply plans_tonight(std::int64_t places)
    {
        PlanEvening plan;
        plan.evening_id = tonight;
        plan.organisation_id = OrganisationId(uuid(800));
        plan.title_zh = "桌游之夜";
        plan.title_en = "Board games";
        plan.venue = "Hall 1";
        plan.starts_at = time;
        plan.ends_at = time + std::chrono::hours(3);
        plan.sign_up_until = time + std::chrono::hours(1);
        plan.capacity_male = plan.capacity_female = places;
        return ask(plan, officer());
    }

    // What replaying each log into an empty store gives, table by table.
    [[nodiscard]] std::string replayed_tables()
    {
        District other;
        for (const auto& event : followed) other.apply(event, nullptr);
        for (const auto& event : log.events) {
            codec::Parser parser;
            const auto data = *parser.parse(event.data);
            other.handlers.replay({.header = header_of(event), .data = data}, data);
        }
        return other.tables();
    }

    [[nodiscard]] std::string tables()
    {
        std::string dump;
        for (const std::string_view table : {"members", "declarations", "consents", "profiles", "evenings", "sign_ups",
                                             "choices", "couples", "blocks", "reports", "places_roles", "timers"})
            dump += std::string(table) + ":\n" + rows_of(table);
        return dump;
    }

private:
    std::deque<std::string> statements_;  // a prepared statement keeps a view of its text

public:
    const EveningId tonight{uuid(600)};
    UtcTime time = now;
    test::TemporaryFolder folder;
    SeededRandom random{1};
    sealing::Key service_key = sealing::Key::make(random);
    sqlite::Database database{":memory:"};
    MatchmakingStore store{database};
    sealing::Keyring keyring{folder / "keyring.db", service_key, random};
    ReaderKeys reader_keys{folder / "keyring.db", service_key, random};
    CheckInCodes codes{service_key};
    MatchmakingHandlers handlers{store};
    Log log;
    std::vector<Recorded> followed;

private:
    static messaging::EventHeader header_of(const Recorded& event)
    {
        messaging::EventHeader header;
        header.dataschema = event.dataschema;
        header.subject = event.subject;
        return header;
    }

    void apply(const Recorded& event, messaging::Recorder* recorder)
    {
        codec::Parser parser;
        const auto data = *parser.parse(event.data);
        const Actor service{.role = Role::service, .person = {}, .place = {}, .service = "matchmaking"};
        handlers.apply({.header = header_of(event), .data = data}, data,
                       {.now = time, .actor = service, .cause = {}, .traceparent = {}, .random = random}, recorder);
    }

    std::string rows_of(std::string_view table)
    {
        std::string columns;
        {
            auto names = database.query("SELECT name FROM pragma_table_info(?)", table);
            while (names.next())
                columns += (columns.empty() ? "quote(" : " || ',' || quote(") + std::string(names.text(0)) + ")";
        }
        auto rows = database.query(
            statements_.emplace_back("SELECT " + columns + " FROM " + std::string(table) + " ORDER BY 1"));
        std::string text;
        while (rows.next()) text += std::string(rows.text(0)) + "\n";
        return text;
    }
};

// Township 810 over union 800, where person 900 is the officer.
inline void settle_tree(District& district)
{
    district.founds(830, 0);
    district.founds(820, 830);
    district.founds(810, 820);
    district.founds(800, 810);
    district.grants(900, registration::Office::officer, 800);
}

}  // namespace gonghui::matchmaking::examples

#pragma once
// Registration as a test sees it: a store in memory, a keyring in a folder, the wired handlers. Messages go through
// their codecs, as on the bus; what is recorded is kept, so that it can be replayed and searched.

#include "common/codec/value.hpp"
#include "common/ids/seeded_random.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "services/registration/app/registration.hpp"
#include "services/registration/domain/id_number.hpp"
#include "services/registration/domain/testing.hpp"
#include "tests/support/dump.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace gonghui::registration::testing {

inline const OrganisationId other_township{uuid(6)}, remote_firm{uuid(7)};
inline constexpr std::string_view firm_code = "91350100M000100Y43";

inline std::string id_number_of(int sequence)
{
    const auto digits = "330099199001" + std::to_string(10 + sequence / 900) + std::to_string(100 + sequence % 900);
    return digits + id_number_check_digit(digits);
}

struct KeptEvent {
    std::string dataschema;
    Bytes data;
};

// A reply whose data can still be read.
struct Answer {
    messaging::Reply reply;

    [[nodiscard]] std::string_view code() const
    {
        return reply.outcome == messaging::Outcome::accepted ? "accepted" : std::string_view(reply.code);
    }

    template <class Message>
    [[nodiscard]] typename Message::Reply as() const
    {
        codec::Parser parser;
        codec::Errors errors;
        typename Message::Reply message;
        decode(parser.parse(reply.data).value(), message, errors);
        EXPECT_TRUE(errors.empty());
        return message;
    }
};

class RegistrationUnderTest final : private messaging::Recorder {
public:
    RegistrationUnderTest()
    {
        migrate(database);
        sqlite::migrate(database, "timers", messaging::timers_migrations());
    }

    test::TemporaryFolder folder;
    SeededRandom random{7};
    sealing::Key service_key = sealing::Key::make(random);
    sqlite::Database database{":memory:"};
    sealing::Keyring keyring{folder / "keyring.db", service_key, random};
    KeyReader key_reader{folder / "keyring.db", service_key, random};
    Registration registration{database, keyring, key_reader, service_key};
    UtcTime now = testing::now;
    std::vector<KeptEvent> events;

    // A command or a query, whichever the message is. Keys are durable before anything is shown, as the host does it.
    template <class Message>
    Answer ask(const Message& message, const Actor& actor = operator_command())
    {
        codec::Writer out;
        encode(out, message);
        const auto bytes = out.take();
        codec::Parser parser;
        messaging::Request request;
        request.id = make_random_uuid(random);
        request.type = Message::type;
        request.actor = actor;
        request.data = parser.parse(bytes).value();
        const messaging::Context context{now, actor, request.id, {}, random};
        auto& service = registration.service();
        if (service.form_of(request.type) == messaging::Form::query) return {service.query(request, context, database)};
        const auto prepared =
            service.prepares(request.type) ? service.prepare(request, context) : messaging::Prepared();
        auto reply = service.command(request, prepared, context, *this);
        keyring.commit();
        return {std::move(reply)};
    }

    // Whatever is due, as the host does it.
    void fire_timers()
    {
        messaging::Timers timers(database);
        for (const auto& timer : timers.due(now, 100)) {
            timers.clear(timer.kind, timer.subject);
            registration.service().fire(timer, {now, operator_command(), timer.id(), {}, random}, *this);
        }
        keyring.commit();
    }

    // city > district > two townships; `firm` and the joint union `other_firm` below the first, `remote_firm` below the
    // second.
    void found_the_tree()
    {
        found(city, std::nullopt, OrganisationKind::city);
        found(district, city, OrganisationKind::district);
        found(township, district, OrganisationKind::township);
        found(other_township, district, OrganisationKind::township);
        found(firm, township, OrganisationKind::union_, OrganisationForm::enterprise, std::string(firm_code));
        found(other_firm, township, OrganisationKind::union_, OrganisationForm::joint);
        found(remote_firm, other_township, OrganisationKind::union_, OrganisationForm::enterprise);
    }

    void found(OrganisationId id, std::optional<OrganisationId> parent, OrganisationKind kind,
               std::optional<OrganisationForm> form = std::nullopt, std::optional<std::string> code = std::nullopt)
    {
        FoundOrganisation command;
        command.organisation_id = id;
        command.parent_id = parent;
        command.kind = kind;
        command.form = form;
        command.code = std::move(code);
        command.name = "工会";
        ASSERT_EQ(ask(command).code(), "accepted");
    }

    static RosterRow row(std::int64_t line, int person)
    {
        RosterRow row;
        row.line = line;
        row.name = Personal("王五六");
        row.id_number = Personal(id_number_of(person));
        row.phone = Personal("13800001234");
        row.union_code = firm_code;
        return row;
    }

    // A member of `firm`, by way of a roster.
    PersonId member(int person)
    {
        const auto reply = ask(ImportRoster{ImportId{uuid(200)}, {row(person, person)}, std::nullopt});
        EXPECT_EQ(reply.as<ImportRoster>().joined, 1);
        return find(person);
    }

    PersonId find(int person)
    {
        const auto found = ask(FindMember{Personal(id_number_of(person))});
        EXPECT_EQ(found.code(), "accepted");
        return found.as<FindMember>().member.person_id;
    }

    template <class Event>
    [[nodiscard]] std::size_t count_of() const
    {
        return static_cast<std::size_t>(
            std::ranges::count(events, Event::dataschema, [](const auto& event) { return event.dataschema; }));
    }

private:
    void append(std::string_view dataschema, std::string_view, bool, BytesView encoded_data) override
    {
        events.push_back({std::string(dataschema), to_bytes(encoded_data)});
    }
    codec::Writer& scratch() override { return scratch_; }
    void once_committed(std::function<void()> effect) override { effect(); }

    codec::Writer scratch_;
};

}  // namespace gonghui::registration::testing

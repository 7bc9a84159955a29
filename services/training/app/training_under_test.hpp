#pragma once
// Training as a test sees it: a store in memory, the wired handlers, and a small district to enroll from. Messages go
// through their codecs, as on the bus; what is recorded is kept, so that it can be replayed.

#include "common/codec/value.hpp"
#include "common/ids/seeded_random.hpp"
#include "common/messaging/timers.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "services/training/app/wiring.hpp"
#include "services/training/domain/facts_for_test.hpp"

#include <deque>
#include <map>

namespace gonghui::training {

// The tree of the test: a city, its district, two townships, three unions. The first township has two of them; members
// of `couriers` are new-employment workers.
struct Tree {
    OrganisationId city = test_id<OrganisationId>(1);
    OrganisationId district = test_id<OrganisationId>(2);
    OrganisationId township = test_id<OrganisationId>(3);
    OrganisationId other_township = test_id<OrganisationId>(4);
    OrganisationId factory = test_id<OrganisationId>(5);   // below `township`
    OrganisationId couriers = test_id<OrganisationId>(6);  // below `township`
    OrganisationId village = test_id<OrganisationId>(7);   // below `other_township`
};

struct KeptEvent {
    std::string dataschema;
    Bytes data;
};

class TrainingUnderTest final : private messaging::Recorder {
public:
    TrainingUnderTest()
    {
        sqlite::migrate(database, "timers", messaging::timers_migrations());
        migrate(database);
        wire(handlers);
    }

    sqlite::Database database{":memory:"};
    TrainingStore store{database};
    messaging::Handlers<TrainingStore> handlers{store};
    Tree tree;
    UtcTime now = test_now;
    std::deque<KeptEvent> own;       // recorded, in order
    std::deque<KeptEvent> followed;  // applied, in order

    // --- from registration
    template <class Event>
    void apply(const Event& event)
    {
        codec::Writer out;
        encode(out, event);
        followed.push_back({std::string(Event::dataschema), out.take()});
        apply(followed.back(), this);
    }

    // Evolves alone, as in a rebuild, where `recorder` is null.
    void apply(const KeptEvent& event, messaging::Recorder* recorder)
    {
        codec::Parser parser;
        const auto data = parser.parse(event.data).value();
        handlers.apply(header_of(event), data, context_for(service_actor()), recorder);
    }

    void replay(const KeptEvent& event)
    {
        codec::Parser parser;
        const auto data = parser.parse(event.data).value();
        handlers.replay(header_of(event), data);
    }

    void found_the_tree()
    {
        found(tree.city, std::nullopt, registration::OrganisationKind::city);
        found(tree.district, tree.city, registration::OrganisationKind::district);
        found(tree.township, tree.district, registration::OrganisationKind::township);
        found(tree.other_township, tree.district, registration::OrganisationKind::township);
        found(tree.factory, tree.township, registration::OrganisationKind::union_);
        found(tree.couriers, tree.township, registration::OrganisationKind::union_);
        found(tree.village, tree.other_township, registration::OrganisationKind::union_);
    }

    void found(const OrganisationId& organisation, std::optional<OrganisationId> parent,
               registration::OrganisationKind kind)
    {
        registration::OrganisationFounded event{};
        event.organisation_id = organisation;
        event.parent_id = parent;
        event.kind = kind;
        event.name = "工会";
        event.new_employment = organisation == tree.couriers;
        event.at = now;
        apply(event);
    }

    void join(const PersonId& person, const OrganisationId& organisation)
    {
        registration::MemberJoined event{};
        event.person_id = person;
        event.organisation_id = organisation;
        event.birth_year = 1990;
        event.new_employment = organisation == tree.couriers;
        event.at = now;
        apply(event);
    }

    void leave(const PersonId& person, const OrganisationId& organisation)
    {
        registration::MemberLeft event{};
        event.person_id = person;
        event.organisation_id = organisation;
        event.at = now;
        apply(event);
    }

    void transfer(const PersonId& person, const OrganisationId& from, const OrganisationId& to)
    {
        registration::MemberTransferred event{};
        event.person_id = person;
        event.from_organisation_id = from;
        event.to_organisation_id = to;
        event.at = now;
        apply(event);
    }

    void grant(const PersonId& person, registration::Office office, const OrganisationId& place)
    {
        registration::RoleGranted event{};
        event.person_id = person;
        event.role = office;
        event.place_id = place;
        event.at = now;
        apply(event);
    }

    // --- requests
    template <class Message>
    messaging::Reply ask(const Message& message, const Actor& actor)
    {
        codec::Writer out;
        encode(out, message);
        const auto bytes = out.take();
        codec::Parser parser;
        messaging::Request request;
        request.type = Message::type;
        request.actor = actor;
        request.data = parser.parse(bytes).value();
        const auto context = context_for(actor);
        if (handlers.form_of(Message::type) == messaging::Form::query)
            return handlers.query(request, context, database);
        return handlers.command(request, nullptr, context, *this);
    }

    template <class Message>
    typename Message::Reply answer(const Message& message, const Actor& actor)
    {
        return answered<typename Message::Reply>(ask(message, actor));
    }

    template <class Answer>
    static Answer answered(const messaging::Reply& reply)
    {
        if (reply.outcome != messaging::Outcome::accepted) throw std::runtime_error("not accepted: " + reply.code);
        codec::Parser parser;
        codec::Errors errors;
        Answer answer{};
        if (!reply.data.empty()) decode(parser.parse(reply.data).value(), answer, errors);
        return answer;
    }

    static Actor service_actor() { return {Role::service, {}, {}, "training"}; }

    // --- time
    void pass(Duration time)
    {
        now += time;
        for (auto due = timers().due(now, 1); !due.empty(); due = timers().due(now, 1)) {
            timers().clear(due.front().kind, due.front().subject);  // as the host does
            handlers.fire(due.front(), context_for(service_actor()), *this);
        }
    }

    // --- the campaign of most tests
    CampaignId plan(unsigned char number, std::int64_t classes_per_person, std::chrono::seconds offer_time)
    {
        PlanCampaign command{};
        command.campaign_id = test_id<CampaignId>(number);
        command.organisation_id = tree.district;
        command.name_zh = "秋季夜校";
        command.name_en = "Autumn evenings";
        command.opens_at = now;
        command.closes_at = now + std::chrono::hours(240);
        command.classes_per_person = classes_per_person;
        command.offer_seconds = offer_time.count();
        answer(command, service_actor());
        return command.campaign_id;
    }

    ClassId open(unsigned char number, const CampaignId& campaign, std::int64_t capacity, const Session& session,
                 const std::optional<Eligibility>& eligibility = std::nullopt)
    {
        const auto course = test_id<CourseId>(1);
        if (!store.course_exists(course)) answer(AddCourse{course, "茶艺", "Tea", std::nullopt}, service_actor());
        OpenClass command{};
        command.class_id = test_id<ClassId>(number);
        command.campaign_id = campaign;
        command.course_id = course;
        command.capacity = capacity;
        command.venue = "工人文化宫 301";
        command.sessions = {session};
        command.eligibility = eligibility;
        answer(command, service_actor());
        return command.class_id;
    }

    [[nodiscard]] messaging::Timers timers() { return messaging::Timers(database); }

private:
    messaging::Context context_for(const Actor& actor) { return {now, actor, Uuid{}, {}, random_}; }

    static messaging::Event header_of(const KeptEvent& event)
    {
        messaging::Event header;
        header.header.dataschema = event.dataschema;
        return header;
    }

    void append(std::string_view dataschema, std::string_view, bool, BytesView encoded_data) override
    {
        own.push_back({std::string(dataschema), to_bytes(encoded_data)});
    }

    codec::Writer& scratch() override { return scratch_; }
    void once_committed(std::function<void()> effect) override { effect(); }

    SeededRandom random_{1};
    codec::Writer scratch_;
};

}  // namespace gonghui::training

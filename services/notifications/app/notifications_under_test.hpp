#pragma once
// For tests: notifications on a real store and a real host, with a bus that the test plays and a clock that it moves.

#include "common/ids/seeded_random.hpp"
#include "common/messaging/host.hpp"
#include "common/messaging/toy_service_fake.hpp"
#include "common/time/manual_clock.hpp"
#include "schemas/generated/matchmaking/codecs.hpp"
#include "schemas/generated/notifications/codecs.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "services/notifications/app/wiring.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <map>

namespace gonghui::notifications {

template <class IdType>
IdType test_id(int number)
{
    Uuid uuid;
    uuid.bytes[6] = std::byte{0x40};
    uuid.bytes[14] = static_cast<std::byte>(number >> 8);
    uuid.bytes[15] = static_cast<std::byte>(number & 0xff);
    return IdType(uuid);
}

inline Actor worker(const PersonId& person)
{
    return {Role::worker, person.uuid, {}, "edge"};
}

inline Actor operators_command()
{
    return {Role::service, {}, {}, "ctl"};
}

// Minutes of the day.
inline std::int64_t o_clock(std::int64_t hour)
{
    return hour * 60;
}

class NotificationsUnderTest {
public:
    static inline const UtcTime noon = parse_time("2026-03-02T12:00:00+08:00").value();

    enum class MailServer : std::uint8_t { there, none };
    explicit NotificationsUnderTest(MailServer mail_server = MailServer::there, messaging::Share share = {})
    {
        wire(handlers, {keyring, mail_server == MailServer::there ? &mails : nullptr, share});
        host.emplace(messaging::HostSettings{.source = {"331083", "notifications", share.partition},
                                             .partitions = share.partitions},
                     messaging::HostPorts{.database = database,
                                          .service = handlers,
                                          .transport = transport,
                                          .executor = executor,
                                          .clock = clock,
                                          .random = random,
                                          .service_key = service_key,
                                          .keyring = &keyring});
    }

    // --- what happens elsewhere ---

    template <class Followed>
    void hear(const Followed& event)
    {
        last_event = inbound(event);
        transport.arriving.emplace_back(last_event);
        settle();
    }

    // The next event of that service, as the bus brings it.
    template <class Followed>
    messaging::InboundEvent inbound(const Followed& event)
    {
        const std::string service(Followed::dataschema.substr(0, Followed::dataschema.find('/')));
        codec::Writer data;
        encode(data, event);
        const messaging::Source source{"331083", service, 0};
        const auto name = to_string(source);
        const auto subject = event.subject();
        messaging::EventHeader header;
        header.id = make_random_uuid(random);
        header.source = name;
        header.type = Followed::event_type;
        header.subject = subject;
        header.time = clock.now();
        header.dataschema = Followed::dataschema;
        header.seq = ++heads[service];
        codec::Writer out;
        messaging::encode_event(out, header, data.view());
        return {messaging::topic_of(source, Followed::event_type), out.take()};
    }

    // The same event once more, as a bus may bring it.
    void hear_again()
    {
        transport.arriving.emplace_back(last_event);
        settle();
    }

    void found_the_tree()
    {
        const auto found = [this](const OrganisationId& id, std::optional<OrganisationId> parent,
                                  registration::OrganisationKind kind, std::string name) {
            registration::OrganisationFounded founded;
            founded.organisation_id = id;
            founded.parent_id = parent;
            founded.kind = kind;
            founded.name = std::move(name);
            founded.at = clock.now();
            hear(founded);
        };
        using Kind = registration::OrganisationKind;
        found(city, std::nullopt, Kind::city, "示例市总工会");
        found(district, city, Kind::district, "示例区总工会");
        found(other_district, city, Kind::district, "另一区总工会");
        found(township, district, Kind::township, "示例街道总工会");
        found(home_union, township, Kind::union_, "示例街道快递员联合工会");
    }

    void open_a_class()
    {
        training::CourseAdded course;
        course.course_id = test_id<CourseId>(70);
        course.title_zh = "茶艺";
        course.title_en = "Tea";
        hear(course);
        training::ClassOpened opened;
        opened.class_id = class_id;
        opened.course_id = course.course_id;
        opened.venue = "工人文化宫";
        opened.capacity = 30;
        opened.sessions = {{noon + std::chrono::hours(79), noon + std::chrono::hours(80)}};
        hear(opened);
    }

    void take_seat(const PersonId& person)
    {
        training::SeatTaken taken;
        taken.class_id = class_id;
        taken.person_id = person;
        taken.at = clock.now();
        hear(taken);
    }

    Sealed sealed_email(const PersonId& person, std::string_view address)
    {
        return sealing::seal(person_key, person.uuid, "registration/member.email", as_bytes(address), random);
    }

    // A member who is reached at that address; `keyring` gets the key only from `key_comes`.
    void join(const PersonId& person, std::string_view address,
              registration::Language language = registration::Language::zh_cn)
    {
        registration::MemberJoined joined;
        joined.person_id = person;
        joined.organisation_id = home_union;
        joined.birth_year = 1990;
        joined.language = language;
        if (!address.empty()) joined.email = sealed_email(person, address);
        joined.at = clock.now();
        hear(joined);
    }
    void key_comes(const PersonId& person)
    {
        keyring.add(person.uuid, person_key);
        keyring.commit();
    }

    // In steps, because the host does not trust a clock that leaps.
    void pass(Duration by)
    {
        constexpr Duration step = std::chrono::seconds(30);
        for (; by > Duration::zero(); by -= step) {
            clock.advance(std::min(by, step));
            settle();
        }
    }

    // --- asking ---

    template <class Message>
    messaging::ReceivedReply ask(const Message& message, const Actor& actor)
    {
        codec::Writer data;
        encode(data, message);
        messaging::OutgoingRequest request;
        request.id = make_ordered_uuid(clock.now(), random);
        request.type = Message::type;
        request.actor = actor;
        request.data = data.take();
        transport.arriving.emplace_back(
            messaging::InboundRequest{++last_token, actor.service, encode_request(request)});
        settle();
        reply = transport.replies.at(last_token);
        return messaging::decode_reply(parser, reply).value();
    }

    template <class Query>
    typename Query::Reply answer(const Query& query, const Actor& actor)
    {
        const auto received = ask(query, actor);
        EXPECT_EQ(received.outcome, messaging::Outcome::accepted) << received.code;
        typename Query::Reply out;
        codec::Errors errors;
        decode(received.data, out, errors);
        EXPECT_TRUE(errors.empty());
        return out;
    }

    std::vector<InboxMessage> inbox_of(const PersonId& person, Language language = Language::zh_cn)
    {
        Inbox query;
        query.person_id = person;
        query.language = language;
        return answer(query, worker(person)).messages;
    }

    Delivery only_delivery()
    {
        const auto reply_now = answer(Deliveries{}, operators_command());
        EXPECT_EQ(reply_now.deliveries.size(), 1U);
        return reply_now.deliveries.empty() ? Delivery{} : reply_now.deliveries.front();
    }

    std::optional<Mail> take_mail() { return mails.take({}, std::chrono::milliseconds(0)); }

    messaging::ReceivedReply report(const Mail& mail, DeliveryResult result)
    {
        ReportDelivery command;
        command.message_id = MessageId(mail.message_id);
        command.attempt = mail.attempt;
        command.result = result;
        auto received = ask(command, {Role::service, {}, {}, "notifications"});
        mails.reported(mail.message_id);
        return received;
    }

    void settle()
    {
        do {
            host->step();
        } while (!transport.arriving.empty());
        host->step();
    }

    test::TemporaryFolder folder;
    ManualClock clock{noon};
    SeededRandom random{7};
    sealing::Key service_key = sealing::Key::make(random);
    sealing::Key person_key = sealing::Key::make(random);
    sealing::Keyring keyring{folder / "keyring.db", service_key, random};
    sqlite::Database database{folder / "store.db"};
    sqlite::Database reader{(messaging::migrate_host_tables(database), migrate(database), folder / "store.db"),
                            {.access = sqlite::Access::read_only}};
    messaging::InlineExecutor executor{reader};
    toy::ScriptedTransport transport;
    MailQueue mails{4};
    NotificationsStore store{database};
    messaging::Handlers<NotificationsStore> handlers{store};
    std::optional<messaging::Host> host;
    std::map<std::string, std::int64_t> heads;
    messaging::InboundEvent last_event;
    messaging::ReplyToken last_token = 0;
    Bytes reply;
    codec::Parser parser;

    OrganisationId city = test_id<OrganisationId>(1);
    OrganisationId district = test_id<OrganisationId>(2);
    OrganisationId other_district = test_id<OrganisationId>(3);
    OrganisationId township = test_id<OrganisationId>(4);
    OrganisationId home_union = test_id<OrganisationId>(5);
    ClassId class_id = test_id<ClassId>(71);
};

}  // namespace gonghui::notifications

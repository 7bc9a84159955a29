// The gateway as a service: its handlers with a real store, messages through their codecs.

#include "common/ids/seeded_random.hpp"
#include "schemas/generated/gateway/codecs.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "services/gateway/app/wiring.hpp"
#include "tests/support/accounted_columns.hpp"
#include "tests/support/dump.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>

#include <set>

namespace gonghui::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

Uuid uuid(int number)
{
    Uuid made;
    made.bytes[14] = static_cast<std::byte>(number >> 8);
    made.bytes[15] = static_cast<std::byte>(number);
    return made;
}

const Actor edge{Role::service, {}, {}, "gateway"};
const Actor ctl{Role::service, {}, {}, "ctl"};
const PersonId zhang{uuid(1)};
const OrganisationId place{uuid(2)};
const CampaignId campaign{uuid(3)};
const ClassId lesson{uuid(4)};

class Gateway : public testing::Test, private messaging::Recorder {
protected:
    Gateway()
    {
        migrate(database);
        wire(handlers, {service_key, keyring});
    }

    template <class Message>
    messaging::Reply ask(const Message& message, const Actor& actor)
    {
        codec::Writer out;
        encode(out, message);
        bytes = out.take();
        messaging::Request request;
        request.type = Message::type;
        request.actor = actor;
        request.data = parser.parse(bytes).value();
        const messaging::Context context{now, actor, {}, {}, random};
        if (handlers.form_of(request.type) == messaging::Form::query) return handlers.query(request, context, database);
        return handlers.command(request, {}, context, *this);
    }

    template <class Message>
    std::string code(const Message& message, const Actor& actor)
    {
        const auto reply = ask(message, actor);
        return reply.outcome == messaging::Outcome::accepted ? "accepted" : reply.code;
    }

    template <class Event>
    void hear(const Event& event)
    {
        codec::Writer out;
        encode(out, event);
        bytes = out.take();
        messaging::Event heard;
        heard.header.dataschema = Event::dataschema;
        const messaging::Context context{now, edge, {}, {}, random};
        EXPECT_EQ(handlers.apply(heard, parser.parse(bytes).value(), context, this), messaging::Known::yes);
    }

    // As the edge asks it: the hash is salted, so that nothing of the command can be guessed from.
    SetPassword password(int session, std::optional<Proof> proof = std::nullopt) const
    {
        SetPassword command;
        command.session_id = SessionId(uuid(100 + session));
        command.password_hash = Personal(hash);
        command.proof = proof;
        return command;
    }

    static AddAccount account() { return {"zhang", zhang, std::string(40, 'h'), Bytes(20, std::byte{5})}; }

    OpenSession opening(int number, SessionKind kind = SessionKind::worker) const
    {
        OpenSession command;
        command.session_id = SessionId(uuid(100 + number));
        command.token_hash = Bytes(32, static_cast<std::byte>(number));
        command.person_id = zhang;
        command.kind = kind;
        command.expires_at = now + 1h;
        if (kind == SessionKind::officer) command.login = "zhang";
        if (kind == SessionKind::officer) command.totp_step = number;
        return command;
    }

    static TokenHash token(int number)
    {
        TokenHash hash{};
        hash.fill(static_cast<std::byte>(number));
        return hash;
    }

    void grant()
    {
        registration::OrganisationFounded founded;
        founded.organisation_id = place;
        founded.kind = registration::OrganisationKind::district;
        founded.name = "区工会";
        hear(founded);
        registration::RoleGranted granted;
        granted.person_id = zhang;
        granted.role = registration::Office::district;
        granted.place_id = place;
        hear(granted);
    }

    void open_class(std::int64_t capacity)
    {
        training::CampaignPlanned planned;
        planned.campaign_id = campaign;
        planned.opens_at = now;
        planned.closes_at = now + 1h;
        planned.name_zh = planned.name_en = "a";
        planned.classes_per_person = 1;
        hear(planned);
        training::ClassOpened opened;
        opened.class_id = lesson;
        opened.campaign_id = campaign;
        opened.capacity = capacity;
        opened.venue = "a";
        opened.sessions = {{now + 2h, now + 3h}};
        hear(opened);
    }

    // The tables once more in memory: filled at a start, they are what they have grown to.
    void expect_a_fresh_board_to_be_the_same()
    {
        Board fresh;
        store.fill(fresh);
        for (int i = 0; i < 40; ++i) {
            const auto one = board.session(token(i));
            const auto other = fresh.session(token(i));
            ASSERT_EQ(one.has_value(), other.has_value()) << i;
            if (!one) continue;
            EXPECT_EQ(std::tie(one->id, one->person, one->role, one->place),
                      std::tie(other->id, other->person, other->role, other->place));
        }
        EXPECT_EQ(board.roles_of(zhang), fresh.roles_of(zhang));
        EXPECT_EQ(board.account("zhang").has_value(), fresh.account("zhang").has_value());
        if (board.account("zhang")) {
            EXPECT_EQ(board.account("zhang")->password_hash, fresh.account("zhang")->password_hash);
        }
        EXPECT_EQ(board.password(zhang), fresh.password(zhang));
        EXPECT_EQ(board.waits_for(zhang), fresh.waits_for(zhang));
        EXPECT_EQ(board.has_place(zhang, lesson), fresh.has_place(zhang, lesson));
        const auto one = board.class_with(lesson);
        const auto other = fresh.class_with(lesson);
        ASSERT_EQ(one.has_value(), other.has_value());
        if (!one) return;
        EXPECT_EQ(std::tie(one->taken, one->offered, one->waiting),
                  std::tie(other->taken, other->offered, other->waiting));
    }

    void append(std::string_view dataschema, std::string_view, bool is_private, BytesView data) override
    {
        EXPECT_TRUE(is_private) << dataschema;
        events.emplace_back(dataschema, to_bytes(data));
    }
    codec::Writer& scratch() override { return scratch_; }
    void once_committed(std::function<void()> effect) override { effect(); }

    SeededRandom random{5};
    UtcTime now{1'800'000'000s};
    const std::string hash = "$argon2id$" + std::string(40, 'x');
    test::TemporaryFolder folder;
    sealing::Key service_key = sealing::Key::make(random);
    sealing::Keyring keyring{folder / "keyring.db", service_key, random};
    sqlite::Database database{":memory:"};
    Board board;
    GatewayStore store{database, board, keyring};
    messaging::Handlers<GatewayStore> handlers{store};
    codec::Parser parser;
    Bytes bytes;
    codec::Writer scratch_;
    std::vector<std::pair<std::string, Bytes>> events;
};

TEST_F(Gateway, OpensAndEndsSessions)
{
    EXPECT_EQ(code(opening(1), edge), "accepted");
    ASSERT_TRUE(board.session(token(1)));
    EXPECT_EQ(board.session(token(1))->person, zhang);
    EXPECT_EQ(code(CloseSession{SessionId(uuid(101)), EndReason::logged_out}, edge), "accepted");
    EXPECT_FALSE(board.session(token(1)));
    EXPECT_EQ(code(CloseSession{SessionId(uuid(101)), EndReason::logged_out}, edge), refusal::unknown_session);
}

TEST_F(Gateway, ForgetsWhatIsOverWhenTheNextBegins)
{
    ask(opening(1), edge);
    now += 1h;
    EXPECT_TRUE(board.session(token(1))) << "nobody has asked since; whoever does looks at the time";
    ask(opening(2), edge);
    EXPECT_FALSE(board.session(token(1)));
    EXPECT_EQ(store.sessions_of(zhang).size(), 1U);
    expect_a_fresh_board_to_be_the_same();
}

TEST_F(Gateway, LetsAnOfficerActInTheWidestRole)
{
    grant();
    EXPECT_EQ(code(opening(1, SessionKind::officer), edge), refusal::unknown_account);
    EXPECT_EQ(code(account(), ctl), "accepted");
    EXPECT_EQ(code(opening(1, SessionKind::officer), edge), "accepted");
    EXPECT_EQ(board.session(token(1))->role, ActingAs::district);
    EXPECT_EQ(board.session(token(1))->place, place.uuid);
    EXPECT_THAT(board.roles_of(zhang), ElementsAre(HeldRole{ActingAs::district, place, "区工会"}));
    EXPECT_EQ(code(opening(1, SessionKind::officer), edge), refusal::code_used);
    EXPECT_EQ(code(ChooseRole{SessionId(uuid(101)), ActingAs::worker, std::nullopt}, edge), "accepted");
    EXPECT_EQ(board.session(token(1))->role, ActingAs::worker);
    expect_a_fresh_board_to_be_the_same();
}

TEST_F(Gateway, KeepsNoSecretInClear)
{
    ask(account(), ctl);
    const auto secret = account().totp_secret;
    for (const auto& [schema, data] : events)
        EXPECT_EQ(std::search(data.begin(), data.end(), secret.begin(), secret.end()), data.end()) << schema;
    const auto sealed = board.account("zhang")->totp_sealed;
    EXPECT_EQ(sealing::unseal(service_key, sealed_at, Sealed{sealed}), secret);
    EXPECT_EQ(board.account("zhang")->password_hash, account().password_hash) << "open in memory alone";
}

TEST_F(Gateway, KeepsAWorkersPasswordUnderAKeyOfTheirs)
{
    ask(opening(1), edge);
    ask(opening(2), edge);
    EXPECT_EQ(code(password(1), edge), "accepted");
    EXPECT_EQ(board.password(zhang), hash);
    EXPECT_FALSE(board.session(token(2))) << "who came in before the change";
    EXPECT_TRUE(board.session(token(1)));
    for (const auto& [schema, data] : events) EXPECT_EQ(as_text(data).find(hash), std::string_view::npos) << schema;
    expect_a_fresh_board_to_be_the_same();

    EXPECT_EQ(code(RemovePassword{SessionId(uuid(101)), std::nullopt}, edge), "accepted");
    EXPECT_FALSE(board.password(zhang));
    EXPECT_EQ(code(RemovePassword{SessionId(uuid(101)), std::nullopt}, edge), refusal::no_password);
}

TEST_F(Gateway, TakesAnOfficersOwnPassword)
{
    grant();
    ask(account(), ctl);
    ask(opening(1, SessionKind::officer), edge);
    ask(opening(2, SessionKind::officer), edge);
    ask(opening(3), edge);
    auto command = password(1, Proof::password);
    command.totp_step = 2;
    EXPECT_EQ(code(command, edge), refusal::code_used);
    command.totp_step = 3;
    EXPECT_EQ(code(command, edge), "accepted");
    EXPECT_EQ(board.account("zhang")->password_hash, hash);
    EXPECT_EQ(board.account("zhang")->last_step, 3);
    EXPECT_FALSE(board.session(token(2)));
    EXPECT_TRUE(board.session(token(3))) << "came in by the number";
    EXPECT_FALSE(board.password(zhang)) << "opens the account alone";
    expect_a_fresh_board_to_be_the_same();
}

TEST_F(Gateway, EndsWhatAnotherNumberHasOpenedWhenAnOfficerCorrectsIt)
{
    ask(account(), ctl);
    ask(opening(1), edge);
    ask(opening(2, SessionKind::officer), edge);
    registration::ContactChanged changed;
    changed.person_id = zhang;
    changed.email = Sealed{Bytes(60)};
    hear(changed);
    EXPECT_TRUE(board.session(token(1))) << "the number is the same";
    changed.phone = Sealed{Bytes(60)};
    changed.is_confirmed = true;
    hear(changed);
    EXPECT_TRUE(board.session(token(1))) << "they have shown that they hold it";
    changed.is_confirmed.reset();
    hear(changed);
    EXPECT_FALSE(board.session(token(1)));
    EXPECT_TRUE(board.session(token(2)));
}

TEST_F(Gateway, GoesByTheTimesOfACampaignThatWasChanged)
{
    open_class(1);
    training::CampaignChanged changed;
    changed.campaign_id = campaign;
    changed.name_zh = changed.name_en = "b";
    changed.opens_at = now + 3h;
    changed.closes_at = now + 4h;
    hear(changed);
    EXPECT_EQ(board.class_with(lesson)->opens_at, now + 3h);
    EXPECT_EQ(board.class_with(lesson)->closes_at, now + 4h);
    EXPECT_EQ(board.class_with(lesson)->capacity, 1);
}

TEST_F(Gateway, KnowsSeatsAndLinesAsTrainingTellsThem)
{
    open_class(1);
    hear(training::SeatTaken{lesson, campaign, PersonId(uuid(9)), now, training::SeatTakenVia::first_come});
    hear(training::Waitlisted{lesson, campaign, zhang, now, 1});
    EXPECT_EQ(board.class_with(lesson)->taken, 1);
    EXPECT_EQ(board.class_with(lesson)->waiting, 1);
    EXPECT_THAT(board.waits_for(zhang), ElementsAre(lesson));
    expect_a_fresh_board_to_be_the_same();

    training::SeatOffered offered;
    offered.class_id = lesson;
    offered.campaign_id = campaign;
    offered.person_id = zhang;
    hear(offered);
    EXPECT_EQ(board.class_with(lesson)->offered, 1);
    EXPECT_EQ(board.class_with(lesson)->waiting, 0);
    EXPECT_THAT(board.waits_for(zhang), IsEmpty());
    EXPECT_TRUE(board.has_place(zhang, lesson));
    hear(training::SeatTaken{lesson, campaign, zhang, now, training::SeatTakenVia::offer});
    EXPECT_EQ(board.class_with(lesson)->offered, 0);
    EXPECT_EQ(board.class_with(lesson)->taken, 2);
    EXPECT_TRUE(board.take_changes().classes.contains(lesson));
    EXPECT_TRUE(board.take_changes().classes.empty());
    expect_a_fresh_board_to_be_the_same();
}

TEST_F(Gateway, ForgetsWhoWasErased)
{
    ask(account(), ctl);
    ask(opening(1), edge);
    hear(registration::PersonErased{zhang, now});
    EXPECT_FALSE(board.session(token(1)));
    EXPECT_FALSE(board.account("zhang"));
    EXPECT_TRUE(store.accounts_of(zhang).empty());
}

TEST_F(Gateway, ForgetsThePasswordOfWhoWasErasedAlsoInItsLog)
{
    ask(account(), ctl);
    ask(opening(1), edge);
    ask(password(1), edge);
    keyring.commit();
    ASSERT_TRUE(keyring.find(zhang.uuid));
    hear(registration::PersonErased{zhang, now});
    keyring.commit();
    EXPECT_FALSE(board.password(zhang));
    EXPECT_FALSE(store.password(zhang));
    EXPECT_TRUE(keyring.is_erased(zhang.uuid)) << "what the log holds opens nowhere again";
    EXPECT_EQ(code(account(), ctl), refusal::erased);
}

TEST_F(Gateway, ItsOwnTablesEqualTheReplayOfItsLog)
{
    ask(account(), ctl);
    for (int i = 1; i < 25; ++i) ask(opening(i, i % 2 == 0 ? SessionKind::officer : SessionKind::worker), edge);
    ask(ChooseRole{SessionId(uuid(124)), ActingAs::worker, std::nullopt}, edge);
    ask(CloseSession{SessionId(uuid(120)), EndReason::revoked}, ctl);
    EXPECT_EQ(store.sessions_of(zhang).size(), 19U) << "twenty at most, and one was closed";
    ask(password(23), edge);
    EXPECT_EQ(store.password(zhang), hash);

    sqlite::Database empty(":memory:");
    migrate(empty);
    Board other;
    GatewayStore replayed(empty, other, keyring);
    messaging::Handlers<GatewayStore> again(replayed);
    wire(again, {service_key, keyring});
    for (const auto& [schema, data] : events) {
        messaging::Event event;
        event.header.dataschema = schema;
        ASSERT_EQ(again.replay(event, parser.parse(data).value()), messaging::Known::yes);
    }
    EXPECT_EQ(dump(empty), dump(database));
}

TEST_F(Gateway, AnswersItsOwnPeopleAndTheOperatorAlone)
{
    ask(opening(1), edge);
    const std::vector<Actor> people{{Role::worker, uuid(50), {}, "gateway"},
                                    {Role::officer, uuid(50), uuid(2), "gateway"},
                                    {Role::township, uuid(50), uuid(2), "gateway"},
                                    {Role::district, uuid(50), uuid(2), "gateway"},
                                    {Role::city, uuid(50), uuid(2), "gateway"}};
    for (const auto& person : people) {
        EXPECT_EQ(code(account(), person), refusal::not_permitted);
        EXPECT_EQ(code(RemoveAccount{"zhang"}, person), refusal::not_permitted);
        EXPECT_EQ(code(opening(1), person), refusal::not_permitted);
        EXPECT_EQ(code(CloseSession{SessionId(uuid(1)), EndReason::revoked}, person), refusal::not_permitted);
        EXPECT_EQ(code(ChooseRole{SessionId(uuid(1)), ActingAs::worker, std::nullopt}, person), refusal::not_permitted);
        EXPECT_EQ(code(password(1), person), refusal::not_permitted);
        EXPECT_EQ(code(RemovePassword{SessionId(uuid(101)), std::nullopt}, person), refusal::not_permitted);
        EXPECT_EQ(code(Accounts{}, person), refusal::not_permitted);
        EXPECT_EQ(code(HeldAbout{zhang}, person), refusal::not_permitted);
        EXPECT_EQ(code(HeldAbout{PersonId(uuid(50))}, person), "accepted");
    }
    EXPECT_EQ(code(HeldAbout{zhang}, ctl), refusal::not_permitted);
    EXPECT_EQ(code(Accounts{}, ctl), "accepted");
    EXPECT_EQ(code(opening(1), ctl), refusal::not_permitted) << "only who has seen the code may open a session";
    EXPECT_EQ(code(password(1), ctl), refusal::not_permitted);
}

TEST_F(Gateway, EveryColumnIsShownOrKeptBackForAReason)
{
    const std::string nobody = "no person in it";
    test::expect_every_column_accounted(
        database,
        {{"accounts", "login person_id added_at", "password totp_sealed last_step", "what proves who they are"},
         {"passwords", "person_id set_at", "password", "what proves who they are"},
         {"sessions", "session_id person_id kind opened_at expires_at", "token_hash proof login role place_id",
          "what proves who they are; the login stands with the account, roles are registration's to show"},
         {"roles", "", "person_id role place_id", "registration shows them"},
         {"places", "person_id class_id", "state", "training shows it"},
         {"organisations", "", "organisation_id name", nobody},
         {"campaigns", "", "campaign_id opens_at closes_at", nobody},
         {"classes", "", "class_id campaign_id begins_at capacity taken offered waiting", nobody}});
}

}  // namespace
}  // namespace gonghui::gateway

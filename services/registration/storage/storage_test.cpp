#include "common/messaging/timers.hpp"
#include "services/registration/domain/testing.hpp"
#include "services/registration/storage/evolve.hpp"
#include "tests/support/dump.hpp"

#include <functional>
#include <map>

namespace gonghui::registration {
namespace {

using namespace testing;

Sealed sealed(std::string_view text)
{
    return {to_bytes(as_bytes(text))};
}

// Stands in for the keyed index: the "sealed" number is readable here, and its index is a hash without a key.
class HashedNumbers final : public Identities {
public:
    std::optional<IdIndex> of(const Sealed& id_number) override
    {
        if (id_number == erased) return std::nullopt;
        return index_of(id_number);
    }
    std::optional<PhoneIndex> of_phone(const Sealed& phone) override
    {
        const auto index = of(phone);
        return index ? std::optional(PhoneIndex{index->value}) : std::nullopt;
    }
    void erase(const PersonId& person) override { keys_destroyed.push_back(person); }
    static IdIndex index_of(const Sealed& id_number)
    {
        return {static_cast<std::int64_t>(std::hash<std::string_view>{}(as_text(id_number.bytes)))};
    }
    Sealed erased;
    std::vector<PersonId> keys_destroyed;
};

struct TestStore {
    TestStore()
    {
        sqlite::migrate(database, "places", places_migrations());
        sqlite::migrate(database, "registration", RegistrationStore::migrations());
        sqlite::migrate(database, "timers", messaging::timers_migrations());
    }

    void take(const std::vector<Event>& events)
    {
        for (const auto& event : events) std::visit([this](const auto& one) { evolve(store, one); }, event);
    }

    sqlite::Database database{":memory:"};
    HashedNumbers identities;
    RegistrationStore store{database, identities};
};

OrganisationFounded founded(OrganisationId id, std::optional<OrganisationId> parent, OrganisationKind kind)
{
    OrganisationFounded event;
    event.organisation_id = id;
    event.parent_id = parent;
    event.kind = kind;
    event.name = "工会";
    event.at = now;
    if (kind == OrganisationKind::union_) {
        event.form = OrganisationForm::enterprise;
        event.code = "CODE" + to_string(id).substr(30);
    }
    return event;
}

MemberJoined joined(PersonId person, OrganisationId organisation, std::string_view id_number)
{
    MemberJoined event;
    event.person_id = person;
    event.organisation_id = organisation;
    event.sex = Sex::female;
    event.birth_year = 1990;
    event.name = sealed("name");
    event.id_number = sealed(id_number);
    event.phone = sealed("phone");
    event.import_id = ImportId{uuid(80)};
    event.line = 7;
    event.at = now;
    return event;
}

ApplicationSubmitted submitted(ApplicationId application, PersonId person, std::string_view id_number)
{
    ApplicationSubmitted event;
    event.application_id = application;
    event.person_id = person;
    event.organisation_id = firm;
    event.sex = Sex::male;
    event.birth_year = 1985;
    event.name = sealed("applicant");
    event.id_number = sealed(id_number);
    event.phone = sealed("phone");
    event.email = sealed("email");
    event.at = now;
    return event;
}

std::vector<Event> the_tree()
{
    return {founded(city, std::nullopt, OrganisationKind::city), founded(district, city, OrganisationKind::district),
            founded(township, district, OrganisationKind::township), founded(firm, township, OrganisationKind::union_),
            founded(other_firm, township, OrganisationKind::union_)};
}

const ApplicationId first_application{uuid(50)}, second_application{uuid(51)};
const PersonId wang{uuid(13)};

// One of everything that can happen.
std::vector<Event> a_history()
{
    auto events = the_tree();
    const std::vector<Event> rest{
        RoleGranted{li, Office::officer, firm, now},
        RoleGranted{li, Office::officer, other_firm, now},
        RoleRevoked{li, Office::officer, other_firm, now},
        joined(zhang, firm, "1234"),
        submitted(first_application, wang, "5678"),
        ApplicationRefused{first_application, wang, ApplicationRefusalReason::other, std::nullopt, now},
        submitted(second_application, wang, "5678"),
        joined(wang, firm, "5678"),
        MemberTransferred{zhang, firm, other_firm, std::nullopt, now},
        MemberRetained{zhang, RetainReason::retired, now},
        MemberRestored{zhang, other_firm, now},
        ContactChanged{zhang, sealed("new phone"), std::nullopt, Language::en, true, now},
        ConsentGiven{zhang, ConsentPurpose::commercial_messages, now},
        ConsentGiven{zhang, ConsentPurpose::membership_benefits, now},
        ConsentWithdrawn{zhang, ConsentPurpose::membership_benefits, now},
        PersonUnmasked{LookId{uuid(70)}, zhang, li.uuid, "gateway", "核对", now + std::chrono::minutes(5), now},
        MemberLeft{wang, firm, LeaveReason::expelled, now},
        Announced{AnnouncementId{uuid(80)}, township, "停电", "Power cut", "周六停电。", "On Saturday.", 1, {}, now},
        AnnouncementAddressed{AnnouncementId{uuid(80)}, {zhang}, true, now},
        PersonErased{wang, now},
        OrganisationClosed{firm, township, now},
        OrganisationMoved{other_firm, district, now},
    };
    events.insert(events.end(), rest.begin(), rest.end());
    return events;
}

TEST(RegistrationStore, EqualsTheReplayOfItsLog)
{
    TestStore live, replayed;
    live.take(a_history());
    replayed.take(a_history());
    EXPECT_FALSE(dump(live.database)["persons"].empty());
    EXPECT_EQ(dump(live.database), dump(replayed.database));
}

TEST(RegistrationStore, ItsHistoryLacksNoKindOfEvent)
{
    std::vector<bool> seen(std::variant_size_v<Event>);
    for (const auto& event : a_history()) seen[event.index()] = true;
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_TRUE(seen[i]) << "alternative " << i << " of Event";
}

TEST(RegistrationStore, FindsAPersonByNumberFromTheFirstApplicationOn)
{
    TestStore test;
    test.take(the_tree());
    test.take({submitted(first_application, wang, "5678")});
    const auto index = HashedNumbers::index_of(sealed("5678"));
    ASSERT_TRUE(test.store.person_with(index));
    EXPECT_EQ(test.store.person_with(index)->id, wang);
    EXPECT_EQ(test.store.person_with(index)->state, MembershipState::applied);
    EXPECT_FALSE(test.store.person_with(HashedNumbers::index_of(sealed("9999"))));
}

TEST(RegistrationStore, KnowsNothingOfWhomItErased)
{
    TestStore test;
    test.take(a_history());
    EXPECT_FALSE(test.store.person(wang));
    EXPECT_FALSE(test.store.person_with(HashedNumbers::index_of(sealed("5678"))));
    EXPECT_FALSE(test.store.application(first_application) || test.store.application(second_application));
    EXPECT_EQ(test.identities.keys_destroyed, std::vector{wang});
    EXPECT_TRUE(test.store.person(zhang));
}

TEST(RegistrationStore, FindsNobodyByAnErasedNumber)
{
    TestStore test;
    test.identities.erased = sealed("5678");
    test.take(the_tree());
    test.take({joined(wang, firm, "5678")});
    EXPECT_TRUE(test.store.person(wang));
    EXPECT_FALSE(test.store.person_with(HashedNumbers::index_of(sealed("5678"))));
}

TEST(RegistrationStore, FollowsAMembershipThroughItsLife)
{
    TestStore test;
    test.take(the_tree());
    EXPECT_FALSE(test.store.person(zhang));
    test.take({submitted(first_application, zhang, "1234")});
    EXPECT_EQ(test.store.person(zhang)->state, MembershipState::applied);
    EXPECT_EQ(test.store.place_of(zhang), firm.uuid) << "its officers may look at the application";
    auto approved = joined(zhang, firm, "1234");
    approved.application_id = first_application;
    test.take({approved});
    EXPECT_EQ(test.store.person(zhang)->state, MembershipState::member);
    EXPECT_EQ(test.store.person(zhang)->organisation, firm);
    EXPECT_FALSE(test.store.application(first_application)->waiting);
    test.take({MemberRetained{zhang, RetainReason::unemployed, now}});
    EXPECT_EQ(test.store.person(zhang)->state, MembershipState::retained);
    test.take({MemberTransferred{zhang, firm, other_firm, true, now}});
    EXPECT_EQ(test.store.person(zhang)->state, MembershipState::retained);
    test.take({MemberTransferred{zhang, other_firm, firm, std::nullopt, now}});
    EXPECT_EQ(test.store.person(zhang)->state, MembershipState::member);
    test.take({MemberLeft{zhang, firm, LeaveReason::resigned, now}});
    EXPECT_EQ(test.store.person(zhang)->state, MembershipState::left);
    EXPECT_FALSE(test.store.place_of(zhang)) << "the former union's officers have no say any more";
    test.take({joined(zhang, other_firm, "1234"), MemberLeft{zhang, other_firm, LeaveReason::expelled, now}});
    EXPECT_EQ(test.store.person(zhang)->state, MembershipState::expelled);
}

TEST(RegistrationStore, ARosterSettlesAWaitingApplication)
{
    TestStore test;
    test.take(the_tree());
    test.take({submitted(first_application, zhang, "1234"), joined(zhang, other_firm, "1234")});
    EXPECT_FALSE(test.store.application(first_application)->waiting);
    EXPECT_EQ(test.store.person_with(HashedNumbers::index_of(sealed("1234")))->line, 7);
}

TEST(RegistrationStore, HoldsOneMembershipAndOneNumberPerPerson)
{
    TestStore test;
    test.take(the_tree());
    test.take({joined(zhang, firm, "1234")});
    EXPECT_THROW(test.take({joined(wang, firm, "1234")}), sqlite::Error) << "the same number under another person";
}

TEST(RegistrationStore, CountsBelowAPlace)
{
    TestStore test;
    test.take(the_tree());
    test.take({joined(zhang, firm, "1234"), joined(wang, other_firm, "5678"),
               MemberRetained{wang, RetainReason::retired, now}, submitted(first_application, li, "9")});
    EXPECT_EQ(test.store.counts(std::nullopt), (CountsReply{2, 2, 1, 1}));
    EXPECT_EQ(test.store.counts(township), (CountsReply{2, 2, 1, 1}));
    EXPECT_EQ(test.store.counts(other_firm), (CountsReply{1, 1, 1, 0}));
}

TEST(RegistrationStore, ShowsTheTreeFromAbove)
{
    TestStore test;
    test.take(a_history());
    const auto tree = test.store.tree(std::nullopt);
    ASSERT_EQ(tree.size(), 5U);
    EXPECT_EQ(tree[0].organisation_id, city);
    EXPECT_EQ(tree[1].organisation_id, district);
    EXPECT_EQ(tree[3].organisation_id, other_firm) << "it was moved up to the district";
    EXPECT_EQ(tree[3].members, 1);
    EXPECT_TRUE(tree[4].closed);
    EXPECT_EQ(test.store.tree(township).size(), 2U);
}

TEST(RegistrationStore, PagesThroughAUnion)
{
    TestStore test;
    test.take(the_tree());
    for (std::uint8_t i = 0; i < 5; ++i) test.take({joined(PersonId{uuid(100 + i)}, firm, to_string(uuid(i)))});
    const auto first = test.store.records_of(firm, 0, 3);
    ASSERT_EQ(first.size(), 3U);
    const auto rest = test.store.records_of(firm, first.back().number, 3);
    ASSERT_EQ(rest.size(), 2U);
    EXPECT_EQ(rest.back().facts.id, PersonId{uuid(104)});
}

TEST(RegistrationStore, FeedsThePlacesThatRightsAreDecidedBy)
{
    TestStore test;
    test.take(the_tree());
    test.take({RoleGranted{li, Office::officer, firm, now}});
    const Actor officer{Role::officer, li.uuid, firm.uuid, "gateway"};
    EXPECT_TRUE(test.store.places().standing(officer, firm.uuid).holds_role);
    EXPECT_FALSE(test.store.places().standing(officer, other_firm.uuid).covers_target);
    test.take({RoleRevoked{li, Office::officer, firm, now}});
    EXPECT_FALSE(test.store.places().standing(officer, firm.uuid).holds_role);
}

}  // namespace
}  // namespace gonghui::registration

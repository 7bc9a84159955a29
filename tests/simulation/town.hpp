#pragma once
// The people of a simulated district and what they do: officers who import and decide, workers who enroll, cancel,
// answer offers, leave, sign up for an evening and read their messages. Who does what next is the dice's choice.

#include "schemas/generated/matchmaking/codecs.hpp"
#include "schemas/generated/notifications/codecs.hpp"
#include "schemas/generated/registration/codecs.hpp"
#include "schemas/generated/training/codecs.hpp"
#include "services/notifications/mail/mail.hpp"
#include "tests/simulation/crowd.hpp"

#include <deque>
#include <functional>
#include <map>
#include <vector>

namespace gonghui::simulation {

class Town {
public:
    // `commands`: how many they ask for in all, the founding of the district included.
    Town(World& world, Crowd& crowd, std::size_t commands);

    // True when anybody did anything.
    bool step();
    [[nodiscard]] UtcTime next() const { return done() ? UtcTime::max() : next_at_; }
    [[nodiscard]] bool is_founded() const { return founded_; }
    [[nodiscard]] bool done() const { return crowd_.commands() >= commands_; }

    // What the mail worker of notifications does with a mail, and says when it is done.
    void post(const notifications::Mail& mail);
    std::function<void(const Uuid& message_id)> on_reported = [](const auto&) {
    };

private:
    struct Person {
        PersonId id;
        bool is_single = false;  // has said so
    };
    struct Class {
        CampaignId campaign;
        ClassId id;
    };
    using Then = std::function<void(const messaging::ReceivedReply&)>;

    // The founding: one after the other, each when the one before is answered.
    void plan_founding();
    template <class Message>
    void then_found(const Message& message, Then then = {});
    void found_next();
    void open_class(const CampaignId& campaign, std::int64_t capacity, int day, bool planned);
    void get_to_know(const OrganisationId& organisation);
    void enter_gate(const PersonId& person);

    void act();
    void enroll();
    void answer_offer();
    void cancel();
    void look_around();
    void import_some();
    void apply();
    void decide_application();
    void leave();
    void transfer();
    void rest();
    void change_contact();
    void consent();
    void become_single();
    void sign_up();
    void cancel_sign_up();
    void check_in();
    void run_evening();
    void choose();
    void read_inbox();
    void set_preference();

    registration::RosterRow row(std::int64_t line);
    Person& somebody() { return world_.dice.pick(people_); }  // `act` is not called before there are people
    Uuid make_id() { return make_random_uuid(world_.random); }
    [[nodiscard]] Actor worker(const PersonId& person) const { return {Role::worker, person.uuid, {}, {}}; }
    template <class Message>
    void as_worker(const PersonId& person, const Message& message, Then then = {});
    template <class Message>
    void as_operator(const Message& message, Then then = {});

    World& world_;
    Crowd& crowd_;
    std::size_t commands_;
    UtcTime next_at_{};
    std::deque<std::function<void()>> founding_;
    bool founded_ = false;

    OrganisationId city_, district_, township_, firm_, joint_;
    CourseId course_;
    std::vector<Person> people_;
    std::vector<Class> classes_;
    EveningId evening_;
    std::vector<ApplicationId> applications_;
    std::optional<messaging::At> last_registration_;  // where a reply of registration stood
    int next_number_ = 0;
};

}  // namespace gonghui::simulation

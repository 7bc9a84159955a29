// What a followed event costs: real host, real store (synchronous=FULL), no sockets. A rush makes tens of thousands of
// `seat_taken` and `waitlisted` within seconds, each of which becomes a message; a roster makes a hundred thousand
// `member_joined`, of which nothing is kept.
//
//     notifications_follow_bench

#include "services/notifications/app/notifications_under_test.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace gonghui::notifications {
namespace {

constexpr int rush = 40'000;
constexpr int roster = 100'000;

double seconds_of(clockid_t which)
{
    timespec time{};
    clock_gettime(which, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

class Bench {
public:
    Bench()
    {
        notifications_.found_the_tree();
        notifications_.open_a_class();
        for (int i = 0; i < roster; ++i) people_.emplace_back(make_random_uuid(notifications_.random));
    }

    void roster_of_people_without_email()
    {
        const Bytes sealed_name(60);
        for (const auto& person : people_) {
            registration::MemberJoined joined;
            joined.person_id = person;
            joined.organisation_id = notifications_.home_union;
            joined.birth_year = 1990;
            joined.name.bytes = joined.id_number.bytes = joined.phone.bytes = sealed_name;
            prepare(joined);
        }
        measure("member_joined from a roster");
    }

    void rush_of_seats()
    {
        for (int i = 0; i < rush; ++i) {
            const auto& person = people_[static_cast<std::size_t>(i) % people_.size()];
            if (i % 20 == 0) {
                training::SeatTaken taken;
                taken.class_id = notifications_.class_id;
                taken.person_id = person;
                prepare(taken);
            } else {
                training::Waitlisted waitlisted;
                waitlisted.class_id = notifications_.class_id;
                waitlisted.person_id = person;
                waitlisted.rank = i;
                prepare(waitlisted);
            }
        }
        measure("seat_taken, waitlisted");
    }

private:
    template <class Event>
    void prepare(const Event& event)
    {
        notifications_.transport.arriving.emplace_back(notifications_.inbound(event));
    }

    void measure(const char* what)
    {
        const auto count = notifications_.transport.arriving.size();
        const auto wall = seconds_of(CLOCK_MONOTONIC);
        const auto cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        notifications_.settle();
        const auto per_event = 1e6 / static_cast<double>(count);
        std::printf("%-30s %7zu events  %6.1f us each  (%.1f us of processor)\n", what, count,
                    (seconds_of(CLOCK_MONOTONIC) - wall) * per_event,
                    (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) * per_event);
    }

    NotificationsUnderTest notifications_;
    std::vector<PersonId> people_;
};

}  // namespace
}  // namespace gonghui::notifications

int main()
{
    gonghui::notifications::Bench bench;
    bench.roster_of_people_without_email();
    bench.rush_of_seats();
    return 0;
}

#include "services/notifications/domain/catalogue.hpp"

#include <algorithm>

namespace gonghui::notifications {

const std::vector<MessageKind>& message_kinds()
{
    static const Parameters course{{"course.zh-CN", "工间羽毛球"}, {"course.en", "Badminton after work"}};
    static const Parameters evening{{"evening.zh-CN", "桌游之夜"}, {"evening.en", "Board games"}};
    static const auto with = [](Parameters some, const Parameters& more) {
        some.insert(more.begin(), more.end());
        return some;
    };
    static const Parameters when{{"starts_at", "2026-03-01 19:30"}};
    static const Parameters where{{"venue", "工人文化宫二楼"}};
    static const Parameters rank{{"rank", "3"}};
    static const Parameters union_name{{"union", "示例街道快递员联合工会"}};
    using enum Urgency;

    static const std::vector<MessageKind> kinds{
        {"training_seat_taken", Topic::training, ordinary, with(with(course, when), where)},
        {"training_promoted", Topic::training, ordinary, with(with(course, when), where)},
        {"training_waitlisted", Topic::training, ordinary, with(with(course, when), rank)},
        {"training_seat_offered", Topic::training, critical, with(course, {{"expires_at", "2026-02-27 12:00"}})},
        {"training_offer_lapsed", Topic::training, ordinary, course},
        {"training_cancelled", Topic::training, ordinary, with(course, {{"reason", "cancelled.officer"}})},
        {"training_waiting_left", Topic::training, ordinary, with(course, {{"reason", "cancelled.self"}})},
        {"membership_approved", Topic::membership, ordinary, union_name},
        {"membership_refused", Topic::membership, critical, {{"reason", "refused.wrong_union"}}},
        {"membership_transferred", Topic::membership, ordinary, union_name},
        {"membership_retained", Topic::membership, ordinary, {{"reason", "retained.retired"}}},
        {"membership_restored", Topic::membership, ordinary, union_name},
        {"membership_ended", Topic::membership, critical, {{"reason", "ended.moved_away"}}},
        {"announcement", Topic::membership, ordinary,
         with({{"title.zh-CN", "周六停电"},
               {"title.en", "Power cut on Saturday"},
               {"text.zh-CN", "周六 8:00 至 12:00 停电检修。"},
               {"text.en", "On Saturday from 8:00 to 12:00."}},
              union_name)},
        {"evening_signed_up", Topic::matchmaking, ordinary, with(with(evening, when), where)},
        {"evening_waitlisted", Topic::matchmaking, ordinary, with(with(evening, when), rank)},
        {"evening_promoted", Topic::matchmaking, ordinary, with(with(evening, when), where)},
        {"evening_cancelled", Topic::matchmaking, ordinary, with(evening, {{"reason", "sign_up.withdrawn"}})},
        {"evening_result_ready", Topic::matchmaking, ordinary, evening},
    };
    return kinds;
}

const MessageKind* find_message_kind(std::string_view name)
{
    const auto found = std::ranges::find(message_kinds(), name, &MessageKind::name);
    return found == message_kinds().end() ? nullptr : &*found;
}

std::string_view tag_of(Language language)
{
    switch (language) {
        case Language::zh_cn:
            return "zh-CN";
        case Language::en:
            return "en";
    }
    return "zh-CN";
}

}  // namespace gonghui::notifications

#include "tests/simulation/town.hpp"

#include "services/registration/domain/id_number.hpp"

#include <algorithm>
#include <array>

namespace gonghui::simulation {

using messaging::Outcome;
using messaging::ReceivedReply;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_open = 24;  // requests without an answer, of all together
constexpr std::string_view firm_code = "91350100M000100Y43";

template <class Message>
std::optional<typename Message::Reply> reply_of(const ReceivedReply& received)
{
    if (received.outcome != Outcome::accepted) return std::nullopt;
    typename Message::Reply reply;
    codec::Errors errors;
    if (received.data.kind() == codec::Kind::map) decode(received.data, reply, errors);
    return reply;
}

bool is_of_registration(std::string_view type)
{
    return type.starts_with("registration.");
}

Duration some(Dice& dice, std::uint64_t least_ms, std::uint64_t most_ms)
{
    return std::chrono::milliseconds(dice.between(least_ms, most_ms));
}

}  // namespace

Town::Town(World& world, Crowd& crowd, std::size_t commands) : world_(world), crowd_(crowd), commands_(commands)
{
    plan_founding();
    found_next();
}

template <class Message>
void Town::as_worker(const PersonId& person, const Message& message, Then then)
{
    // Half of them have just come from registration's counter and want to be known everywhere.
    const bool waits = last_registration_ && world_.dice.chance(300);
    crowd_.ask(Caller::edge, message, worker(person), std::move(then), waits ? last_registration_ : std::nullopt);
}

template <class Message>
void Town::as_operator(const Message& message, Then then)
{
    crowd_.ask(
        Caller::ctl, message, std::nullopt,
        [this, then = std::move(then)](const ReceivedReply& reply) {
            if (is_of_registration(Message::type)) last_registration_ = reply.at;
            if (then) then(reply);
        },
        last_registration_);
}

// --- the founding
// -----------------------------------------------------------------------------------------------------

template <class Message>
void Town::then_found(const Message& message, Then then)
{
    founding_.emplace_back([this, message, then = std::move(then)] {
        as_operator(message, [this, then](const ReceivedReply& reply) {
            if (reply.outcome != Outcome::accepted)
                world_.problem("the district could not be founded: " + std::string(Message::type) + " " +
                               std::string(reply.code));
            if (then) then(reply);
            found_next();
        });
    });
}

void Town::found_next()
{
    if (founding_.empty()) {
        founded_ = true;
        next_at_ = world_.clock.now();
        return;
    }
    const auto next = std::move(founding_.front());
    founding_.pop_front();
    next();
}

void Town::plan_founding()
{
    for (auto* id : {&city_, &district_, &township_, &firm_, &joint_}) id->uuid = make_id();
    const auto found = [this](const OrganisationId& id, std::optional<OrganisationId> above,
                              registration::OrganisationKind kind, std::optional<registration::OrganisationForm> form,
                              std::optional<std::string> code) {
        registration::FoundOrganisation command;
        command.organisation_id = id;
        command.parent_id = above;
        command.kind = kind;
        command.form = form;
        command.code = std::move(code);
        command.name = "工会";
        then_found(command);
    };
    using registration::OrganisationForm;
    using registration::OrganisationKind;
    found(city_, {}, OrganisationKind::city, {}, {});
    found(district_, city_, OrganisationKind::district, {}, {});
    found(township_, district_, OrganisationKind::township, {}, {});
    found(firm_, township_, OrganisationKind::union_, OrganisationForm::enterprise, std::string(firm_code));
    found(joint_, township_, OrganisationKind::union_, OrganisationForm::joint, {});

    registration::ImportRoster roster;
    roster.import_id.uuid = make_id();
    for (std::int64_t line = 2; line < 12; ++line) roster.rows.push_back(row(line));
    roster.rows.back().id_number = Personal("330099199001019999");  // one bad row
    then_found(roster, [this](const ReceivedReply&) { get_to_know(firm_); });

    course_.uuid = make_id();
    then_found(training::AddCourse{course_, "茶艺", "Tea", std::nullopt});
    // One campaign that keeps a freed seat for a while and allows two classes, one that gives it at once and allows
    // one.
    for (const std::int64_t offer_seconds : {8, 0}) {
        training::PlanCampaign campaign;
        campaign.campaign_id.uuid = make_id();
        campaign.organisation_id = district_;
        campaign.name_zh = "秋季夜校";
        campaign.name_en = "Autumn evenings";
        campaign.opens_at = world_.clock.now();
        campaign.closes_at = world_.clock.now() + std::chrono::days(20);
        campaign.classes_per_person = offer_seconds > 0 ? 2 : 1;
        campaign.offer_seconds = offer_seconds;
        then_found(campaign);
        open_class(campaign.campaign_id, 1, 30, true);
        open_class(campaign.campaign_id, offer_seconds > 0 ? 2 : 1, offer_seconds > 0 ? 31 : 30, true);
    }

    matchmaking::PlanEvening evening;
    evening.evening_id.uuid = evening_.uuid = make_id();
    evening.organisation_id = firm_;
    evening.title_zh = "桌游之夜";
    evening.title_en = "Board games";
    evening.venue = "Hall 1";
    evening.starts_at = world_.clock.now() + 1h;
    evening.sign_up_until = evening.ends_at = world_.clock.now() + 30h;
    evening.capacity_male = evening.capacity_female = 2;
    then_found(evening);
}

void Town::open_class(const CampaignId& campaign, std::int64_t capacity, int day, bool planned)
{
    training::OpenClass command;
    command.class_id.uuid = make_id();
    command.campaign_id = campaign;
    command.course_id = course_;
    command.capacity = capacity;
    command.venue = "工人文化宫 301";
    const auto begin = world_.clock.now() + std::chrono::days(day);
    command.sessions = {{begin, begin + 2h}};
    const auto known = [this, one = Class{campaign, command.class_id}](const ReceivedReply& reply) {
        if (reply.outcome == Outcome::accepted) classes_.push_back(one);
    };
    if (planned)
        then_found(command, known);
    else
        as_operator(command, known);
}

registration::RosterRow Town::row(std::int64_t line)
{
    registration::RosterRow row;
    row.line = line;
    const auto digits = "33009919900101" + std::to_string(100 + next_number_ % 900);
    row.name = Personal("王五六");
    row.id_number = Personal(digits + registration::id_number_check_digit(digits));
    row.phone = Personal("13800001234");
    if (next_number_ % 3 == 0) row.email = Personal("someone" + std::to_string(next_number_) + "@example.org");
    row.union_code = firm_code;
    ++next_number_;
    return row;
}

void Town::get_to_know(const OrganisationId& organisation)
{
    registration::MembersOf query;
    query.organisation_id = organisation;
    as_operator(query, [this](const ReceivedReply& received) {
        const auto reply = reply_of<registration::MembersOf>(received);
        if (!reply) return;
        for (const auto& member : reply->members) {
            const auto known =
                std::ranges::any_of(people_, [&](const auto& one) { return one.id == member.person_id; });
            if (known) continue;
            people_.push_back({member.person_id});
            enter_gate(member.person_id);
            if (people_.size() == 1)
                as_operator(registration::GrantRole{member.person_id, registration::Office::officer, firm_});
        }
    });
}

void Town::enter_gate(const PersonId& person)
{
    if (!world_.dice.chance(600)) return;
    matchmaking::DeclareSingle declare;
    declare.declaration_id.uuid = make_id();
    declare.person_id = person;
    declare.statement = 1;
    as_worker(person, declare);
    for (const auto purpose :
         {matchmaking::Purpose::profile, matchmaking::Purpose::evenings, matchmaking::Purpose::contacts})
        as_worker(person, matchmaking::GiveConsent{person, purpose});
}

// --- every day
// ----------------------------------------------------------------------------------------------------------

bool Town::step()
{
    if (!founded_ || done() || world_.clock.now() < next_at_) return false;
    next_at_ = world_.clock.now() + some(world_.dice, 1, 40);
    if (crowd_.open() < most_open && !people_.empty()) act();
    return true;
}

void Town::act()
{
    struct Act {
        unsigned weight;
        void (Town::*act)();
    };
    static constexpr std::array acts{Act{26, &Town::enroll},
                                     Act{9, &Town::answer_offer},
                                     Act{10, &Town::cancel},
                                     Act{4, &Town::look_around},
                                     Act{3, &Town::import_some},
                                     Act{3, &Town::apply},
                                     Act{3, &Town::decide_application},
                                     Act{2, &Town::leave},
                                     Act{2, &Town::transfer},
                                     Act{2, &Town::rest},
                                     Act{2, &Town::change_contact},
                                     Act{1, &Town::consent},
                                     Act{3, &Town::become_single},
                                     Act{8, &Town::sign_up},
                                     Act{3, &Town::cancel_sign_up},
                                     Act{3, &Town::check_in},
                                     Act{1, &Town::run_evening},
                                     Act{3, &Town::choose},
                                     Act{4, &Town::read_inbox},
                                     Act{1, &Town::set_preference}};
    static constexpr auto all = [] {
        unsigned sum = 0;
        for (const auto& one : acts) sum += one.weight;
        return sum;
    }();
    auto left = world_.dice.below(all);
    for (const auto& one : acts) {
        if (left < one.weight) return (this->*one.act)();
        left -= one.weight;
    }
}

void Town::enroll()
{
    if (classes_.empty()) return;
    const auto& wanted = world_.dice.pick(classes_);
    const auto person = somebody().id;
    as_worker(person, training::Enroll{wanted.campaign, wanted.id, person}, [this, person](const ReceivedReply& reply) {
        if (reply.outcome != Outcome::accepted || !world_.dice.chance(100)) return;
        crowd_.ask(Caller::edge, training::MyEnrollments{person}, worker(person), {}, reply.at);  // is it there?
    });
}

void Town::answer_offer()
{
    if (classes_.empty()) return;
    // People look first; here they look at who has an offer.
    const auto person = somebody().id;
    as_worker(person, training::MyEnrollments{person}, [this, person](const ReceivedReply& received) {
        const auto reply = reply_of<training::MyEnrollments>(received);
        if (!reply) return;
        for (const auto& one : reply->enrollments) {
            if (one.state != training::PlaceState::offered) continue;
            if (world_.dice.chance(700))
                as_worker(person, training::AcceptOffer{one.campaign_id, one.class_id, person});
            else
                as_worker(person, training::DeclineOffer{one.campaign_id, one.class_id, person});
        }
    });
}

void Town::cancel()
{
    if (classes_.empty()) return;
    const auto person = somebody().id;
    as_worker(person, training::MyEnrollments{person}, [this, person](const ReceivedReply& received) {
        const auto reply = reply_of<training::MyEnrollments>(received);
        if (!reply || reply->enrollments.empty()) return;
        const auto& one = world_.dice.pick(reply->enrollments);
        as_worker(person, training::Cancel{one.campaign_id, one.class_id, person});
    });
}

void Town::look_around()
{
    if (classes_.empty()) return;
    const auto& one = world_.dice.pick(classes_);
    const auto person = somebody().id;
    as_worker(person, training::CampaignStatus{one.campaign});
    as_worker(person, training::MyRank{one.campaign, one.id, person});
}

void Town::import_some()
{
    registration::ImportRoster roster;
    roster.import_id.uuid = make_id();
    roster.rows.push_back(row(2));
    roster.rows.push_back(row(3));
    if (world_.dice.chance(300)) {
        roster.rows.push_back(roster.rows.front());
        roster.rows.back().line = 4;
        roster.rows.back().earlier_line = 2;
    }
    as_operator(roster, [this](const ReceivedReply&) { get_to_know(firm_); });
}

void Town::apply()
{
    const auto made = row(0);
    registration::SubmitApplication application;
    application.application_id.uuid = make_id();
    application.organisation_id = world_.dice.chance(500) ? firm_ : joint_;
    application.name = made.name;
    application.id_number = made.id_number;
    application.phone = made.phone;
    application.email = made.email;
    crowd_.ask(Caller::edge, application, Actor{Role::worker, {}, {}, {}},
               [this, id = application.application_id](const ReceivedReply& reply) {
                   if (reply.outcome == Outcome::accepted) applications_.push_back(id);
               });
}

void Town::decide_application()
{
    if (applications_.empty()) return apply();
    const auto id = applications_.back();
    applications_.pop_back();
    if (world_.dice.chance(200)) {
        registration::RefuseApplication refusal;
        refusal.application_id = id;
        refusal.reason = registration::ApplicationRefusalReason::not_eligible;
        return as_operator(refusal);
    }
    registration::ApproveApplication approval;
    approval.application_id = id;
    as_operator(approval, [this](const ReceivedReply& received) {
        if (const auto reply = reply_of<registration::ApproveApplication>(received))
            people_.push_back({reply->person_id});
    });
}

void Town::leave()
{
    if (people_.size() < 6) return import_some();
    const auto person = somebody().id;
    as_operator(registration::Leave{person, registration::LeaveReason::resigned},
                [this, person](const ReceivedReply& reply) {
                    if (reply.outcome != messaging::Outcome::accepted || !world_.dice.chance(300)) return;
                    as_operator(registration::ErasePerson{person}, [this](const ReceivedReply& erased) {
                        if (erased.outcome == messaging::Outcome::accepted) world_.sometimes.saw(Rare::person_erased);
                    });
                });
}

void Town::transfer()
{
    registration::TransferMember command;
    command.person_id = somebody().id;
    command.to_organisation_id = world_.dice.chance(500) ? firm_ : joint_;
    as_operator(command);
}

void Town::rest()
{
    const auto person = somebody().id;
    if (world_.dice.chance(500))
        as_operator(registration::RetainMember{person, registration::RetainReason::unemployed});
    else
        as_operator(registration::RestoreMember{person});
}

void Town::change_contact()
{
    registration::ChangeContact command;
    command.person_id = somebody().id;
    command.email = Personal("other" + std::to_string(world_.dice.below(100)) + "@example.org");
    command.language = world_.dice.chance(500) ? registration::Language::en : registration::Language::zh_cn;
    as_worker(command.person_id, command);
}

void Town::consent()
{
    const auto person = somebody().id;
    as_worker(person, registration::GiveConsent{person, registration::ConsentPurpose::membership_benefits});
}

void Town::become_single()
{
    auto& person = somebody();
    if (!person.is_single) enter_gate(person.id);
    person.is_single = true;
    matchmaking::PublishProfile profile;
    profile.person_id = person.id;
    profile.name = Personal("王五六");
    profile.contact = Personal("13800001234");
    profile.nickname = Personal("五六");
    profile.visible = {matchmaking::ProfileField::nickname};
    as_worker(person.id, profile);
}

void Town::sign_up()
{
    const auto person = somebody().id;
    as_worker(person, matchmaking::SignUp{evening_, person});
}

void Town::cancel_sign_up()
{
    const auto person = somebody().id;
    as_worker(person, matchmaking::CancelSignUp{evening_, person});
}

void Town::check_in()
{
    const auto person = somebody().id;
    as_worker(person, matchmaking::MyEvening{evening_, person}, [this](const ReceivedReply& received) {
        const auto reply = reply_of<matchmaking::MyEvening>(received);
        if (reply && reply->code) as_operator(matchmaking::CheckIn{evening_, *reply->code});
    });
}

void Town::run_evening()
{
    if (world_.dice.chance(700)) {
        matchmaking::OpenChoosing open;
        open.evening_id = evening_;
        open.closes_at = world_.clock.now() + some(world_.dice, 1'000, 20'000);
        return as_operator(open);
    }
    as_operator(matchmaking::CloseChoosing{evening_});
}

void Town::choose()
{
    const auto person = somebody().id;
    as_worker(person, matchmaking::MyEvening{evening_, person}, [this, person](const ReceivedReply& received) {
        const auto reply = reply_of<matchmaking::MyEvening>(received);
        if (!reply || reply->choosable.empty()) return;
        const auto& other = world_.dice.pick(reply->choosable);
        as_worker(person, matchmaking::Choose{evening_, person, other.person_id, world_.dice.chance(700)});
    });
}

void Town::read_inbox()
{
    const auto person = somebody().id;
    notifications::Inbox query;
    query.person_id = person;
    as_worker(person, query, [this, person](const ReceivedReply& received) {
        const auto reply = reply_of<notifications::Inbox>(received);
        if (!reply || reply->messages.empty()) return;
        as_worker(person, notifications::MarkRead{person, world_.dice.pick(reply->messages).message_id});
    });
}

void Town::set_preference()
{
    const auto person = somebody().id;
    as_worker(person, notifications::SetPreference{person, notifications::Topic::training,
                                                   notifications::Channel::email, world_.dice.chance(500)});
}

void Town::post(const notifications::Mail& mail)
{
    notifications::ReportDelivery report;
    report.message_id.uuid = mail.message_id;
    report.attempt = mail.attempt;
    report.result =
        world_.dice.chance(800) ? notifications::DeliveryResult::taken : notifications::DeliveryResult::refused_for_now;
    crowd_.ask(Caller::notifications, report, std::nullopt,
               [this, id = mail.message_id](const ReceivedReply&) { on_reported(id); });
}

}  // namespace gonghui::simulation

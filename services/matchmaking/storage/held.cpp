// What is held about a person and theirs to see. A choice is secret from the one chosen, and a block looks like an
// absence: so nothing shows here that my_evening and my_results would not show as well.

#include "services/matchmaking/storage/reading_rows.hpp"
#include "services/matchmaking/storage/store.hpp"

namespace gonghui::matchmaking {

namespace {

void add_membership(HeldAboutReply& reply, sqlite::Database& database, const PersonId& person)
{
    auto members =
        database.query("SELECT is_active, is_retained, side, birth_year FROM members WHERE person_id = ?", person);
    if (members.next())
        reply.member = HeldMember{members.get<bool>(0), members.get<bool>(1), side_at(members, 2), members.integer(3)};
    auto declarations =
        database.query("SELECT declaration_id, statement, at FROM declarations WHERE person_id = ?", person);
    if (declarations.next())
        reply.declaration =
            HeldDeclaration{declarations.get<DeclarationId>(0), declarations.integer(1), declarations.get<UtcTime>(2)};
    auto consents = database.query("SELECT purpose, at FROM consents WHERE person_id = ? ORDER BY purpose", person);
    while (consents.next()) reply.consents.push_back({choice_at(consents, 0, parse_purpose), consents.get<UtcTime>(1)});
}

HeldSignUpState held_state(SeatState state)
{
    switch (state) {
        case SeatState::waiting:
            return HeldSignUpState::waiting;
        case SeatState::taken:
            return HeldSignUpState::taken;
        case SeatState::checked_in:
            break;
    }
    return HeldSignUpState::checked_in;
}

void add_sign_ups(HeldAboutReply& reply, sqlite::Database& database, const PersonId& person)
{
    auto rows = database.query(
        "SELECT evening_id, title_zh, title_en, starts_at, side, sign_ups.state, arrival, badge FROM sign_ups "
        "JOIN evenings USING (evening_id) WHERE person_id = ? ORDER BY starts_at, evening_id",
        person);
    while (rows.next()) {
        auto& held = reply.sign_ups.emplace_back();
        held.evening_id = rows.get<EveningId>(0);
        held.title_zh = rows.get<std::string>(1);
        held.title_en = rows.get<std::string>(2);
        held.starts_at = rows.get<UtcTime>(3);
        held.side = side_at(rows, 4);
        held.state = held_state(seat_state_at(rows, 5));
        held.arrival = rows.integer(6);
        held.badge = rows.get<std::optional<std::int64_t>>(7);
    }
}

// Once choosing is closed, a choice that is still there was answered by a yes: only `couples` may say so.
void add_choices(HeldAboutReply& reply, sqlite::Database& database, const PersonId& person)
{
    auto rows = database.query(
        "SELECT evening_id, badge, wants FROM choices JOIN evenings USING (evening_id) "
        "JOIN sign_ups USING (evening_id) WHERE chooser_id = ?1 AND person_id = chosen_id "
        "AND evenings.state <> 'closed' "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = ?1 AND blocked_id = person_id) "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = person_id AND blocked_id = ?1) "
        "ORDER BY evening_id, badge",
        person);
    while (rows.next()) reply.choices.push_back({rows.get<EveningId>(0), rows.integer(1), rows.get<bool>(2)});
}

void add_couples(HeldAboutReply& reply, sqlite::Database& database, const PersonId& person)
{
    auto rows = database.query(
        "SELECT evening_id, badge FROM couples JOIN sign_ups USING (evening_id) "
        "WHERE (first_id = ?1 AND person_id = second_id OR second_id = ?1 AND person_id = first_id) "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = ?1 AND blocked_id = person_id) "
        "AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = person_id AND blocked_id = ?1) "
        "ORDER BY evening_id, badge",
        person);
    while (rows.next()) reply.couples.push_back({rows.get<EveningId>(0), rows.integer(1)});
}

void add_blocks(HeldAboutReply& reply, sqlite::Database& database, const PersonId& person)
{
    auto rows = database.query("SELECT block_id, blocked_id, at FROM blocks WHERE blocker_id = ? ORDER BY at, block_id",
                               person);
    while (rows.next()) reply.blocks.push_back({rows.get<BlockId>(0), rows.get<PersonId>(1), rows.get<UtcTime>(2)});
}

}  // namespace

HeldAboutReply MatchmakingStore::held_about(const PersonId& person) const
{
    HeldAboutReply reply;
    add_membership(reply, database_, person);
    add_sign_ups(reply, database_, person);
    add_choices(reply, database_, person);
    add_couples(reply, database_, person);
    add_blocks(reply, database_, person);
    return reply;
}

std::vector<StoredReport> MatchmakingStore::reports_by(const PersonId& reporter, const std::optional<ReportId>& after,
                                                       std::int64_t limit) const
{
    std::vector<StoredReport> reports;
    auto rows = database_.query(
        "SELECT report_id, reported_id, reason, note, at FROM reports WHERE reporter_id = ?1 "
        "AND (?2 IS NULL OR (at, report_id) > (SELECT at, report_id FROM reports WHERE report_id = ?2)) "
        "ORDER BY at, report_id LIMIT ?3",
        reporter, after, limit);
    while (rows.next())
        reports.push_back({.id = rows.get<ReportId>(0),
                           .reporter = reporter,
                           .reported = rows.get<PersonId>(1),
                           .reason = choice_at(rows, 2, parse_report_reason),
                           .note = rows.get<std::optional<Sealed>>(3),
                           .at = rows.get<UtcTime>(4)});
    return reports;
}

}  // namespace gonghui::matchmaking

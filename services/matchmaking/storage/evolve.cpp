#include "services/matchmaking/storage/evolve.hpp"

#include "common/messaging/timers.hpp"

namespace gonghui::matchmaking {

namespace {

std::string names_of(const std::vector<ProfileField>& fields)
{
    std::string names;
    for (const auto field : fields) names.append(to_string(field)).push_back(' ');
    return names;
}

void add_sign_up(MatchmakingStore& store, const EveningId& evening, const PersonId& person, Side side,
                 std::string_view state)
{
    auto& database = store.database();
    database.run("UPDATE evenings SET arrivals = arrivals + 1 WHERE evening_id = ?", evening);
    database.run(
        "INSERT INTO sign_ups (evening_id, person_id, side, state, arrival) "
        "VALUES (?1, ?2, ?3, ?4, (SELECT arrivals FROM evenings WHERE evening_id = ?1))",
        evening, person, to_string(side), state);
}

}  // namespace

void evolve(MatchmakingStore& store, const SingleDeclared& event)
{
    store.database().run("INSERT INTO declarations (person_id, declaration_id, statement, at) VALUES (?, ?, ?, ?)",
                         event.person_id, event.declaration_id, event.statement, event.at);
}

void evolve(MatchmakingStore& store, const DeclarationLapsed& event)
{
    store.database().run("DELETE FROM declarations WHERE person_id = ?", event.person_id);
}

void evolve(MatchmakingStore& store, const ConsentGiven& event)
{
    store.database().run("INSERT INTO consents (person_id, purpose, at) VALUES (?, ?, ?)", event.person_id,
                         to_string(event.purpose), event.at);
}

void evolve(MatchmakingStore& store, const ConsentWithdrawn& event)
{
    store.database().run("DELETE FROM consents WHERE person_id = ? AND purpose = ?", event.person_id,
                         to_string(event.purpose));
}

void evolve(MatchmakingStore& store, const ProfilePublished& event)
{
    store.database().run(
        "INSERT OR REPLACE INTO profiles (person_id, sex, birth_year, name, contact, nickname, occupation, about, "
        "hobbies, wishes, visible, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        event.person_id, to_string(event.sex), event.birth_year, event.name, event.contact, event.nickname,
        event.occupation, event.about, event.hobbies, event.wishes, names_of(event.visible), event.at);
}

void evolve(MatchmakingStore& store, const ProfileWithdrawn& event)
{
    store.database().run("DELETE FROM profiles WHERE person_id = ?", event.person_id);
}

void evolve(MatchmakingStore& store, const EveningPlanned& event)
{
    store.database().run(
        "INSERT INTO evenings (evening_id, organisation_id, title_zh, title_en, venue, starts_at, ends_at, "
        "sign_up_until, capacity_male, capacity_female) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        event.evening_id, event.organisation_id, event.title_zh, event.title_en, event.venue, event.starts_at,
        event.ends_at, event.sign_up_until, event.capacity_male, event.capacity_female);
}

void evolve(MatchmakingStore& store, const SignedUp& event)
{
    add_sign_up(store, event.evening_id, event.person_id, event.side, "taken");
}

void evolve(MatchmakingStore& store, const SignUpWaitlisted& event)
{
    add_sign_up(store, event.evening_id, event.person_id, event.side, "waiting");
}

void evolve(MatchmakingStore& store, const SignUpPromoted& event)
{
    store.database().run("UPDATE sign_ups SET state = 'taken' WHERE evening_id = ? AND person_id = ?", event.evening_id,
                         event.person_id);
}

void evolve(MatchmakingStore& store, const SignUpCancelled& event)
{
    // What the person chose and what was chosen about them goes too: it can no longer come to anything.
    auto& database = store.database();
    database.run("DELETE FROM sign_ups WHERE evening_id = ? AND person_id = ?", event.evening_id, event.person_id);
    database.run("DELETE FROM choices WHERE evening_id = ?1 AND (chooser_id = ?2 OR chosen_id = ?2)", event.evening_id,
                 event.person_id);
}

void evolve(MatchmakingStore& store, const CheckedIn& event)
{
    auto& database = store.database();
    database.run("UPDATE sign_ups SET state = 'checked_in', badge = ? WHERE evening_id = ? AND person_id = ?",
                 event.badge, event.evening_id, event.person_id);
    database.run(event.side == Side::male ? "UPDATE evenings SET last_badge_male = ? WHERE evening_id = ?"
                                          : "UPDATE evenings SET last_badge_female = ? WHERE evening_id = ?",
                 event.badge, event.evening_id);
}

void evolve(MatchmakingStore& store, const ChoosingOpened& event)
{
    store.database().run("UPDATE evenings SET state = 'choosing' WHERE evening_id = ?", event.evening_id);
    messaging::Timers(store.database()).set(choosing_closes, event.evening_id.uuid, event.closes_at);
}

void evolve(MatchmakingStore& store, const ChoosingClosed& event)
{
    // One-sided choices concern nobody any more; a mutual yes stays, as what a couple can be checked against.
    auto& database = store.database();
    database.run("UPDATE evenings SET state = 'closed', couples = ? WHERE evening_id = ?", event.couples,
                 event.evening_id);
    database.run(
        "DELETE FROM choices AS mine WHERE evening_id = ? AND NOT (wants = 1 AND EXISTS (SELECT 1 FROM choices AS "
        "theirs "
        "WHERE theirs.evening_id = mine.evening_id AND theirs.chooser_id = mine.chosen_id "
        "AND theirs.chosen_id = mine.chooser_id AND theirs.wants = 1))",
        event.evening_id);
    messaging::Timers(database).clear(choosing_closes, event.evening_id.uuid);
}

void evolve(MatchmakingStore& store, const ChoiceMade& event)
{
    store.database().run(
        "INSERT OR REPLACE INTO choices (evening_id, chooser_id, chosen_id, wants) VALUES (?, ?, ?, ?)",
        event.evening_id, event.chooser_id, event.chosen_id, event.wants);
}

void evolve(MatchmakingStore& store, const CoupleRevealed& event)
{
    store.database().run("INSERT INTO couples (evening_id, first_id, second_id) VALUES (?, ?, ?)", event.evening_id,
                         event.first_id, event.second_id);
}

void evolve(MatchmakingStore&, const ResultReady&)
{
    // For followers; what it says of the evening stands there already.
}

void evolve(MatchmakingStore& store, const PersonBlocked& event)
{
    store.database().run("INSERT INTO blocks (blocker_id, blocked_id, block_id, at) VALUES (?, ?, ?, ?)",
                         event.blocker_id, event.blocked_id, event.block_id, event.at);
}

void evolve(MatchmakingStore& store, const PersonReported& event)
{
    store.database().run(
        "INSERT INTO reports (report_id, reporter_id, reported_id, reason, note, at) VALUES (?, ?, ?, ?, ?, ?)",
        event.report_id, event.reporter_id, event.reported_id, to_string(event.reason), event.note, event.at);
}

// What others said of the person is theirs and stays, and so does a reported case: without its words, which open
// nowhere any more, and without the reporter.
void evolve(MatchmakingStore& store, const PersonForgotten& event)
{
    for (const auto* statement :
         {"DELETE FROM declarations WHERE person_id = ?", "DELETE FROM consents WHERE person_id = ?",
          "DELETE FROM profiles WHERE person_id = ?", "DELETE FROM sign_ups WHERE person_id = ?",
          "DELETE FROM choices WHERE ?1 IN (chooser_id, chosen_id)",
          "DELETE FROM couples WHERE ?1 IN (first_id, second_id)", "DELETE FROM blocks WHERE blocker_id = ?",
          "UPDATE reports SET reporter_id = zeroblob(16), note = NULL WHERE reporter_id = ?"})
        store.database().run(statement, event.person_id);
}

}  // namespace gonghui::matchmaking

"""What must be true of a district at a moment at which all its stores are level, and of what its clients were told. Shares
no code with the services; the season's own invariants (tests/season/check.py) are asked, too.

A verdict is a map: name of the promise -> what breaks it."""

import collections
import sqlite3
import time

import check
from check import Log, Stores, derived_id

# What a command that was accepted has left in its service's log: one of these, once, about the same person or thing.
EFFECTS = {
    "registration.found_organisation": ["organisation_founded"],
    "registration.submit_application": ["application_submitted"],
    "registration.approve_application": ["member_joined"],
    "registration.leave": ["member_left"],
    "training.add_course": ["course_added"],
    "training.plan_campaign": ["campaign_planned"],
    "training.open_class": ["class_opened"],
    "training.enroll": ["seat_taken", "waitlisted"],
    "training.cancel": ["enrollment_cancelled", "waiting_left"],
    "training.accept_offer": ["seat_taken"],
    "training.decline_offer": ["offer_declined"],
    "matchmaking.declare_single": ["single_declared"],
    "matchmaking.give_consent": ["consent_given"],
    "matchmaking.publish_profile": ["profile_published"],
    "matchmaking.plan_evening": ["evening_planned"],
    "matchmaking.sign_up": ["signed_up", "sign_up_waitlisted"],
    "matchmaking.cancel_sign_up": ["sign_up_cancelled"],
    "notifications.set_preference": ["preference_set"],
}
# Events that are told to the person whom they are about, each in one message.
TOLD = {
    "registration": ["member_left"],  # and member_joined, of who applied
    "training": ["seat_taken", "waitlisted", "seat_offered", "offer_lapsed", "enrollment_cancelled", "waiting_left"],
    "matchmaking": ["signed_up", "sign_up_waitlisted", "sign_up_promoted", "sign_up_cancelled"],
}


class WholeLog(Log):
    def kept(self, event):
        return event["data"]


class StoresAtOneMoment(Stores):
    """Of each store a snapshot, followers before whom they follow: if these are level, they were so at one moment."""

    def __init__(self, folder):
        paths = {service: path for service in reversed(check.SERVICES)
                 if (path := next(folder.rglob(f"{service}-0.db"), None))}  # there is not a gateway in every district
        self.databases = {service: sqlite3.connect(f"file:{path}?mode=ro", uri=True) for service, path in paths.items()}
        self.heads = {}
        for service, database in self.databases.items():
            database.execute("BEGIN")
            self.heads[service] = database.execute("SELECT seq, chain FROM log ORDER BY seq DESC LIMIT 1").fetchall()

    def are_level(self):
        """A source that began anew may have got just as far as before: the chains tell."""
        return all(self.heads[source] in ([], self.rows(service, "SELECT seq, chain FROM cursors WHERE source LIKE ?",
                                                        f"%/{source}/0"))
                   for service, source in self.followings())

    def read_logs(self):
        self.logs = {service: WholeLog(database) for service, database in self.databases.items()}

    def close(self):
        for database in self.databases.values():
            database.close()


class NotLevel(Exception):
    pass


def level_stores(folder, patience):
    """Stores at the first moment from now on at which every follower stands at every head."""
    until = time.monotonic() + patience
    while True:
        try:
            stores = StoresAtOneMoment(folder)
            if stores.are_level():
                return stores
            behind = {service: head[0][0] for service, head in stores.heads.items() if head}
            stores.close()
        except sqlite3.OperationalError as error:  # a program that starts has its store to itself for a moment
            behind = error
        if time.monotonic() > until:
            raise NotLevel(f"followers are not level after {patience:.0f} s: {behind}")
        time.sleep(0.005)


KEEP_PLACES = ("training", "matchmaking", "notifications")
PROMISES = {}


def promise(name):
    """A function that yields what breaks it."""
    def add(function):
        PROMISES[name] = function
        return function
    return add


def verdict(stores, history):
    stores.read_logs()
    return {name: broken for name, function in PROMISES.items() if (broken := list(function(stores, history)))}


# --- what the season promises, too ---

for name, of_the_season in (("logs", check.logs_are_whole), ("level", check.followers_are_level),
                            ("event_ids", check.event_ids_are_unique), ("oversold", check.no_seat_is_oversold),
                            ("seats_replayed", check.log_gives_the_same_seats), ("caps", check.caps_and_hours_hold),
                            ("free_seats", check.no_seat_is_free_while_one_waits),
                            ("evenings", check.evenings_hold_their_capacity)):
    PROMISES[name] = of_the_season


# --- what clients were told ---

def data_of(event):
    return event.data if isinstance(event.data, dict) else {}  # a private event's is sealed


def is_about(event, command):
    """The ids that both name are the same. One command may move another person, too: the next in line."""
    of_event, of_command = data_of(event), command.data
    return all(of_event[name] == of_command[name].bytes for name in ("person_id", "class_id", "evening_id")
               if name in of_event and name in of_command)


@promise("answers")
def every_command_has_one_answer(_, history):
    for asked in history:
        if asked.request.type in EFFECTS and len(set(asked.answers)) > 1:  # a query is answered anew
            yield f"{asked.request.type} {asked.request.id} got {len(set(asked.answers))} different answers"
        if asked.outcome not in ("accepted", "refused"):
            yield f"{asked.request.type} {asked.request.id} ended as {asked.reply or asked.outcome}"


@promise("lost")
def what_was_accepted_is_recorded(stores, history):
    """Once, and what was refused left nothing."""
    caused = collections.defaultdict(list)
    for service, log in stores.logs.items():
        for event in log.events:
            caused[service, event.cause].append(event)
    for asked in history:
        service = asked.request.type.split(".")[0]
        events = caused[service, asked.request.id.bytes]
        kinds = EFFECTS.get(asked.request.type)
        effects = sum(one.type in kinds and is_about(one, asked) for one in events) if kinds else 0
        if asked.outcome == "accepted" and kinds and effects != 1 or asked.outcome == "refused" and events:
            yield f"{asked.request.type} {asked.request.id} was {asked.outcome} and left {effects} of {len(events)} events"


@promise("vanished")
def no_seat_is_given_up_by_nobody(stores, history):
    """What ends a place is a command that was accepted, a leaver whose leaving was, or an offer that was over."""
    accepted = {asked.request.id.bytes for asked in history if asked.outcome == "accepted"}
    accepted |= {event.id for event in stores.events("registration", "member_left") if event.cause in accepted}
    offers = {}
    for event in stores.events("training", *check.STATE_AFTER):
        place = (event.data["person_id"], event.data["class_id"])
        if event.type == "seat_offered":
            offers[place] = event.data["expires_at"]
        elif event.type == "offer_lapsed":
            if offers.get(place, event.data["at"] + 1) > event.data["at"]:
                yield f"record {event.seq} lets an offer lapse before its time"
        elif check.STATE_AFTER[event.type] is None and event.cause not in accepted:
            yield f"record {event.seq}, {event.type}, follows from nothing that was accepted"


# --- the inbox ---

@promise("doubled")
def nobody_is_told_twice(stores, _):
    placed = list(stores.events("notifications", "message_placed"))
    for cause, count in collections.Counter(event.cause for event in placed).items():
        if count > 1:
            yield f"event {cause.hex()} was told {count} times"
    for message, count in collections.Counter((one.data["person_id"], one.data["message_id"]) for one in placed).items():
        if count > 1:
            yield f"message {message[1].hex()} was placed {count} times"


@promise("told")
def everybody_is_told(stores, _):
    """Just what happened to them, in a message whose id derives from it; and the inbox holds just these."""
    expected = {event.id: data_of(event)["person_id"] for service, kinds in TOLD.items()
                for event in stores.events(service, *kinds)}
    expected |= {event.id: event.data["person_id"] for event in stores.events("registration", "member_joined")
                 if "application_id" in event.data}
    placed = list(stores.events("notifications", "message_placed"))
    told = {event.cause: event.data["person_id"] for event in placed}
    if told != expected:
        yield (f"{len(expected.keys() - told.keys())} events were told to nobody, {len(told.keys() - expected.keys())} "
               f"messages follow from nothing, {len(set(told.items()) ^ set(expected.items()))} differ")
    strange = sum(event.data["message_id"] != derived_id(event.cause, 0) for event in placed)
    if strange:
        yield f"{strange} messages have an id that does not derive from their cause"
    inbox = set(stores.rows("notifications", "SELECT person_id, message_id FROM messages"))
    if inbox != {(event.data["person_id"], event.data["message_id"]) for event in placed}:
        yield f"the inbox holds {len(inbox)} messages, its log {len(placed)}"


# --- read models ---

def members_by_log(stores):
    """person -> (union, whether a member)."""
    members = {}
    for event in stores.events("registration", "member_joined", "member_left"):
        members[event.data["person_id"]] = (event.data["organisation_id"], event.type == "member_joined")
    return members


@promise("read_models")
def followers_hold_what_the_logs_say(stores, _):
    def ids(service, kind, name):
        return {event.data[name] for event in stores.events(service, kind)}

    members = members_by_log(stores)
    places = {(event.data["organisation_id"], event.data.get("parent_id"))
              for event in stores.events("registration", "organisation_founded")}
    classes = {(event.data["class_id"], event.data["course_id"]) for event in stores.events("training", "class_opened")}
    expected = [
        ("training", "SELECT person_id, organisation_id, active FROM members",
         {(person, union, active) for person, (union, active) in members.items()}),
        ("matchmaking", "SELECT person_id, is_active FROM members",
         {(person, active) for person, (_, active) in members.items()}),
        *((service, "SELECT place, parent FROM places_tree", places) for service in KEEP_PLACES),
        ("notifications", "SELECT class_id, course_id FROM classes", classes),
        ("notifications", "SELECT course_id FROM courses", {(one,) for one in ids("training", "course_added", "course_id")}),
        ("notifications", "SELECT evening_id FROM evenings",
         {(one,) for one in ids("matchmaking", "evening_planned", "evening_id")}),
    ]
    for service, sql, rows in expected:
        held = set(stores.rows(service, sql))
        if held != rows:
            yield f"{service}: {len(held ^ rows)} rows differ from the logs: {sql}"


@promise("evening_places")
def log_gives_the_same_evening_places(stores, _):
    places = {}
    for event in stores.events("matchmaking", "signed_up", "sign_up_promoted", "sign_up_waitlisted", "sign_up_cancelled"):
        place = (event.data["evening_id"], event.data["person_id"])
        places[place] = {"sign_up_waitlisted": "waiting", "sign_up_cancelled": None}.get(event.type, "taken")
    held = {(evening, person, state) for (evening, person), state in places.items() if state}
    stored = set(stores.rows("matchmaking", "SELECT evening_id, person_id, state FROM sign_ups"))
    if held != stored:
        yield f"{len(held ^ stored)} places differ between log and tables"

"""The tables and the look-ups in them. They are written by `evolve` in service.py alone."""

import datetime
from uuid import UUID

import codes
import hours
import rules
from gonghui.messages import decode, encode
from gonghui.wire import pack, unpack
from messages import OFFERS, DayOfVisits, Description, HeldRole, HeldVisit

MOST_LOOKED_AT = 1000  # stations for one page: a filter that nothing fits must not hold up everybody else

TABLES = [
    """CREATE TABLE organisations (organisation_id BLOB PRIMARY KEY, parent_id BLOB, is_closed INTEGER NOT NULL DEFAULT 0)
           STRICT, WITHOUT ROWID;
       CREATE INDEX organisations_by_parent ON organisations (parent_id);
       CREATE TABLE roles (person_id BLOB NOT NULL, role TEXT NOT NULL, place_id BLOB NOT NULL,
                           PRIMARY KEY (person_id, role, place_id)) STRICT, WITHOUT ROWID;
       CREATE TABLE stations (station_id BLOB PRIMARY KEY, organisation_id BLOB NOT NULL, latitude INTEGER NOT NULL,
                              longitude INTEGER NOT NULL, offers INTEGER NOT NULL, description BLOB NOT NULL,
                              generation INTEGER NOT NULL DEFAULT 0, is_closed INTEGER NOT NULL DEFAULT 0) STRICT;
       CREATE INDEX stations_by_organisation ON stations (organisation_id);
       CREATE INDEX stations_by_latitude ON stations (latitude, longitude, offers);
       CREATE TABLE faults (station_id BLOB NOT NULL, fault TEXT NOT NULL,
                            PRIMARY KEY (station_id, fault)) STRICT, WITHOUT ROWID;
       CREATE TABLE visits (station_id BLOB NOT NULL, day TEXT NOT NULL, visits INTEGER NOT NULL,
                            PRIMARY KEY (station_id, day)) STRICT, WITHOUT ROWID;
       CREATE TABLE marks (hour INTEGER NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (hour, mark)) STRICT, WITHOUT ROWID"""]
READ_MODELS = {"registration": ["organisations", "roles"]}


# --- evolve's ---

def put_station(db, data):
    one = data.description
    db.execute("INSERT INTO stations (station_id, organisation_id, latitude, longitude, offers, description) "
               "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET organisation_id = excluded.organisation_id, "
               "latitude = excluded.latitude, longitude = excluded.longitude, offers = excluded.offers, "
               "description = excluded.description",
               (data.station_id, one.organisation_id, one.latitude, one.longitude, bits_of(one.offers), pack(encode(one))))


def count_visit(db, data):
    db.execute("INSERT INTO visits VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET visits = visits + 1",
               (data.station_id, data.day.isoformat()))
    hour = codes.hour_of(data.day, data.hour)
    db.execute("DELETE FROM marks WHERE hour < ?", (hour,))
    db.execute("INSERT OR IGNORE INTO marks VALUES (?, ?)", (hour, data.mark))


def forget(db, person_id, secret):
    db.execute("DELETE FROM roles WHERE person_id = ?", (person_id,))
    for hour, _, mark in marks_of(db, person_id, secret):
        db.execute("DELETE FROM marks WHERE hour = ? AND mark = ?", (hour, mark))


# --- facts ---

def organisation_exists(db, organisation_id):
    return bool(db.execute("SELECT 1 FROM organisations WHERE organisation_id = ? AND NOT is_closed",
                           (organisation_id,)).fetchone())


def standing(db, actor, organisation_id):
    holds = db.execute("SELECT 1 FROM roles WHERE person_id = ? AND role = ? AND place_id = ?",
                       (actor.person, actor.role, actor.place)).fetchone()
    covers = organisation_id and db.execute(
        """WITH RECURSIVE above(id) AS (SELECT ? UNION SELECT parent_id FROM organisations JOIN above
                                            ON organisation_id = id WHERE parent_id IS NOT NULL)
           SELECT 1 FROM above WHERE id = ?""", (organisation_id, actor.place)).fetchone()
    return rules.Standing(holds_role=bool(holds), covers=bool(covers))


def station(db, station_id):
    """None: there never was such a one."""
    row = db.execute("SELECT description, is_closed, generation FROM stations WHERE station_id = ?", (station_id,)).fetchone()
    if row is None:
        return None
    return rules.StationFacts(described(row[0]), bool(row[1]), row[2], faults_of(db, station_id))


def described(encoded):
    return decode(Description, unpack(encoded))


def faults_of(db, station_id):
    return frozenset(fault for (fault,) in db.execute("SELECT fault FROM faults WHERE station_id = ?", (station_id,)))


def visits_on(db, station_id, day):
    row = db.execute("SELECT visits FROM visits WHERE station_id = ? AND day = ?", (station_id, day.isoformat())).fetchone()
    return row[0] if row else 0


def has_mark(db, hour, mark):
    return bool(db.execute("SELECT 1 FROM marks WHERE hour = ? AND mark = ?", (hour, mark)).fetchone())


# --- views ---

def bits_of(offers):
    return sum(1 << OFFERS.index(one) for one in set(offers or ()))


def page_of_all(db, asked, limit):
    """(station_id, description, None) of what fits, by id, and where the next page goes on."""
    below, values = "", []
    if asked.organisation_id:
        below = """AND organisation_id IN (WITH RECURSIVE below(id) AS (SELECT ? UNION SELECT organisation_id
                       FROM organisations JOIN below ON parent_id = id) SELECT id FROM below)"""
        values = [asked.organisation_id]
    bits = bits_of(asked.offers)
    rows = db.execute(f"SELECT station_id, description FROM stations WHERE station_id > ? AND NOT is_closed "
                      f"AND offers & ? = ? {below} ORDER BY station_id LIMIT ?",
                      (asked.after or b"", bits, bits, *values, MOST_LOOKED_AT + 1))
    return _page(((UUID(bytes=one), encoded, None) for one, encoded in rows), asked.open_at, limit)


def page_near(db, asked, limit, within):
    """The same with metres, the nearest first."""
    bits = bits_of(asked.offers)
    box = rules.box_around(asked.latitude, asked.longitude, within)
    found = [(rules.metres(asked.latitude, asked.longitude, latitude, longitude), one) for one, latitude, longitude in
             db.execute("SELECT station_id, latitude, longitude FROM stations WHERE latitude BETWEEN ? AND ? "
                        "AND longitude BETWEEN ? AND ? AND NOT is_closed AND offers & ? = ?", (*box, bits, bits))]
    begin = (-1, b"")
    if asked.after:
        row = db.execute("SELECT latitude, longitude FROM stations WHERE station_id = ?", (asked.after,)).fetchone()
        if row:
            begin = (rules.metres(asked.latitude, asked.longitude, *row), asked.after.bytes)
    found = sorted(one for one in found if one > begin and one[0] <= within)[:MOST_LOOKED_AT + 1]
    return _page(((UUID(bytes=one), db.execute("SELECT description FROM stations WHERE station_id = ?", (one,)).fetchone()[0],
                   metres) for metres, one in found), asked.open_at, limit)


def _page(candidates, open_at, limit):
    """A page may hold fewer than `limit` and have a next one all the same."""
    page, last = [], None
    for number, (station_id, encoded, metres) in enumerate(candidates):
        if len(page) == limit or number == MOST_LOOKED_AT:
            return page, last
        last = station_id
        description = described(encoded)
        if open_at is None or hours.is_open(description, open_at):
            page.append((station_id, description, metres))
    return page, None


def days_of_visits(db, station_id, from_, to):
    rows = db.execute("SELECT day, visits FROM visits WHERE station_id = ? AND day BETWEEN ? AND ? ORDER BY day",
                      (station_id, from_.isoformat(), to.isoformat()))
    return [DayOfVisits(day=datetime.date.fromisoformat(day), visits=visits) for day, visits in rows]


def marks_of(db, person_id, secret):
    """(hour, station_id, mark) of whatever is still kept: every station is tried, as nothing says where a mark is from."""
    kept = {}
    for hour, mark in db.execute("SELECT hour, mark FROM marks"):
        kept.setdefault(hour, set()).add(mark)
    return [(hour, UUID(bytes=one), mark)
            for (one,) in db.execute("SELECT station_id FROM stations").fetchall() for hour, marks in kept.items()
            if (mark := codes.mark(secret, UUID(bytes=one), person_id, hour)) in marks]


def held_visits(db, person_id, secret):
    return [HeldVisit(station_id=one, hour=f"{codes.begin_of(hour):%Y-%m-%d %H:%M}")
            for hour, one, _ in marks_of(db, person_id, secret)]


def held_roles(db, person_id):
    rows = db.execute("SELECT role, place_id FROM roles WHERE person_id = ? ORDER BY place_id, role", (person_id,))
    return [HeldRole(role=role, place_id=UUID(bytes=place)) for role, place in rows]

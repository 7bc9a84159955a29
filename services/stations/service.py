"""Service stations for outdoor workers: where they are, what they offer, who is open, and how many came."""

import codes
import hours
import rules
import storage
import words
from gonghui import Refused, Service
from gonghui.schemas.registration import (OrganisationClosed, OrganisationFounded, OrganisationMoved, PersonErased,
                                          RoleGranted, RoleRevoked)
from messages import (Change, Changed, CheckIn, Close, Closed, Code, CodeRenewed, CodeReply, FaultMended, FaultReported,
                      HeldAbout, HeldAboutReply, List, ListedStation, MendFault, Near, Register, Registered, RenewCode,
                      ReportFault, Station, StationReply, StationsReply, Visited, Visits, VisitsReply)

PAGE = 20
NEAR = 3000  # m: a quarter of an hour on an electric bicycle, there and back
LONGEST_SPAN = 366  # days of visits in one answer

service = Service("stations", tables=storage.TABLES, read_models=storage.READ_MODELS)


# --- what registration says ---

@service.evolve(OrganisationFounded)
def organisation_founded(db, event):
    db.execute("INSERT INTO organisations (organisation_id, parent_id) VALUES (?, ?)",
               (event.data.organisation_id, event.data.parent_id))


@service.evolve(OrganisationMoved)
def organisation_moved(db, event):
    db.execute("UPDATE organisations SET parent_id = ? WHERE organisation_id = ?",
               (event.data.parent_id, event.data.organisation_id))


@service.evolve(OrganisationClosed)
def organisation_closed(db, event):
    db.execute("UPDATE organisations SET is_closed = 1 WHERE organisation_id = ?", (event.data.organisation_id,))


@service.evolve(RoleGranted)
def role_granted(db, event):
    db.execute("INSERT OR IGNORE INTO roles VALUES (?, ?, ?)", (event.data.person_id, event.data.role, event.data.place_id))


@service.evolve(RoleRevoked)
def role_revoked(db, event):
    db.execute("DELETE FROM roles WHERE person_id = ? AND role = ? AND place_id = ?",
               (event.data.person_id, event.data.role, event.data.place_id))


@service.evolve(PersonErased)
def person_erased(db, event):
    storage.forget(db, event.data.person_id, mark_secret())


# --- what it says itself ---

@service.evolve(Registered, Changed)
def station_described(db, event):
    storage.put_station(db, event.data)


@service.evolve(Closed)
def station_closed(db, event):
    db.execute("UPDATE stations SET is_closed = 1 WHERE station_id = ?", (event.data.station_id,))
    db.execute("DELETE FROM faults WHERE station_id = ?", (event.data.station_id,))


@service.evolve(CodeRenewed)
def code_renewed(db, event):
    db.execute("UPDATE stations SET generation = generation + 1 WHERE station_id = ?", (event.data.station_id,))


@service.evolve(Visited)
def visited(db, event):
    storage.count_visit(db, event.data)


@service.evolve(FaultReported)
def fault_reported(db, event):
    db.execute("INSERT INTO faults VALUES (?, ?)", (event.data.station_id, event.data.fault))


@service.evolve(FaultMended)
def fault_mended(db, event):
    db.execute("DELETE FROM faults WHERE station_id = ? AND fault = ?", (event.data.station_id, event.data.fault))


# --- commands ---

@service.command(Register)
def register(db, request):
    organisation = request.data.description.organisation_id
    return rules.register(request, storage.station(db, request.data.station_id),
                          storage.organisation_exists(db, organisation), storage.standing(db, request.actor, organisation))


@service.command(Change)
def change(db, request):
    organisation = request.data.description.organisation_id
    old, before = station_and_standing(db, request)
    return rules.change(request, old, storage.organisation_exists(db, organisation), before,
                        storage.standing(db, request.actor, organisation))


@service.command(Close)
def close(db, request):
    return rules.close(request, *station_and_standing(db, request))


@service.command(RenewCode)
def renew_code(db, request):
    return rules.renew_code(request, *station_and_standing(db, request))


@service.command(MendFault)
def mend_fault(db, request):
    return rules.mend_fault(request, *station_and_standing(db, request))


@service.command(CheckIn)
def check_in(db, request):
    one, hour = request.data.station_id, codes.hour_number(request.now)
    return rules.check_in(request, storage.station(db, one), storage.visits_on(db, one, hours.local(request.now).date()),
                          lambda mark: storage.has_mark(db, hour, mark), code_secret(), mark_secret())


@service.command(ReportFault)
def report_fault(db, request):
    return rules.report_fault(request, storage.station(db, request.data.station_id))


# --- queries ---

@service.query(List)
def list_all(db, request):
    return page(db, request, *storage.page_of_all(db, request.data, request.data.limit or PAGE))


@service.query(Near)
def near(db, request):
    within = request.data.within_metres or NEAR
    return page(db, request, *storage.page_near(db, request.data, request.data.limit or PAGE, within))


@service.query(Station)
def one_station(db, request):
    one = storage.station(db, request.data.station_id)
    if one is None:
        return Refused("unknown_station")
    return StationReply(station=shown(db, request, request.data.station_id, one.description),
                        description=one.description, closed=one.is_closed,
                        visits_today=storage.visits_on(db, request.data.station_id, hours.local(request.now).date()))


@service.query(Code)
def code(db, request):
    one, standing = station_and_standing(db, request)
    refusal = rules.show_code(request.actor, one, standing)
    if refusal:
        return refusal
    kind, station_id = one.description.code, request.data.station_id
    current = codes.valid_codes(code_secret(), station_id, kind, one.generation, request.now)[0]
    return CodeReply(text=codes.text(station_id, current), code=current, until=codes.until(kind, request.now))


@service.query(Visits)
def visits(db, request):
    one, standing = station_and_standing(db, request)
    refusal = rules.show_visits(request.actor, one, standing)
    if refusal:
        return refusal
    if not 0 <= (request.data.to - request.data.from_).days < LONGEST_SPAN:
        return Refused("wrong_span", most=LONGEST_SPAN)
    return VisitsReply(days=storage.days_of_visits(db, request.data.station_id, request.data.from_, request.data.to))


@service.query(HeldAbout)
def held_about(db, request):
    if request.actor.role == "service" or request.actor.person != request.data.person_id:
        return Refused("not_permitted")
    return HeldAboutReply(roles=storage.held_roles(db, request.data.person_id),
                          visits=storage.held_visits(db, request.data.person_id, mark_secret()))


# --- what they share ---

def code_secret():
    return service.secret("codes at the door")


def mark_secret():
    return service.secret("marks of visits")


def station_and_standing(db, request):
    one = storage.station(db, request.data.station_id)
    return one, storage.standing(db, request.actor, one and one.description.organisation_id)


def page(db, request, found, next_):
    return StationsReply(stations=[shown(db, request, *one) for one in found], next=next_)


def shown(db, request, station_id, description, metres=None):
    language = request.data.language
    faults = sorted(storage.faults_of(db, station_id))
    moment = getattr(request.data, "open_at", None) or request.now
    return ListedStation(
        station_id=station_id, organisation_id=description.organisation_id, name=words.name(description, language),
        address=words.address(description, language), latitude=description.latitude, longitude=description.longitude,
        offers=description.offers, offers_text=words.listed(words.OFFERS, description.offers, language),
        is_open=hours.is_open(description, moment), today_text=words.today(description, moment, language), faults=faults,
        faults_text=words.listed(words.FAULTS, faults, language), metres=metres)


if __name__ == "__main__":
    service.run()

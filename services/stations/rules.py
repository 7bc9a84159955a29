"""What is decided: from facts, request, actor and time to events or a refusal. Pure; service.py loads the facts."""

import dataclasses
import math

import codes
import hours
from gonghui import Accepted, Refused
from gonghui.messages import encode
from messages import (Changed, CheckInReply, Closed, CodeRenewed, FaultMended, FaultReported, Registered, Visited)

OFFICERS = ("officer", "township", "district", "city")
EARTH_RADIUS = 6_371_009  # m, mean
MICRO = 1_000_000


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where the actor stands towards an organisation."""

    holds_role: bool = False  # the role that is claimed is in force at the place that is claimed
    covers: bool = False  # the organisation lies at or below that place


@dataclasses.dataclass(frozen=True)
class StationFacts:
    description: object
    is_closed: bool = False
    generation: int = 0  # of its code
    faults: frozenset = frozenset()


def may_manage(actor, standing):
    """Officers and townships below their place, districts and the city everywhere; services, that is, the operator."""
    if actor.role == "service":
        return True
    if actor.role not in OFFICERS or not standing.holds_role:
        return False
    return standing.covers or actor.role in ("district", "city")


def register(request, old, organisation_exists, standing):
    if not may_manage(request.actor, standing):
        return Refused("not_permitted")
    if not organisation_exists:
        return Refused("unknown_organisation")
    if old:
        return Refused("station_exists")
    wrong = hours.fault(request.data.description)
    if wrong:
        return Refused(wrong)
    return Accepted(Registered(station_id=request.data.station_id, description=request.data.description))


def change(request, old, organisation_exists, standing_before, standing_after):
    """Of both organisations: nobody takes a station away from others, or hands it to them unasked."""
    refusal = _managed(request.actor, old, standing_before)
    if refusal:
        return refusal
    if not may_manage(request.actor, standing_after):
        return Refused("not_permitted")
    if not organisation_exists:
        return Refused("unknown_organisation")
    wrong = hours.fault(request.data.description)
    if wrong:
        return Refused(wrong)
    if encode(request.data.description) == encode(old.description):
        return Accepted()
    return Accepted(Changed(station_id=request.data.station_id, description=request.data.description))


def close(request, old, standing):
    return _managed(request.actor, old, standing) or Accepted(Closed(station_id=request.data.station_id))


def renew_code(request, old, standing):
    return _managed(request.actor, old, standing) or Accepted(CodeRenewed(station_id=request.data.station_id))


def mend_fault(request, old, standing):
    refusal = _managed(request.actor, old, standing)
    if refusal:
        return refusal
    if request.data.fault not in old.faults:
        return Refused("not_reported")
    return Accepted(FaultMended(station_id=request.data.station_id, fault=request.data.fault))


def show_code(actor, old, standing):
    """None: it may be shown."""
    return _managed(actor, old, standing)


def show_visits(actor, old, standing):
    """None: they may be shown, also of a station that is closed by now."""
    refusal = _managed(actor, old, standing)
    return None if refusal and refusal.code == "station_closed" else refusal


def check_in(request, old, visits_today, is_repeated, code_secret, mark_secret):
    """Once per person, station and clock hour: whoever comes back within a break is one visitor, not two, and the service
    need not remember anybody for longer than the hour lasts."""
    data = request.data
    if request.actor.role != "worker" or request.actor.person != data.person_id:
        return Refused("not_permitted")
    if old is None:
        return Refused("unknown_station")
    if old.is_closed:
        return Refused("station_closed")
    valid = codes.valid_codes(code_secret, data.station_id, old.description.code, old.generation, request.now)
    if not codes.is_valid(data.code, valid):
        return Refused("wrong_code")
    if not hours.is_open(old.description, request.now):
        return Refused("not_open")
    mark = codes.mark(mark_secret, data.station_id, data.person_id, codes.hour_number(request.now))
    if is_repeated(mark):
        return Refused("already_checked_in")
    here = hours.local(request.now)
    return Accepted(Visited(station_id=data.station_id, day=here.date(), hour=here.hour, mark=mark),
                    reply=CheckInReply(visits_today=visits_today + 1))


def report_fault(request, old):
    """Not by whom: a fault is a fault. One that is known is not counted again, so nobody can pile them up."""
    if request.actor.role == "service":
        return Refused("not_permitted")
    if old is None:
        return Refused("unknown_station")
    if old.is_closed:
        return Refused("station_closed")
    if request.data.fault in old.faults:
        return Refused("already_reported")
    return Accepted(FaultReported(station_id=request.data.station_id, fault=request.data.fault))


def _managed(actor, old, standing):
    if old is None:
        # To whom it would not be shown anyway, whether it exists is not told either.
        return Refused("unknown_station" if actor.role == "service" or standing.holds_role else "not_permitted")
    if not may_manage(actor, standing):
        return Refused("not_permitted")
    return Refused("station_closed") if old.is_closed else None


def metres(latitude, longitude, other_latitude, other_longitude):
    """Along a great circle, all in millionths of a degree. Haversine: exact enough also for a few metres."""
    a, b = math.radians(latitude / MICRO), math.radians(other_latitude / MICRO)
    half = math.radians((other_longitude - longitude) / MICRO) / 2
    chord = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(half) ** 2
    return round(2 * EARTH_RADIUS * math.asin(math.sqrt(chord)))


def box_around(latitude, longitude, radius):
    """(least latitude, most, least longitude, most) of what lies within `radius` metres; a little more than a circle."""
    degrees = math.degrees(radius / EARTH_RADIUS) * MICRO
    wide = degrees / math.cos(math.radians(latitude / MICRO))
    return (math.floor(latitude - degrees), math.ceil(latitude + degrees), math.floor(longitude - wide),
            math.ceil(longitude + wide))

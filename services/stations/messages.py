"""The messages of stations, as schemas/ describes them."""

import datetime
from typing import Annotated, Literal
from uuid import UUID

from gonghui.messages import Bounds, command, event, query, record

OFFERS = ("water", "microwave", "charging", "toilet", "first_aid", "rest", "fridge", "air_conditioning", "wifi", "books",
          "tools", "mother_and_baby")
FAULTS = ("no_water", "no_power", "not_clean", "closed", "broken", "other")

Offer = Literal[OFFERS]
Fault = Literal[FAULTS]
Language = Literal["zh_cn", "en"]
Minute = Annotated[int, Bounds(0, 1439)]
# Beyond 1440 it is of the next day: 22:00 to 06:00 is 1320 to 1800.
LaterMinute = Annotated[int, Bounds(1, 2879)]
Name = Annotated[str, Bounds(1, 60)]
Address = Annotated[str, Bounds(1, 120)]
Offers = Annotated[list[Offer], Bounds(1, len(OFFERS))]
# Millionths of a degree, WGS 84; this much is the whole of China.
Latitude = Annotated[int, Bounds(3_000_000, 54_000_000)]
Longitude = Annotated[int, Bounds(73_000_000, 136_000_000)]
PageSize = Annotated[int, Bounds(1, 100)]


@record
class WeeklyPeriod:
    weekday: Annotated[int, Bounds(1, 7)]  # ISO 8601: Monday is 1
    opens: Minute
    closes: LaterMinute


@record
class DayPeriod:
    opens: Minute
    closes: LaterMinute


@record
class ExceptionalDay:
    """Instead of the weekly hours; without periods it is closed."""

    day: datetime.date
    periods: Annotated[list[DayPeriod], Bounds(0, 4)]


@record
class Description:
    organisation_id: UUID
    name_zh: Name
    name_en: Name | None = None
    address_zh: Address
    address_en: Address | None = None
    latitude: Latitude
    longitude: Longitude
    offers: Offers
    weekly: Annotated[list[WeeklyPeriod], Bounds(0, 28)]
    exceptions: Annotated[list[ExceptionalDay], Bounds(0, 60)]
    code: Literal["printed", "rotating"]


# --- commands of officers ---

@command("stations.register")
class Register:
    station_id: UUID
    description: Description


@command("stations.change")
class Change:
    station_id: UUID
    description: Description


@command("stations.close")
class Close:
    station_id: UUID


@command("stations.renew_code")
class RenewCode:
    station_id: UUID


@command("stations.mend_fault")
class MendFault:
    station_id: UUID
    fault: Fault


# --- commands of workers ---

@record
class CheckInReply:
    visits_today: int


@command("stations.check_in", reply=CheckInReply)
class CheckIn:
    station_id: UUID
    person_id: UUID
    code: Annotated[str, Bounds(1, 32)]


@command("stations.report_fault")
class ReportFault:
    station_id: UUID
    fault: Fault


# --- queries ---

@record
class ListedStation:
    """In the language asked for; `offers` and `faults` are codes for programs, the other texts are for people."""

    station_id: UUID
    organisation_id: UUID
    name: str
    address: str
    latitude: int
    longitude: int
    offers: list[Offer]
    offers_text: str
    is_open: bool
    today_text: str
    faults: list[Fault]
    faults_text: str
    metres: int | None = None


@record
class StationsReply:
    stations: list[ListedStation]
    next: UUID | None = None


@query("stations.list", reply=StationsReply)
class List:
    organisation_id: UUID | None = None
    offers: Offers | None = None
    open_at: datetime.datetime | None = None
    after: UUID | None = None
    limit: PageSize | None = None
    language: Language | None = None


@query("stations.near", reply=StationsReply)
class Near:
    latitude: Latitude
    longitude: Longitude
    within_metres: Annotated[int, Bounds(100, 50_000)] | None = None
    offers: Offers | None = None
    open_at: datetime.datetime | None = None
    after: UUID | None = None
    limit: PageSize | None = None
    language: Language | None = None


@record
class StationReply:
    station: ListedStation
    description: Description
    closed: bool
    visits_today: int


@query("stations.station", reply=StationReply)
class Station:
    station_id: UUID
    language: Language | None = None


@record
class CodeReply:
    text: str  # what the QR code says
    code: str
    until: datetime.datetime | None = None


@query("stations.code", reply=CodeReply)
class Code:
    station_id: UUID


@record
class DayOfVisits:
    day: datetime.date
    visits: int


@record
class VisitsReply:
    days: list[DayOfVisits]


@query("stations.visits", reply=VisitsReply)
class Visits:
    station_id: UUID
    from_: datetime.date
    to: datetime.date


@record
class HeldRole:
    role: str
    place_id: UUID


@record
class HeldVisit:
    station_id: UUID
    hour: str  # a text, as people read it in their copy


@record
class HeldAboutReply:
    roles: list[HeldRole]
    visits: list[HeldVisit]


@query("stations.held_about", reply=HeldAboutReply)
class HeldAbout:
    person_id: UUID


# --- events ---

@event("stations/registered.v1", subject="station_id")
class Registered:
    station_id: UUID
    description: Description


@event("stations/changed.v1", subject="station_id")
class Changed:
    station_id: UUID
    description: Description


@event("stations/closed.v1", subject="station_id")
class Closed:
    station_id: UUID


@event("stations/code_renewed.v1", subject="station_id")
class CodeRenewed:
    station_id: UUID


@event("stations/visited.v1", subject="station_id")
class Visited:
    station_id: UUID
    day: datetime.date
    hour: Annotated[int, Bounds(0, 23)]
    mark: Annotated[bytes, Bounds(16, 16)]


@event("stations/fault_reported.v1", subject="station_id")
class FaultReported:
    station_id: UUID
    fault: Fault


@event("stations/fault_mended.v1", subject="station_id")
class FaultMended:
    station_id: UUID
    fault: Fault

#!/usr/bin/python3
"""What districts of other sizes need, computed from what one message costs here: the tables of services/SCALE.md.

    tests/bench/scale.py                                  with the figures measured on two virtual cores
    tests/bench/scale.py --training-us 15 --writer 50000  with those of another machine
"""

import argparse
import dataclasses
import math


@dataclasses.dataclass
class Costs:
    """As measured; each option of the command changes one."""
    hub_us: float = 6.7             # of processor, for an enrollment and its event: request, reply, event
    training_us: float = 27.0       # decided and committed, 1,024 under way
    notifications_us: float = 20.0  # its message committed in the second service
    member_us: float = 45.0         # a row of a roster, in all services
    writer: float = 28_000          # enrollments/s of one campaign: one writer
    hub_io: float = 240_000         # enrollments/s of one hub: its I/O thread, 4.2 us each
    follower: float = 50_000        # events/s of notifications when it begins anew
    wire_bytes: float = 2_000       # of an enrollment on all of its ways: client, hub, training, notifications
    written_bytes: float = 9_600    # to disk for one, log, tables and checkpoint of both services
    member_kept: float = 1_400      # bytes of a member in all stores, for ever
    enrollment_kept: float = 1_400  # and of an enrollment with its message
    resident_mib: float = 125       # of a district's five programs, in a season


@dataclasses.dataclass
class Place:
    name: str
    members: float
    districts: int
    rush: float         # share of the members who try within one minute
    first_second: float  # share of those who try in its first second
    yearly: float = 3   # enrollments of a member in a year


PLACES = [Place("a district", 1.5e6, 1, 0.03, 0.5), Place("a city", 12 * 4e5, 12, 0.03, 0.5),
          Place("a country", 300e6, 2_800, 0.01, 0.3)]


def count(value):
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:.3g} {name}"
    return f"{value:.3g}"


def rows(place, costs):
    per_enrollment = (costs.hub_us + costs.training_us + costs.notifications_us) / 1e6
    trying = place.members * place.rush
    in_a_district = trying / place.districts
    peak = in_a_district * place.first_second  # per second, of one district
    yield "members, districts", f"{count(place.members)}, {place.districts:,}"
    yield "who tries within the minute, in one district", count(in_a_district)
    yield "of them in the first second", count(peak)
    yield "all answered after, one campaign, s", f"{max(1.0, in_a_district / costs.writer):.1f}"
    yield "cores that the rush keeps busy, in one district", f"{in_a_district * per_enrollment / 60:.2f}"
    yield "cores for its first second's work within a second", f"{min(peak, costs.writer) * per_enrollment:.1f}"
    yield "network in that second, one district, Mbit/s", f"{min(peak, costs.writer) * costs.wire_bytes * 8 / 1e6:,.0f}"
    yield "disk in that second, one district, MB/s", f"{min(peak, costs.writer) * costs.written_bytes / 1e6:,.0f}"
    kept, yearly = place.members * costs.member_kept, place.members * place.yearly * costs.enrollment_kept
    yield "stores after five years, one district, GB", f"{(kept + 5 * yearly) / place.districts / 1e9:,.1f}"
    yield "stores after five years, all, GB", f"{(kept + 5 * yearly) / 1e9:,.0f}"
    yield "taking in all members of a district anew, min", f"{place.members / place.districts * costs.member_us / 6e7:.1f}"
    events = 5 * place.members * place.yearly / place.districts
    yield "notifications anew after five years, one district, min", f"{events / costs.follower / 60:.1f}"
    memory = place.districts * costs.resident_mib / 1024
    yield "resident, all districts, GB", f"{memory:,.1f}"
    # Half of each is kept free: cores for a first second everywhere at once, 64 GB, 1 TB for stores (copies lie elsewhere).
    machines = max(place.districts * min(peak, costs.writer) * per_enrollment / 4, memory / 32, (kept + 5 * yearly) / 0.5e12)
    yield "machines of 8 cores, 64 GB, 1 TB", f"{math.ceil(machines):,}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for field in dataclasses.fields(Costs):
        parser.add_argument("--" + field.name.replace("_", "-"), type=float, default=field.default)
    costs = Costs(**vars(parser.parse_args()))
    tables = [dict(rows(place, costs)) for place in PLACES]
    print("| | " + " | ".join(place.name for place in PLACES) + " |")
    print("|---|" + "---:|" * len(PLACES))
    for name in tables[0]:
        print(f"| {name} | " + " | ".join(table[name] for table in tables) + " |")


if __name__ == "__main__":
    main()

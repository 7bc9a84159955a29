"""The codes at the door, and the marks of who has just been there. Pure: the secret is given.

A code proves that somebody stands where it is shown. A printed one stays until it is renewed; a rotating one, on a screen,
is another every ten minutes, and the one before counts as well, as people need time to scan it."""

import base64
import datetime
import hashlib
import hmac

from hours import SHANGHAI, local

ROTATION = datetime.timedelta(minutes=10)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
CODE_BYTES = 10  # 80 bits, 16 letters: nobody guesses that over a bus


def _signed(secret, *parts):
    return hashlib.blake2b("\n".join(map(str, parts)).encode(), key=secret, digest_size=32).digest()


def _code(secret, *parts):
    return base64.b32encode(_signed(secret, *parts)[:CODE_BYTES]).decode()


def _turn(moment):
    return (moment - EPOCH) // ROTATION


def valid_codes(secret, station_id, kind, generation, moment):
    """The one to show first. `generation` counts renewals: whatever was shown or copied before is worth nothing."""
    turns = [_turn(moment), _turn(moment) - 1] if kind == "rotating" else [kind]
    return [_code(secret, station_id, generation, turn) for turn in turns]


def until(kind, moment):
    """When another one is to be shown; None: it stays."""
    return EPOCH + (_turn(moment) + 1) * ROTATION if kind == "rotating" else None


def is_valid(given, valid):
    given = given.strip().replace("-", "").upper()
    return any([hmac.compare_digest(given.encode(), one.encode()) for one in valid])


def text(station_id, code):
    """What the QR code says."""
    return f"gonghui:stations/{station_id}/{code}"


def hour_number(moment):
    """Of the clock hour in Shanghai, from 1970."""
    here = local(moment)
    return hour_of(here.date(), here.hour)


def hour_of(day, hour):
    return (day - EPOCH.date()).days * 24 + hour


def begin_of(number):
    """Of that hour."""
    return datetime.datetime(1970, 1, 1, tzinfo=SHANGHAI) + datetime.timedelta(hours=number)


def mark(secret, station_id, person_id, hour):
    """Stands for a person at a station within a clock hour. Without the secret nobody can tell whose it is, nor that two
    are of one person; with it one can look whether a given person was there, which is what "only once" needs."""
    return _signed(secret, station_id, person_id, hour)[:16]

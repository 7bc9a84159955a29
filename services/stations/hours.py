"""When a station is open. Pure."""

import datetime

# All of China has one time, without summer time since 1991; so no time zone data is needed.
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
DAY = 24 * 60  # min


def local(moment):
    return moment.astimezone(SHANGHAI)


def periods_on(description, day):
    """Of one date: (opens, closes) in minutes from its midnight; closes beyond 1440 is of the next day."""
    for one in description.exceptions:
        if one.day == day:
            return sorted((period.opens, period.closes) for period in one.periods)
    return sorted((period.opens, period.closes) for period in description.weekly if period.weekday == day.isoweekday())


def is_open(description, moment):
    here = local(moment)
    minute, today = here.hour * 60 + here.minute, here.date()
    yesterday = today - datetime.timedelta(days=1)
    return (any(opens <= minute < closes for opens, closes in periods_on(description, today))
            or any(opens <= minute + DAY < closes for opens, closes in periods_on(description, yesterday)))


def fault(description):
    """What is wrong with the hours, as a refusal's code; None: nothing. Bounds of single numbers are the schema's."""
    days = [one.day for one in description.exceptions]
    if len(set(days)) != len(days):
        return "exception_twice"
    weekly = [[(one.opens, one.closes) for one in description.weekly if one.weekday == weekday] for weekday in range(1, 8)]
    for periods in weekly + [[(one.opens, one.closes) for one in day.periods] for day in description.exceptions]:
        periods = sorted(periods)
        if any(closes <= opens or closes - opens > DAY for opens, closes in periods):
            return "period_ends_before_it_begins"
        if any(before[1] > after[0] for before, after in zip(periods, periods[1:])):
            return "periods_overlap"
    return None

"""What people read, Chinese first. Pure."""

import hours

CHINESE, ENGLISH = 0, 1
OFFERS = {
    "water": ("饮水", "drinking water"), "microwave": ("微波炉", "microwave"), "charging": ("充电", "charging"),
    "toilet": ("卫生间", "toilet"), "first_aid": ("急救药箱", "first aid"), "rest": ("休息座椅", "seats"),
    "fridge": ("冰箱", "fridge"), "air_conditioning": ("空调", "air conditioning"), "wifi": ("无线网络", "Wi-Fi"),
    "books": ("图书", "books"), "tools": ("维修工具", "tools"), "mother_and_baby": ("母婴室", "nursing room"),
}
FAULTS = {
    "no_water": ("没有水", "no water"), "no_power": ("没有电", "no power"), "not_clean": ("不干净", "not clean"),
    "closed": ("开放时间内关门", "closed in opening hours"), "broken": ("设备损坏", "something is broken"),
    "other": ("其他问题", "another fault"),
}


def number(language):
    return ENGLISH if language == "en" else CHINESE


def listed(table, codes, language):
    return ("、", ", ")[number(language)].join(table[one][number(language)] for one in codes)


def name(description, language):
    return description.name_en if language == "en" and description.name_en else description.name_zh


def address(description, language):
    return description.address_en if language == "en" and description.address_en else description.address_zh


def _clock(minute, language):
    if minute <= hours.DAY:
        return f"{minute // 60:02}:{minute % 60:02}"  # midnight at its end is 24:00
    text = _clock(minute - hours.DAY, language)
    return (f"次日 {text}", f"{text} (next day)")[number(language)]


def today(description, moment, language):
    """Today's hours, and whether it is open."""
    which = number(language)
    periods = hours.periods_on(description, hours.local(moment).date())
    state = (("开放中", "open now") if hours.is_open(description, moment) else ("未开放", "closed now"))[which]
    if not periods:
        return (f"{state}；今天休息", f"{state}; closed today")[which]
    text = ("、", ", ")[which].join(f"{_clock(opens, language)}-{_clock(closes, language)}" for opens, closes in periods)
    return (f"{state}；今天 {text}", f"{state}; today {text}")[which]

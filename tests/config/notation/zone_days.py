"""The calendar of every time zone of the system, computed by Python's zoneinfo from the same files: what
time_zone_test.cpp compares with. Run with PYTHONTZPATH=/usr/share/zoneinfo.

usage: zone_days.py FIRST_YEAR LAST_YEAR
One line a zone, tab-separated: its name; the offset (s) and the instant (epoch s) at which the first day begins;
"index:hours" of the days that do not last 24 h, in seconds; "instant:offset" of each change of the offset.
"""
import os
import sys
import zoneinfo
from datetime import date, datetime, timedelta, timezone

FOLDER = os.environ["PYTHONTZPATH"]
ONE_DAY = timedelta(days=1)


def local(at, zone):
    return datetime.fromtimestamp(at, zone)


def first_instant(day, zone):
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)  # fold=0: the first of two
    at = int(midnight.timestamp())
    shown = local(at, zone)
    if shown.date() == day and (shown.hour, shown.minute, shown.second) == (0, 0, 0):
        return at
    return first(at - 90_000, at + 90_000, lambda t: local(t, zone).date() >= day)


def first(low, high, holds):
    """The smallest instant of (low, high] for which `holds`, which is false up to it and true from it on."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def offset(at, zone):
    return int(local(at, zone).utcoffset().total_seconds())


def describe(name, first_day, last_day):
    zone = zoneinfo.ZoneInfo(name)
    start = before = first_instant(first_day, zone)
    ahead = offset(start, zone)
    lengths, changes = [], []
    index, day = 0, first_day
    while day <= last_day:
        day += ONE_DAY
        after = first_instant(day, zone)
        if after - before != 86_400:
            lengths.append(f"{index}:{after - before}")
        now = offset(after, zone)
        if now != ahead:
            changes.append(f"{first(before, after, lambda t: offset(t, zone) == now)}:{now}")
        ahead, before, index = now, after, index + 1
    return "\t".join([name, str(offset(start, zone)), str(start), ",".join(lengths), ",".join(changes)])


def main():
    first_day, last_day = date(int(sys.argv[1]), 1, 1), date(int(sys.argv[2]), 12, 31)
    for name in sorted(zoneinfo.available_timezones()):
        if os.path.isfile(os.path.join(FOLDER, name)):
            print(describe(name, first_day, last_day))


main()

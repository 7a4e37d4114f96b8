#!/usr/bin/env bash
# PyPI's dateparser 1.5.0 reads ISO 8601's basic form, 20261127T103000Z (NITF's norm, GDELT's seendate, iCalendar), as "so
# many days ago", the number of days being the time of day: it takes the Z for Lower Sorbian "ź", days, and ignores the
# date. No error, no time zone; STRICT_PARSING does not help. The extended form 2026-11-27T10:30:00Z is read correctly.
#   seen, today being 2026-11-29: 103000Z is 1744-11-27, 103,000 days ago, for any date; 000000Z is today, so that an old
#   story published at midnight is a new one; 000005Z is five days ago.
# Naming the language stops it: languages=["en"] makes it None. Read machines' dates with a machine's format first, and
# ask a reader of free text only for the rest.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_python dateparser==1.5.0 python-dateutil==2.9.0.post0 six==1.17.0 pytz==2026.6 regex==2026.11.19 tzlocal==5.4.5
cat >"$scratch/read.py" <<'PY'
import datetime, dateparser
settings = {"RELATIVE_BASE": datetime.datetime(2026, 11, 29), "STRICT_PARSING": True}
for text in ("2026-11-27T10:30:00Z", "20261127T103000Z", "20240305T103000Z", "20240305T000000Z", "20240305T000005Z"):
    print(text, "|", dateparser.parse(text, settings=settings))
print("English", "|", dateparser.parse("20261127T103000Z", languages=["en"], settings=settings))
PY
TZ=UTC timeout 300 python3 "$scratch/read.py" >"$scratch/seen"
read_as() { sed -n "s/^$1 | //p" "$scratch/seen"; }
expect "2026-11-27T10:30:00Z" "$(read_as 2026-11-27T10:30:00Z)" "2026-11-27 10:30:00+00:00"
expect "20261127T103000Z" "$(read_as 20261127T103000Z)" "1744-11-27 00:00:00"
expect "20240305T103000Z" "$(read_as 20240305T103000Z)" "1744-11-27 00:00:00"
expect "20240305T000000Z" "$(read_as 20240305T000000Z)" "2026-11-29 00:00:00"
expect "20240305T000005Z" "$(read_as 20240305T000005Z)" "2026-11-24 00:00:00"
expect "20261127T103000Z as English" "$(read_as English)" "None"

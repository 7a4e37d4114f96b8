#!/usr/bin/env bash
# "GMT+8", as Asian wires write it, and "GMT+0800", as JavaScript's Date prints it, mean eight hours east of Greenwich.
# PyPI's python-dateutil 2.9.0 reads both as eight hours west, without a warning, but only in dates: its tz.tzstr("GMT+8")
# is east. pandas 3.1.1 takes west for one digit and east for four; fastfeedparser 0.6.5, with dateutil behind it, drops the
# offset altogether.
#   seen, 10:30 GMT+8 and GMT+0800 in UTC: dateutil 18:30 18:30, pandas 18:30 02:30, fastfeedparser 10:30 10:30; it is 02:30.
# Hong Kong's news is then dated sixteen hours into the future, New York's comes ten hours late. Take the offset apart
# yourself; the sign of POSIX, the other way round, is for TZ variables alone.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_python python-dateutil==2.9.0.post0 six==1.17.0 pandas==3.1.1 numpy==2.4.6 tzdata==2026.6 fastfeedparser==0.6.5 lxml==6.1.3
cat >"$scratch/read.py" <<'PY'
import datetime, dateutil.parser, dateutil.tz, fastfeedparser, pandas
utc = datetime.timezone.utc
def from_feed(text):
    feed = f"""<rss version="2.0"><channel><title>Wire</title><link>https://news.example/</link><description>News</description>
      <item><title>Orlo</title><link>https://news.example/1</link><pubDate>{text}</pubDate></item></channel></rss>"""
    return datetime.datetime.fromisoformat(fastfeedparser.parse(feed).entries[0].published)
for name, read in (("dateutil", dateutil.parser.parse), ("pandas", pandas.to_datetime), ("fastfeedparser", from_feed)):
    dates = [read(f"Fri, 27 Nov 2026 10:30:00 {zone}") for zone in ("GMT+8", "GMT+0800", "+0800")]
    print(name, *(date.astimezone(utc).strftime("%H:%M") for date in dates))
print("tzstr", dateutil.tz.tzstr("GMT+8").utcoffset(datetime.datetime(2026, 11, 27)))
PY
timeout 300 python3 "$scratch/read.py" >"$scratch/seen"
seen() { sed -n "s/^$1 //p" "$scratch/seen"; }
expect "dateutil: 10:30 GMT+8, GMT+0800, +0800" "$(seen dateutil)" "18:30 18:30 02:30"
expect "dateutil: the zone GMT+8" "$(seen tzstr)" "8:00:00"
expect "pandas: 10:30 GMT+8, GMT+0800, +0800" "$(seen pandas)" "18:30 02:30 02:30"
expect "fastfeedparser: 10:30 GMT+8, GMT+0800, +0800" "$(seen fastfeedparser)" "10:30 10:30 02:30"

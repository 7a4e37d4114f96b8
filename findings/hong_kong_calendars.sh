#!/usr/bin/env bash
# Three calendars of PyPI disagree about Hong Kong's exchange, on days that are long past: exchange_calendars 4.13.2,
# pandas_market_calendars 5.5.0 and holidays 0.109. The second has two answers of its own: "HKEX" is its own table, "XHKG",
# the same exchange by its MIC, is the first library's.
#   seen: the six weekdays of 2015–2025 on which they disagree, typhoons and black rainstorms but for the Tuesday after
#   Easter 2021; the exchange stayed closed on all six. exchange_calendars has trading on two, HKEX on the four others,
#   holidays on none. On the half day before Christmas 2019 HKEX closes at 16:00 and XHKG at 12:00.
# A majority of the three is not proof: Mumbai traded on the Saturdays of the budget, 2020-02-01 and 2025-02-01, and all
# three say closed. No library's table decides which days are unlike others; an operator enters them, from the exchange's
# notices.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_python exchange_calendars==4.13.2 pandas_market_calendars==5.5.0 holidays==0.109 pandas==3.1.1 numpy==2.4.6 \
  python-dateutil==2.9.0.post0 six==1.17.0 tzdata==2026.6 toolz==1.2.0 pyluach==2.3.0 korean_lunar_calendar==0.4.0
cat >"$scratch/days.py" <<'PY'
import warnings
warnings.simplefilter("ignore")
import exchange_calendars, holidays, pandas, pandas_market_calendars as market
first, last = "2015-01-01", "2025-12-31"
def days(index):
    return {day.date() for day in index}
def all_three(mic, market_name, holiday_name):
    closed = holidays.financial_holidays(holiday_name, years=range(2015, 2026))
    return {"exchange_calendars": days(exchange_calendars.get_calendar(mic, start=first, end=last).sessions),
            market_name: days(market.get_calendar(market_name).valid_days(first, last)),
            "holidays": {day for day in days(pandas.date_range(first, last)) if closed.is_working_day(day)}}
hong_kong = all_three("XHKG", "HKEX", "HKEX")
for day in sorted(set.union(*hong_kong.values()) - set.intersection(*hong_kong.values())):
    print("open", day, *(name for name, trading in hong_kong.items() if day in trading))
for name in ("HKEX", "XHKG"):
    close = market.get_calendar(name).schedule("2019-12-24", "2019-12-24").market_close.iloc[0]
    print("close", name, close.tz_convert("Asia/Hong_Kong").strftime("%H:%M"))
mumbai = all_three("XBOM", "BSE", "BSE")
for day in ("2020-02-01", "2025-02-01"):
    print("saturday", day, sum(pandas.Timestamp(day).date() in trading for trading in mumbai.values()))
PY
timeout 300 python3 "$scratch/days.py" >"$scratch/seen"
seen() { sed -n "s/^$1 //p" "$scratch/seen" | paste -sd';'; }
expect "trading, Hong Kong, where they disagree" "$(seen open)" "2020-10-13 HKEX;2021-04-06 HKEX;2021-10-13 HKEX;\
2023-09-01 exchange_calendars;2023-09-08 exchange_calendars;2024-09-06 HKEX"
expect "close on 2019-12-24, a half day" "$(seen close)" "HKEX 16:00;XHKG 12:00"
expect "Mumbai's Saturdays: how many of three have them" "$(seen saturday)" "2020-02-01 0;2025-02-01 0"

"""The records of the Kafka test: a quiet day and a half of news, then four bursts of bad news, 5,000 in all.

500 of them repeat an id (half as it was, half with changed text), the 1,000 of the topic `news.plain` have none, and ten
more are no documents at all.
"""

import json
import random

COMPANIES = ["Halden Bank", "Ostra Steel", "Corvane Foods", "Tellmark Energy"]
WATCHLIST = "id,name,aliases,ticker,mic,isin,lei,tags\n" + "".join(
    f"{name.split()[0].lower()},{name},,,,,,own\n" for name in COMPANIES)

QUIET = ["{} opens a branch in the harbour district", "{} names new head of logistics", "{} to publish results on Thursday",
         "{} keeps its forecast unchanged", "{} renews sponsorship of city marathon", "{} signs supply agreement",
         "Markets little changed as {} meets analysts", "{} moves its headquarters", "{} and partners plan a new plant"]
BAD = ["{} shares plunge after profit warning", "{} faces fraud investigation, prosecutors say",
       "{} chief executive quits amid accounting scandal", "Rating agency cuts {} to junk",
       "{} loses biggest clients as losses mount", "Investors sue {} over hidden losses",
       "{} halts payments as cash collapses", "{} slashes dividend after record loss",
       "Regulator fines {} for money laundering failures", "{} bonds crash on default fears",
       "{} to cut thousands of jobs as crisis deepens", "Analysts downgrade {}, warn of collapse"]

MINUTE = 60_000
QUIET_WITH_IDS, QUIET_PLAIN, LATE_WITH_IDS, LATE_PLAIN, REPEATS = 2_000, 600, 1_500, 400, 500
BROKEN = ["{not json", '{"id":"b-1"}', '{"id":"b-2","headline":[]}', '{"id":"b-3","headline":"   "}', '["a list"]',
          '{"id":"b-4","headline":null}', '{"id":"b-5","headline":""}', "null"]
# A field that cannot be read costs itself: identity, record, title.
FLAWED = [("f-1", '{"id":"f-1","headline":7}', "7"), ("f-2", '{"id":"f-2","headline":"x","time":"noon"}', "x"),
          ("f-3", '{"id":"f-3","headline":"x","rev":1.5}', "x"), ("f-4", '{"id":"f-4","headline":"x","tickers":{}}', "x")]


class Records:
    """`topics`: what to produce, in order, {topic: [line]}, lines of news.raw as "key|value". `expected`: {(source, id):
    title} of everything that has an id; `plain`: how many have none."""

    def __init__(self, now_ms, seed=7):
        self.random = random.Random(seed)
        self.now = now_ms
        self.topics = {"news.raw": [], "news.plain": []}
        self.expected, self.plain, self.numbered = {}, 0, 0
        self._quiet()
        self._late()

    def _headline(self, templates):
        self.numbered += 1
        return templates[self.numbered % len(templates)].format(self.random.choice(COMPANIES)) + f" ({self.numbered})"

    def _with_id(self, identity, title, at):
        record = {"id": identity, "headline": title, "time": at, "lang": "en"}
        self.topics["news.raw"].append(f"{identity}|{json.dumps(record)}")
        self.expected[("wire", identity)] = title

    def _without_id(self, title, at):
        self.topics["news.plain"].append(json.dumps({"headline": title, "time": at}))
        self.plain += 1

    def _quiet(self):
        """From 36 hours ago to two hours ago."""
        span = 34 * 60 * MINUTE
        start = self.now - 36 * 60 * MINUTE
        for i in range(QUIET_WITH_IDS):
            self._with_id(f"q-{i}", self._headline(QUIET), start + i * span // QUIET_WITH_IDS)
        for i in range(QUIET_PLAIN):
            self._without_id(self._headline(QUIET), start + i * span // QUIET_PLAIN)
        for i, line in enumerate(BROKEN):
            self.topics["news.raw"].insert(100 * i, f"broken-{i}|{line}")
        for i, (identity, line, title) in enumerate(FLAWED):
            self.topics["news.raw"].insert(150 + 100 * i, f"{identity}|{line}")
            self.expected[("wire", identity)] = title

    def _late(self):
        """The last 100 minutes: four bursts of ten minutes each among quiet news, and the repeats."""
        start = self.now - 100 * MINUTE
        moments = sorted(self.random.randrange(100 * MINUTE) for _ in range(LATE_WITH_IDS))
        for i, moment in enumerate(moments):
            burst, within = divmod(moment // MINUTE, 25)
            bad = within < 10 and i % 2 == 0
            title = BAD[i % len(BAD)].format(COMPANIES[burst]) + f" [{i}]" if bad else self._headline(QUIET)
            self._with_id(f"l-{i}", title, start + moment)
            if i % 3 == 0:
                self._repeat(i // 3, start + moment)
        for i in range(LATE_PLAIN):
            self._without_id(self._headline(QUIET), start + i * 100 * MINUTE // LATE_PLAIN)

    def _repeat(self, number, at):
        identity = f"q-{number}"
        title = self.expected[("wire", identity)]
        self._with_id(identity, title if number % 2 else "Correction: " + title, at)

    def count(self):
        return sum(len(lines) for lines in self.topics.values())

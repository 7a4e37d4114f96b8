#!/usr/bin/env python3
"""How tapewatch and five other readers read the dates of tests/ingest/date/news_dates.tsv: right, wrong or refused.

date_readers.py [--tapewatch BINARY] [--dates FILE]… [--wrong]. A line of FILE is place (language[@country]), text and the
instant in UTC, or None for what names none; a fourth column says "refused" where tapewatch does not read it. A date without
a zone is UTC. Each reader gets what it can use of the place: dateparser the language, tapewatch language and country. Needs
PyPI and faketime; node and go for two of the readers.
"""

import argparse
import calendar
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e/support"))
import pypi  # noqa: E402

PYPI = [("feedparser", "6.0.14"), ("python-dateutil", "2.9.0.post0"), ("dateparser", "1.5.0")]
GOFEED = "github.com/mmcdole/gofeed@v1.4.2"
NOW = datetime(2026, 11, 28, 6, tzinfo=timezone.utc)  # as in news_date_test.cpp
CLOCK = "2026-12-28 06:00:00"  # of tapewatch, which clamps what lies in the future; after every date of the table
GO_READER = """package main

import ("encoding/json"; "os"; "time"; "github.com/mmcdole/gofeed")

func main() {
	var feeds []string
	json.NewDecoder(os.Stdin).Decode(&feeds)
	out := make([]string, len(feeds))
	for i, text := range feeds {
		feed, err := gofeed.NewParser().ParseString(text)
		if err == nil && len(feed.Items) == 1 && feed.Items[0].PublishedParsed != nil {
			out[i] = feed.Items[0].PublishedParsed.UTC().Format(time.RFC3339Nano)
		}
	}
	json.NewEncoder(os.Stdout).Encode(out)
}
"""
NODE_READER = """
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(texts.map(t => { const d = new Date(t); return isNaN(d) ? '' : d.toISOString(); })));
"""


def utc(value):
    """To the millisecond; a date without a zone is UTC."""
    if value is None:
        return None
    value = value.replace(tzinfo=value.tzinfo or timezone.utc).astimezone(timezone.utc)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def from_iso(text):
    return utc(datetime.fromisoformat(text.replace("Z", "+00:00"))) if text else None


def language_of(place):
    return place.split("@")[0]


def feed_of(items, language):
    items = "".join(f"<item><guid>{i}</guid><title>Notice {i}</title><pubDate>{escape(text)}</pubDate></item>"
                    for i, text in items)
    said = f"<language>{language}</language>" if language else ""
    return f"<rss version='2.0'><channel><title>Desk</title>{said}{items}</channel></rss>"


def read_with_tapewatch(args, rows):
    """One feed for each place; what has no readable date has the second in which it was read."""
    clock = datetime.fromisoformat(CLOCK + "+00:00")
    found = [None] * len(rows)
    for place in sorted({row[0] for row in rows}):
        items = [(i, text) for i, (where, text, _) in enumerate(rows) if where == place]
        country = place.partition("@")[2] or "example"
        for begin in range(0, len(items), 50):
            feed = feed_of(items[begin:begin + 50], language_of(place))
            command = ["faketime", CLOCK, args.tapewatch, "feed", "--base-url", f"https://desk.{country}/feed.xml", "-"]
            done = subprocess.run(command, text=True, input=feed, capture_output=True, timeout=60, check=False,
                                  env={**os.environ, "TZ": "UTC"})
            for document in map(json.loads, done.stdout.splitlines()):
                at = from_iso(document["published_at"])
                fresh = abs(at - clock) < timedelta(minutes=5)
                found[int(document["id"])] = None if fresh else at
    return found


def read_with_feedparser(_, rows):
    import feedparser
    found = []
    for place, text, _ in rows:
        entries = feedparser.parse(feed_of([(0, text)], language_of(place)).encode()).entries
        parsed = entries[0].get("published_parsed") if entries else None
        try:
            found.append(datetime.fromtimestamp(calendar.timegm(parsed), timezone.utc) if parsed else None)
        except ValueError:  # the year -1
            found.append(datetime.min.replace(tzinfo=timezone.utc))
    return found


def read_with_dateutil(_, rows):
    from dateutil import parser
    midnight = NOW.replace(hour=0, tzinfo=None)

    def one(text):
        try:
            return utc(parser.parse(text, default=midnight))
        except (ValueError, OverflowError, TypeError):
            return None
    return [one(text) for _, text, _ in rows]


def read_with_dateparser(_, rows):
    import dateparser
    settings = {"TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": True, "RELATIVE_BASE": NOW.replace(tzinfo=None),
                "PARSERS": ["timestamp", "absolute-time"]}  # what is told relative to the fetch is none of its tasks here

    def one(place, text):
        language = language_of(place).split("-")[0]
        try:
            return utc(dateparser.parse(text, languages=[language] if language else None, settings=settings))
        except Exception:  # a language that it does not know; errors of its own
            try:
                return utc(dateparser.parse(text, settings=settings))
            except Exception:
                return None
    return [one(place, text) for place, text, _ in rows]


def read_with_javascript(_, rows):
    if not shutil.which("node"):
        return None
    done = subprocess.run(["node", "-e", NODE_READER], input=json.dumps([row[1] for row in rows]), capture_output=True,
                          text=True, timeout=60, check=True, env={**os.environ, "TZ": "UTC"})
    return [from_iso(text) if len(text) < 25 else None for text in json.loads(done.stdout)]


def read_with_gofeed(_, rows):
    if not shutil.which("go"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "main.go").write_text(GO_READER)
        for command in (["go", "mod", "init", "dates"], ["go", "get", GOFEED], ["go", "build", "-o", "reader", "."]):
            if subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False).returncode != 0:
                return None
        feeds = [feed_of([(0, text)], language_of(place)) for place, text, _ in rows]
        done = subprocess.run([f"{folder}/reader"], input=json.dumps(feeds), capture_output=True, text=True, timeout=60,
                              check=True)
    return [utc(datetime.fromisoformat(text[:19] + "+00:00")) if text else None for text in json.loads(done.stdout)]


READERS = {"tapewatch": read_with_tapewatch, "feedparser 6.0.14": read_with_feedparser,
           "dateutil 2.9.0": read_with_dateutil, "dateparser 1.5.0": read_with_dateparser,
           "JavaScript's Date": read_with_javascript, "gofeed 1.4.2": read_with_gofeed}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--tapewatch", default="build/fast/tapewatch")
    parser.add_argument("--dates", action="append", type=pathlib.Path)
    parser.add_argument("--wrong", action="store_true", help="print what tapewatch does not read right")
    args = parser.parse_args()
    for name, version in PYPI:
        pypi.require(name, version)
    warnings.filterwarnings("ignore")
    files = args.dates or [ROOT / "tests/ingest/date/news_dates.tsv"]
    rows = [line.split("\t")[:3] for file in files for line in file.read_text().splitlines()]
    wanted = [None if row[2] == "None" else from_iso(row[2]) for row in rows]
    dated = sum(want is not None for want in wanted)
    print(f"{len(rows)} texts: {dated} name an instant, {len(rows) - dated} none. To the second.")
    print("reader               right  wrong  refused  | of those that name none: refused  dated all the same")
    for name, read in READERS.items():
        found = read(args, rows)
        if found is None:
            print(f"{name:20} not here")
            continue
        same = [got is not None and want is not None and abs(got - want) < timedelta(seconds=1)
                for want, got in zip(wanted, found)]
        refused = sum(want is not None and got is None for want, got in zip(wanted, found))
        invented = sum(want is None and got is not None for want, got in zip(wanted, found))
        print(f"{name:20} {sum(same):5} {dated - sum(same) - refused:6} {refused:8}  | {len(rows) - dated - invented:32} "
              f"{invented:19}", flush=True)
        if args.wrong and name == "tapewatch":
            for row, want, got, right in zip(rows, wanted, found, same):
                if not right and (want or got):
                    print("   ", row, "->", got)


if __name__ == "__main__":
    main()

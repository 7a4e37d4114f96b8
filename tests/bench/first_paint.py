"""When the dashboard's pages are painted first, and when their chart is drawn, over a database with a million headlines: in a
headless Chromium on loopback, without its cache.

  python3 tests/bench/first_paint.py build/release/tapewatch [--db FILE] [--documents 1000000] [--loads 7]

Without --db a database is filled by `tapewatch import` first, which scores every headline and takes minutes to an hour; --keep FILE
keeps it. A given one is copied: the daemon may bring it to a newer schema. Prints a line for each page: milliseconds from the start of
the navigation, the median and the worst of the loads, and the kilobytes of the page's files and of the API's answers.
"""

import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e", "support"), os.path.join(HERE, "..", "e2e", "dashboard")]
import chromium  # noqa: E402
from news import QUIET, stamp  # noqa: E402
from spine import config, now  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, test_secret, wait_for  # noqa: E402

DRAWN = "document.querySelectorAll('{chart} .counts rect').length > 0 && {rest}"
PAGES = {
    "overview": ("/", "#detail-chart", "document.querySelectorAll('.topic').length > 1 && document.querySelectorAll('#headlines .headline').length > 0"),
    "topic": ("/?topic={topic}", "#selection-chart", "document.querySelectorAll('#documents .headline').length > 0"),
    "topic, a year": ("/?topic={topic}&range=1y", "#selection-chart", "document.querySelectorAll('#documents .headline').length > 0"),
    "company": ("/?entity={entity}", "#selection-chart", "document.querySelectorAll('#documents .headline').length > 0"),
    "company, a year": ("/?entity={entity}&range=1y", "#selection-chart", "document.querySelectorAll('#documents .headline').length > 0"),
}


def write_headlines(path, n):
    """Over the year that ends now, in order."""
    end = now()
    with open(path, "w", encoding="utf-8") as file:
        for i in range(n):
            at = end - datetime.timedelta(days=365) * ((n - i) / n)
            file.write(json.dumps({"source": f"wire-{i % 7}", "id": str(i), "title": f"{QUIET[i % len(QUIET)]}, part {i}",
                                   "published_at": stamp(at)}) + "\n")


def fill(binary, folder, configuration, options):
    """The database of the folder: a copy, or filled anew."""
    target = os.path.join(folder.path, "tapewatch.db")
    if options.db:
        shutil.copy(options.db, target)
        return
    lines = folder.file("headlines.ndjson", "")
    write_headlines(lines, options.documents)
    subprocess.run([binary, "import", "--config", configuration, "--db", target, lines], check=True, stdout=sys.stderr)
    os.remove(lines)
    if options.keep:
        shutil.copy(target, options.keep)


def ready(daemon):
    try:
        return daemon.request("/readyz")[0] == 200
    except OSError:
        return False


def load(page, url, drawn):
    """(first contentful paint, drawn, kilobytes of files, of answers) of one load."""
    page.call("Page.navigate", {"url": "about:blank"})
    page.wait_for("location.href === 'about:blank'", "an empty page")
    page.call("Page.navigate", {"url": url})
    page.wait_for(f"location.href !== 'about:blank' && {drawn}", url, 120)
    return page.evaluate(f"""new Promise((resolve) => {{
      const done = performance.now();   // at most 50 ms late, as the wait looks
      const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;
      const all = performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'));
      const sum = (data) => all.filter((one) => one.name.includes('/v1/') === data).reduce((bytes, one) => bytes + one.transferSize, 0) / 1000;
      resolve([paint, done, sum(false), sum(true)]);
    }})""")


def measure(daemon, page, loads):
    names = {"topic": max(daemon.get("/v1/topics?limit=1000")["items"], key=lambda one: one.get("documents", 0))["id"],
             "entity": daemon.get("/v1/entities?limit=1")["items"][0]["id"]}
    stored = sum(one["documents"] for one in daemon.get("/v1/sources?limit=1000")["items"])
    print(f"{stored:,} documents\n\n| page | first paint, ms (worst) | drawn, ms (worst) | files, kB | answers, kB |\n|---|---|---|---|---|")
    for name, (address, chart, rest) in PAGES.items():
        rows = [load(page, daemon.url(address.format(**names)), DRAWN.format(chart=chart, rest=rest)) for _ in range(loads)]
        cells = [f"{statistics.median(column):.0f} ({max(column):.0f})" for column in list(zip(*rows))[:2]]
        cells += [f"{statistics.median(column):.0f}" for column in list(zip(*rows))[2:]]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--db")
    parser.add_argument("--keep")
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--loads", type=int, default=7)
    options = parser.parse_args()
    with Folder("paint") as folder:
        port = free_port()
        text = config(folder, port, test_secret(), None, "")
        fill(options.binary, folder, folder.file("import.toml", text), options)
        with Tapewatch(options.binary, folder, text, port) as daemon:
            wait_for("readiness", lambda: ready(daemon), 1200)   # a newer schema copies its rows first
            page = chromium.Chromium(chromium.find())
            try:
                page.call("Network.enable")
                page.call("Network.setCacheDisabled", {"cacheDisabled": True})
                page.size(1440, 1000)
                measure(daemon, page, options.loads)
            finally:
                page.close()
            daemon.terminate()


main()

"""What open alerts cost the thread that commits: its processor time for a request of 20 documents, and for each second in which nothing
comes, while 100 alerts are open and while 10,000 are.

  python3 tests/bench/open_alerts.py build/release/tapewatch [--open 10000] [--requests 100]

Each grave story is an alert that stays open. Processor time, because other programs do not change it. Prints a line of JSON for each
number of open alerts.
"""

import argparse
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "support"))
from news import QUIET, grave, stamp  # noqa: E402
from spine import config, now, push  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, test_secret  # noqa: E402

RULE = '''
[[alerts.rule]]
name = "breaking"
measure = "story"
min_negative = 0.1
resolve_after = "2d"
[model]
precision = "int8"
'''
IDLE_SECONDS = 20


def writer_seconds(daemon):
    """Of the thread that has written most to the disk."""
    def written(task):
        with open(f"{tasks}/{task}/io", encoding="ascii") as io:
            return int(next(line.split()[1] for line in io if line.startswith("write_bytes")))

    tasks = f"/proc/{daemon.process.pid}/task"
    with open(f"{tasks}/{max(os.listdir(tasks), key=written)}/schedstat", encoding="ascii") as stat:
        return int(stat.read().split()[0]) / 1e9


def measure(daemon, requests, tag):
    before = writer_seconds(daemon)
    time.sleep(IDLE_SECONDS)
    idle = (writer_seconds(daemon) - before) / IDLE_SECONDS
    before, began = writer_seconds(daemon), time.monotonic()
    for n in range(requests):
        at = stamp(now())
        push(daemon, [{"source": "wire", "id": f"{tag}-{n}-{i}", "title": f"{QUIET[i % len(QUIET)]}, part {tag} {n} {i}",
                       "published_at": at} for i in range(20)])
    spent = writer_seconds(daemon) - before - idle * (time.monotonic() - began)
    return {"ms_a_request": round(1000 * spent / requests, 2), "ms_a_second": round(1000 * idle, 2)}


def open_alerts(daemon):
    line = 'tapewatch_alerts{rule="breaking",state="firing"} '
    return next((int(found[len(line):]) for found in daemon.request("/metrics")[1].splitlines() if found.startswith(line)), 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=100)
    options = parser.parse_args()
    with Folder("open") as folder:
        port = free_port()
        with Tapewatch(options.binary, folder, config(folder, port, test_secret(), None, RULE), port) as daemon:
            daemon.ready()
            for wanted in (100, options.open):
                rounds = 0
                while (known := open_alerts(daemon)) < wanted:
                    push(daemon, grave(min(500, wanted - known), f"{wanted}-{rounds}", now()))
                    rounds += 1
                print(json.dumps({"open": known, **measure(daemon, options.requests, wanted)}), flush=True)
            daemon.terminate()


main()

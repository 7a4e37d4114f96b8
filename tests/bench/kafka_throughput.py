"""Documents a second from a Kafka broker into SQLite, of two builds side by side.

  python3 tests/bench/kafka_throughput.py OLD NEW [--records 60000] [--rounds 5] [--scored]

Both read the same topic of four partitions, in turn, each time into a new database. Without `--scored` the news is in a language
that the model does not know: what is measured is reading, decoding, stories, roll-ups and commits, not the model. The speed is that
between the first and the last `stored_at`; the time of the CPU, which other programs disturb less, is the whole process's. Prints a
line of JSON for each run and one with the medians, and that of NEW's over OLD's in the same round.
"""

import argparse
import contextlib
import datetime
import json
import os
import random
import sqlite3
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e", "support"), os.path.join(HERE, "..", "e2e", "kafka")]
from broker import Broker  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, wait_for  # noqa: E402
from wire import config, sql  # noqa: E402

PARTITIONS, TICKS = 4, os.sysconf("SC_CLK_TCK")
RULE = '''
[[alerts.rule]]
name = "burst"
group_by = ["topic"]
'''


def records(count, language):
    """Titles of eight words that hardly ever tell the same story, over two days."""
    words = [f"{start}{end}" for start in ("mar", "tel", "kor", "sil", "van", "dro", "pel", "nim", "gar", "lus")
             for end in ("ina", "ovo", "eta", "uri", "aska", "ent", "olm", "ibe", "ard", "ysa")]
    chosen = random.Random(7)
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2)
    for i in range(count):
        at = start + datetime.timedelta(days=2) * (i / count)
        yield json.dumps({"id": f"b-{i}", "source": f"publisher-{i % 20}", "language": language, "published_at": at.isoformat(),
                          "title": " ".join(chosen.choice(words) for _ in range(8)),
                          "body": " ".join(chosen.choice(words) for _ in range(60))})


def stored(folder):
    with contextlib.suppress(sqlite3.OperationalError):  # not made yet
        return sql(folder, "SELECT seq FROM clock")[0][0]
    return 0


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def read_all(binary, broker, count, number):
    with Folder("bench") as folder:
        port = free_port()
        text = config(folder, port, broker.address, topics='["bench"]', group=f'"bench-{number}"', start='"earliest"') + RULE
        with Tapewatch(binary, folder, text, port) as daemon:
            wait_for("every record", lambda: stored(folder) >= count, 600, 0.2)
            used = cpu_seconds(daemon.process.pid)
            assert daemon.terminate(60)[0] == 0
        rows, first, last = sql(folder, "SELECT count(*), min(stored_at), max(stored_at) FROM document")[0]
        assert rows == count, rows
        return {"documents_per_second": round(1000 * count / (last - first)), "cpu_us_per_document": round(1e6 * used / count, 1)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scored", action="store_true")
    options = parser.parse_args()
    with Folder("broker") as home, Broker(home.path) as broker:
        broker.start()
        for partition in range(PARTITIONS):
            lines = [line for i, line in enumerate(records(options.records, "en" if options.scored else "fi"))
                     if i % PARTITIONS == partition]
            broker.produce("bench", lines, partition=partition)
        runs = {"old": [], "new": []}
        for turn in range(options.rounds):
            for build in ("old", "new") if turn % 2 == 0 else ("new", "old"):
                run = read_all(getattr(options, build), broker, options.records, f"{turn}-{build}-{time.time_ns()}")
                runs[build].append(run)
                print(json.dumps({"round": turn, "build": build, **run}), flush=True)
    medians = {build: {name: statistics.median(run[name] for run in all_of) for name in all_of[0]} for build, all_of in runs.items()}
    # Of each round: what else the machine does changes from round to round.
    ratio = {name: round(statistics.median(new[name] / old[name] for old, new in zip(runs["old"], runs["new"], strict=True)), 3)
             for name in medians["old"]}
    print(json.dumps({"records": options.records, "rounds": options.rounds, "median": medians, "new_over_old": ratio}))


main()

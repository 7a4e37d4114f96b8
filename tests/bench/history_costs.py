"""What history costs: the rate of `tapewatch import` beside that of `tapewatch score`, the bytes that a headline takes in the
database, and the memory of a daemon that is pushed many of them.

  python3 tests/bench/history_costs.py build/release/tapewatch [--headlines 6000] [--rounds 3] [--push 0]

Import and score take turns; the ratio of their rates is of the elapsed times, medians over the rounds, both with all cores. The
database is measured after the import, and once more without its events (which `storage.retention` deletes after a time)
and vacuumed. With --push N a daemon of its own takes N headlines as fast as it can, and its resident memory is printed after
each tenth. Headlines have at most 80 characters and no body.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "support"))
from tapewatch_process import Folder, Tapewatch, free_port  # noqa: E402

NAMES = "Halden Ostra Kesmar Torvik Dolvane Tesk Lumenor Brantholm Odell Sorel Ferrant Volmer Norvik Quayside".split()
KINDS = "Bank Steel Foods Air Mining Energy Shipping Capital Motors Pharma Insurance Paper".split()
VERBS = ("raises its outlook for,cuts jobs in,opens a plant in,sells its unit in,reports lower profit from,is fined over,wins an "
         "order from,delays results of,appoints a head for,recalls products in,buys a stake in,expects growth from").split(",")
PLACES = "Bergen Malaga Osaka Quito Turin Hobart Lagos Perth Lyon Izmir Cebu Davos Porto Leeds Gdansk Tampa".split()


def headlines(count, seed=1):
    dice = random.Random(seed)
    for i in range(count):
        yield (f"{dice.choice(NAMES)} {dice.choice(KINDS)} {dice.choice(VERBS)} {dice.choice(PLACES)} "
               f"{dice.choice('after as before on'.split())} {dice.choice(PLACES)} talks {i % 97}")[:80]


def documents(count):
    start = 1_790_000_000
    for i, title in enumerate(headlines(count)):
        yield {"source": f"wire-{i % 5}", "id": str(i), "title": title, "published_at": start + i * 7, "language": "en"}


def seconds(arguments, text=None):
    began = time.monotonic()
    done = subprocess.run(arguments, input=text, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began


def size(database):
    return sum(os.path.getsize(database + suffix) for suffix in ("", "-wal") if os.path.exists(database + suffix))


def rates_and_sizes(binary, count, rounds):
    with Folder("history") as folder:
        lines = [json.dumps(document) for document in documents(count)]
        path = folder.file("news.ndjson", "\n".join(lines) + "\n")
        texts = "\n".join(headlines(count)) + "\n"
        ratios = []
        for turn in range(rounds):
            database = folder.file(f"{turn}.db")
            scored = seconds([binary, "score"], texts)
            imported = seconds([binary, "import", "--db", database, path])
            ratios.append(scored / imported)
            print(f"round {turn + 1} of {rounds}: score {scored:.1f} s, import {imported:.1f} s", file=sys.stderr, flush=True)
        small = folder.file("small.db")
        shutil.copy(database, small)
        with contextlib.closing(sqlite3.connect(small)) as connection:
            connection.execute("DELETE FROM event")
            connection.commit()
            connection.execute("VACUUM")
        print(json.dumps({"headlines": count, "characters": round(statistics.mean(map(len, headlines(count)))),
                          "import_of_score": round(statistics.median(ratios), 2), "bytes_with_events": size(database) // count,
                          "bytes_without": size(small) // count}), flush=True)


def resident_mb(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
        return int(next(line.split()[1] for line in status if line.startswith("VmRSS"))) / 1024


def memory(binary, count):
    with Folder("memory") as folder:
        port = free_port()
        text = f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n[storage]\nmin_free = "1MiB"\n'
        with Tapewatch(binary, folder, text, port) as daemon:
            daemon.ready()
            batch, pushed = [], 0
            for document in documents(count):
                batch.append(document)
                if len(batch) < 500 and pushed + len(batch) < count:
                    continue
                while True:  # 503: the queue is full
                    status, answer = daemon.request("/v1/documents", json.dumps({"documents": batch}), timeout=120,
                                                    headers={"Content-Type": "application/json"})
                    if status != 503:
                        break
                assert status == 200, answer
                pushed, batch = pushed + len(batch), []
                if pushed % max(count // 10, 500) < 500:
                    print(json.dumps({"pushed": pushed, "resident_mb": round(resident_mb(daemon), 1)}), flush=True)
            daemon.terminate(60)


parser = argparse.ArgumentParser()
parser.add_argument("binary")
parser.add_argument("--headlines", type=int, default=6000)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--push", type=int, default=0)
options = parser.parse_args()
rates_and_sizes(options.binary, options.headlines, options.rounds)
if options.push:
    memory(options.binary, options.push)

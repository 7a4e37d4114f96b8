"""A backlog of two days in six partitions, in compressed batches, read with the default fetch sizes: the alerts are those
of a run that read the same records one by one, byte for byte, also when the daemon is killed on the way. Where the times
within a partition go back and forth, the same alerts begin within a minute."""

import datetime
import json
import os
import random
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import pypi  # noqa: E402
from broker import Broker  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402
from wire import metric  # noqa: E402

pypi.require("confluent-kafka", "2.16.1")  # kcat gives a record no time
from confluent_kafka import Producer  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402

BINARY, SOURCE, KAFKA = sys.argv[1:]
DEMO = os.path.join(SOURCE, "daemon/demo")
PARTITIONS = 6
FILLER = 18_000  # in a language that is not scored: they cost little and fill several fetches
MOST_DISORDER = 120  # seconds: twice what the mixed times are apart
PATIENCE = float(os.environ.get("TAPEWATCH_KAFKA_DEADLINE", "900"))

SOURCE_CONFIG = '''
[ingest.entities]
watchlist = "{demo}/watchlist.csv"
[[ingest.kafka]]
name = "wire"
brokers = "{brokers}"
topics = ["{topic}"]
group = "{topic}"
start = "earliest"
properties = {{ "session.timeout.ms" = "3000", "heartbeat.interval.ms" = "500" }}
'''


def documents():
    """The wire of the demo, its end an hour ago, with its surge of bad news about one company, among much other news."""
    end = int(time.time() * 1000) - 3_600_000
    found = []
    with open(os.path.join(DEMO, "wire.ndjson"), encoding="utf-8") as wire:
        for line in wire:
            document = json.loads(line)
            found.append((end + document.pop("offset_seconds") * 1000, document))
    start, span = found[0][0], found[-1][0] - found[0][0]
    words = [line for _, document in found for line in document["title"].split()]
    shuffled = random.Random(3)
    for i in range(FILLER):
        title = " ".join(shuffled.choice(words) for _ in range(8))
        body = " ".join(shuffled.choice(words) for _ in range(60))
        found.append((start + span * i // FILLER, {"id": f"other-{i}", "source": "andere", "language": "fi",
                                                   "title": title, "body": body}))
    found.sort(key=lambda item: item[0])
    times, seen = [], set()
    for at, document in found:  # no two records have the same time
        while at in seen:
            at += 1
        seen.add(at)
        at_text = datetime.datetime.fromtimestamp(at / 1000, datetime.timezone.utc).isoformat(timespec="milliseconds")
        times.append((at, {**document, "published_at": at_text}))
    return sorted(times, key=lambda item: item[0])


def produce(broker, topic, partitions, records, codec):
    """(time, document, partition) in this order, in batches as large as they become."""
    admin = AdminClient({"bootstrap.servers": broker.address})
    admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(60)
    producer = Producer({"bootstrap.servers": broker.address, "compression.type": codec, "linger.ms": 200,
                         "queue.buffering.max.messages": 1_000_000})
    for at, document, partition in records:
        producer.produce(topic, json.dumps(document), key=document["id"], partition=partition, timestamp=at)
    assert producer.flush(60) == 0, "not every record was produced"


def config(folder, port, broker, topic):
    with open(os.path.join(DEMO, "demo.toml"), encoding="utf-8") as rules:
        text = rules.read()
    text = text.replace("[daemon]\n", f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n', 1)
    return text.replace('"warning"', '"info"') + SOURCE_CONFIG.format(demo=DEMO, brokers=broker.address, topic=topic)


def rows(folder):
    path = os.path.join(folder.path, "tapewatch-demo.db")
    if not os.path.exists(path):
        return 0
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute("SELECT count(*) FROM document").fetchone()[0]
    except sqlite3.OperationalError:  # no table yet
        return 0
    finally:
        connection.close()


def run(*arguments):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def catch_up(broker, topic, count, kill_at=()):
    """Reads the whole topic with a new daemon, killing it at the given numbers of rows. Returns the transitions as `replay`
    prints them and the disorder that was left, in seconds."""
    with Folder("backlog") as folder:
        port = free_port()
        text = config(folder, port, broker, topic)
        for wanted in kill_at:
            with Tapewatch(BINARY, folder, text, port) as daemon:
                wait_for(f"{wanted} rows", lambda: rows(folder) >= wanted, PATIENCE, 0.02)
                daemon.kill()
            assert rows(folder) < count, "it was too late for a kill"
        with Tapewatch(BINARY, folder, text, port) as daemon:
            wait_for("every record", lambda: rows(folder) == count, PATIENCE, 0.1)
            wait_for("the lag", lambda: metric(daemon.ready(), "tapewatch_kafka_lag_records") == 0)
            disorder = metric(daemon, "tapewatch_kafka_disorder_seconds")
            assert daemon.terminate()[0] == 0
            if disorder > MOST_DISORDER:
                print("---- log of tapewatch ----\n" + daemon.log()[-6000:])
        path = folder.file("tapewatch.toml")
        sequence = folder.file("sequence.ndjson", run("db", "export", "--config", path))
        return run("replay", "--config", path, sequence), disorder


def starts(transitions):
    """{(rule, key): when its first alert began}, of every alert that fired."""
    found = {}
    for line in transitions.splitlines():
        transition = json.loads(line)
        if transition["type"] == "alert.firing":
            key = (transition["rule"], json.dumps(transition["key"], sort_keys=True))
            at = datetime.datetime.fromisoformat(transition["started_at"].replace("Z", "+00:00"))
            found.setdefault(key, []).append(at)
    return found


def test_backlog():
    records = documents()
    with Folder("broker") as home, Broker(home.path, KAFKA) as broker:
        broker.start()
        chosen = random.Random(5)
        spread = [(at, document, chosen.randrange(PARTITIONS)) for at, document in records]
        # Partition after partition: each is one run of large batches.
        one_by_one = sorted(spread, key=lambda item: (item[2], item[0]))
        produce(broker, "single", 1, [(at, document, 0) for at, document in records], "lz4")
        produce(broker, "ascending", PARTITIONS, one_by_one, "zstd")
        # Up to two minutes earlier or later than their place in the partition.
        mixed = sorted(one_by_one, key=lambda item: (item[2], item[0] + chosen.randrange(-60_000, 60_000)))
        produce(broker, "mixed", PARTITIONS, mixed, "gzip")

        uninterrupted, disorder = catch_up(broker, "single", len(records))
        assert disorder == 0, disorder
        assert len(starts(uninterrupted)) == 1, uninterrupted
        caught_up, disorder = catch_up(broker, "ascending", len(records), kill_at=(4_000, 12_000))
        assert caught_up == uninterrupted, (uninterrupted, caught_up)
        assert disorder == 0, disorder
        others, disorder = catch_up(broker, "mixed", len(records))
        assert 0 < disorder <= MOST_DISORDER, disorder
        assert starts(others).keys() == starts(uninterrupted).keys(), others
        for key, alerts in starts(uninterrupted).items():
            gaps = [abs((a - b).total_seconds()) for a, b in zip(alerts, starts(others)[key], strict=True)]
            assert max(gaps) <= 60, gaps
        print(f"  {len(caught_up.splitlines())} transitions; disorder with mixed times {disorder:.0f} s", flush=True)


run_tests([("a backlog in six partitions raises the alerts of an uninterrupted run", test_backlog)])

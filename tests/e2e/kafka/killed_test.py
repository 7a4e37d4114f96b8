"""kill -9 at random moments (`KILLS`, seeded) of a daemon that reads a backlog with surges of bad news: its documents,
roll-ups and alert transitions are those of a daemon that nobody kills, byte for byte as `replay` prints them, and each
transition reaches the webhook, at least once, under one id.

The group notices a killed member only after its session has timed out, which is longer than a quiet daemon waits before it
takes the clock's reading for event time: the records must not come too late by that.
"""

import collections
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
from records import BAD, COMPANIES, QUIET, WATCHLIST  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402
from wire import metric, sql  # noqa: E402

pypi.require("confluent-kafka", "2.16.1")  # kcat gives a record no time
from confluent_kafka import Producer  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402

BINARY = sys.argv[1]
VERSION = sys.argv[2:3]  # of the broker
KILLS = int(os.environ.get("KILLS", "3"))
SEED = 11
SECRET = test_secret()
PARTITIONS, MINUTE = 3, 60_000
PLACES = ["Bergen", "Malaga", "Osaka", "Quito", "Turin", "Hobart", "Lagos", "Perth", "Lyon", "Izmir", "Cebu", "Davos"]
PATIENCE = float(os.environ.get("TAPEWATCH_KAFKA_DEADLINE", "900"))

CONFIG = '''
[daemon]
data_dir = "{folder}"
listen = ["127.0.0.1:{port}"]
[storage]
min_free = "1MiB"
[ingest.entities]
watchlist = "watchlist.csv"
[[ingest.kafka]]
name = "wire"
brokers = "{brokers}"
topics = ["news"]
group = "{group}"
start = "earliest"
properties = {{ "session.timeout.ms" = "6000", "heartbeat.interval.ms" = "500" }}
[[alerts.rule]]
name = "negative-burst"
group_by = ["entity"]
false_alarms = "1 per week"
resolve_after = "10m"
[[alerts.webhook]]
name = "desk"
url = "{webhook}"
secret = "{secret}"
'''


def documents():
    """(time, document): a quiet day and a half, surges about three companies, two quiet hours, the end four hours ago. No
    two have the same time; each surge is told by two sources."""
    end = int(time.time() * 1000) - 4 * 60 * MINUTE
    chosen = random.Random(SEED)
    found = {}

    def add(at, title, source="wire"):
        while {at - 1, at, at + 1} & found.keys():
            at += 1
        text = datetime.datetime.fromtimestamp(at / 1000, datetime.timezone.utc).isoformat(timespec="milliseconds")
        found[at] = {"id": f"n-{len(found)}", "source": source, "title": title, "published_at": text, "language": "en"}

    for i in range(700):
        add(end - 36 * 60 * MINUTE + i * 36 * 60 * MINUTE // 700,
            f"{QUIET[i % len(QUIET)].format(COMPANIES[i % 4])} in {PLACES[chosen.randrange(12)]}")
    for surge, company in enumerate(COMPANIES[:3]):
        start = end - (6 - surge) * 60 * MINUTE
        for i, line in enumerate(BAD):
            add(start + i * MINUTE // 2, line.format(company))
            add(start + i * MINUTE // 2 + 7_000, line.format(company), "agency")
    return sorted(found.items())


def repeats(records):
    """{id: the same document a millisecond later}: as it was, corrected, or, of the last surge, naming a company that its
    text does not: that has an alert of its own."""
    found = {}
    for i, (_, document) in enumerate(records):
        if COMPANIES[2] in document["title"] and document["title"] in [line.format(COMPANIES[2]) for line in BAD]:
            found[document["id"]] = {**document, "entities": [COMPANIES[3].split()[0].lower()]}
        elif i % 10 == 0:
            found[document["id"]] = {**document, "title": "Correction: " + document["title"]}
        elif i % 10 == 5:
            found[document["id"]] = document
    return found


def produce(broker, records, again):
    """Among the partitions."""
    admin = AdminClient({"bootstrap.servers": broker.address})
    admin.create_topics([NewTopic("news", PARTITIONS, 1)])["news"].result(60)
    producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 100})
    chosen = random.Random(SEED)
    for at, document in records:
        partition = chosen.randrange(PARTITIONS)
        told = [document, again[document["id"]]] if document["id"] in again else [document]
        for later, one in enumerate(told):
            producer.produce("news", json.dumps(one), key=one["id"], partition=partition, timestamp=at + later)
    assert producer.flush(60) == 0, "not every record was produced"


def config(folder, port, broker, group, webhook):
    folder.file("watchlist.csv", WATCHLIST)
    return CONFIG.format(folder=folder.path, port=port, brokers=broker.address, group=group, webhook=webhook, secret=SECRET)


def rows(folder):
    try:
        return sql(folder, "SELECT count(*) FROM document")[0][0]
    except sqlite3.OperationalError:  # not made yet
        return 0


def run(*arguments):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout


DOCUMENTS = ("SELECT s.id, d.external_id, d.title, d.revision, d.at, d.label, d.sentiment, d.late, d.story FROM document d "
             "JOIN source s ON s.key = d.source ORDER BY 1, 2")
ROLLUPS = "SELECT r.*, t.id, s.id FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source"
TRANSITIONS = ("SELECT a.id, t.sequence, t.type, t.state, t.started_at, t.updated_at, t.ended_at, t.evidence, t.reason, t.late "
               "FROM alert_transition t JOIN alert a ON a.number = t.alert ORDER BY 1, 2")


class Outcome:
    """What a daemon has made of the topic, and what its webhook was told."""

    def __init__(self, folder, receiver):
        self.documents = sql(folder, DOCUMENTS)
        self.rollups = sorted(map(str, sql(folder, ROLLUPS)))
        self.transitions = sql(folder, TRANSITIONS)
        self.outbox = sql(folder, "SELECT message_id, alert_id, type, state FROM outbox ORDER BY number")
        with receiver.lock:
            self.received = list(receiver.received)
        path = folder.file("tapewatch.toml")
        run("db", "check", "--config", path)
        self.replayed = run("replay", "--config", path, folder.file("sequence.ndjson", run("db", "export", "--config", path)))


def read_topic(broker, group, count, moments):
    """Reads the whole topic, killed at the given numbers of rows."""
    with Folder("killed") as folder, Receiver(SECRET, lambda n: 503 if n % 4 == 3 else 200) as receiver:
        port = free_port()
        text = config(folder, port, broker, group, receiver.url)
        for wanted in moments:
            before = rows(folder)
            with Tapewatch(BINARY, folder, text, port) as daemon:
                wait_for(f"{wanted} rows", lambda: rows(folder) >= max(wanted, before + 1), PATIENCE, 0.005)
                daemon.kill()
            assert rows(folder) < count, "it was too late for a kill"
            print(f"  killed at {rows(folder)} of {count} rows, {len(receiver.received)} messages", flush=True)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            wait_for("every record", lambda: rows(folder) == count and
                     metric(daemon, "tapewatch_kafka_lag_records") == 0, PATIENCE, 0.1)
            wait_for("an empty outbox", lambda: sql(
                folder, "SELECT count(*) FROM outbox WHERE state = 'pending'")[0][0] == 0, 240)
            assert daemon.terminate()[0] == 0
        return Outcome(folder, receiver)


def check_same(killed, calm):
    for name in ("documents", "rollups", "transitions"):
        found, expected = getattr(killed, name), getattr(calm, name)
        differing = [row for row in found if row not in expected] + [row for row in expected if row not in found]
        assert found == expected, (name, differing[:6])
    assert killed.replayed == calm.replayed
    assert killed.replayed.count("\n") == len(killed.transitions)
    assert {row[:3] for row in killed.outbox} == {row[:3] for row in calm.outbox}


def check_messages(outcome):
    """One id for each step of an alert, each of them received; what was told twice was told in the same words."""
    ids, words = collections.defaultdict(set), collections.defaultdict(set)
    for request in outcome.received:
        assert request["signature_ok"], request
        data = request["message"]["data"]
        ids[data["id"], data["sequence"], request["message"]["type"]].add(request["id"])
        words[request["id"]].add(json.dumps(data, sort_keys=True))
    assert all(len(found) == 1 for found in ids.values()), ids
    assert all(len(found) == 1 for found in words.values()), words
    assert len({message for message, *_ in outcome.outbox}) == len(outcome.outbox), outcome.outbox
    assert {state for *_, state in outcome.outbox} <= {"delivered", "superseded"}, outcome.outbox
    accepted = {r["id"] for r in outcome.received if r["status"] == 200}
    assert accepted == {message for message, _, _, state in outcome.outbox if state == "delivered"}


def test_kills():
    records = documents()
    with Folder("broker") as home, Broker(home.path, *VERSION) as broker:
        broker.start()
        again = repeats(records)
        produce(broker, records, again)
        moments = sorted(random.Random(SEED).sample(range(20, len(records) - 60), KILLS))
        calm = read_topic(broker, "calm", len(records), [])
        killed = read_topic(broker, "killed", len(records), moments)
    assert {(source, key) for source, key, *_ in killed.documents} == {(d["source"], d["id"]) for _, d in records}
    changed = {key for key, one in again.items() if "entities" in one or one["title"].startswith("Correction: ")}
    assert {key for _, key, _, revision, *_ in killed.documents if revision > 1} == changed
    fired = {alert for alert, _, kind, *_ in calm.transitions if kind == "alert.firing"}
    assert len(fired) == 4, calm.transitions
    check_same(killed, calm)
    for outcome in (calm, killed):
        check_messages(outcome)
    print(f"  {KILLS} kills: {len(records)} documents, {len(fired)} alerts, {len(killed.transitions)} transitions, "
          f"{len(killed.outbox)} messages in {len(killed.received)} requests", flush=True)


run_tests([(f"{KILLS} kills: documents, alerts and messages are those of a run without one", test_kills)])

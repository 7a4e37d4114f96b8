"""5,010 records from a real Kafka broker through a daemon that is killed three times, and once between the commit and
the group's offset. At the end: exactly the distinct documents, roll-ups that sum to them, each alert's messages received
and signed, one id for each."""

import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from broker import Broker  # noqa: E402
from records import BROKEN, FLAWED, REPEATS, WATCHLIST, Records  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402
from wire import metric, sql  # noqa: E402

BINARY = sys.argv[1]
VERSION = sys.argv[2:3]  # of the broker
SECRET = test_secret()
LAG = "tapewatch_kafka_lag_records"  # None while it is unknown
PATIENCE = float(os.environ.get("TAPEWATCH_KAFKA_DEADLINE", "900"))  # for the whole load on a slow machine

CONFIG = '''
[daemon]
data_dir = "{folder}"
listen = ["127.0.0.1:{port}"]
log = {{ level = "debug" }}
[storage]
min_free = "1MiB"
[ingest.entities]
watchlist = "watchlist.csv"
[[ingest.kafka]]
name = "wire"
brokers = "{brokers}"
topics = ["news.raw", "news.plain"]
start = "earliest"
fields = {{ title = "/headline", published_at = "/time", language = "/lang", entities = "/tickers", revision = "/rev" }}
dead_letter_topic = "news.rejected"
properties = {{ "session.timeout.ms" = "3000", "heartbeat.interval.ms" = "500" }}
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


def config(folder, port, broker, webhook):
    folder.file("watchlist.csv", WATCHLIST)
    return CONFIG.format(folder=folder.path, port=port, brokers=broker.address, webhook=webhook, secret=SECRET)


def rows(folder):
    return sql(folder, "SELECT count(*) FROM document")[0][0]


def positions(folder):
    """{(topic, partition): next offset} as committed in the database."""
    return {(t, p): n for t, p, n in sql(folder, "SELECT topic, partition, next_offset FROM kafka_position")}


def ends(broker, topics):
    """{(topic, partition): end of the log} as reported by the broker."""
    found = {}
    for topic in topics:
        for partition in range(4):
            answer = subprocess.run(["kcat", "-b", broker.address, "-Q", "-t", f"{topic}:{partition}:-1"], check=True,
                                    stdout=subprocess.PIPE, text=True, timeout=60).stdout
            found[topic, partition] = int(answer.rsplit(" ", 1)[1])
    return found


def run_until_rows(folder, text, port, wanted):
    """Kills a daemon that has committed `wanted` rows while records are in flight."""
    with Tapewatch(BINARY, folder, text, port) as daemon:
        daemon.ready()
        wait_for(f"{wanted} rows", lambda: rows(folder) >= wanted, PATIENCE, 0.02)
        in_flight = metric(daemon, LAG)
        daemon.kill()
    at = rows(folder)
    print(f"  killed at {at} rows, lag {in_flight}", flush=True)
    assert 500 <= at <= 4500, at
    return at


def run_to_failpoint(folder, text, port, commits):
    """The daemon ends itself after a commit and before its source is notified."""
    before = rows(folder)
    with Tapewatch(BINARY, folder, text, port, env={"TAPEWATCH_FAILPOINT": f"after_commit:{commits}"}) as daemon:
        status = wait_for("the failpoint", lambda: daemon.process.poll() is not None, PATIENCE) and daemon.process.poll()
    assert status == 137 or status == -9, status
    at = rows(folder)
    print(f"  failpoint at {at} rows", flush=True)
    assert before < at <= 4500, (before, at)


def run_to_the_end(folder, text, port, broker, distinct):
    with Tapewatch(BINARY, folder, text, port) as daemon:
        daemon.ready()
        goal = ends(broker, ["news.raw", "news.plain"])
        wait_for("every record committed", lambda: {k: v for k, v in positions(folder).items() if v} ==
                 {k: v for k, v in goal.items() if v}, PATIENCE, 0.2)
        wait_for("no lag", lambda: metric(daemon, LAG) == 0)
        wait_for("an empty outbox", lambda: sql(
            folder, "SELECT count(*) FROM outbox WHERE state = 'pending'")[0][0] == 0, 240, 0.2)
        wait_for("forwarded dead letters", lambda: sql(
            folder, "SELECT count(*) FROM dead_letter WHERE forwarded_at IS NULL")[0][0] == 0, 60, 0.2)
        assert rows(folder) == distinct, rows(folder)
        status, took = daemon.terminate()
        assert status == 0, status
        assert took < 5, took


def check_documents(folder, records):
    stored = {(s, i): t for s, i, t in sql(
        folder, "SELECT source.id, external_id, title FROM document JOIN source ON source.key = document.source")}
    with_ids = {k: v for k, v in stored.items() if "/news.plain@1/" not in k[1]}
    assert with_ids == records.expected, {k for k in set(with_ids) ^ set(records.expected)}
    assert len(stored) - len(with_ids) == records.plain
    revised = sql(folder, "SELECT count(*) FROM document WHERE revision > 1")[0][0]
    assert revised == REPEATS / 2, revised


def check_rollups(folder, distinct):
    for table in ("rollup_topic", "rollup_entity"):
        columns = [row[1] for row in sql(folder, f"PRAGMA table_info({table})")]
        assert {"documents", "positive", "neutral", "negative"} <= set(columns), columns
    assert sql(folder, "SELECT sum(documents) FROM rollup_topic")[0][0] == distinct
    labels = sql(folder, "SELECT sum(positive), sum(neutral), sum(negative), sum(abstained), sum(unscored) FROM rollup_topic")
    counted = dict(sql(folder, "SELECT label, count(*) FROM document GROUP BY label"))
    assert list(labels[0]) == [counted.get(label, 0) for label in range(5)], (labels, counted)
    by_minute = "SELECT at / 60000, topic, source, count(*) FROM document GROUP BY 1, 2, 3"
    assert sorted(sql(folder, by_minute)) == sorted(sql(
        folder, "SELECT minute, topic, source, sum(documents) FROM rollup_topic GROUP BY 1, 2, 3 HAVING sum(documents) > 0"))
    mentions = sql(folder, "SELECT count(*) FROM document_entity WHERE label IS NOT NULL")[0][0]
    assert sql(folder, "SELECT sum(documents) FROM rollup_entity")[0][0] == mentions


def check_alerts(folder, receiver):
    sent = sql(folder, "SELECT message_id, alert_id, type, body, state FROM outbox")
    assert sent, "the bursts raised no alert"
    assert {state for *_, state in sent} <= {"delivered", "superseded"}, {state for *_, state in sent}
    with receiver.lock:
        received = list(receiver.received)
    assert all(r["signature_ok"] for r in received)
    accepted = {r["id"] for r in received if r["status"] == 200}
    delivered = {message for message, _, _, _, state in sent if state == "delivered"}
    assert accepted == delivered, accepted ^ delivered
    ids, bodies = {}, {}
    for r in received:
        data = r["message"]["data"]
        ids.setdefault((data["id"], data["sequence"], r["message"]["type"]), set()).add(r["id"])
        bodies.setdefault(r["id"], set()).add(json.dumps(r["message"]["data"], sort_keys=True))
    assert all(len(found) == 1 for found in ids.values()), ids
    assert all(len(found) == 1 for found in bodies.values())
    transitions = sql(folder, "SELECT a.id, t.sequence, count(*) FROM alert_transition t JOIN alert a ON a.number = t.alert "
                              "GROUP BY 1, 2 HAVING count(*) > 1")
    assert transitions == [], transitions
    steps = [(alert, kind, json.loads(body)["data"]["sequence"]) for _, alert, kind, body, _ in sent]
    assert len(steps) == len(set(steps)), steps
    fired = {alert for _, alert, kind, _, _ in sent if kind == "alert.firing"}
    assert len(fired) >= 2, "four bursts, and hardly an alert"
    print(f"  {len(fired)} alerts, {len(delivered)} messages, {len(received)} requests", flush=True)


def check_dead_letters(folder, broker):
    kept = sql(folder, "SELECT position, reason FROM dead_letter")
    assert len(kept) == len(BROKEN) and len(set(kept)) == len(BROKEN), kept
    forwarded = broker.consume("news.rejected")
    assert len({value for value, _ in forwarded}) == len(BROKEN), forwarded
    assert all("tapewatch-reason=" in headers and "tapewatch-position=news.raw/" in headers for _, headers in forwarded)


def test_exactly_once():
    with Folder("kafka") as folder, Folder("broker") as home, Broker(home.path, *VERSION) as broker, \
            Receiver(SECRET, lambda n: 503 if n % 3 == 0 else 200) as receiver:
        broker.start()
        records = Records(int(time.time() * 1000))
        assert records.count() == 5_000 + len(BROKEN) + len(FLAWED), records.count()
        broker.produce("news.raw", records.topics["news.raw"], key_delimiter="|")
        broker.produce("news.plain", records.topics["news.plain"], partition=0)
        distinct = len(records.expected) + records.plain
        assert distinct == 4_500 + len(FLAWED)
        port = free_port()
        text = config(folder, port, broker, receiver.url)
        run_until_rows(folder, text, port, 700)
        run_until_rows(folder, text, port, 1_900)
        run_to_failpoint(folder, text, port, 4)
        run_until_rows(folder, text, port, 3_600)
        run_to_the_end(folder, text, port, broker, distinct)
        check = subprocess.run([BINARY, "db", "check", "--config", folder.file("tapewatch.toml")], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert check.returncode == 0, check.stdout
        check_documents(folder, records)
        check_rollups(folder, distinct)
        check_alerts(folder, receiver)
        check_dead_letters(folder, broker)


def headlines(start, count):
    return [f'h-{i}|{{"id":"h-{i}","headline":"Halden Bank opens branch number {i}"}}' for i in range(start, start + count)]


def test_broker_troubles():
    """A broker that is not running yet, dies, comes back, and comes back empty."""
    with Folder("kafka") as folder, Folder("broker") as home, Broker(home.path, *VERSION) as broker, Receiver(SECRET) as receiver:
        port = free_port()
        text = config(folder, port, broker, receiver.url).replace(
            '"session.timeout.ms"', '"topic.metadata.refresh.interval.ms" = "2000", "session.timeout.ms"')
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()  # a broker that is away makes the daemon neither fail nor wait
            wait_for("the message", lambda: f"no broker of {broker.address} can be reached" in daemon.log())
            assert daemon.post("/v1/documents", {"documents": [{"title": "Ostra Steel names new head"}]})
            source = next(s for s in daemon.get("/v1/sources")["items"] if s["id"] == "wire" or s.get("name") == "wire")
            assert "can be reached" in json.dumps(source), source
            broker.start()
            broker.produce("news.raw", headlines(0, 100), "|")
            wait_for("100 documents", lambda: rows(folder) == 101, PATIENCE)
            broker.kill()
            broker.start()
            broker.produce("news.raw", headlines(100, 100), "|")
            wait_for("200 documents", lambda: rows(folder) == 201, PATIENCE)
            assert len(re.findall("can be reached", daemon.log())) < 10, "said too often"
            assert daemon.terminate()[0] == 0
        broker.wipe()
        broker.start()
        broker.produce("news.raw", headlines(195, 15), "|")
        with Tapewatch(BINARY, folder, text, port) as daemon:
            wait_for("210 documents", lambda: rows(folder) == 211, PATIENCE)
            assert "topic news.raw is not the one that was read before" in daemon.log()
            assert daemon.terminate()[0] == 0


run_tests([("5,000 records, three kills, one failpoint: nothing lost, nothing twice", test_exactly_once),
           ("a broker that is away, dies, comes back, comes back empty", test_broker_troubles)])

"""What `[[output.kafka]]` publishes, as a reader of committed records sees it: each document, correction, removal and alert
transition once and in order, over restarts, a broker that is away, and kill -9 at random moments (`KILLS`, seeded).

The event table of the database is what must be in the topics: the same numbers, the same JSON.
"""

import collections
import datetime
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import news  # noqa: E402
from broker import Broker  # noqa: E402
from kafka_client import Admin  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402
from wire import sql  # noqa: E402

BINARY, VERSION = sys.argv[1], sys.argv[2]
KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("SEED", "5"))
PATIENCE = float(os.environ.get("TAPEWATCH_KAFKA_DEADLINE", "300"))

CONFIG = '''
[daemon]
data_dir = "{folder}"
listen = ["127.0.0.1:{port}"]
[storage]
min_free = "1MiB"
[ingest.entities]
watchlist = "watchlist.csv"
[[alerts.rule]]
name = "breaking"
measure = "story"
min_negative = 0.3
[[output.kafka]]
name = "desk"
brokers = "{brokers}"
documents = "{prefix}.documents"
alerts = "{prefix}.alerts"
batch = 7
linger = "5ms"
'''
GRAVE = news.grave(20_000, "output", datetime.datetime.now(datetime.timezone.utc))


def document(number):
    """Each third one is a story of bad news, which has an alert."""
    title = GRAVE[number]["title"] if number % 3 == 0 else f"Ostra Steel opens branch number {number} in Lyon"
    return {"id": f"n-{number}", "source": "desk", "title": title}


def config_of(folder, port, broker, prefix):
    folder.file("watchlist.csv", news.WATCHLIST)
    return CONFIG.format(folder=folder.path, port=port, brokers=broker.address, prefix=prefix)


def metric(daemon, name, default=0.0):
    """The sum of a metric of the output; None where nobody answers."""
    try:
        lines = daemon.request("/metrics")[1].splitlines()
    except OSError:
        return None
    found = [float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name + '{') and 'output="desk"' in line]
    return sum(found) if found else default


def output(daemon):
    return daemon.get("/v1/outputs")["items"][0]


def all_published(daemon, folder):
    newest = sql(folder, "SELECT seq FROM sqlite_sequence WHERE name = 'event'")
    return newest and output(daemon)["position"] == newest[0][0]


def consume(broker, topic):
    """[(partition, key, event, type, value)] as read_committed, in the order of each partition."""
    answer = subprocess.run(["kcat", "-b", broker.address, "-C", "-t", topic, "-o", "beginning", "-e", "-q",
                             "-X", "isolation.level=read_committed", "-f", "%p\\t%k\\t%h\\t%s\\n"],
                            stdout=subprocess.PIPE, text=True, check=True, timeout=120).stdout
    records = []
    for line in answer.splitlines():
        partition, key, headers, value = line.split("\t", 3)
        named = dict(pair.split("=", 1) for pair in headers.split(","))
        records.append((int(partition), key, int(named["tapewatch-event"]), named["tapewatch-type"], value))
    return records


def check_topics(broker, folder, prefix, left_out=()):
    """The topics hold the events of the database: each once, each partition in order, each key in one partition."""
    found = {}
    for topic, kind in ((f"{prefix}.documents", "document"), (f"{prefix}.alerts", "alert")):
        last, partition_of = collections.defaultdict(int), {}
        for partition, key, event, type_, value in consume(broker, topic):
            assert event > last[partition], f"{topic}/{partition}: event {event} after {last[partition]}"
            assert partition_of.setdefault(key, partition) == partition, f"{topic}: {key} is in two partitions"
            assert event not in found, f"event {event} is there twice"
            assert type_ == ("gap" if event in left_out else kind), (topic, event, type_)
            last[partition] = event
            found[event] = (key, value)
    stored = {event: (about, text) for event, about, text in sql(folder, "SELECT id, json ->> 'id', json FROM event")}
    assert found.keys() == stored.keys(), (sorted(stored.keys() - found.keys())[:9], sorted(found.keys() - stored.keys())[:9])
    for event, (about, text) in stored.items():
        assert found[event][0] == about, (event, found[event], about)
        if event not in left_out:
            assert found[event][1] == text, (event, found[event], text)
    return stored


class Sender(threading.Thread):
    """Posts documents one after the other, each until it is answered."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.address, self.sent, self.stop = f"127.0.0.1:{port}", 0, threading.Event()

    def run(self):
        daemon = Tapewatch.__new__(Tapewatch)
        daemon.address, daemon.context = f"http://{self.address}", None
        while not self.stop.is_set():
            try:
                answer = daemon.post("/v1/documents", {"documents": [document(self.sent)]})
            except (OSError, AssertionError, ValueError):
                self.stop.wait(0.01)
                continue
            if answer["results"][0]["status"] in ("stored", "repeated"):
                self.sent += 1


def post(daemon, *documents):
    answer = daemon.post("/v1/documents", {"documents": list(documents)})
    assert len(answer["results"]) == len(documents), answer


def test_published(broker, prefix="plain"):
    with Folder("output") as folder:
        port = free_port()
        config = config_of(folder, port, broker, prefix)
        Admin(broker.address).create(f"{prefix}.documents", 4)
        Admin(broker.address).create(f"{prefix}.alerts", 2)
        with Tapewatch(BINARY, folder, config, port) as daemon:
            daemon.ready()
            post(daemon, *[document(i) for i in range(20)])
            post(daemon, {**document(1), "title": "Correction: " + document(1)["title"]})
            post(daemon, {"id": "n-2", "source": "desk", "action": "remove"})
            wait_for("everything published", lambda: all_published(daemon, folder), PATIENCE)
            broker.stop()
            post(daemon, *[document(i) for i in range(20, 40)])
            wait_for("a lag", lambda: metric(daemon, "tapewatch_output_lag_events") >= 20, PATIENCE)
            assert output(daemon)["waiting_since"], output(daemon)
            assert daemon.request("/readyz")[0] == 200
            status, seconds = daemon.terminate()
            assert status == 0 and seconds < 8, (status, seconds)
        with Tapewatch(BINARY, folder, config, port) as daemon:  # the broker is still away
            daemon.ready()
            post(daemon, document(40))
            wait_for("an error", lambda: metric(daemon, "tapewatch_output_errors_total") > 0, PATIENCE)
            assert output(daemon)["last_error"] and output(daemon)["state"] == "failing", output(daemon)
            broker.start()
            wait_for("everything published", lambda: all_published(daemon, folder), PATIENCE)
            stored = check_topics(broker, folder, prefix)
            kinds = collections.Counter(json.loads(text).get("change", "told") for _, text in stored.values())
            assert kinds["removal"] == 1, kinds
            assert sum(1 for _, text in stored.values() if json.loads(text).get("revision") == 2) == 1
            assert sum(1 for _, text in stored.values() if '"type":"alert.firing"' in text) >= 10, kinds
            check_left_out(broker, folder, daemon, prefix)
            assert daemon.terminate()[0] == 0
        print(f"  {len(stored)} events", flush=True)


def check_left_out(broker, folder, daemon, prefix):
    """A record that the topic does not take: its place is told, and those around it are published."""
    broker.configure(f"{prefix}.documents", "max.message.bytes=2500")
    chosen = random.Random(SEED)
    large = {**document(50), "title": "Halden Bank " + " ".join(f"{chosen.getrandbits(64):x}" for _ in range(300))}
    before = output(daemon)["position"]
    post(daemon, document(49), large, document(52))
    wait_for("everything published", lambda: all_published(daemon, folder), PATIENCE)
    events = sql(folder, "SELECT id, json FROM event WHERE id > ? AND length(json) > 2500", before)
    assert len(events) == 1 and output(daemon)["left_out"] == 1, (events, output(daemon))
    check_topics(broker, folder, prefix, {events[0][0]})
    assert "is left out of the topic" in daemon.log()


def test_kills(broker, prefix="killed"):
    chosen = random.Random(SEED)
    with Folder("output") as folder:
        port = free_port()
        config = config_of(folder, port, broker, prefix)
        Admin(broker.address).create(f"{prefix}.documents", 4)
        Admin(broker.address).create(f"{prefix}.alerts", 2)
        sender = Sender(port)
        sender.start()
        for kill in range(KILLS):
            with Tapewatch(BINARY, folder, config, port) as daemon:
                daemon.ready()
                wanted = chosen.randrange(0, 30)
                wait_for(f"{wanted} records", lambda: (metric(daemon, "tapewatch_output_published_total") or 0) >= wanted,
                         PATIENCE, 0.01)
                time.sleep(chosen.random() / 20)  # the moment is what is random here: nothing waits for anything
                daemon.kill()
            if kill % 50 == 49:
                print(f"  {kill + 1} kills, {sender.sent} documents", flush=True)
        sender.stop.set()
        sender.join()
        with Tapewatch(BINARY, folder, config, port) as daemon:
            daemon.ready()
            wait_for("everything published", lambda: all_published(daemon, folder), PATIENCE)
            stored = check_topics(broker, folder, prefix)
            assert daemon.terminate()[0] == 0
        documents = sql(folder, "SELECT count(*) FROM document")[0][0]
        transitions = sql(folder, "SELECT count(*) FROM alert_transition")[0][0]
        assert documents >= sender.sent > 0 and transitions > 0
        print(f"  {KILLS} kills: {documents} documents, {transitions} transitions, {len(stored)} events, each once in order",
              flush=True)


def test_two_processes(broker, prefix="two"):
    """A second process on a copy of the database: the first one stops, says so, and publishes nothing more."""
    with Folder("first") as first, Folder("second") as second:
        ports = [free_port(), free_port()]
        configs = [config_of(folder, port, broker, prefix) for folder, port in zip((first, second), ports)]
        with Tapewatch(BINARY, first, configs[0], ports[0]) as one:
            one.ready()
            post(one, document(1))
            wait_for("its record", lambda: all_published(one, first), PATIENCE)
            backup = first.file("copy.db")
            done = subprocess.run([BINARY, "db", "backup", backup, "--config", first.file("tapewatch.toml")],
                                  capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, done.stderr
            shutil.move(backup, second.file("tapewatch.db"))
            with Tapewatch(BINARY, second, configs[1], ports[1]) as other:
                other.ready()
                post(other, document(2))
                wait_for("the record of the second", lambda: all_published(other, second), PATIENCE)
                post(one, document(4))
                wait_for("the first to stop", lambda: output(one)["state"] == "halted", PATIENCE)
                check = [c for c in one.get("/readyz")["checks"] if c["name"] == "outputs"]
                assert "another process publishes under the transactional id tapewatch-desk" in output(one)["last_error"]
                post(other, document(5))
                wait_for("the record of the second", lambda: all_published(other, second), PATIENCE)
                check_topics(broker, second, prefix)
                assert check, one.get("/readyz")


def reload(daemon):
    status, text = daemon.request("/v1/reload", "", method="POST")
    assert status == 200, text
    return json.loads(text)["changes"]


def test_reload(broker, prefix="reload"):
    """An output that a reload adds begins there; one that it changes goes on; one that it removes publishes no more."""
    with Folder("output") as folder:
        port = free_port()
        config = config_of(folder, port, broker, prefix)
        without, table = config.split("[[output.kafka]]")
        with Tapewatch(BINARY, folder, without, port) as daemon:
            daemon.ready()
            assert daemon.get("/v1/outputs") == {"items": []}
            post(daemon, document(1))
            for text, change in ((config, "output desk added"),
                                 (config.replace("batch = 7", "batch = 8"), "output desk changed (batch)")):
                path = folder.file("tapewatch.toml", text)
                assert reload(daemon) == [change]
                post(daemon, document(2), {**document(2), "title": change})
                wait_for("everything published", lambda: all_published(daemon, folder), PATIENCE)
            done = subprocess.run([BINARY, "check", "--online", "--config", path], capture_output=True, text=True, timeout=120)
            assert "ok: output desk: 1 broker" in done.stdout, done.stdout + done.stderr
            folder.file("tapewatch.toml", without)
            assert reload(daemon) == ["output desk removed"]
            assert daemon.get("/v1/outputs") == {"items": []}
            post(daemon, document(4))
            events = [event for _, _, event, _, _ in consume(broker, f"{prefix}.documents")]
            stored = [event for event, in sql(folder, "SELECT id FROM event WHERE type = 'document' ORDER BY id")]
            assert sorted(events) == stored[1:-1], (events, stored)  # neither the first nor the last
            assert daemon.terminate()[0] == 0


def main():
    with Folder("broker") as home, Broker(home.path, VERSION) as broker:
        broker.start()
        run_tests([("published once and in order, over a restart and a broker that is away", lambda: test_published(broker)),
                   (f"{KILLS} kills: none lost, none doubled", lambda: test_kills(broker)),
                   ("two processes: one stops", lambda: test_two_processes(broker)),
                   ("outputs come, change and go at a reload", lambda: test_reload(broker))])


main()

"""kill -9 at random moments and at failpoints (`KILLS` in all, seeded) of a daemon that reads a topic, a feed and pushed documents, all
at once and without a pause: nothing is lost, nothing is doubled, each grave story is one alert that its webhook was told of, and the
database is sound after each death.

A sender pushes a document again until it has an answer, as the README tells senders to do.
"""

import collections
import email.utils
import json
import os
import random
import subprocess
import sys
import threading
import time
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import pypi  # noqa: E402
from broker import Broker  # noqa: E402
from local_server import LocalServer, QuietHandler  # noqa: E402
from news import DISASTERS, SYLLABLES  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402
from wire import metric, sql  # noqa: E402

pypi.require("confluent-kafka", "2.16.1")
from confluent_kafka import Producer  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402

BINARY = sys.argv[1]
VERSION = sys.argv[2:3]  # of the broker
KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("SEED", "5"))
SECRET = test_secret()
PARTITIONS = 3
LONGEST_LIFE = 1.2  # seconds after it is ready
A_SECOND = 8        # documents of each channel
GRAVE_ONE_IN = 12
FEED_ITEMS = 400  # that the feed shows, the newest first
FAILPOINTS = ["before_commit", "after_commit", "before_send", "after_answer", "after_receipt"]
PATIENCE = 300

CONFIG = '''
[daemon]
data_dir = "{folder}"
listen = ["127.0.0.1:{port}"]
[storage]
min_free = "1MiB"
[[ingest.kafka]]
name = "wire"
brokers = "{brokers}"
topics = ["news"]
group = "deaths"
start = "earliest"
properties = {{ "session.timeout.ms" = "6000", "heartbeat.interval.ms" = "500", "group.instance.id" = "one" }}
[[ingest.feed]]
name = "feed"
url = "{feed}/news.xml"
interval = "1s"
timeout = "15s"
max_backoff = "2s"
max_hint = "1s"
host_spacing = "10ms"
[[alerts.rule]]
name = "breaking"
measure = "story"
group_by = []
min_negative = 0.3
[[alerts.webhook]]
name = "desk"
url = "{webhook}"
secret = "{secret}"
'''


class News:
    """Titles that no two of resemble each other: of every twelfth a grave story, else dull. Any thread."""

    def __init__(self):
        self.chosen, self.lock = random.Random(SEED), threading.Lock()
        self.titles = {}  # (source, id) -> title
        self.grave = set()

    def next(self, source):
        with self.lock:
            number = len(self.titles)
            words = ["".join(self.chosen.choices(SYLLABLES, k=3)).title() for _ in range(6)]
            if number % GRAVE_ONE_IN == 0:
                title = f"{words[0]} {words[1]} {words[2]}: {DISASTERS[number % 7]} {words[3]} {words[4]} {words[5]}"
                self.grave.add((source, f"{source}-{number}"))
            else:
                title = f"{words[0]} {words[1]} to open an office in {words[2]} {words[3]} near {words[4]} {words[5]}"
            self.titles[source, f"{source}-{number}"] = title
            return f"{source}-{number}", title


class Channel(threading.Thread):
    """Sends a document every while until it is told to stop; `send` returns once it is sure."""

    def __init__(self, name, news, send):
        super().__init__(daemon=True)
        self.source, self.news, self.send, self.over = name, news, send, threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.over.wait(1 / A_SECOND):
                self.send(*self.news.next(self.source))
        except Exception as failure:  # told by whoever joins
            self.failure = failure

    def finish(self):
        self.over.set()
        self.join(PATIENCE)
        assert not self.is_alive() and self.failure is None, (self.source, self.failure)


class Feed(LocalServer):
    """RSS of the newest items."""

    def __init__(self):
        self.items, feed = collections.deque(maxlen=FEED_ITEMS), self

        class Handler(QuietHandler):
            def do_GET(self):
                body = "".join(feed.items.copy()).encode()
                body = b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>' + body + b"</channel></rss>"
                self.send_response(200)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        super().__init__(Handler)

    def add(self, key, title):
        date = email.utils.formatdate(time.time())
        self.items.appendleft(f"<item><guid isPermaLink='false'>{key}</guid><title>{escape(title)}</title>"
                              f"<pubDate>{date}</pubDate></item>")


def push(daemon_at, key, title):
    """Until there is an answer, whoever gives it."""
    document = {"source": "push", "id": key, "title": title, "published_at": time.time(), "language": "en"}
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        daemon = daemon_at()
        try:
            status, answer = daemon.request("/v1/documents", json.dumps({"documents": [document]}), timeout=10,
                                            headers={"Content-Type": "application/json"})
            if status == 200 and json.loads(answer)["results"][0]["status"] in ("stored", "repeated", "revised"):
                return
        except (OSError, ValueError):
            pass  # it died
        daemon_at.changed.wait(0.05)
    raise AssertionError(f"{key} was never answered")


class Lives:
    """The daemon of the moment."""

    def __init__(self):
        self.daemon, self.changed = None, threading.Event()

    def __call__(self):
        return self.daemon


def live_and_die(folder, text, port, lives, chosen):
    """One life; how it ended."""
    place, env = None, {}
    if chosen.random() < 0.3:
        place = chosen.choice(FAILPOINTS)
        env = {"TAPEWATCH_FAILPOINT": f"{place}:{chosen.randrange(1, 4)}"}
    with Tapewatch(BINARY, folder, text, port, env=env) as daemon:
        lives.daemon = daemon
        end = time.monotonic() + chosen.uniform(0.05, 0.6) if chosen.random() < 0.2 else None  # before it is ready
        if end is None:
            wait_for("readiness or death", lambda: daemon.process.poll() is not None or answers(daemon), PATIENCE, 0.02)
            end = time.monotonic() + chosen.uniform(0.05, LONGEST_LIFE)
        while time.monotonic() < end and daemon.process.poll() is None:
            lives.changed.wait(0.01)
        told = f"at {place}" if daemon.process.poll() == 137 else "by kill -9"
        daemon.kill()
    done = subprocess.run([BINARY, "db", "check", "--config", folder.file("tapewatch.toml")], capture_output=True, text=True,
                          timeout=PATIENCE)
    missing = done.returncode != 0 and not os.path.exists(os.path.join(folder.path, "tapewatch.db"))
    assert done.returncode == 0 or missing, done
    return told


def answers(daemon):
    try:
        return daemon.request("/readyz")[0] == 200
    except OSError:
        return False


def check_rows(folder, news):
    rows = sql(folder, "SELECT s.id, d.external_id, d.title, d.revision FROM document d JOIN source s ON s.key = d.source")
    found = {(source, key): title for source, key, title, _ in rows}
    lost, strange = news.titles.keys() - found.keys(), found.keys() - news.titles.keys()
    assert not lost and not strange and len(rows) == len(found), (sorted(lost)[:5], sorted(strange)[:5], len(rows))
    assert found == news.titles and {revision for *_, revision in rows} == {1}
    return len(rows)


def check_alerts(folder, receiver):
    """Each story that is bad enough is one alert, told of under one id, and none is told of otherwise."""
    bad = {story for story, in sql(folder, "SELECT story FROM document WHERE label = 2 AND sentiment <= -300000")}
    fired = sql(folder, "SELECT a.id, t.type FROM alert_transition t JOIN alert a ON a.number = t.alert WHERE t.type = 'alert.firing'")
    assert len({alert for alert, _ in fired}) == len(fired) == len(bad), (len(bad), len(fired))
    with receiver.lock:
        told = collections.defaultdict(set)
        for request in receiver.received:
            assert request["signature_ok"], request
            if request["message"]["type"] == "alert.firing" and request["status"] == 200:
                told[request["message"]["data"]["id"]].add(request["id"])
    assert told.keys() == {alert for alert, _ in fired}, (len(told), len(fired))
    assert all(len(ids) == 1 for ids in told.values()), told
    return len(fired)


def test_deaths():
    chosen, news, lives = random.Random(SEED), News(), Lives()
    with Folder("broker") as home, Broker(home.path, *VERSION) as broker, Feed() as feed, Folder("deaths") as folder, \
            Receiver(SECRET, lambda n: 503 if n % 5 == 4 else 200) as receiver:
        broker.start()
        admin = AdminClient({"bootstrap.servers": broker.address})
        admin.create_topics([NewTopic("news", PARTITIONS, 1)])["news"].result(60)
        producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 5, "enable.idempotence": True})

        def produce(key, title):
            document = {"id": key, "source": "wire", "title": title, "published_at": time.time(), "language": "en"}
            producer.produce("news", json.dumps(document), key=key)
            producer.poll(0)

        port = free_port()
        text = CONFIG.format(folder=folder.path, port=port, brokers=broker.address, feed=feed.url, webhook=receiver.url, secret=SECRET)
        with Tapewatch(BINARY, folder, text, port) as daemon:  # the first start knows which positions are new
            daemon.ready()
            assert daemon.terminate()[0] == 0
        channels = [Channel("wire", news, produce), Channel("feed", news, feed.add),
                    Channel("push", news, lambda key, title: push(lives, key, title))]
        lives.daemon = daemon
        for channel in channels:
            channel.start()
        deaths = collections.Counter()
        for number in range(KILLS):
            deaths[live_and_die(folder, text, port, lives, chosen)] += 1
            if (number + 1) % max(KILLS // 10, 1) == 0:
                print(f"  {number + 1} of {KILLS} deaths, {len(news.titles)} documents", flush=True)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            lives.daemon = daemon
            for channel in channels:
                channel.finish()
            assert producer.flush(60) == 0
            wait_for("every document", lambda: sql(folder, "SELECT count(*) FROM document")[0][0] >= len(news.titles) and
                     metric(daemon, "tapewatch_kafka_lag_records") == 0, PATIENCE, 0.2)
            wait_for("an empty outbox", lambda: sql(
                folder, "SELECT count(*) FROM outbox WHERE state = 'pending'")[0][0] == 0, PATIENCE, 0.2)
            assert daemon.terminate(30)[0] == 0
        documents, alerts = check_rows(folder, news), check_alerts(folder, receiver)
        assert alerts >= len(news.grave) / 2, (alerts, len(news.grave))
        print(f"  {dict(deaths)}: {documents} documents, {alerts} alerts, {len(receiver.received)} requests", flush=True)


run_tests([(f"{KILLS} deaths amid a topic, a feed and pushed documents: none lost, none doubled, each alert told", test_deaths)])

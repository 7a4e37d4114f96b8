"""Topics that are deleted and created anew, partitions that appear later, transactions, and a cluster that is swapped for
another one, all with a real Kafka broker. A second argument chooses its version."""

import base64
import contextlib
import json
import os
import shutil
import sqlite3
import sys
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from broker import Broker  # noqa: E402
from kafka_client import Admin, transaction  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402
from wire import config, metric, sql  # noqa: E402

BINARY = sys.argv[1]
VERSION = sys.argv[2:3]
PATIENCE = float(os.environ.get("TAPEWATCH_KAFKA_DEADLINE", "300"))
PROPERTIES = ('{ "session.timeout.ms" = "3000", "heartbeat.interval.ms" = "500", "auto.commit.interval.ms" = "200", '
              '"topic.metadata.refresh.interval.ms" = "1000", "reconnect.backoff.max.ms" = "500" }')


class Run:
    """One database, and the daemon on it."""

    def __init__(self, folder, broker, topics, start):
        self.folder, self.broker, self.port, self.group = folder, broker, free_port(), "desk." + topics[0]
        self.text = config(folder, self.port, broker.address, topics=json.dumps(topics), group=f'"{self.group}"',
                           start=f'"{start}"', properties=PROPERTIES)

    @contextlib.contextmanager
    def daemon(self):
        with Tapewatch(BINARY, self.folder, self.text, self.port) as daemon:
            yield daemon.ready()

    def sql(self, query, *arguments):
        return sql(self.folder, query, *arguments)

    def ids(self):
        return [row[0] for row in self.sql("SELECT external_id FROM document ORDER BY id")]

    def wait_for_documents(self, count):
        wait_for(f"{count} documents", lambda: len(self.ids()) >= count, PATIENCE, 0.1)
        assert len(self.ids()) == count, sorted(self.ids())

    def positions(self, topic):
        """{(cluster, partition): (next offset, incarnation)}"""
        return {(c, p): (n, i) for c, p, n, i in self.sql(
            "SELECT cluster, partition, next_offset, incarnation FROM kafka_position WHERE topic = ?", topic)}


def stop(daemon):
    status, _ = daemon.terminate(60)
    assert status == 0, status


QUIET = "Halden Bank opens branch number {}"
BAD = "Halden Bank shares plunge after profit warning, series {}"


def plain(text, numbers):
    return [json.dumps({"title": text.format(number)}) for number in numbers]


def with_ids(prefix, numbers):
    return [json.dumps({"id": f"{prefix}-{n}", "title": f"{prefix}: Ostra Steel signs contract {n}"}) for n in numbers]


def recreate(broker, topic, partitions, lines):
    admin = Admin(broker.address)
    admin.delete(topic)
    admin.create(topic, partitions)
    broker.produce(topic, lines, partition=0)


def test_recreated_topics(broker):
    """As long as before, longer than before, while the daemon is stopped and while it runs, and an old database."""
    with Folder("kafka") as folder:
        run = Run(folder, broker, ["news.plain", "news.ids"], "earliest")
        for topic in ("news.plain", "news.ids"):
            Admin(broker.address).create(topic, 1)
        broker.produce("news.plain", plain(QUIET, range(24)), partition=0)
        broker.produce("news.ids", with_ids("a", range(20)), partition=0)
        with run.daemon() as daemon:
            run.wait_for_documents(44)
            assert metric(daemon, "tapewatch_kafka_topic_incarnations_total") == 0
            stop(daemon)
        first = {i for i in run.ids() if not i.startswith("a-")}
        assert first == {f"{broker.cluster}/news.plain@1/0/{n}" for n in range(24)}, first
        recreate(broker, "news.plain", 1, plain(BAD, range(24)))  # as long as before
        recreate(broker, "news.ids", 1, with_ids("b", range(30)))  # longer than before
        with run.daemon() as daemon:
            run.wait_for_documents(44 + 24 + 30)
            log = daemon.log()
            for topic in ("news.plain", "news.ids"):
                assert f"topic {topic} is not the one that was read before: {topic}/0 holds another record" in log
            assert metric(daemon, "tapewatch_kafka_topic_incarnations_total") == 2
            recreate(broker, "news.plain", 1, plain("Tellmark Energy plans plant {}", range(60)))
            run.wait_for_documents(44 + 24 + 30 + 60)
            assert f"{broker.cluster}/news.plain@3/0/59" in run.ids()
            assert run.sql("SELECT count(*) FROM document WHERE revision > 1") == [(0,)]
            stop(daemon)
        assert run.positions("news.plain") == {(broker.cluster, 0): (60, 3)}
        adopt(run, broker)


def adopt(run, broker):
    """The database as an earlier version left it: plain ids, a position and nothing else."""
    path = os.path.join(run.folder.path, "tapewatch.db")
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute("UPDATE kafka_position SET incarnation = 0, delivered = ''")
        connection.execute("UPDATE document SET external_id = substr(external_id, instr(external_id, 'news.plain@3') + 0) "
                           "WHERE external_id LIKE '%news.plain@3/%'")
        connection.execute("UPDATE document SET external_id = replace(external_id, 'news.plain@3', 'news.plain')")
        # An earlier version wrote no ids of this form, which the topic created anew below starts to count at 1.
        connection.execute("UPDATE document SET external_id = replace(external_id, '@1/', '@before/')")
        connection.commit()
    before = run.ids()
    assert sum(i.startswith("news.plain/0/") for i in before) == 60, before
    broker.produce("news.plain", plain("Corvane Foods hires {}", range(3)), partition=0)
    with run.daemon() as daemon:
        run.wait_for_documents(len(before) + 3)
        assert run.ids()[-3:] == [f"news.plain/0/{n}" for n in (60, 61, 62)], run.ids()[-3:]
        assert metric(daemon, "tapewatch_kafka_topic_incarnations_total") == 0
        wait_for("positions of both topics", lambda: "" not in {
            d for (d,) in run.sql("SELECT delivered FROM kafka_position")}, PATIENCE)
        stop(daemon)
    assert run.positions("news.plain") == {(broker.cluster, 0): (63, 0)}
    recreate(broker, "news.plain", 1, plain(BAD, range(100, 170)))
    with run.daemon() as daemon:
        run.wait_for_documents(len(before) + 3 + 70)
        stop(daemon)
    assert run.ids()[:len(before) + 3] == before + [f"news.plain/0/{n}" for n in (60, 61, 62)]
    assert run.positions("news.plain") == {(broker.cluster, 0): (70, 1)}


def test_later_partitions(broker):
    """With start = "latest": what is there at the first assignment is passed over, what appears later is not."""
    with Folder("kafka") as folder:
        admin = Admin(broker.address)
        admin.create("news.wide", 2)
        broker.produce("news.wide", plain(QUIET, range(5)), partition=0)
        run = Run(folder, broker, ["news.wide", "news.later"], "latest")
        with run.daemon() as daemon:
            wait_for("the starts", lambda: run.positions("news.wide") == {
                (broker.cluster, 0): (5, 1), (broker.cluster, 1): (0, 1)}, PATIENCE)
            wait_for("the group's offsets", lambda: [
                admin.group_offset(run.group, "news.wide", p) for p in (0, 1)] == [5, 0], PATIENCE)
            stop(daemon)
        assert run.ids() == []
        admin.widen("news.wide", 3)
        broker.produce("news.wide", plain(QUIET, range(10)), partition=2)
        with run.daemon() as daemon:  # one appeared while nobody read
            run.wait_for_documents(10)
            admin.widen("news.wide", 4)  # and one, and a topic, while somebody does
            broker.produce("news.wide", plain(QUIET, range(20, 30)), partition=3)
            broker.produce("news.later", plain(QUIET, range(40, 50)), partition=0)
            run.wait_for_documents(30)
            wait_for("no lag", lambda: metric(daemon, "tapewatch_kafka_lag_records") == 0, PATIENCE)
            stop(daemon)


def test_transactions(broker):
    """Markers and aborted records are no lag, neither here nor in the group, and nobody misses them later."""
    with Folder("kafka") as folder:
        admin = Admin(broker.address)
        admin.create("news.tx", 1)
        transaction(broker.address, "news.tx", plain(QUIET, range(3)), commit=True)
        run = Run(folder, broker, ["news.tx"], "earliest")
        end = 3 + 1  # the marker
        with run.daemon() as daemon:
            run.wait_for_documents(3)
            for aborted in (False, True):
                if aborted:
                    transaction(broker.address, "news.tx", plain(BAD, range(4)), commit=False)
                    end += 4 + 1
                wait_for("the position", lambda: run.positions("news.tx") == {(broker.cluster, 0): (end, 1)}, PATIENCE)
                wait_for("the group's offset", lambda: admin.group_offset(run.group, "news.tx", 0) == end, PATIENCE)
                wait_for("no lag", lambda: metric(daemon, "tapewatch_kafka_lag_records") == 0, PATIENCE)
            stop(daemon)
        with run.daemon() as daemon:
            broker.produce("news.tx", plain(QUIET, [3]), partition=0)
            run.wait_for_documents(4)
            assert "deleted before" not in daemon.log()
            assert "another record" not in daemon.log()
            stop(daemon)
        assert run.ids()[-1] == f"{broker.cluster}/news.tx@1/0/{end}"


def test_swapped_cluster(broker):
    """Another cluster at the same address while the daemon runs, and the first one again."""
    with Folder("kafka") as folder:
        first = broker.cluster
        Admin(broker.address).create("news.swap", 1)
        broker.produce("news.swap", plain(QUIET, range(20)), partition=0)
        run = Run(folder, broker, ["news.swap"], "latest")
        with run.daemon() as daemon:
            wait_for("the start", lambda: run.positions("news.swap") == {(first, 0): (20, 1)}, PATIENCE)
            broker.produce("news.swap", plain(QUIET, range(20, 24)), partition=0)
            run.wait_for_documents(4)
            broker.kill()
            data, kept = os.path.join(broker.folder, "data"), os.path.join(broker.folder, "kept")
            shutil.copytree(data, kept)
            broker.cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
            broker.wipe()
            broker.start()
            Admin(broker.address).create("news.swap", 1)
            broker.produce("news.swap", plain(BAD, range(40)), partition=0)
            run.wait_for_documents(4 + 40)
            assert run.positions("news.swap") == {(first, 0): (24, 1), (broker.cluster, 0): (40, 1)}
            broker.kill()
            shutil.rmtree(data)
            shutil.move(kept, data)
            broker.start()
            broker.produce("news.swap", plain(QUIET, range(50, 53)), partition=0)
            run.wait_for_documents(4 + 40 + 3)
            assert run.positions("news.swap") == {(first, 0): (27, 1), (broker.cluster, 0): (40, 1)}
            stop(daemon)
        assert run.sql("SELECT count(*) FROM document WHERE revision > 1") == [(0,)]


with Folder("broker") as home, Broker(home.path, *VERSION) as one_broker:
    one_broker.start()
    run_tests([(what, lambda test=test: test(one_broker)) for what, test in [
        ("topics created anew, longer or not, running or not, and a database from before", test_recreated_topics),
        ("partitions and topics that appear later are read from their beginning", test_later_partitions),
        ("no lag behind markers and aborted transactions", test_transactions),
        ("another cluster at the same address", test_swapped_cluster)]])

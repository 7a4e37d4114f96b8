"""Kafka sources come, change and go at a reload: nothing is lost, nothing is counted twice, and the others go on."""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from broker import Broker  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402
from wire import config  # noqa: E402

BINARY, VERSION = sys.argv[1], sys.argv[2]


def source(name, brokers, topic, more=""):
    return f'[[ingest.kafka]]\nname = "{name}"\nbrokers = "{brokers}"\ntopics = ["{topic}"]\nstart = "earliest"\n{more}'


def records(first, count, title="title"):
    return [json.dumps({"id": str(i), title: f"Halden Bank opens branch number {i}"}) for i in range(first, first + count)]


def stored(daemon):
    items = daemon.get("/v1/documents?limit=1000&from=-1h")["items"]
    return sorted((item["source"], item["source_id"]) for item in items)


def expected(**counts):
    return sorted((name, str(i)) for name, ids in counts.items() for i in ids)


def reload_with(daemon, folder, text):
    folder.file("tapewatch.toml", text)
    status, body = daemon.request("/v1/reload", "", method="POST")
    return status, json.loads(body)


def health(daemon):
    """Of the sources that are configured: of others only what is stored is known."""
    return {item["id"]: item["health"] for item in daemon.get("/v1/sources")["items"]
            if item["health"] and item["health"]["state"] != "unknown"}


def metric_of(daemon, name):
    return f'tapewatch_source_last_success_timestamp_seconds{{source="{name}"}}' in daemon.request("/metrics")[1]


def test_reload():
    with Folder("kafka-reload") as folder, Folder("broker") as home, Broker(home.path, VERSION) as broker:
        broker.start()
        for topic in ("wire.raw", "filings.raw"):
            broker.produce(topic, records(0, 20))
        port = free_port()
        plain = config(folder, port, broker.address, topics='["wire.raw"]', start='"earliest"')
        with Tapewatch(BINARY, folder, plain, port) as daemon:
            daemon.ready()
            wait_for("the first source", lambda: stored(daemon) == expected(wire=range(20)))

            both = plain + source("filings", broker.address, "filings.raw")
            status, answer = reload_with(daemon, folder, both)
            assert status == 200 and answer["changes"] == ["Kafka source filings added"], answer
            wait_for("the second source", lambda: stored(daemon) == expected(wire=range(20), filings=range(20)))
            wait_for("its health", lambda: health(daemon)["filings"]["state"] == "running")
            assert "source filings" in daemon.request("/healthz")[1]

            # Another place for the title: what is read from then on has it, what was read is not read again.
            changed = both.replace('topics = ["filings.raw"]\n', 'topics = ["filings.raw"]\nfields = { title = "/subject" }\n')
            status, answer = reload_with(daemon, folder, changed)
            assert status == 200 and answer["changes"] == ["Kafka source filings changed (fields.title)"], answer
            broker.produce("filings.raw", records(20, 10, "subject"))
            broker.produce("wire.raw", records(20, 10))
            wait_for("both go on", lambda: stored(daemon) == expected(wire=range(30), filings=range(30)))
            assert not any(h["dead_letters"] for h in health(daemon).values()), health(daemon)

            # What cannot work changes nothing.
            status, answer = reload_with(daemon, folder, changed + 'properties = { "no.such.property" = "1" }\n')
            assert status in (422, 500) and "no.such.property" in json.dumps(answer), (status, answer)
            assert set(health(daemon)) == {"wire", "filings"}

            status, answer = reload_with(daemon, folder, plain)
            assert status == 200 and answer["changes"] == ["Kafka source filings removed"], answer
            assert set(health(daemon)) == {"wire"}, health(daemon)
            assert not metric_of(daemon, "filings") and metric_of(daemon, "wire"), daemon.request("/metrics")[1]
            assert "source filings" not in daemon.request("/healthz")[1] or wait_for(
                "the liveness check forgets it", lambda: "source filings" not in daemon.request("/healthz")[1])
            broker.produce("filings.raw", records(30, 5, "subject"))
            broker.produce("wire.raw", records(30, 5))
            wait_for("the first goes on", lambda: stored(daemon) == expected(wire=range(35), filings=range(30)))

            # It returns where it was.
            status, answer = reload_with(daemon, folder, changed)
            assert status == 200, answer
            wait_for("it has missed nothing", lambda: stored(daemon) == expected(wire=range(35), filings=range(35)))
            assert daemon.terminate()[0] == 0
        assert "not cleanly" not in daemon.log()


run_tests([("Kafka sources come, change and go at a reload", test_reload)])

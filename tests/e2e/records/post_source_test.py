"""A vendor's webhook that comes in by [[ingest.post]]: its token, its shape, CloudEvents, the health of the source."""

import gzip
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, Tapewatch, free_port, run_tests  # noqa: E402

BINARY = sys.argv[1]
TOKEN = "vendor-token-3f9c"


def config(folder, port):
    folder.file("vendor.token", TOKEN + "\n")
    return f'''
[daemon]
data_dir = "{folder.path}"
listen = ["127.0.0.1:{port}"]
[storage]
min_free = "1MiB"
[model]
threads = 1
[[ingest.post]]
name = "benzinga"
path = "/in/benzinga"
token_file = "{folder.file("vendor.token")}"
token_header = "X-Webhook-Token"
preset = "benzinga"
actions = {{ spiked = "remove" }}
[[ingest.post]]
name = "events"
path = "/in/events"
preset = "cloudevents"
'''


def statuses(text):
    return [result["status"] for result in json.loads(text)["results"]]


def test_webhooks():
    with Folder("post") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            story = {"id": 4711, "title": "Kesmar Foods recalls a product", "body": "<p>All of it.</p>",
                     "created": "Fri, 09 Jan 2026 08:30:00 -0500", "stocks": [{"name": "KSMR"}],
                     "url": "https://www.example.com/4711"}
            own = {"X-Webhook-Token": TOKEN, "Content-Type": "application/json"}
            status, text = daemon.request("/in/benzinga", json.dumps([story, {"id": 4712}]), headers=own)
            assert status == 200 and statuses(text) == ["stored", "rejected"], (status, text)
            packed = gzip.compress(json.dumps([story]).encode())
            status, text = daemon.request("/in/benzinga", packed, headers={**own, "Content-Encoding": "gzip"})
            assert status == 200 and statuses(text) == ["repeated"], (status, text)
            for headers in ({}, {"X-Webhook-Token": "another"}, {"Authorization": f"Bearer {TOKEN}"}):
                status, text = daemon.request("/in/benzinga", "[]", headers=headers)
                assert status == 401 and TOKEN not in text, (status, text)

            event = {"specversion": "1.0", "type": "news", "id": "e-1", "source": "/desk",
                     "time": "2026-01-09T08:30:00Z", "data": {"title": "Halden Bank cuts jobs"}}
            status, text = daemon.request("/in/events", json.dumps([event]),
                                          headers={"Content-Type": "application/cloudevents-batch+json"})
            assert statuses(text) == ["stored"], text
            status, text = daemon.request("/in/events", json.dumps(event["data"]),
                                          headers={"Content-Type": "application/json", "ce-specversion": "1.0",
                                                   "ce-id": "e-1", "ce-source": "/desk", "ce-type": "news",
                                                   "ce-time": "2026-01-09T08:30:00Z"})
            assert statuses(text) == ["repeated"], text  # the same event in binary mode

            found = {item["source_id"]: item for item in daemon.get("/v1/documents")["items"]}
            assert set(found) == {"4711", "e-1"}, found
            assert found["4711"]["published_at"] == "2026-01-09T13:30:00.000Z", found
            sources = {item["id"]: item for item in daemon.get("/v1/sources")["items"]}
            health = sources["benzinga"]["health"]
            assert sources["benzinga"]["kind"] == "post" and health["state"] == "running", sources
            assert (health["errors"], health["dead_letters"]) == (3, 1) and health["last_success"], health
            assert TOKEN not in daemon.log()
            assert daemon.terminate()[0] == 0


run_tests([("webhooks", test_webhooks)])

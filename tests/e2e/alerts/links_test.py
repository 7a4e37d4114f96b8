"""The links of a message, on a daemon that requires tokens: they show one alert to whoever has them, and nothing else."""

import hashlib
import json
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import burst, config, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()
TOKEN = {"Authorization": "Bearer desk-token", "Content-Type": "application/json"}


def locked(folder, port, receiver):
    """A configuration with a token, and a log that tells everything."""
    line = "desk admin sha256:" + hashlib.sha256(b"desk-token").hexdigest() + "\n"
    tokens = folder.file("tokens", line)
    return config(folder, port, SECRET, receiver.url).replace(
        "[storage]", f'log = {{ level = "trace" }}\n[daemon.auth]\ntokens_file = "{tokens}"\n[storage]', 1)


def target(url):
    parts = urllib.parse.urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_links():
    with Folder("links") as folder, Receiver(SECRET) as receiver:
        port = free_port()
        text = locked(folder, port, receiver)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            for documents in (quiet(), burst()):
                status, answer = daemon.request("/v1/documents", json.dumps({"documents": documents}), headers=TOKEN)
                assert status == 200, answer
            data = wait_for("the firing webhook", lambda: receiver.of_type("alert.firing"))[0]["message"]["data"]
            assert data["source_count"] >= 1 and data["warming"] is True, data
            assert data["silence_url"] == daemon.url(f"/#silence-{data['id']}"), data["silence_url"]
            page, chart = target(data["alert_url"]), target(data["chart_url"])
            query = urllib.parse.urlsplit(data["chart_url"]).query
            alert = f"/v1/alerts/{data['id']}"
            status, answer = daemon.request(alert + "?" + query)
            assert status == 200 and json.loads(answer)["deliveries"] == [], answer
            assert json.loads(answer)["transitions"][0]["summary"] == data["summary"], (answer, data["summary"])
            status, answer = daemon.request(chart)
            assert status == 200 and answer.startswith("<svg ") and len(answer) < 20_000, answer[:200]
            assert daemon.request(page)[0] == 200
            wrong = query[:-1] + ("1" if query.endswith("0") else "0")
            for path in (alert, alert + "/chart.svg", alert + "/chart.png", "/alerts/" + data["id"]):
                status, answer = daemon.request(path + "?" + wrong)
                assert status == 403, (path, status, answer)
            for path in (alert, "/v1/alerts", "/v1/documents", "/v1/deliveries", "/metrics"):
                extra = "" if path == alert else "?" + query
                assert daemon.request(path + extra)[0] == 401, path
            assert daemon.request(alert + "/ack?" + query, "{}", headers={"Content-Type": "application/json"})[0] == 401
            signature = urllib.parse.parse_qs(query)["signature"][0]
            assert "GET /v1/alerts/" in daemon.log(), daemon.log()[-500:]
            assert signature not in daemon.log() and wrong.rpartition("=")[2] not in daemon.log(), "a signature is logged"
            key = os.path.join(folder.path, "link.key")
            assert os.stat(key).st_mode & 0o777 == 0o600, oct(os.stat(key).st_mode)
            assert daemon.terminate()[0] == 0
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            assert daemon.request(chart)[0] == 200, "a restart ends no link"
            assert daemon.terminate()[0] == 0
        os.unlink(key)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            assert daemon.request(chart)[0] == 403, "without the old key no old link opens anything"
            assert daemon.terminate()[0] == 0


run_tests([("links of a message show one alert without a token", test_links)])

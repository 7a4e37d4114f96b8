"""The configuration read again by SIGHUP and by POST /v1/reload, every kind of change while an alert fires: what changes
only words or judgement keeps the alert, what selects other news rebuilds and goes on under the same id, what only a
restart changes is refused as a whole."""

import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import news  # noqa: E402
from spine import RULE, burst, config, now, push, quiet  # noqa: E402
from local_server import LocalServer, QuietHandler  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()
NEW_RULE = RULE.replace('"negative-burst"', '"whole-market"').replace('["entity"]', "[]")


def success(daemon):
    return "tapewatch_config_last_reload_successful 1" in daemon.request("/metrics")[1]


def by_signal(daemon):
    """Sends SIGHUP; returns the line of the log that tells how the reload ended."""
    def ends():
        return [line for line in daemon.log().splitlines() if " reload: configuration " in line]
    before = len(ends())
    daemon.process.send_signal(signal.SIGHUP)
    return wait_for("the end of the reload", lambda: ends()[before:])[0]


def by_post(daemon):
    status, text = daemon.request("/v1/reload", b"", method="POST")
    assert status == 200, (status, text)
    return json.loads(text)


def open_alerts(daemon):
    return [(a["id"], a["state"]) for a in daemon.get("/v1/alerts")["items"] if a["state"] != "resolved"]


def rules_of(daemon):
    return {rule["name"]: rule for rule in daemon.get("/v1/rules")["items"]}


def test_every_change_while_firing():
    with Folder("reload") as folder, Receiver(SECRET) as old, Receiver(SECRET) as new:
        port = free_port()

        def write(rules, webhook=old.url, more=""):
            folder.file("tapewatch.toml", config(folder, port, SECRET, webhook, rules) + more)

        with Tapewatch(BINARY, folder, config(folder, port, SECRET, old.url), port) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            fired = wait_for("the firing webhook", lambda: old.of_type("alert.firing"))
            alert = fired[0]["message"]["data"]["id"]

            # Nothing changed: a success, also with other comments and spelling.
            assert by_post(daemon)["changed"] is False
            write(RULE + "# as before\n")
            assert by_signal(daemon).endswith(": nothing changed"), daemon.log()
            assert success(daemon)

            # Words and judgement: the alert stays.
            write(RULE + 'severity = "warning"\nmin_stories = 60\nlabels = { team = "desk" }\n')
            line = by_signal(daemon)
            assert "rule negative-burst changed (labels.team, min_stories, severity)" in line, line
            rule = rules_of(daemon)["negative-burst"]
            assert (rule["severity"], rule["min_stories"]) == ("warning", 60), rule
            assert open_alerts(daemon) == [(alert, "firing")]
            assert "learns from the stored history" not in daemon.log()

            # What only a restart changes refuses everything, and names each key and every error.
            write(RULE + 'severity = "info"\nseverty = "info"\n', more='[model]\nthreads = 1\n[daemon.log]\nformat = "json"\n')
            status, text = daemon.request("/v1/reload", b"", method="POST")
            errors = {e["detail"]: e["place"] for e in json.loads(text)["errors"]}
            assert status == 422 and len(errors) == 3, text
            for part in ("model.threads: only a restart", "daemon.log.format: only a restart", "severty"):
                places = [place for detail, place in errors.items() if part in detail]
                assert len(places) == 1 and places[0].startswith(folder.file("tapewatch.toml") + ":"), (part, errors)
            assert rules_of(daemon)["negative-burst"]["severity"] == "warning" and not success(daemon)
            refused = [line for line in daemon.log().splitlines() if "the reload is refused" in line]
            assert len(refused) == 1 and "model.threads" in refused[0] and "severty" in refused[0], refused

            # Another selection where the surge is open too: learned from history, the same alert, told once.
            write(RULE + 'where = { entity = ["halden"] }\n')
            assert "rule negative-burst changed" in by_post(daemon)["changes"][0]
            assert "rule negative-burst was changed: it learns from the stored history" in daemon.log()
            assert open_alerts(daemon) == [(alert, "firing")] and success(daemon)
            assert len(old.of_type("alert.firing")) == 1 and not old.of_type("alert.resolved")

            # Other series, of which one is a part of the alert's own: the same alert, which says what it is about now.
            write(RULE.replace('["entity"]', '["entity", "source"]'))
            assert "rule negative-burst changed (group_by, where.entity)" in by_post(daemon)["changes"]
            part = {"entity": "halden", "source": "wire"}
            assert [(a["id"], a["key"]) for a in daemon.get("/v1/alerts")["items"]] == [(alert, part)]
            wait_for("an update", lambda: old.of_type("alert.updated")[-1:] and
                     old.of_type("alert.updated")[-1]["message"]["data"]["key"] == part)
            lines = [line for line in daemon.log().splitlines() if f"reload: alert {alert} updated: Halden Bank / wire" in line]
            assert len(lines) == 1 and "suppressed" not in lines[0], daemon.log()
            assert len(old.of_type("alert.firing")) == 1 and not old.of_type("alert.resolved")

            # A second rule and a second webhook; both are told of the next surge.
            extra = f'[[alerts.webhook]]\nname = "second"\nurl = "{new.url}"\nsecret = "{SECRET}"\n'
            write(RULE + NEW_RULE, more=extra)
            answer = by_post(daemon)
            assert answer["changed"] and answer["config_version"] != answer["previous_version"], answer
            assert "rule whole-market added" in answer["changes"] and "webhook second added" in answer["changes"], answer
            assert [w["name"] for w in daemon.get("/v1/webhooks")["items"]] == ["desk", "second"]
            push(daemon, [dict(d, id="other-" + d["id"], title=d["title"].replace("Halden Bank", "Ostra Steel"))
                          for d in burst()])
            of_new = wait_for("the new webhook", lambda: new.of_type("alert.firing"))
            assert all(r["signature_ok"] for r in of_new)

            # The watch list: what is scored from now on. Its file alone has changed.
            folder.file("watchlist.csv", news.WATCHLIST + "brix,Brixton Chemicals,Brixton,BRX,,,,\n")
            with open(folder.file("watchlist.csv"), encoding="utf-8") as content:
                assert "brix" in content.read()
            assert by_post(daemon)["changes"] == ["watch list: 1 added"]
            push(daemon, [{"source": "wire", "id": "brix-1", "title": "Brixton Chemicals opens a plant",
                           "published_at": news.stamp(now())}])
            entities = {e["id"]: e for e in daemon.get("/v1/entities")["items"]}
            assert entities["brix"]["watched"] and entities["brix"]["documents"] == 1, entities
            known = news.WATCHLIST
            news.WATCHLIST += "brix,Brixton Chemicals,Brixton,BRX,,,,\n"
            try:
                # The first webhook moves; the rule that is gone ends its alerts, told at the new address.
                write(NEW_RULE, webhook=new.url, more=extra)
                changes = by_post(daemon)["changes"]
                assert any(c.startswith("webhook desk changed (url") for c in changes), changes
                assert "rule negative-burst removed" in changes, changes
                wait_for("the ends", lambda: alert in {
                    r["message"]["data"]["id"] for r in new.of_type("alert.resolved")
                    if r["message"]["data"]["reason"] == "reconfigured"})
                assert not old.of_type("alert.resolved")
                assert list(rules_of(daemon)) == ["whole-market"]

                # No webhook is left: nothing is lost, and the log counts what waits.
                folder.file("tapewatch.toml", config(folder, port, SECRET, None, NEW_RULE))
                assert "webhook desk removed" in by_signal(daemon)
                assert daemon.get("/v1/webhooks")["items"] == []
                assert 'outbox_pending{webhook="desk"}' not in daemon.request("/metrics")[1] or wait_for(
                    "its metrics are gone",
                    lambda: 'outbox_pending{webhook="desk"}' not in daemon.request("/metrics")[1])
            finally:
                news.WATCHLIST = known
            assert daemon.terminate()[0] == 0


def test_a_moved_webhook_gets_what_waited():
    """Messages that wait for an address that fails go to the new one at once, in order."""
    with Folder("reload-moved") as folder, Receiver(SECRET, lambda n: 503) as dead, Receiver(SECRET) as live:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port, SECRET, dead.url), port) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            wait_for("an attempt", lambda: dead.received)
            folder.file("tapewatch.toml", config(folder, port, SECRET, live.url))
            assert by_post(daemon)["changed"]
            fired = wait_for("the delivery", lambda: live.of_type("alert.firing"))
            assert fired[0]["id"] == dead.received[0]["id"] and fired[0]["signature_ok"]
            assert daemon.terminate()[0] == 0


def test_killed_in_the_middle():
    """Whenever the process dies, the next start has the new configuration, and the alert once."""
    with Folder("reload-killed") as folder, Receiver(SECRET) as receiver:
        port = free_port()
        rules = [RULE, RULE + 'where = { entity = ["halden"] }\n']
        with Tapewatch(BINARY, folder, config(folder, port, SECRET, receiver.url), port) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            alert = wait_for("the firing webhook", lambda: receiver.of_type("alert.firing"))[0]["message"]["data"]["id"]
            assert daemon.terminate()[0] == 0
        for times, mark in enumerate(["SIGHUP", "learns from", "has replaced"]):
            with Tapewatch(BINARY, folder, config(folder, port, SECRET, receiver.url, rules[times % 2]), port) as daemon:
                daemon.ready()
                assert open_alerts(daemon) == [(alert, "firing")]
                folder.file("tapewatch.toml", config(folder, port, SECRET, receiver.url, rules[(times + 1) % 2]))
                daemon.process.send_signal(signal.SIGHUP)
                if mark != "SIGHUP":
                    wait_for(mark, lambda: mark in daemon.log().split("listening on")[-1], every=0.001)
                daemon.kill()
        with Tapewatch(BINARY, folder, config(folder, port, SECRET, receiver.url, rules[0]), port) as daemon:
            daemon.ready()
            assert open_alerts(daemon) == [(alert, "firing")]
            steps = daemon.get(f"/v1/alerts/{alert}")["transitions"]
            assert [t["sequence"] for t in steps] == list(range(1, len(steps) + 1)), steps
            assert daemon.terminate()[0] == 0
        assert len(receiver.of_type("alert.firing")) == 1 and not receiver.of_type("alert.resolved")


def test_role():
    """Operators may reload, readers may not; tokens are read again."""
    import hashlib
    with Folder("reload-tokens") as folder:
        port = free_port()

        def line(name, role, token):
            return f"{name} {role} sha256:{hashlib.sha256(token.encode()).hexdigest()}\n"
        folder.file("tokens", line("reader", "read", "r") + line("operator", "operate", "o"))
        text = config(folder, port, SECRET).replace("[storage]", '[daemon.auth]\ntokens_file = "tokens"\n[storage]')
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()

            def post(token):
                return daemon.request("/v1/reload", b"", method="POST", headers={"Authorization": f"Bearer {token}"})
            assert post("r")[0] == 403 and post("n")[0] == 401
            folder.file("tokens", line("reader", "read", "r") + line("new", "operate", "n"))
            status, text = post("o")
            assert status == 200 and json.loads(text)["changes"] == ["tokens changed"], text
            assert post("o")[0] == 401 and post("n")[0] == 200
            status, text = daemon.request("/v1/audit?action=configuration.reload", headers={"Authorization": "Bearer n"})
            rows = [(row["who"], row["role"], row["detail"]["result"]) for row in json.loads(text)["items"]]
            assert rows == [("new", "operate", "unchanged"), ("operator", "operate", "changed")], text
            assert daemon.terminate()[0] == 0


class Feeds(LocalServer):
    """A feed of one item at each path."""

    def __init__(self):
        feeds = self
        self.asked = []

        class Handler(QuietHandler):
            def do_GET(self):
                feeds.asked.append(self.path)
                name = self.path.strip("/")
                text = (f"<rss version='2.0'><channel><item><guid isPermaLink='false'>{name}</guid><title>News of {name}</title>"
                        "</item></channel></rss>").encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        super().__init__(Handler)


def test_feeds():
    """Feeds come, change and go without a restart; what is written out with its default is no change."""
    with Folder("reload-feeds") as folder, Feeds() as feeds:
        port = free_port()

        def feed(name, path):
            return f'[[ingest.feed]]\nname = "{name}"\nurl = "{feeds.url}/{path}"\ninterval = "1s"\nhost_spacing = "0s"\n'

        def write(text):
            folder.file("tapewatch.toml", config(folder, port, SECRET) + text)

        def titles(daemon):
            return {d["title"] for d in daemon.get("/v1/documents")["items"]}

        def sources(daemon):
            return {s["name"] for s in daemon.get("/v1/sources")["items"] if s.get("health") and s["health"]["state"] == "running"}
        with Tapewatch(BINARY, folder, config(folder, port, SECRET), port) as daemon:
            daemon.ready()
            write(feed("fed", "one") + feed("ecb", "two"))
            assert by_post(daemon)["changes"] == ["feed ecb added", "feed fed added"]
            wait_for("both", lambda: titles(daemon) == {"News of one", "News of two"})
            assert {"fed", "ecb"} <= sources(daemon), daemon.get("/v1/sources")
            write(feed("fed", "three") + 'max_redirects = 5\n[daemon.log]\nformat = "text"\n')
            assert by_signal(daemon).endswith(": feed fed changed (url); feed ecb removed"), daemon.log()
            wait_for("the new address", lambda: "News of three" in titles(daemon))
            asked = len(feeds.asked)
            wait_for("three more polls", lambda: feeds.asked[asked:].count("/three") > 2)
            assert set(feeds.asked[asked:]) == {"/three"}, feeds.asked[asked:]
            assert "ecb" not in sources(daemon), daemon.get("/v1/sources")
            assert 'last_success_timestamp_seconds{source="ecb"}' not in daemon.request("/metrics")[1]
            rows = [(row["who"], row["role"], row["detail"]) for row in
                    daemon.get("/v1/audit?action=configuration.reload")["items"]]
            assert [row[:2] for row in rows] == [(None, "signal"), (None, "admin")], rows
            assert rows[0][2]["changes"] == ["feed fed changed (url)", "feed ecb removed"], rows
            assert daemon.terminate()[0] == 0


run_tests([("feeds come, change and go", test_feeds), ("every kind of change while an alert fires", test_every_change_while_firing),
           ("a webhook that moves gets what waited", test_a_moved_webhook_gets_what_waited),
           ("kill -9 in the middle of a reload", test_killed_in_the_middle),
           ("roles and tokens", test_role)])

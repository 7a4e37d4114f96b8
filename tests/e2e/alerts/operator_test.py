"""What an operator does with an alert: acknowledges it, silences what is like it, reads the audit; all of it is there
after a restart."""

import hashlib
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import spine  # noqa: E402
from local_server import LocalServer, QuietHandler  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
TOKENS = {"reader": "read", "duty": "operate", "boss": "admin"}  # each one's token is its name, made longer
RULES = spine.RULE + '''labels = { team = "media" }
[[alerts.rule]]
name = "another"
group_by = ["source"]
false_alarms = "1 per year"
labels = { team = "other" }
'''
CONFIGURED = '''
[[alerts.silence]]
match = { team = ["other"] }
from = 2020-01-01T00:00:00Z
to = 2099-01-01T00:00:00Z
by = "the configuration's author"
comment = "nobody reads it"
'''


class Pager(LocalServer):
    """PagerDuty's Events API, as far as it says yes."""

    def __init__(self):
        events = self.events = []

        class Handler(QuietHandler):
            def do_POST(self):
                events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

        super().__init__(Handler)
        self.url += "/v2/enqueue"


class Operator:
    """Requests with the token of one of TOKENS."""

    def __init__(self, daemon, name):
        self.daemon, self.name = daemon, name

    def ask(self, method, path, value=None):
        headers = {"Authorization": f"Bearer {self.name}-token", "Content-Type": "application/json"}
        status, text = self.daemon.request(path, None if value is None else json.dumps(value), method, headers)
        return status, json.loads(text)

    def get(self, path):
        status, value = self.ask("GET", path)
        assert status == 200, (path, status, value)
        return value

    def post(self, path, value):  # for spine.push
        status, answer = self.ask("POST", path, value)
        assert status == 200, (path, status, answer)
        return answer


def configuration(folder, port, desk, pager, rules):
    lines = [f"{name} {role} sha256:{hashlib.sha256(f'{name}-token'.encode()).hexdigest()}\n" for name, role in TOKENS.items()]
    tokens = folder.file("tokens", "".join(lines))
    text = spine.config(folder, port, test_secret(), rules=rules)
    text = text.replace("[storage]", f'[daemon.auth]\ntokens_file = "{tokens}"\n[storage]')
    return text + f'''
[[alerts.webhook]]
name = "desk"
url = "{desk.url}"
secret = "{test_secret()}"
events = ["firing", "resolved", "acknowledged"]
[[alerts.webhook]]
name = "pager"
url = "{pager.url}"
format = "pagerduty"
routing_key = "R0"
'''


def acknowledge(daemon, alert, desk, pager):
    path, body = f"/v1/alerts/{alert}/ack", {"by": "Ana Lopez", "comment": "on it", "verdict": "useful"}
    assert daemon.request(path, json.dumps(body))[0] == 401
    status, refused = Operator(daemon, "reader").ask("POST", path, body)
    assert status == 403 and "needs the role operate" in refused["detail"], refused
    status, answer = Operator(daemon, "duty").ask("POST", path, body)
    assert status == 200, answer
    said = answer["acknowledgement"]
    assert (said["by"], said["verdict"], said["token"]) == ("Ana Lopez", "useful", "duty"), said
    assert Operator(daemon, "duty").ask("POST", path, body)[1] == answer  # again: nothing changes
    told = wait_for("the message of the acknowledgement", lambda: desk.of_type("alert.acknowledged"))
    assert len(told) == 1 and told[0]["signature_ok"], told
    assert told[0]["message"]["data"]["acknowledgement"]["comment"] == "on it", told
    taken = {"routing_key": "R0", "event_action": "acknowledge", "dedup_key": alert}
    wait_for("PagerDuty's acknowledgement", lambda: taken in pager.events)
    assert pager.events[0]["event_action"] == "trigger", pager.events  # and may be again, as the alert grows
    assert Operator(daemon, "duty").ask("POST", "/v1/alerts/nobody/ack", body)[0] == 404
    return said


def silence(daemon):
    body = {"match": {"team": ["media"]}, "duration": "2h", "by": "Ana Lopez", "comment": "seen"}
    assert Operator(daemon, "reader").ask("POST", "/v1/silences", body)[0] == 403
    status, made = Operator(daemon, "duty").ask("POST", "/v1/silences", body)
    assert status == 201 and made["state"] == "active" and made["token"] == "duty", made
    assert made.pop("warnings") == [], made  # of the request, not of the silence
    status, refused = Operator(daemon, "duty").ask("POST", "/v1/silences", {**body, "duration": "soon"})
    assert status == 400 and refused["errors"][0]["pointer"] == "/duration", refused
    configured = [s for s in Operator(daemon, "duty").get("/v1/silences")["items"] if s["configured"]]
    assert len(configured) == 1 and configured[0]["match"] == {"team": ["other"]}, configured
    status, refused = Operator(daemon, "boss").ask("DELETE", f"/v1/silences/{configured[0]['id']}")
    assert status == 409 and "[[alerts.silence]]" in refused["detail"], refused
    return made, configured[0]


def test_operator():
    with Folder("operator") as folder, Receiver(test_secret()) as desk, Pager() as pager:
        port = free_port()
        text = configuration(folder, port, desk, pager, RULES + CONFIGURED)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            boss = Operator(daemon, "boss")
            spine.push(boss, spine.quiet())
            spine.push(boss, spine.burst())
            fired = wait_for("the alert", lambda: desk.of_type("alert.firing"))[0]["message"]["data"]
            assert fired["silence_url"].endswith("/#silence-" + fired["id"]), fired["silence_url"]
            said = acknowledge(daemon, fired["id"], desk, pager)
            made, configured = silence(daemon)
            log = daemon.log()
            for line in ('is acknowledged by Ana Lopez as useful ("on it") (token duty)', "(team = media)", "(team = other)"):
                assert line in log, line
            assert daemon.terminate()[0] == 0

        table = subprocess.run([BINARY, "query", "alerts", "--db", folder.file("tapewatch.db")], capture_output=True,
                               text=True, timeout=60)
        assert "Ana Lopez: useful" in table.stdout, table
        with Tapewatch(BINARY, folder, text.replace(CONFIGURED, ""), port) as daemon:
            daemon.ready()
            duty = Operator(daemon, "duty")
            assert Operator(daemon, "reader").get(f"/v1/alerts/{fired['id']}")["acknowledgements"] == [said]
            silences = {s["id"]: s for s in duty.get("/v1/silences")["items"]}
            assert silences[made["id"]] == made, silences
            assert silences[configured["id"]]["ended_by"] == "configuration", silences
            status, ended = duty.ask("DELETE", f"/v1/silences/{made['id']}")
            assert status == 200 and ended["state"] == "expired" and ended["ended_by"] == "duty", ended
            assert Operator(daemon, "reader").ask("GET", "/v1/audit")[0] == 403
            audit = Operator(daemon, "boss").get("/v1/audit")["items"]
            assert [(e["action"], e["who"], e["role"]) for e in audit] == [
                ("silence.end", "duty", "operate"), ("silence.end", None, "configuration"),
                ("silence.add", "duty", "operate"), ("alert.acknowledge", "duty", "operate"),
                ("silence.add", None, "configuration")], audit
            assert daemon.terminate()[0] == 0


run_tests([("an operator acknowledges, silences, and finds all of it after a restart", test_operator)])

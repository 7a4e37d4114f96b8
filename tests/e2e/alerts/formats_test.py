"""Alerts in the languages of other receivers: Debian's Alertmanager itself, and receivers that answer as Slack, Teams and
PagerDuty do: they check a message against what their vendor documents, refuse the first one as one too many, and take it then.

Without prometheus-alertmanager or python3-jsonschema their part is skipped, and says so. `--alertmanager PATH` tests another
Alertmanager than Debian's, such as the newest.
"""

import datetime
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import RULE, burst, config, push, quiet  # noqa: E402
from local_server import LocalServer, QuietHandler  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402
from vendor_schemas import ANSWERS, MOST_BYTES, SCHEMAS  # noqa: E402

BINARY = sys.argv[1]
ALERTMANAGER = sys.argv[sys.argv.index("--alertmanager") + 1] if "--alertmanager" in sys.argv else "prometheus-alertmanager"
SECRET = test_secret()
LABELLED = RULE + 'labels = { "on-call" = "night", team = "risk" }\n'
EVERY_FIVE_MINUTES = """
route:
  receiver: nobody
receivers:
  - name: nobody
"""


class Alertmanager:
    """A real Alertmanager on loopback, without a cluster."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = folder.file("alertmanager.log", "")
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen(
                [ALERTMANAGER, f"--config.file={folder.file('am.yml', EVERY_FIVE_MINUTES)}",
                 f"--storage.path={folder.file('am')}", f"--web.listen-address=127.0.0.1:{self.port}",
                 "--cluster.listen-address="], stdout=log, stderr=subprocess.STDOUT)

    def __enter__(self):
        wait_for("Alertmanager", self.is_ready)
        return self

    def __exit__(self, kind, *_):
        self.process.kill()
        self.process.wait()
        if kind:
            with open(self.log_path, encoding="utf-8") as log:
                print("---- log of Alertmanager ----\n" + log.read()[-3000:])

    def is_ready(self):
        try:
            with urllib.request.urlopen(self.url + "/-/ready", timeout=5) as response:
                return response.status == 200
        except OSError:
            return False

    def alerts(self):
        with urllib.request.urlopen(self.url + "/api/v2/alerts", timeout=5) as response:
            return json.load(response)


class Chat(LocalServer):
    """Answers as the vendors do. The first message of each webhook is one too many; one that its schema does not allow is refused."""

    def __init__(self, jsonschema):
        self.received, self.problems, self.asked = [], [], set()
        chat = self

        class Handler(QuietHandler):
            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"]))
                form = self.path.strip("/")
                taken, refused, too_many = ANSWERS[form]
                status, answer = taken
                if form not in chat.asked:
                    chat.asked.add(form)
                    status, answer = too_many
                else:
                    found = [f"{form}: {error.json_path}: {error.message[:300]}" for error in
                             jsonschema.Draft7Validator(SCHEMAS[form]).iter_errors(json.loads(text))]
                    if len(text) > MOST_BYTES[form]:
                        found.append(f"{form}: {len(text)} bytes")
                    if found:
                        status, answer = refused
                    chat.problems += found
                    chat.received.append((self.path, json.loads(text)))
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "1")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer.encode())

        super().__init__(Handler)

    def of(self, path):
        return [body for at, body in list(self.received) if at == path]


def webhook(name, form, url, more=""):
    return f'\n[[alerts.webhook]]\nname = "{name}"\nformat = "{form}"\nurl = "{url}"\n{more}'


def check_refresh(daemon, manager, alert):
    """While it fires its end moves on, although there is nothing to tell: Alertmanager never takes it for over."""
    told = daemon.get(f"/v1/alerts/{alert}")["deliveries"]
    known = manager.alerts()[0]
    later = wait_for("a later end in Alertmanager", lambda: [a for a in manager.alerts() if a["endsAt"] > known["endsAt"]])
    assert len(later) == 1 and later[0]["fingerprint"] == known["fingerprint"], later
    assert later[0]["startsAt"] == known["startsAt"] and later[0]["status"]["state"] == "active", later
    # Long before the four minutes of the last one are over.
    assert seconds(known["endsAt"]) - seconds(later[0]["updatedAt"]) > 120, (known, later)
    assert seconds(later[0]["endsAt"]) - seconds(later[0]["updatedAt"]) > 220, later
    assert daemon.get(f"/v1/alerts/{alert}")["deliveries"] == told, "it was told again"


def seconds(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def test_alertmanager():
    if not shutil.which(ALERTMANAGER):
        print(f"skip  alertmanager: {ALERTMANAGER} is not installed", flush=True)
        return
    with Folder("alertmanager") as folder, Alertmanager(folder) as manager:
        port = free_port()

        def run(rules):
            return Tapewatch(BINARY, folder, config(folder, port, SECRET, None, rules) +
                             webhook("am", "alertmanager", manager.url), port)

        with run(LABELLED) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            alert = wait_for("the alert in Alertmanager", manager.alerts)[0]
            known = daemon.get("/v1/alerts")["items"][0]
            assert alert["labels"] == {"alertname": "negative-burst", "severity": known["severity"], "entity": "halden",
                                       "on_call": "night", "team": "risk"}, alert
            assert alert["annotations"]["alert_id"] == known["id"], alert
            assert "negative stories" in alert["annotations"]["summary"], alert
            assert alert["status"]["state"] in ("active", "unprocessed"), alert
            wait_for("the receipt", lambda: all(d["state"] == "delivered" for d in
                                                daemon.get(f"/v1/alerts/{known['id']}")["deliveries"]))
            # Once the whole burst has been told nothing is left to tell.
            wait_for("the update about all of it", lambda: f"{len(burst())} negative stories" in
                     manager.alerts()[0]["annotations"]["summary"])
            wait_for("its receipt", lambda: all(d["state"] == "delivered" for d in
                                                daemon.get(f"/v1/alerts/{known['id']}")["deliveries"]))
            check_refresh(daemon, manager, known["id"])
            assert daemon.terminate()[0] == 0
        with run("") as daemon:  # its rule is gone: it ends there too
            daemon.ready()
            wait_for("the end in Alertmanager", lambda: not manager.alerts())
            assert daemon.terminate()[0] == 0


def test_chats():
    try:
        import jsonschema
    except ImportError:
        print("skip  Slack, Teams, PagerDuty: python3-jsonschema is not installed", flush=True)
        return
    paths = ("/slack", "/teams", "/pagerduty", "/alertmanager_webhook")
    with Folder("chats") as folder, Chat(jsonschema) as chat:
        port = free_port()

        def run(rules):
            text = config(folder, port, SECRET, None, rules)
            for form in SCHEMAS:
                text += webhook(f"to-{form}", form, f"{chat.url}/{form}",
                                'routing_key = "R0UT1NGKEY"\n' if form == "pagerduty" else "")
            return Tapewatch(BINARY, folder, text, port)

        with run(LABELLED) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            wait_for("all four", lambda: all(chat.of(path) for path in paths))
            alert = daemon.get("/v1/alerts")["items"][0]["id"]
            wait_for("the receipts", lambda: all(d["state"] == "delivered" for d in
                                                 daemon.get(f"/v1/alerts/{alert}")["deliveries"]))
            daemon.terminate()
            assert "R0UT1NGKEY" not in daemon.log()
        with run("") as daemon:  # its rule is gone: the alert ends
            daemon.ready()
            wait_for("the end", lambda: all(len(chat.of(path)) > 1 for path in paths))
            daemon.terminate()
        assert not chat.problems, chat.problems
        slack, teams, pager, old = (chat.of(path)[0] for path in paths)
        assert "negative stories" in slack["text"] and slack["attachments"][0]["blocks"][0]["type"] == "section", slack
        card = teams["attachments"][0]["content"]
        assert card["type"] == "AdaptiveCard" and "negative stories" in card["body"][0]["items"][0]["text"], teams
        assert (pager["routing_key"], pager["event_action"], pager["dedup_key"]) == ("R0UT1NGKEY", "trigger", alert), pager
        assert old["version"] == "4" and old["alerts"][0]["labels"]["on_call"] == "night", old
        ends = [chat.of(path)[-1] for path in paths]
        assert ends[2]["event_action"] == "resolve" and ends[2]["dedup_key"] == alert, ends
        assert ends[3]["status"] == "resolved" and "Over:" in str(ends[0]) and "Over:" in str(ends[1]), ends


run_tests([("Alertmanager knows the alert, by labels that it takes, and its end", test_alertmanager),
           ("Slack, Teams, PagerDuty and receivers of Alertmanager take the firing and the end", test_chats)])

"""A receiver that answers 410: switched off, reported everywhere an operator looks, and used again when enabled."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import burst, config, push, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()


def metric(daemon, line):
    return line in daemon.request("/metrics")[1].splitlines()


def test_gone():
    answers = {"desk": 410}
    with Folder("gone") as folder, Receiver(SECRET, answer=lambda n: answers["desk"]) as desk, Receiver(SECRET) as other:
        port = free_port()
        text = config(folder, port, SECRET, desk.url + "/services/T0/secretpath")
        text += f'\n[[alerts.webhook]]\nname = "other"\nurl = "{other.url}"\nsecret = "{SECRET}"\nevents = ["resolved"]\n'
        name = "hook"
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            name = daemon.get("/v1/webhooks")["items"][0]["name"]
            assert metric(daemon, f'tapewatch_outbox_pending{{webhook="{name}"}} 0')
            assert metric(daemon, f'tapewatch_webhook_enabled{{webhook="{name}"}} 1')
            push(daemon, quiet())
            push(daemon, burst())
            told = wait_for("the other receiver's notice", lambda: other.of_type("webhook-disabled"))
            assert len(told) == 1 and told[0]["signature_ok"], told
            assert told[0]["message"]["data"]["webhook"] == name and "410" in told[0]["message"]["data"]["reason"], told
            listed = {w["name"]: w for w in daemon.get("/v1/webhooks")["items"]}
            assert not listed[name]["enabled"] and "410" in listed[name]["reason"], listed
            assert listed["other"]["enabled"] and "secretpath" not in str(listed), listed
            wait_for("the metric", lambda: metric(daemon, f'tapewatch_webhook_enabled{{webhook="{name}"}} 0'))
            ready = wait_for("readiness", lambda: (r := daemon.get("/readyz"))["status"] == "degraded" and r)
            assert any(check["name"] == f"webhook {name}" and not check["ok"] for check in ready["checks"]), ready
            zones = next(check for check in ready["checks"] if check["name"] == "time zones")
            assert zones["ok"] and re.fullmatch(r"tzdata 20\d\d[a-z]+", zones["detail"]), zones
            version = zones["detail"].removeprefix("tzdata ")
            wait_for("the zones' metric", lambda: metric(daemon, f'tapewatch_tzdata_info{{version="{version}"}} 1'))
            daemon.terminate()
            assert "switched off" in daemon.log() and "secretpath" not in daemon.log(), daemon.log()
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            wait_for("the line at start", lambda: f"POST /v1/webhooks/{name}/enable" in daemon.log())
            assert daemon.request("/v1/webhooks/nobody/enable", method="POST")[0] == 404
            answers["desk"] = 200
            status, body = daemon.request(f"/v1/webhooks/{name}/enable", method="POST")[:2]
            assert status == 200, body
            fired = wait_for("what had waited", lambda: desk.of_type("alert.firing"))
            assert fired[-1]["signature_ok"], fired
            wait_for("health", lambda: daemon.get("/readyz")["status"] == "ok")
            daemon.terminate()


run_tests([("410 switches a webhook off, says so, and enabling it delivers what waited", test_gone)])

"""Tests of a webhook, its fallback, and heartbeats, as an operator sees them."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import config, now  # noqa: E402
from news import BAD, stamp  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()
RULE = '''
[[alerts.rule]]
name = "breaking"
measure = "story"
min_negative = 0.3
'''


def webhook(name, url, more=""):
    return f'[[alerts.webhook]]\nname = "{name}"\nurl = "{url}"\nsecret = "{SECRET}"\n{more}'


def test_fallback():
    answers = {"desk": 200}
    with Folder("standby") as folder, Receiver(SECRET, answer=lambda n: answers["desk"]) as desk, Receiver(SECRET) as mail:
        port = free_port()
        text = config(folder, port, SECRET, None, RULE) + webhook("desk", desk.url, 'fallback = "mail"\n')
        text += webhook("mail", mail.url, 'match = { severity = ["info"] }\n')  # hears of nothing by itself
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            status, _ = daemon.request("/v1/webhooks/nobody/test", method="POST")
            assert status == 404, status
            number = json.loads(daemon.request("/v1/webhooks/desk/test", method="POST")[1])["deliveries"][0]
            row = wait_for("the test", lambda: (r := daemon.get(f"/v1/deliveries/{number}"))["state"] == "delivered" and r)
            assert row["type"] == "test" and row["alert"] is None and row["log"][0]["status"] == 200, row
            assert "test" in desk.of_type("test")[0]["message"]["data"]["summary"], desk.received
            answers["desk"] = 410
            daemon.post("/v1/documents", {"documents": [{"id": "1", "title": BAD[0], "published_at": stamp(now())}]})
            fired = wait_for("the fallback", lambda: mail.of_type("alert.firing"))
            assert fired[0]["signature_ok"] and fired[0]["message"]["data"]["severity"] == "critical", fired
            wait_for("the news that the other one is off", lambda: mail.of_type("webhook-disabled"))
            status, body = daemon.request("/v1/webhooks/desk/test", method="POST")
            assert status == 409 and "switched off" in body, body
            daemon.post("/v1/documents", {"documents": [{"id": "2", "title": BAD[1], "published_at": stamp(now())}]})
            wait_for("what came while it was off", lambda: len(mail.of_type("alert.firing")) == 2)
            daemon.terminate()


def test_heartbeat():
    with Folder("heartbeat") as folder, Receiver(SECRET) as desk:
        port = free_port()
        text = config(folder, port, SECRET, desk.url, RULE) + '[[alerts.heartbeat]]\nwebhook = "desk"\ninterval = "1h"\n'
        for _ in range(2):  # a restart sends none early
            with Tapewatch(BINARY, folder, text, port) as daemon:
                daemon.ready()
                wait_for("the heartbeat", lambda: desk.of_type("heartbeat"))
                wait_for("its receipt", lambda: daemon.get("/v1/deliveries?webhook=desk&state=delivered")["items"])
                daemon.terminate()
        beats = desk.of_type("heartbeat")
        assert len(beats) == 1 and beats[0]["signature_ok"], beats
        assert beats[0]["message"]["data"]["status"] in ("ok", "degraded"), beats


run_tests([("a test event, and the fallback of a webhook that is gone", test_fallback),
           ("a heartbeat, once an interval, whatever restarts", test_heartbeat)])

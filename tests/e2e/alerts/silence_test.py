"""An operator silences an alert: before it fires, over a kill -9, and while it fires; a real receiver hears what it should."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import burst, config, push, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()


def silence(daemon, duration):
    body = json.dumps({"match": {"entity": ["halden"]}, "duration": duration, "by": "ann", "comment": "known"})
    status, text = daemon.request("/v1/silences", body, headers={"Content-Type": "application/json"})
    assert status == 201, (status, text)
    return json.loads(text)["id"]


def alert_of(daemon, condition):
    return next((a for a in daemon.get("/v1/alerts")["items"] if condition(a)), None)


def types(receiver):
    with receiver.lock:
        return [r["message"]["type"] for r in receiver.received]


def test_silenced_before_it_fires():
    with Folder("silence") as folder, Receiver(SECRET) as desk:
        port = free_port()
        text = config(folder, port, SECRET, desk.url)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            silenced = silence(daemon, "1h")
            push(daemon, quiet())
            push(daemon, burst())
            fired = wait_for("the silenced alert", lambda: alert_of(daemon, lambda a: a["state"] == "firing"))
            assert fired["suppressed_by"] == f"silence:{silenced}", fired
            detail = daemon.get(f"/v1/alerts/{fired['id']}")
            assert detail["deliveries"] == [], detail["deliveries"]
            assert detail["transitions"][0]["suppressed_by"] == f"silence:{silenced}", detail["transitions"]
            wait_for("the line", lambda: f"suppressed by silence:{silenced}: recorded, not sent" in daemon.log())
            daemon.kill()
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            assert daemon.get(f"/v1/alerts/{fired['id']}")["suppressed_by"] == f"silence:{silenced}"
            assert daemon.request(f"/v1/silences/{silenced}", method="DELETE")[0] == 200
            told = wait_for("the alert", lambda: desk.of_type("alert.firing"))
            assert told[0]["signature_ok"] and told[0]["message"]["data"]["id"] == fired["id"], told
            assert told[0]["message"]["data"]["suppressed_by"] is None, told
            wait_for("the alert as it is told", lambda: daemon.get(f"/v1/alerts/{fired['id']}")["suppressed_by"] is None)
            wait_for("the line", lambda: "no longer suppressed, told now" in daemon.log())
            wait_for("the receipt", lambda: daemon.get(f"/v1/alerts/{fired['id']}")["deliveries"][0]["state"] == "delivered")
            daemon.kill()
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            # A silence that comes and goes shows that the open alerts are looked at: nothing is told again.
            again = silence(daemon, "1h")
            wait_for("the new silence", lambda: daemon.get(f"/v1/alerts/{fired['id']}")["suppressed_by"] == f"silence:{again}")
            assert daemon.request(f"/v1/silences/{again}", method="DELETE")[0] == 200
            wait_for("its end", lambda: daemon.get(f"/v1/alerts/{fired['id']}")["suppressed_by"] is None)
            assert types(desk) == ["alert.firing"], types(desk)
            daemon.terminate()


def test_silenced_while_it_fires():
    with Folder("silencing") as folder, Receiver(SECRET) as desk:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port, SECRET, desk.url), port) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            told = wait_for("the alert", lambda: desk.of_type("alert.firing"))
            alert = told[0]["message"]["data"]["id"]
            silenced = silence(daemon, "15s")
            wait_for("the silence", lambda: daemon.get(f"/v1/alerts/{alert}")["suppressed_by"] == f"silence:{silenced}")
            wait_for("its end", lambda: daemon.get(f"/v1/alerts/{alert}")["suppressed_by"] is None)
            # The news of the alert are taken back: it is over, and whoever heard of it hears that, silence or not.
            silenced = silence(daemon, "1h")
            removals = [{"source": "wire", "id": d["id"], "action": "DELETED"} for d in burst()]
            push(daemon, removals)
            over = wait_for("the end", lambda: desk.of_type("alert.resolved"))
            assert over[0]["message"]["data"]["id"] == alert, over
            assert over[0]["message"]["data"]["suppressed_by"] == f"silence:{silenced}", over
            assert types(desk)[0] == "alert.firing" and types(desk)[-1] == "alert.resolved", types(desk)
            daemon.terminate()


run_tests([("an alert silenced before it fires is told when the silence ends, once, over kill -9", test_silenced_before_it_fires),
           ("an alert silenced while it fires: its end is told to whoever heard of it", test_silenced_while_it_fires)])

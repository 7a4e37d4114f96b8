"""Rules that change between two runs: what is open goes on under its id while its surge does; what was learned stays, or
is learned from stored history. An alert whose rule is gone ends with a message."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import RULE, burst, config, push, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()
# A source is not the whole of a company, so that neither alert keeps the other from being told.
NEW_RULE = RULE.replace('"negative-burst"', '"each-source"').replace('["entity"]', '["source"]')


def other_burst():
    """The same news of another company."""
    return [dict(d, id="other-" + d["id"], title=d["title"].replace("Halden Bank", "Ostra Steel")) for d in burst()]


def test_changed_rules():
    with Folder("reconfigured") as folder, Receiver(SECRET) as receiver:
        port = free_port()

        def run(rules):
            return Tapewatch(BINARY, folder, config(folder, port, SECRET, receiver.url, rules), port)

        with run(RULE) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            fired = wait_for("the firing webhook", lambda: receiver.of_type("alert.firing"))
            alert = fired[0]["message"]["data"]["id"]
            assert daemon.terminate()[0] == 0
        assert not receiver.of_type("alert.resolved")

        # Another min_stories: what is open stays open.
        with run(RULE + "min_stories = 60\n") as daemon:
            daemon.ready()
            listed = daemon.get("/v1/alerts")["items"]
            assert [(a["id"], a["state"], a["reason"]) for a in listed] == [(alert, "firing", None)], listed
            assert "learns from the stored history" not in daemon.log()
            assert daemon.terminate()[0] == 0
        assert not receiver.of_type("alert.resolved")

        # It watches something else, where the surge is open too: learned from history, the same alert.
        with run(RULE + 'where = { entity = ["halden"] }\n') as daemon:
            daemon.ready()
            listed = daemon.get("/v1/alerts")["items"]
            assert [(a["id"], a["state"]) for a in listed] == [(alert, "firing")], listed
            assert "rule negative-burst was changed: it learns from the stored history" in daemon.log()
            assert daemon.terminate()[0] == 0
        assert not receiver.of_type("alert.resolved") and len(receiver.of_type("alert.firing")) == 1

        # It watches something where there is no surge: its alert ends, told like any other step.
        with run(RULE + 'where = { entity = ["ostra"] }\n') as daemon:
            daemon.ready()
            ended = wait_for("the resolved webhook", lambda: receiver.of_type("alert.resolved"))
            data = ended[0]["message"]["data"]
            assert len(ended) == 1 and ended[0]["signature_ok"] and data["id"] == alert, ended
            assert data["reason"] == "reconfigured" and data["state"] == "resolved" and data["ended_at"], data
            listed = daemon.get("/v1/alerts")["items"]
            assert [(a["id"], a["state"], a["reason"]) for a in listed] == [(alert, "resolved", "reconfigured")], listed
            steps = daemon.get(f"/v1/alerts/{alert}")["transitions"]
            assert [t["sequence"] for t in steps] == list(range(1, len(steps) + 1)), steps
            wait_for("the receipt", lambda: any(d["state"] == "delivered" and d["type"] == "alert.resolved"
                                                for d in daemon.get(f"/v1/alerts/{alert}")["deliveries"]))
            assert f"webhook desk: alert.resolved of alert {alert} delivered" in daemon.log()
            assert daemon.terminate()[0] == 0

        # As it was, and a second rule. Both read the history up, and fire at once.
        with run(RULE + NEW_RULE) as daemon:
            daemon.ready()
            assert "rule each-source is new: it learns from the stored history" in daemon.log()
            assert len(receiver.of_type("alert.firing")) == 1, "history raised an alert"
            push(daemon, other_burst())
            wait_for("both rules", lambda: {r["message"]["data"]["rule"] for r in receiver.of_type("alert.firing")[1:]} ==
                     {"negative-burst", "each-source"})
            of_other = [r["message"]["data"] for r in receiver.of_type("alert.firing")[1:]]
            assert {"entity": "ostra"} in [d["key"] for d in of_other], of_other
            assert all(d["id"] != alert for d in of_other)
            assert daemon.terminate()[0] == 0

        # A rule that is gone ends its alert as well.
        with run(RULE) as daemon:
            daemon.ready()
            wait_for("the end of the rule that is gone", lambda: [
                r for r in receiver.of_type("alert.resolved")[1:]
                if (r["message"]["data"]["rule"], r["message"]["data"]["reason"]) == ("each-source", "reconfigured")])
            assert daemon.terminate()[0] == 0


run_tests([("changed rules: alerts end, baselines stay or are learned from history", test_changed_rules)])

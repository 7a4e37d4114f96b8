"""kill -9 at each step between a document and a receipt: the alert fires once, and each of its messages arrives, at least once, under one
id, the firing before the end.

Before the commit nothing of the document is kept and its sender, who has no answer, sends it again. After it the message is in the
outbox: the next start sends it. After the receiver's answer it arrives twice, with one id, because nobody could keep the receipt.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import config, now  # noqa: E402
from news import BAD, stamp  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()
KILLED = 137
RULE = '''
[[alerts.rule]]
name = "breaking"
measure = "story"
min_negative = 0.3
'''
# Where the process ends, and how often the message then arrives.
PLACES = {"before_commit": 1, "after_commit": 1, "before_send": 1, "after_answer": 2, "after_receipt": 1}


def push_one(daemon, story):
    """Whether it was answered."""
    try:
        return bool(daemon.post("/v1/documents", {"documents": [story]}))
    except OSError:
        return False


def killed(daemon):
    wait_for("the end at the failpoint", lambda: daemon.process.poll() is not None)
    assert daemon.process.returncode == KILLED, (daemon.process.returncode, daemon.log())


def delivered(daemon, kind):
    rows = [d for d in daemon.get("/v1/deliveries")["items"] if d["type"] == kind]
    return rows and all(d["state"] == "delivered" for d in rows) and rows


def once(desk, kind, times):
    told = [r for r in desk.received if r["message"]["type"] == kind]
    assert len(told) == times and len({r["id"] for r in told}) == 1, (kind, times, told)
    assert all(r["signature_ok"] for r in told), told


def test_kills(place):
    story = {"source": "wire", "id": "bad-1", "title": BAD[0], "published_at": stamp(now())}
    with Folder("killed") as folder, Receiver(SECRET) as desk:
        port = free_port()
        with_rule, without = config(folder, port, SECRET, desk.url, RULE), config(folder, port, SECRET, desk.url, "")
        fail = {"TAPEWATCH_FAILPOINT": f"{place}:1"}
        with Tapewatch(BINARY, folder, with_rule, port, env=fail) as daemon:
            daemon.ready()
            push_one(daemon, story)
            killed(daemon)
        with Tapewatch(BINARY, folder, with_rule, port) as daemon:
            daemon.ready()
            assert push_one(daemon, story)
            wait_for("the firing", lambda: delivered(daemon, "alert.firing"))
            assert len(daemon.get("/v1/alerts")["items"]) == 1
            assert daemon.terminate()[0] == 0
        once(desk, "alert.firing", PLACES[place])
        if not place.endswith("_commit"):  # the rule is gone: the alert ends with the start itself
            with Tapewatch(BINARY, folder, without, port, env=fail) as daemon:
                killed(daemon)
        with Tapewatch(BINARY, folder, without, port) as daemon:
            daemon.ready()
            wait_for("the end", lambda: delivered(daemon, "alert.resolved"))
            assert [a["state"] for a in daemon.get("/v1/alerts")["items"]] == ["resolved"]
            assert daemon.terminate()[0] == 0
        once(desk, "alert.resolved", PLACES[place])
        kinds = [r["message"]["type"] for r in desk.received]
        assert kinds == sorted(kinds), kinds  # firing before resolved


run_tests([(f"killed {place.replace('_', ' ')}", lambda place=place: test_kills(place)) for place in PLACES])

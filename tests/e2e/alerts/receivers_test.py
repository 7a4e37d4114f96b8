"""Many alerts to receivers that are slow, dead, limited, rude, gone or moved, beside one that is not: nothing is lost, nothing is
late elsewhere, each alert's messages arrive in order. And an outage after which hundreds wait.

`--many N` instead pushes N documents while one receiver is away, which takes 150 a second afterwards: what 10,000 alerts that
wait cost."""

import datetime
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import receivers  # noqa: E402
from spine import config, now, push  # noqa: E402
from news import grave  # noqa: E402
from receivers import Misbehaving  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()
EACH_STORY = '''
[[alerts.rule]]
name = "breaking"
measure = "story"
min_negative = 0.1
'''


def webhook(name, url, more=""):
    return f'[[alerts.webhook]]\nname = "{name}"\nurl = "{url}"\nsecret = "{SECRET}"\n{more}'


def firings(daemon):
    return [line for line in daemon.request("/v1/alerts?limit=1000&format=ndjson")[1].splitlines() if line]


def in_order(arrivals):
    last = {}
    for arrival in (a for a in arrivals if a.alert):
        if arrival.sequence < last.get(arrival.alert, 0):
            return False
        last[arrival.alert] = arrival.sequence
    return True


def test_side_by_side():
    kinds = {"live": receivers.live, "slow": receivers.slow, "dead": receivers.dead, "limited": receivers.one_a_second,
             "cut": receivers.cut, "gone": receivers.gone, "moved": receivers.moved, "wordy": receivers.wordy}
    with Folder("receivers") as folder:
        all_of_them = {name: Misbehaving(SECRET, answer) for name, answer in kinds.items()}
        port = free_port()
        text = config(folder, port, SECRET, None, EACH_STORY)
        for name, receiver in all_of_them.items():
            text += webhook(name, receiver.url, 'timeout = "3s"\n' if name == "dead" else "")
        try:
            with Tapewatch(BINARY, folder, text, port) as daemon:
                daemon.ready()
                push(daemon, grave(24, "first", now()))
                alerts = len(firings(daemon))
                assert alerts >= 12, alerts
                check_side_by_side(daemon, all_of_them, alerts)
                daemon.terminate()
        finally:
            for receiver in all_of_them.values():
                receiver.__exit__()


def check_side_by_side(daemon, all_of_them, alerts):
    def told(name):
        return {a.alert for a in all_of_them[name].taken() if a.type == "alert.firing"}

    for name in ("live", "cut", "wordy", "slow", "limited"):
        wait_for(f"every alert at {name}", lambda name=name: len(told(name)) == alerts)
        assert in_order(all_of_them[name].taken()), name
        assert all(a.signed for a in all_of_them[name].seen()), name
    for name in ("live", "cut", "wordy", "slow"):  # one request each, whatever its answer's body does
        assert len(all_of_them[name].seen()) == len(all_of_them[name].taken()), name
    limited = all_of_them["limited"]
    assert len(limited.seen()) <= 1.2 * len(limited.taken()) + 2, (len(limited.seen()), len(limited.taken()))
    listed = {w["name"]: w for w in daemon.get("/v1/webhooks")["items"]}
    assert not listed["gone"]["enabled"] and "410" in listed["gone"]["reason"], listed
    gone = [a for a in all_of_them["gone"].seen() if a.type == "alert.firing"]
    assert len(gone) <= 16, len(gone)  # those in flight when the first answer came
    moved = all_of_them["moved"].seen()
    assert moved and len({a.id for a in moved}) <= alerts + len(daemon.get("/v1/webhooks")["items"]), moved
    assert "redirects are not followed" in str(daemon.get("/v1/deliveries?webhook=moved&limit=3")), "a reason"
    waiting = daemon.get("/v1/deliveries?webhook=dead&state=pending&limit=1000")["items"]
    assert len([row for row in waiting if row["type"] == "alert.firing"]) == alerts, len(waiting)


def test_after_an_outage():
    """The receiver is away while alerts come; back, it is told of all of them, in order."""
    up = {"now": False}

    def away(receiver, handler):
        if up["now"]:
            return receivers.live(receiver, handler)
        receivers.reply(handler, 503)
        return False

    with Folder("outage") as folder, Misbehaving(SECRET, away) as desk, Misbehaving(SECRET, receivers.live) as beside:
        port = free_port()
        text = config(folder, port, SECRET, None, EACH_STORY) + webhook("desk", desk.url) + webhook("beside", beside.url)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            push(daemon, grave(500, "many", now()))
            wait_for("the one beside it", lambda: not daemon.get("/v1/deliveries?webhook=beside&state=pending&limit=1")["items"])
            alerts = {a.alert for a in beside.taken()}
            assert len(alerts) > 300, len(alerts)
            daemon.kill()  # and what waits survives that
        before = len(desk.seen())
        up["now"] = True
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            wait_for("all that waited", lambda: {a.alert for a in desk.taken()} == alerts)
            wait_for("the receipts", lambda: not daemon.get("/v1/deliveries?webhook=desk&state=pending&limit=1")["items"])
            assert in_order(desk.taken()), "order"
            assert len(desk.seen()) - before <= 1.05 * len(desk.taken()) + 16, (len(desk.seen()), before, len(desk.taken()))
            daemon.terminate()


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def push_timed(daemon, documents, each=20):
    """Pushes in small requests; returns how long each took to its commit, in seconds."""
    took = []
    for at in range(0, len(documents), each):
        began = time.monotonic()
        push(daemon, documents[at:at + each])
        took.append(time.monotonic() - began)
    return took


def memory(daemon):
    """The most resident memory so far, in MiB."""
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))


def delays(receiver):
    """Seconds from the commit of each message to its arrival."""
    return [a.at - datetime.datetime.fromisoformat(a.message["timestamp"].replace("Z", "+00:00")).timestamp()
            for a in receiver.taken() if a.type.startswith("alert.")]


def test_many(count):
    up, back = threading.Event(), receivers.limited(150)

    def away(receiver, handler):
        if up.is_set():
            return back(receiver, handler)
        receivers.reply(handler, 503)
        return False

    with Folder("many") as folder, Misbehaving(SECRET, away) as desk, Misbehaving(SECRET, receivers.live) as beside:
        port = free_port()
        text = config(folder, port, SECRET, None, EACH_STORY) + webhook("desk", desk.url) + webhook("beside", beside.url)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            idle = push_timed(daemon, grave(200, "first", now()))
            full = []
            for at in range(0, count, 500):
                full += push_timed(daemon, grave(500, f"many-{at}", now()), 100)
            alerts = {a.alert for a in wait_for("the one beside", lambda: beside.taken() if not daemon.get(
                "/v1/deliveries?webhook=beside&state=pending&limit=1")["items"] else None, 600)}
            waiting = push_timed(daemon, grave(200, "last", now()))
            print(f"{len(alerts)} alerts wait; a request of 20: {percentile(idle, 0.5):.3f} s at first, {percentile(waiting, 0.5):.3f} s "
                  f"with all of them waiting; beside: p50 {percentile(delays(beside), 0.5):.3f} s, p99 "
                  f"{percentile(delays(beside), 0.99):.3f} s; memory {memory(daemon)} MiB", flush=True)
            alerts |= {a.alert for a in beside.taken()}
            before, began = len(desk.seen()), time.monotonic()
            up.set()
            wait_for("all that waited", lambda: alerts <= {a.alert for a in desk.taken()}, 600, 0.5)
            ratio = (len(desk.seen()) - before) / len(desk.taken())
            print(f"after the outage, limited to 150 a second: {time.monotonic() - began:.1f} s, {len(desk.seen()) - before} "
                  f"requests for {len(desk.taken())} accepted ({ratio:.2f}); memory {memory(daemon)} MiB", flush=True)
            assert ratio <= 1.2, ratio
            for receiver in (desk, beside):
                assert in_order(receiver.taken()) and all(a.signed for a in receiver.taken())
            assert percentile(delays(beside), 0.99) < 2, "the live one waits"
            assert memory(daemon) < 1500
            daemon.terminate()


if "--many" in sys.argv:
    run_tests([("ten thousand wait", lambda: test_many(int(sys.argv[sys.argv.index("--many") + 1])))])
    sys.exit(0)
run_tests([("slow, dead, limited, cut, gone, moved and wordy receivers beside a live one", test_side_by_side),
           ("what waits after an outage arrives, once and in order", test_after_an_outage)])

"""From the commit of a document to the receiver of its alert, while other documents come in: percentiles.

  python3 tests/bench/delivery_latency.py build/release/tapewatch [--rate 100] [--seconds 60]

A rule of the measure `story` makes an alert of one document in ten; the receiver answers at once. The time of an alert is that of its
request at the receiver less `stored_at`, both by this machine's clock. Prints one line of JSON.
"""

import argparse
import datetime
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "support"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "alerts"))
import receivers  # noqa: E402
from news import QUIET, grave, stamp  # noqa: E402
from spine import config, now  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, test_secret, wait_for  # noqa: E402

RULE = '''
[[alerts.rule]]
name = "breaking"
measure = "story"
min_negative = 0.1
'''


def documents(first, count, news):
    """One in ten is bad news."""
    at, made = now(), []
    for i in range(first, first + count):
        document = dict(news[i // 10]) if i % 10 == 0 else {"source": "wire", "id": f"d-{i}", "title": f"{QUIET[i % len(QUIET)]}, part {i}"}
        made.append({**document, "published_at": stamp(at)})
    return made


def feed(daemon, rate, seconds, each=10):
    """`rate` documents a second, ten a request, from two connections, so that one that waits for its commit delays no other."""
    news, start = grave(rate * seconds // 10 + each, "bench", now()), time.monotonic()

    def send(lane):
        for n in range(lane, int(rate * seconds / each), 2):
            time.sleep(max(0.0, start + n * each / rate - time.monotonic()))
            daemon.post("/v1/documents", {"documents": documents(n * each, each, news)})

    lanes = [threading.Thread(target=send, args=(lane,)) for lane in range(2)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    return rate * seconds / (time.monotonic() - start)


def stored_times(daemon):
    times, path = {}, "/v1/alerts?limit=1000"
    while path:
        page = daemon.get(path)
        for alert in page["items"]:
            times[alert["id"]] = datetime.datetime.fromisoformat(alert["stored_at"].replace("Z", "+00:00")).timestamp()
        path = page["next_cursor"] and f"/v1/alerts?limit=1000&cursor={page['next_cursor']}"
    return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    secret = test_secret()
    with Folder("latency") as folder, receivers.Misbehaving(secret, receivers.live) as desk:
        port = free_port()
        text = config(folder, port, secret, desk.url, RULE)
        with Tapewatch(options.binary, folder, text, port) as daemon:
            daemon.ready()
            reached = feed(daemon, options.rate, options.seconds)
            wait_for("all receipts", lambda: not daemon.get("/v1/deliveries?state=pending&limit=1")["items"])
            stored = stored_times(daemon)
            daemon.terminate()
        took = sorted(a.at - stored[a.alert] for a in desk.taken() if a.type == "alert.firing")

    def percentile(share):
        return round(1000 * took[min(len(took) - 1, int(share * len(took)))], 1)
    print(json.dumps({"documents_per_second": round(reached, 1), "alerts": len(took), "p50_ms": percentile(0.5),
                      "p95_ms": percentile(0.95), "p99_ms": percentile(0.99), "most_ms": percentile(1.0)}))


main()

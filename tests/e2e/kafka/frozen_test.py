"""A broker that keeps its connections and answers nothing: the source is unreachable within two looks (10 s), and the daemon
ends in time; what it cannot take as a dead letter is not said to be forwarded."""

import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from broker import Broker  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402
from wire import config, health, sql  # noqa: E402

BINARY, KAFKA = sys.argv[1:]
SOURCE = {"topics": '["news"]', "start": '"earliest"', "dead_letter_topic": '"news.rejected"'}


def headline(number):
    return f'{{"id":"f-{number}","title":"Halden Bank opens branch number {number}"}}'


def test_frozen():
    with Folder("frozen") as folder, Folder("broker") as home, Broker(home.path, KAFKA) as broker:
        broker.start()
        broker.produce("news", [headline(i) for i in range(20)])
        port = free_port()
        text = config(folder, port, broker.address, **SOURCE)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            wait_for("20 documents", lambda: sql(folder, "SELECT count(*) FROM document")[0][0] == 20)
            wait_for("no lag", lambda: health(daemon)["lag_records"] == 0)
            broker.freeze()
            frozen = time.monotonic()
            wait_for("the source backs off", lambda: health(daemon)["state"] == "backing_off")
            took = time.monotonic() - frozen
            assert "has not answered for" in health(daemon)["last_error"], health(daemon)
            assert took < 11, f"{took:.1f} s"  # two looks at intervals of 5 s, and the test's own
            broker.thaw()
            wait_for("the source runs", lambda: health(daemon)["state"] == "running")
            broker.produce("news", [headline(20)])
            wait_for("21 documents", lambda: sql(folder, "SELECT count(*) FROM document")[0][0] == 21)
            broker.freeze()
            wait_for("the source backs off", lambda: health(daemon)["state"] == "backing_off")
            status, ended = daemon.terminate(deadline=30)
            assert status == 0 and ended < 10, (status, ended)
            print(f"  unreachable after {took:.1f} s; ended in {ended:.1f} s", flush=True)
        with Tapewatch(BINARY, folder, text, port) as daemon:  # the broker was frozen before the start
            daemon.ready()
            status, ended = daemon.terminate(deadline=30)
            assert status == 0 and ended < 10, (status, ended)
            print(f"  started under a frozen broker, ended in {ended:.1f} s", flush=True)
        broker.thaw()


def test_dead_letters():
    with Folder("letters") as folder, Folder("broker") as home, Broker(home.path, KAFKA) as broker:
        broker.start()
        broker.produce("news.rejected", ["first"], partition=0)
        broker.configure("news.rejected", "max.message.bytes=20000")
        broken = ["{" + "x" * size for size in (10, 50_000, 11, 12)]
        for number, payload in enumerate(broken):
            subprocess.run(["kcat", "-b", broker.address, "-P", "-t", "news", "-p", "0", "-k", f"key-{number}", "-H",
                            f"trace={number}", "-D", "\\0"], input=payload, text=True, check=True, timeout=60)
        port = free_port()
        text = config(folder, port, broker.address, **SOURCE)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            wait_for("four dead letters", lambda: sql(folder, "SELECT count(*) FROM dead_letter")[0][0] == 4)
            wait_for("their fate", lambda: sql(
                folder, "SELECT count(*) FROM dead_letter WHERE forwarded_at IS NULL AND refused IS NULL")[0][0] == 0)
            kept = sql(folder, "SELECT key, refused, forwarded_at IS NOT NULL, payload_bytes FROM dead_letter ORDER BY id")
            assert [bytes(key) for key, *_ in kept] == [f"key-{n}".encode() for n in range(4)], kept
            assert [done for _, _, done, _ in kept] == [1, 0, 1, 1], kept
            assert "too large" in kept[1][1].lower(), kept[1]
            assert daemon.terminate()[0] == 0
        answer = subprocess.run(["kcat", "-b", broker.address, "-C", "-t", "news.rejected", "-o", "beginning", "-e", "-q", "-J"],
                                stdout=subprocess.PIPE, text=True, check=True, timeout=120).stdout
        arrived = [json.loads(line) for line in answer.splitlines()][1:]
        assert [letter["key"] for letter in arrived] == ["key-0", "key-2", "key-3"], arrived
        for letter, offset in zip(arrived, (0, 2, 3), strict=True):
            headers = dict(zip(letter["headers"][::2], letter["headers"][1::2], strict=True))
            assert headers["trace"] == str(offset), headers
            assert (headers["tapewatch-topic"], headers["tapewatch-partition"], headers["tapewatch-offset"]) == (
                "news", "0", str(offset)), headers
            assert headers["tapewatch-timestamp"] == str(letter["ts"]), (headers, letter)


run_tests([("a frozen broker is noticed, and holds up no end", test_frozen),
           ("a long dead letter takes no short one with it, and is not said to be forwarded", test_dead_letters)])

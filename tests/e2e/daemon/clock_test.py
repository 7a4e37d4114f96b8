"""A wall clock that is wrong for a while: nobody's live news becomes late, and whoever operates the daemon is told."""

import contextlib
import json
import mmap
import os
import re
import sqlite3
import struct
import subprocess
import sys
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import spine  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY, _, SHIM = sys.argv[1:4]
HOUR = 3_600_000


class SetClock:
    """The milliseconds by which the daemon's wall clock differs from the system's."""

    def __init__(self, folder):
        self.path = folder.file("offset")
        with open(self.path, "wb") as file:
            file.write(struct.pack("<qq", 0, 0))
        self.file = open(self.path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 16)
        self.env = {"LD_PRELOAD": SHIM, "CLOCK_SHIM_OFFSET": self.path}

    def set(self, milliseconds, synchronised=False):
        self.map[:] = struct.pack("<qq", milliseconds, int(synchronised))


def metric(daemon, name):
    return float(re.search(rf"^{name} (\S+)$", daemon.request("/metrics")[1], re.MULTILINE).group(1))


def clock_check(daemon):
    return next(check for check in daemon.get("/readyz")["checks"] if check["name"] == "clock")


def ticks(folder):
    with contextlib.closing(sqlite3.connect(os.path.join(folder.path, "tapewatch.db"))) as database:
        return [at for (at,) in database.execute("SELECT at FROM tick ORDER BY seq")]


def push(daemon, number, ahead=timedelta(0)):
    now = datetime.now(timezone.utc) + ahead - timedelta(seconds=1)
    document = {"source": "w", "id": str(number), "title": f"Ostra Steel reports quarter {number}",
                "published_at": now.isoformat(timespec="milliseconds")}
    answer = daemon.post("/v1/documents", [document])
    assert answer["results"][0]["status"] == "stored", answer
    newest = daemon.get("/v1/documents?order=newest&limit=20&from=0&to=9999999999")["items"]
    return next(found for found in newest if found["source_id"] == document["id"])


# Event times and evidence; wall times and configuration differ.
TRANSITIONS = ("SELECT a.id, a.key, t.sequence, t.type, t.state, t.severity, t.evidence, t.reason, t.started_at, "
               "t.updated_at, t.ended_at, t.late FROM alert_transition t JOIN alert a ON a.number = t.alert ORDER BY t.seq")
TIMES = "SELECT id, at, published_at, received_at, late, held, story FROM document ORDER BY id"


def started(folder, clock, port):
    text = (f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n[storage]\nmin_free = "1MiB"\n'
            '[model]\nthreads = 1\n[[alerts.rule]]\nname = "burst"\n')
    return Tapewatch(BINARY, folder, text, port, env=clock.env)


def test_a_wrong_clock_moves_nothing():
    with Folder("clock") as folder:
        clock, port = SetClock(folder), free_port()
        with started(folder, clock, port) as daemon:
            daemon.ready()
            assert clock_check(daemon)["ok"], daemon.get("/readyz")
            assert not push(daemon, 1)["late"]
            for wrong in (5 * HOUR, -5 * HOUR, 30 * 24 * HOUR):
                clock.set(wrong)
                check = wait_for("a degraded clock", lambda: not clock_check(daemon)["ok"] and clock_check(daemon))
                assert f"{wrong // 1000} s" in check["detail"], check
                assert daemon.get("/readyz")["status"] == "degraded"
                before = len(ticks(folder))
                wait_for("a tick", lambda: len(ticks(folder)) > before)
                assert abs(metric(daemon, "tapewatch_event_time_offset_seconds")) < 60, daemon.request("/metrics")[1]
                wait_for("the metric", lambda: abs(metric(daemon, "tapewatch_clock_departure_seconds") -
                                                   wrong / 1000) < 60)
                clock.set(0)
                wait_for("a clock that is right", lambda: clock_check(daemon)["ok"])
            real = datetime.now(timezone.utc).timestamp() * 1000
            assert all(abs(real - at) < 10 * 60_000 for at in ticks(folder)), (real, ticks(folder))
            document = push(daemon, 2)
            assert not document["late"] and not document["published_clamped"], document
            log = daemon.log()
            assert log.count("is not followed until") == 3 and log.count("the wall clock is right again") == 3, log
            assert daemon.terminate()[0] == 0


def test_a_start_behind_the_stored_time():
    with Folder("ahead") as folder:
        clock, port = SetClock(folder), free_port()
        clock.set(5 * HOUR)
        with started(folder, clock, port) as daemon:
            daemon.ready()
            push(daemon, 1, timedelta(hours=5))
            assert daemon.terminate()[0] == 0
        clock.set(0)
        port = free_port()
        with started(folder, clock, port) as daemon:
            daemon.ready()
            wait_for("a degraded clock", lambda: not clock_check(daemon)["ok"])
            assert "behind the stored event time" in daemon.log(), daemon.log()
            assert daemon.terminate()[0] == 0


def rows(folder, sql):
    with contextlib.closing(sqlite3.connect(os.path.join(folder.path, "tapewatch.db"))) as database:
        return database.execute(sql).fetchall()


def test_a_wrong_start_is_put_right():
    """Surges before, while and after a start's clock is five hours ahead; the exported sequence replays to the same."""
    with Folder("anchor") as folder:
        clock, port = SetClock(folder), free_port()
        config = spine.config(folder, port, None)
        with Tapewatch(BINARY, folder, config, port, env=clock.env) as daemon:
            daemon.ready()
            assert set(spine.push(daemon, spine.quiet())) == {"stored"}
            assert daemon.terminate()[0] == 0
        clock.set(5 * HOUR)
        with Tapewatch(BINARY, folder, config, port, env=clock.env) as daemon:
            daemon.ready()
            before = len(ticks(folder))
            wait_for("a tick of the wrong clock", lambda: len(ticks(folder)) > before)
            assert push(daemon, 9)["late"], "a right date, five hours before the wrong event time"
            assert set(spine.push(daemon, spine.burst())) == {"stored"}
            assert not rows(folder, "SELECT 1 FROM alert WHERE NOT late"), "the wrong clock mutes it"
            undated = {"source": "w", "id": "undated", "title": "Ostra Steel opens a mill"}
            assert daemon.post("/v1/documents", [undated])["results"][0]["status"] == "stored"
            assert daemon.terminate()[0] == 0
        clock.set(0)
        with Tapewatch(BINARY, folder, config, port, env=clock.env) as daemon:
            daemon.ready()
            wait_for("a degraded clock", lambda: not clock_check(daemon)["ok"])
            assert metric(daemon, "tapewatch_event_time_offset_seconds") > 4 * 3600
            clock.set(0, synchronised=True)
            wait_for("the re-anchoring", lambda: rows(folder, "SELECT 1 FROM reanchoring"))
            wait_for("a clock that is right", lambda: clock_check(daemon)["ok"])
            wait_for("the metric", lambda: abs(metric(daemon, "tapewatch_event_time_offset_seconds")) < 120)
            assert "event time was" in daemon.log(), daemon.log()
            fired = rows(folder, "SELECT key, state FROM alert WHERE NOT late")
            assert fired == [('{"entity":"halden"}', "firing")], fired
            assert not push(daemon, 10)["late"]
            documents = daemon.get("/v1/documents?order=newest&limit=100&from=0&to=9999999999")["items"]
            now = datetime.now(timezone.utc).isoformat()
            assert not any(d["late"] or d["published_at"] > now for d in documents), documents
            assert daemon.terminate()[0] == 0
        told = rows(folder, "SELECT count(*) FROM alert_transition WHERE reason <> 'clock'")[0][0]
        exported = subprocess.run([BINARY, "db", "export", "--db", os.path.join(folder.path, "tapewatch.db")],
                                  capture_output=True, check=True, timeout=60).stdout
        lines = [json.loads(line) for line in exported.splitlines()]
        assert sum("reanchored" in line for line in lines) == 1 and any("tick" in line for line in lines), lines
        with open(folder.file("run.ndjson"), "wb") as file:
            file.write(exported)
        again = folder.file("again.db")
        printed = subprocess.run([BINARY, "replay", "--config", folder.file("tapewatch.toml"), "--db", again,
                                  folder.file("run.ndjson")], capture_output=True, check=True, timeout=120)
        live = rows(folder, TRANSITIONS)
        with contextlib.closing(sqlite3.connect(again)) as database:
            assert database.execute(TRANSITIONS).fetchall() == live
            assert database.execute(TIMES).fetchall() == rows(folder, TIMES)
        assert len(printed.stdout.splitlines()) == told, printed.stdout


run_tests([("a start five hours ahead: put right, and the export replays to the same", test_a_wrong_start_is_put_right),
           ("hours ahead, hours behind, a month ahead: no tick, no receipt follows", test_a_wrong_clock_moves_nothing),
           ("a stored event time ahead of the clock is reported", test_a_start_behind_the_stored_time)])

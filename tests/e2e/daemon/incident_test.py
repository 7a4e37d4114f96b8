"""Twenty incidents of every kind are brought about in a running daemon; each is found, to a bucket of one minute, and none
besides."""

import contextlib
import datetime
import json
import mmap
import os
import sqlite3
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from local_server import LocalServer, QuietHandler  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY, _, SHIM = sys.argv[1:4]
BUCKET = 60.0
HOUR = 3600.0
JSON = {"Content-Type": "application/json"}


class Machine:
    """The daemon's wall clock and disk: milliseconds beside the system's, whether that is synchronised, bytes that are
    free (0: as they are)."""

    def __init__(self, folder):
        path = folder.file("machine")
        with open(path, "wb") as file:
            file.write(bytes(24))
        self.file = open(path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 24)
        self.env = {"LD_PRELOAD": SHIM, "CLOCK_SHIM_OFFSET": path}

    def set(self, ahead=0.0, free=0):
        self.map[:] = struct.pack("<qqq", int(ahead * 1000), 1, free)


class Feeds(LocalServer):
    """A feed of one item at each path; those in `down` answer 500."""

    def __init__(self):
        feeds = self
        self.down = set()

        class Handler(QuietHandler):
            def do_GET(self):
                name = self.path.strip("/")
                text = (f"<rss version='2.0'><channel><item><guid isPermaLink='false'>{name}</guid><title>News of {name}</title>"
                        "</item></channel></rss>").encode()
                self.send_response(500 if name in feeds.down else 200)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        super().__init__(Handler)


def configuration(folder, port, feeds, rules=("first",), bias=0.0):
    text = f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n[storage]\nmin_free = "1MiB"\n'
    text += f'[model]\nthreads = 1\nneutral_bias = {bias}\n'
    for name in ("one", "two", "three"):
        text += f'[[ingest.feed]]\nname = "{name}"\nurl = "{feeds.url}/{name}"\ninterval = "1s"\ntimeout = "1s"\nhost_spacing = "0s"\n'
        text += f'[[ingest.post]]\nname = "vendor-{name}"\npath = "/in/{name}"\n'
    for name in rules:
        text += f'[[alerts.rule]]\nname = "{name}"\n'
    return text


class Run:
    """What was brought about: (kind, source, from, to, documents)."""

    def __init__(self, folder, feeds):
        self.folder, self.feeds, self.port = folder, feeds, free_port()
        self.machine = Machine(folder)
        self.machine.set()
        self.planted, self.number = [], 0

    def start(self, **changes):
        return Tapewatch(BINARY, self.folder, configuration(self.folder, self.port, self.feeds, **changes), self.port,
                         env=self.machine.env)

    def plant(self, kind, source, begin, end=None, documents=None):
        self.planted.append((kind, source, begin, end if end is not None else begin, documents))

    def push(self, daemon, source, *hours_ago):
        documents = []
        for hours in hours_ago:
            self.number += 1
            at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=hours)
            documents.append({"source": source, "id": str(self.number), "title": f"Report number {self.number}",
                              "published_at": at.isoformat(timespec="milliseconds")})
        answer = daemon.post("/v1/documents", documents)
        assert [one["status"] for one in answer["results"]] == ["stored"] * len(documents), answer

    def reload(self, daemon, **changes):
        self.folder.file("tapewatch.toml", configuration(self.folder, self.port, self.feeds, **changes))
        status, text = daemon.request("/v1/reload", b"", method="POST")
        assert status == 200 and json.loads(text)["changed"], (status, text)
        self.plant("rules_changed", None, time.time())


def covered(daemon):
    sources = {source["id"]: source for source in daemon.get("/v1/sources")["items"]}
    return all(sources.get(name, {}).get("health", {}).get("last_success") for name in ("one", "two", "three"))


def feeds_fail(run, daemon):
    """Each for long enough to miss what was expected of it, the second while the first still fails."""
    begins = {}
    for name in ("one", "two"):
        run.feeds.down.add(name)
        begins[name] = time.time()
    wait_for("both are told", lambda: len(incidents(daemon, "source_down")) == 2)
    assert all(one["to"] is None for one in incidents(daemon, "source_down"))
    for name in ("one", "two"):
        run.feeds.down.discard(name)
    run.feeds.down.add("three")
    begins["three"] = time.time()
    ended = {}

    def all_over():
        found = incidents(daemon, "source_down")
        for one in found:
            if one["to"] is not None:
                ended.setdefault(one["source"], time.time())
        if len(found) == 3:
            run.feeds.down.discard("three")
        return len(ended) == 3
    wait_for("they answer again", all_over)
    for name in begins:
        run.plant("source_down", name, begins[name], ended[name])


def disk_fills(run, daemon):
    for _ in range(2):
        run.machine.set(free=1024)
        begin = time.time()
        wait_for("the pause", lambda: any(one["to"] is None for one in incidents(daemon, "ingestion_paused")))
        assert daemon.request("/v1/documents", '{"title": "x"}', headers=JSON)[0] == 503
        run.machine.set()
        wait_for("its end", lambda: all(one["to"] is not None for one in incidents(daemon, "ingestion_paused")))
        run.plant("ingestion_paused", None, begin, time.time())


def records_are_wrong(run, daemon):
    """Late ones, of which some lie close together, and some that cannot be read."""
    run.push(daemon, "wire", 0)
    now = time.time()
    run.push(daemon, "wire", 5.0, 4.9, 4.8)
    run.push(daemon, "wire", 30)
    run.push(daemon, "herald", 10)
    run.push(daemon, "herald", 10.1)
    run.push(daemon, "tribune", 3, 1, 0)  # two of them not too late
    run.plant("late_backlog", "wire", now - 5.0 * HOUR, now - 4.8 * HOUR, 3)
    run.plant("late_backlog", "wire", now - 30 * HOUR, now - 30 * HOUR, 1)
    run.plant("late_backlog", "herald", now - 10.1 * HOUR, now - 10 * HOUR, 2)
    run.plant("late_backlog", "tribune", now - 3 * HOUR, now - 3 * HOUR, 1)
    for times, name in enumerate(("one", "two", "three"), 1):
        for _ in range(times):
            status, text = daemon.request(f"/in/{name}", '[{"title": ""}]', headers=JSON)
            assert status == 200 and json.loads(text)["results"][0]["status"] == "rejected", (status, text)
        run.plant("dead_lettered", f"vendor-{name}", time.time(), documents=times)


def incidents(daemon, kind=None):
    return daemon.get("/v1/incidents?limit=1000" + (f"&kind={kind}" if kind else ""))["items"]


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def is_it(planted, one):
    kind, source, begin, end, documents = planted
    return (one["kind"] == kind and one["source"] == source and abs(seconds(one["from"]) - begin) <= BUCKET and one["to"] is not None
            and abs(seconds(one["to"]) - end) <= BUCKET and (documents is None or one["documents"] == documents))


def missed_of(planted, found):
    """Those for which no incident is left, to a bucket at both ends; each incident is that of one."""
    missed, left = [], list(found)
    for one in sorted(planted, key=lambda one: one[2]):
        own = min((it for it in left if is_it(one, it)), key=lambda it: abs(seconds(it["from"]) - one[2]), default=None)
        left.remove(own) if own else missed.append(one)
    return missed


def rows(folder, sql):
    with contextlib.closing(sqlite3.connect(os.path.join(folder.path, "tapewatch.db"))) as database:
        return database.execute(sql).fetchall()


def restarts(run, daemon):
    """Killed; stopped, with another rule; stopped, with another model."""
    daemon.kill()
    down = time.time()
    for changes in ({"rules": ("second",)}, {"rules": ("second", "third")}, {"rules": ("second", "third"), "bias": 0.5}):
        with run.start(**changes) as daemon:
            daemon.ready()
            up = time.time()
            run.plant("daemon_down", None, down, up)
            if changes["rules"] != ("second",) and "bias" not in changes:
                run.plant("rules_changed", None, up)
            if "bias" not in changes:
                wait_for("the feeds", lambda: covered(daemon))
                assert daemon.terminate()[0] == 0
                down = time.time()
                continue
            wait_for("the rules have learned", lambda: all(one["to"] for one in incidents(daemon, "model_changed")))
            run.plant("model_changed", None, up, time.time())
            return finish(run, daemon)
    return None


def finish(run, daemon):
    """The clock, which is an hour ahead of itself for a moment; then the account."""
    run.machine.set(ahead=HOUR)
    now = time.time()
    wait_for("it is followed", lambda: any("clock went" in one["detail"] for one in incidents(daemon, "clock_jump")))
    undated = daemon.post("/v1/documents", [{"source": "wire", "id": "undated", "title": "Ostra Steel opens a mill"}])
    assert undated["results"][0]["status"] == "stored", undated
    run.machine.set()
    wait_for("event time is put right", lambda: rows(run.folder, "SELECT 1 FROM reanchoring"))
    run.plant("clock_jump", None, now, time.time() + HOUR, 1)
    found = incidents(daemon)
    exported = subprocess.run([BINARY, "query", "incidents", "--url", daemon.url(""), "--format", "csv"], capture_output=True,
                              text=True, check=True, timeout=60).stdout
    assert len(exported.splitlines()) == len(found) + 1, exported
    assert daemon.terminate()[0] == 0
    return found


def test_twenty():
    with Folder("incidents") as folder, Feeds() as feeds:
        run = Run(folder, feeds)
        with run.start() as daemon:
            daemon.ready()
            wait_for("the feeds", lambda: covered(daemon))
            assert incidents(daemon) == []
            records_are_wrong(run, daemon)
            feeds_fail(run, daemon)
            disk_fills(run, daemon)
            run.reload(daemon, rules=("first", "second"))
            run.reload(daemon, rules=("second",))
            found = restarts(run, daemon)
        assert len(run.planted) == 20, run.planted
        missed = missed_of(run.planted, found)
        for planted in run.planted:
            print(f"  {planted[0]:17} {planted[1] or '':13} {'missed' if planted in missed else 'found'}")
        assert not missed, (missed, found)
        assert len(found) == 20, found
        # The view says the same of a database at rest, and joins to the buckets.
        assert rows(folder, "SELECT id, source, documents FROM incident_view ORDER BY id") == sorted(
            (one["id"], one["source"], one["documents"]) for one in found)
        joined = rows(folder, "SELECT s.source, count(*) FROM sentiment_minute s JOIN incident_view i ON i.from_ms < s.t_ms + "
                      "60000 AND i.to_ms > s.t_ms AND i.source = s.source AND i.kind = 'late_backlog' GROUP BY s.source")
        assert [source for source, _ in joined] == ["herald", "tribune", "wire"], joined


run_tests([("20 of 20 incidents are found, and none besides", test_twenty)])

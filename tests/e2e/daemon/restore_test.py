"""A backup made beside the running daemon, put back after a kill -9: the daemon then has what the backup had."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import burst, config, push, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()


def tapewatch(*arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=120)


def stored(daemon):
    return {d["source_id"] for d in daemon.get("/v1/documents?limit=1000&from=-72h")["items"]}


def test_backup_comes_back_after_a_kill():
    with Folder("restore") as folder, Receiver(SECRET) as receiver:
        port = free_port()
        text = config(folder, port, SECRET, receiver.url)
        database, backup = folder.file("tapewatch.db"), folder.file("backup.db")
        before, after = quiet(), burst()
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            push(daemon, before)
            made = tapewatch("db", "backup", backup, "--db", database)
            assert made.returncode == 0, made.stderr
            push(daemon, after)
            refused = tapewatch("db", "restore", backup, "--db", database)
            assert refused.returncode == 1 and "stop that one first" in refused.stderr, refused
            assert len(stored(daemon)) == len(before) + len(after)
            daemon.kill()
        assert os.path.getsize(database + "-wal") > 0  # what a copy over the file would have had replayed into it
        for suffix in ("", "-wal"):
            shutil.copy(database + suffix, folder.file("copied.db") + suffix)
        shutil.copy(backup, folder.file("copied.db"))
        checked = tapewatch("db", "check", "--db", folder.file("copied.db"))
        assert checked.returncode == 1 and "tapewatch db restore" in checked.stderr, checked
        restored = tapewatch("db", "restore", backup, "--db", database)
        assert restored.returncode == 0 and f"{len(before)} documents" in restored.stdout, restored
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            assert stored(daemon) == {document["id"] for document in before}
            assert push(daemon, before[:3]) == ["repeated"] * 3
            assert push(daemon, after) == ["stored"] * len(after)
            daemon.terminate()
        for file in (database, database + ".before-restore"):
            checked = tapewatch("db", "check", "--db", file)
            assert checked.returncode == 0, (file, checked)
        again = tapewatch("db", "restore", backup, "--db", database)
        assert again.returncode == 1 and "kept by an earlier restore" in again.stderr, again


def test_what_is_no_backup_is_refused():
    with Folder("restore-refused") as folder:
        database, other = folder.file("tapewatch.db"), folder.file("other.db")
        subprocess.run([sys.executable, "-c", "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\n"
                        "db.execute('CREATE TABLE t (x)')\ndb.commit()", other], check=True, timeout=60)
        for backup, words in ((other, "another program"), (folder.file("none.db"), "No such file")):
            refused = tapewatch("db", "restore", backup, "--db", database)
            assert refused.returncode == 1 and words in refused.stderr, refused
            assert not os.path.exists(database) and not os.path.exists(database + ".restoring")


run_tests([("a backup made beside the daemon comes back after a kill -9", test_backup_comes_back_after_a_kill),
           ("what is no backup is refused, and leaves nothing", test_what_is_no_backup_is_refused)])

"""History in bulk: `tapewatch import` into a database and into a daemon, killed in the middle and run again."""

import datetime
import glob
import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from news import BAD, stamp  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
DOCUMENTS = 3000
LIVE = "Halden Bank raises capital"


def title(number):
    companies = ("Halden Bank", "Ostra Steel", "Kesmar Foods", "Nord Ferries", "Lindal Energy")
    events = ("raises its forecast", "recalls a product", "names a new chairman", "loses an appeal", "cuts jobs")
    return f"{companies[number % 5]} {events[number // 5 % 5]} in region {number}"


def news(number):
    at = datetime.datetime(2026, 1, 5, 8, tzinfo=datetime.timezone.utc) + datetime.timedelta(minutes=number)
    document = {"source": "archive", "title": title(number), "published_at": at.isoformat()}
    if number % 2:
        document["id"] = f"doc-{number}"  # the others are told apart by their content
    return document


def ndjson(documents=DOCUMENTS):
    lines = [json.dumps(news(number)) for number in range(documents)]
    lines.insert(100, "this is no document")
    return "\n".join(lines) + "\n"


def config(folder, port, webhook="http://127.0.0.1:9/"):
    return (f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n'
            '[storage]\nmin_free = "1MiB"\n[model]\nthreads = 1\n'
            '[[alerts.rule]]\nname = "breaking"\nmeasure = "story"\ngroup_by = []\nmin_negative = 0.3\n'
            f'[[alerts.webhook]]\nname = "desk"\nurl = "{webhook}"\nsecret = "{test_secret()}"\n')


class Running:
    """`tapewatch import` in the background."""

    def __init__(self, folder, *arguments, home=None):
        self.command = [BINARY, "import", *arguments]
        self.environment = {**os.environ, "XDG_STATE_HOME": home or folder.file("state")}

    def start(self):
        return subprocess.Popen(self.command, env=self.environment, stderr=subprocess.PIPE, text=True)

    def whole(self, status=0):
        ran = subprocess.run(self.command, env=self.environment, capture_output=True, text=True, timeout=300,
                             input="")
        assert ran.returncode == status, (ran.returncode, ran.stderr[-2000:])
        return ran.stderr


def summary(text):
    """{"stored": 1, …, "lines": lines that an earlier run has read}"""
    line = [one for one in text.splitlines() if one.startswith("imported ")][-1]
    counts = {word: int(number) for number, word in
              (part.split() for part in line.split(": ", 1)[1].split(";")[0].split(", "))}
    counts["lines"] = int(line.split("; ")[1].split()[0])
    return counts


def kept_lines(path):
    """How far the file has been read, by the database."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as database:
            row = database.execute("SELECT json FROM feed_state WHERE source LIKE 'import:%'").fetchone()
            return json.loads(row[0])["lines"] if row else 0
    except sqlite3.OperationalError:
        return 0


def titles(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return sorted(row[0] for row in database.execute("SELECT title FROM document_view"))


def backfilled(path):
    """What the documents say of it: each value once."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return [row[0] for row in database.execute("SELECT DISTINCT backfilled FROM document_view ORDER BY 1")]


def test_killed_and_run_again_each_document_is_stored_once():
    with Folder("import") as folder:
        source = folder.file("history.ndjson", ndjson())
        folder.file("t.toml", config(folder, free_port()))
        database = folder.file("tapewatch.db")
        command = Running(folder, "--config", folder.file("t.toml"), source)
        process = command.start()
        try:
            wait_for("the first batches", lambda: kept_lines(database) > 0)
            process.send_signal(signal.SIGKILL)
        finally:
            process.wait()
            process.stderr.close()
        reached = kept_lines(database)
        assert 0 < reached < DOCUMENTS, reached
        told = command.whole()
        counts = summary(told)
        assert counts["lines"] == reached, (counts, reached)
        assert counts["repeated"] == 0, counts
        assert titles(database) == sorted(title(number) for number in range(DOCUMENTS))
        assert backfilled(database) == [1], backfilled(database)
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
            letters = opened.execute("SELECT position, payload FROM dead_letter").fetchall()
            assert letters == [(f"{source}:101", b"this is no document")], letters
            assert opened.execute("SELECT count(*) FROM alert").fetchone()[0] > 0, "no alert that could have been told"
            assert opened.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
        finished = summary(command.whole())
        assert finished["lines"] == DOCUMENTS + 1 and finished["stored"] == 0, finished
        with open(source, "a", encoding="utf-8") as more:
            more.write(json.dumps(news(DOCUMENTS)) + "\n")
        assert summary(command.whole())["stored"] == 1
        again = summary(Running(folder, "--config", folder.file("t.toml"), "--again", source).whole())
        assert again["repeated"] == DOCUMENTS + 1 and again["rejected"] == 1, again
        bare = Running(folder, "--db", database, source).whole(status=2)
        assert "rules watch this database; give --config FILE" in bare, bare
        assert subprocess.run([BINARY, "db", "check", "--db", database], timeout=60).returncode == 0


def test_csv_with_columns_of_its_own_and_bad_lines():
    with Folder("import-csv") as folder:
        path = folder.file("history.csv.gz")
        with gzip.open(path, "wt", encoding="utf-8") as out:
            out.write("Headline,When,Ticker\n"
                      '"Mill ""Nord"",\ncloses",2026-01-05T08:00:00Z,KSMR\n'
                      "No time,,KSMR\n"
                      "Mill opens,2026-01-06T08:00:00Z,\n")
        database = folder.file("fresh.db")
        told = Running(folder, "--db", database, "--source", "archive", "--fields", "title=/Headline", "--fields",
                       "published_at=/When", "--fields", "entities=/Ticker", path).whole()
        assert f"{path}:4: /When: missing; state when" in told, told
        assert titles(database) == ['Mill "Nord", closes', "Mill opens"], titles(database)
        nothing = folder.file("nothing.ndjson", "no\nnews\n")
        assert f"{nothing}:2: not JSON" in Running(folder, "--db", database, nothing).whole(status=1)
        assert "missing.ndjson: cannot be read" in Running(folder, "--db", database, folder.file("missing.ndjson")).whole(1)


def test_replayed_documents_say_that_their_receipt_is_not_told():
    with Folder("import-replay") as folder:
        source = folder.file("history.ndjson", ndjson(50))
        folder.file("t.toml", config(folder, free_port()))
        database = folder.file("replayed.db")
        subprocess.run([BINARY, "replay", "--config", folder.file("t.toml"), "--db", database, source], check=True,
                       capture_output=True, timeout=120)
        assert backfilled(database) == [1], backfilled(database)
        exported = subprocess.run([BINARY, "db", "export", "--db", database], check=True, capture_output=True, text=True,
                                  timeout=60).stdout
        again = folder.file("again.db")
        subprocess.run([BINARY, "replay", "--config", folder.file("t.toml"), "--db", again,
                        folder.file("sequence.ndjson", exported)], check=True, capture_output=True, timeout=120)
        assert backfilled(again) == [1], backfilled(again)


def test_into_a_running_daemon():
    with Folder("import-url") as folder:
        source = folder.file("history.ndjson", ndjson())
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            refused = Running(folder, "--db", folder.file("tapewatch.db"), source).whole(status=1)
            assert "tapewatch import: " in refused and "--url" in refused, refused
            command = Running(folder, "--url", daemon.url(""), source)
            state = folder.file("state/tapewatch/*.json")  # written as *.new
            process = command.start()
            try:
                wait_for("the first answers", lambda: glob.glob(state))
                process.send_signal(signal.SIGKILL)
            finally:
                process.wait()
                process.stderr.close()
            counts = summary(command.whole())
            assert counts["lines"] > 0, counts
            assert counts["stored"] + counts["repeated"] < DOCUMENTS, counts
            assert backfilled(folder.file("tapewatch.db")) == [1]
            daemon.post("/v1/documents", {"id": "live", "title": LIVE})
            listed = daemon.get("/v1/documents?limit=1")["items"][0]
            assert listed["source_id"] == "live" and listed["backfilled"] is False, listed
            assert daemon.terminate()[0] == 0
        assert titles(folder.file("tapewatch.db")) == sorted([*map(title, range(DOCUMENTS)), LIVE])


def test_history_that_ends_what_was_told_live():
    with Folder("import-end") as folder, Receiver(test_secret()) as desk:
        port = free_port()
        text = config(folder, port, desk.url)
        now = datetime.datetime.now(datetime.timezone.utc)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready().post("/v1/documents", {"documents": [
                {"source": "wire", "id": "bad-1", "title": BAD[0], "published_at": stamp(now)}]})
            wait_for("the firing", lambda: desk.of_type("alert.firing"))
            assert daemon.terminate()[0] == 0
        source = folder.file("history.ndjson", json.dumps({"source": "wire", "id": "bad-1", "action": "deleted"}) + "\n" +
                             json.dumps({"source": "wire", "title": BAD[1], "published_at": stamp(now)}) + "\n")
        counts = summary(Running(folder, "--config", folder.file("tapewatch.toml"), source).whole())
        assert counts["removed"] == 1 and counts["stored"] == 1, counts
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            wait_for("the end", lambda: desk.of_type("alert.resolved"))
            assert len(daemon.get("/v1/alerts")["items"]) == 2, "history's own story raises an alert, which is told nobody"
            assert daemon.terminate()[0] == 0
        told = [(r["message"]["type"], r["message"]["data"]["id"]) for r in desk.received]
        assert [kind for kind, _ in told] == ["alert.firing", "alert.resolved"] and len({key for _, key in told}) == 1, told


run_tests([("killed and run again", test_killed_and_run_again_each_document_is_stored_once),
           ("CSV", test_csv_with_columns_of_its_own_and_bad_lines),
           ("replay", test_replayed_documents_say_that_their_receipt_is_not_told),
           ("a running daemon", test_into_a_running_daemon),
           ("an alert that was told live", test_history_that_ends_what_was_told_live)])

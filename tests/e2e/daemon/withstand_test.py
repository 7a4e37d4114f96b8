"""Bad configurations, bad input, a port in use, a damaged file, a full disk, a stop under load: clear messages, nothing lost."""

import contextlib
import http.client
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY, SOURCE = sys.argv[1], sys.argv[2]


def config(data_dir, port, extra="", storage='min_free = "1MiB"'):
    return f'[daemon]\ndata_dir = "{data_dir}"\nlisten = ["127.0.0.1:{port}"]\n[storage]\n{storage}\n{extra}'


def run(arguments, **options):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, **options)


def refused(text, status, *words):
    """`tapewatch run` on this configuration ends with the status and prints all the words."""
    with Folder("refused") as folder:
        done = run(["run", "--config", folder.file("t.toml", text.replace("FOLDER", folder.path))])
        assert done.returncode == status, (done.returncode, done.stderr)
        for word in words:
            assert word in done.stderr, (word, done.stderr)


def test_configuration():
    text = ('[daemon]\nlisten = ["127.0.0.1:80800"]\n[storag]\npath = "x"\n[[alerts.rule]]\nname = "a"\n'
            'mesure = "negative_stories"\nresolve_after = "30 parsecs"\n[daemon.tls]\ncert = "x"\n')
    refused(text, 2, "t.toml:2:", "t.toml:3:", "storage", "t.toml:7:", "measure", "t.toml:8:", "t.toml:9:", "certificate")
    with Folder("check") as folder:
        done = run(["check", "--config", folder.file("t.toml", text)])
        assert done.returncode == 2 and (done.stdout + done.stderr).count("t.toml:") >= 5, done.stdout + done.stderr
    refused('[daemon]\ndata_dir = "FOLDER"\nlisten = ["0.0.0.0:8080"]\n', 2, "tokens")
    refused('[daemon]\ndata_dir = "FOLDER"\n[[alerts.heartbeat]]\nwebhook = "x"\n', 2, "there is no webhook 'x'")


def test_start_up():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused(config("FOLDER", taken.getsockname()[1]), 1, str(taken.getsockname()[1]), "in use")
    refused(config("/dev/null/tapewatch", free_port()), 2, "t.toml:2:", "/dev/null/tapewatch", "data_dir")
    with Folder("damaged") as folder:
        folder.file("tapewatch.db", "this is no database, but it is long enough to look like a file " * 40)
        done = run(["run", "--config", folder.file("t.toml", config(folder.path, free_port()))])
        assert done.returncode == 1 and "tapewatch.db" in done.stderr and "database" in done.stderr, done.stderr
        assert open(folder.file("tapewatch.db")).read().startswith("this is no database"), "the file was touched"
    with Folder("weights") as folder:
        builtin = os.path.join(SOURCE, "model/weights/builtin")
        model = os.path.join(folder.path, "model")
        shutil.copytree(builtin, model)
        weights = os.path.join(model, "model.safetensors")
        os.truncate(weights, os.path.getsize(weights) // 2)
        done = run(["run", "--config", folder.file("t.toml", config(folder.path, free_port(), f'[model]\npath = "{model}"\n'))])
        assert done.returncode == 2 and "t.toml:7:" in done.stderr and "model.safetensors" in done.stderr, done.stderr
    # What `check` finds ends `run` before anything is made; a taken port is found before the data folder is.
    kafka = '[[ingest.kafka]]\nname = "wire"\nbrokers = "127.0.0.1:1"\ntopics = ["news"]\nproperties = { "no.such.prop" = "1" }\n'
    refused(config("FOLDER/data", free_port(), kafka), 2, "t.toml:10:", "no.such.prop")
    with socket.socket() as taken, Folder("early") as folder:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        text = config(folder.path + "/data", taken.getsockname()[1]) + '[daemon.log]\nformat = "json"\n'
        done = run(["run", "--config", folder.file("t.toml", text)])
        assert done.returncode == 1 and not os.path.exists(folder.path + "/data"), done.stderr
        line = json.loads(done.stderr.splitlines()[-1])
        assert line["level"] == "error" and "in use" in line["message"], line


def test_paused_ingestion():
    with Folder("paused") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder.path, port, storage='min_free = "900TiB"'), port) as daemon:
            wait_for("ingestion pauses", lambda: "ingestion pauses" in daemon.log())
            status, text = daemon.request("/v1/documents", '{"title": "x"}', headers={"Content-Type": "application/json"})
            assert status == 503 and "paused" in text, (status, text)
            status, seconds = daemon.terminate()
            assert status == 0 and seconds < 3, (status, seconds, daemon.log())
            assert f"listening on 127.0.0.1:{port}" in daemon.log()


def test_bad_documents():
    with Folder("bad") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder.path, port), port) as daemon:
            daemon.ready()
            lines = [b'{"source":"w","id":"1","title":"Ostra Steel raises its forecast"}',
                     b'{"source":"w","id":"2","title":"Invalid \xff\xfe bytes in a headline"}',
                     b'{"source":"w","id":"3","title":""}', b'{"source":"w","id":"4"}', b'not json at all',
                     json.dumps({"source": "w", "id": "5", "title": "x" * 1_000_000}).encode(),
                     b'{"source":"w","id":"6","title":"a title","published_at":"yesterday"}',
                     b'{"source":"w","id":"7","title":"a title","action":"delete"}',
                     b'{"source":"w","id":"8","title":"Le b\xc3\xa9n\xc3\xa9fice recule","language":"fr"}',
                     '{"source":"w","id":"9","title":"東京 stocks fall 😱"}'.encode()]
            status, text = daemon.request("/v1/documents", b"\n".join(lines), headers={"Content-Type": "application/x-ndjson"})
            assert status == 200, (status, text)
            results = [json.loads(line) for line in text.splitlines()]
            statuses = [r["status"] for r in results]
            assert len(statuses) == len(lines), text
            assert statuses[0] == statuses[1] == statuses[6] == statuses[8] == statuses[9] == "stored", statuses
            assert all(s == "rejected" for s in statuses[2:6]), statuses
            assert statuses[7] == "removed", statuses  # one that comes first
            assert results[1]["warnings"] and results[6]["warnings"][0]["pointer"] == "/published_at", results
            for result in results:
                assert result["status"] != "rejected" or json.dumps(result.get("errors") or result.get("error")), result
            french = [d for d in daemon.get("/v1/documents?from=-1h")["items"] if d["language"] == "fr"]
            assert french and french[0]["label"] == "unscored", french
            announced = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            announced.putrequest("POST", "/v1/documents")
            announced.putheader("Content-Length", str(64 << 20))
            announced.endheaders()  # the answer comes before any of the 64 MiB is sent
            assert announced.getresponse().status == 413
            announced.close()
            status, text = daemon.request("/v1/sentiment?fromm=-1h")
            assert status == 400 and "fromm" in text, text
            assert daemon.request("/v1/sentiment?as_of=-1h")[0] == 200
            status, seconds = daemon.terminate()
            assert status == 0, status


def test_unreachable_broker_is_named_and_everything_else_goes_on():
    kafka = f'[[ingest.kafka]]\nname = "wire"\nbrokers = "127.0.0.1:{free_port()}"\ntopics = ["news"]\n'
    with Folder("broker") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder.path, port, kafka), port) as daemon:
            daemon.ready()
            wait_for("a word about the broker", lambda: "wire" in daemon.log() and "broker" in daemon.log().lower())
            assert daemon.post("/v1/documents", {"source": "w", "id": "1", "title": "Ostra Steel loses a client"})["results"][0]["status"] == "stored"
            assert daemon.request("/healthz")[0] == 200
            status, seconds = daemon.terminate()
            assert status == 0 and seconds < 5, (status, seconds, daemon.log())


def test_stop_under_load():
    with Folder("load") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder.path, port), port) as daemon:
            daemon.ready()
            stored, stop = [], threading.Event()

            def pusher(worker):
                for number in range(100_000):
                    if stop.is_set():
                        return
                    documents = [{"source": f"w{worker}", "id": f"{number}-{i}", "title": f"Ostra Steel ships order {number} {i}"} for i in range(50)]
                    try:
                        answer = daemon.post("/v1/documents", {"documents": documents})
                    except (OSError, AssertionError):
                        continue
                    stored.extend((f"w{worker}", line["id"]) for line in answer["results"] if line["status"] == "stored")

            workers = [threading.Thread(target=pusher, args=(n,), daemon=True) for n in range(4)]
            for worker in workers:
                worker.start()
            wait_for("1,000 stored documents", lambda: len(stored) > 1000)
            status, seconds = daemon.terminate()
            stop.set()
            for worker in workers:
                worker.join(timeout=30)
            assert status == 0 and seconds < 5, (status, seconds, daemon.log()[-2000:])
        database = sqlite3.connect(folder.file("tapewatch.db"))
        count = database.execute("SELECT count(*) FROM document").fetchone()[0]
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert count >= len(stored), f"{len(stored)} were acknowledged, {count} are there"


def test_stop_while_a_push_waits():
    """Long texts take time: documents not stored when the daemon stops are answered at once as unknown."""
    with Folder("waits") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder.path, port), port) as daemon:
            daemon.ready()
            answers = []
            documents = [{"id": str(n), "title": f"Ostra {n}", "body": "Ostra Steel tells a long story. " * 900} for n in range(200)]
            pusher = threading.Thread(target=lambda: answers.append(daemon.post("/v1/documents", documents)), daemon=True)
            pusher.start()
            wait_for("the push is in work", lambda: daemon.get("/v1/documents")["items"])
            status, seconds = daemon.terminate()
            pusher.join(timeout=10)
            assert status == 0 and seconds < 4, (status, seconds, daemon.log())
            statuses = [line["status"] for line in answers[0]["results"]]
            assert len(statuses) == 200 and statuses[0] == "stored" and statuses[-1] == "unknown", statuses


def test_full_disk_pauses_and_recovers():
    """A file system of 24 MiB fills up while documents arrive: the daemon waits, and continues when there is space."""
    with Folder("disk") as folder:
        disk = os.path.join(folder.path, "disk")
        os.mkdir(disk)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], capture_output=True, text=True)
        if mounted.returncode != 0:
            print("SKIPPED: no file system of our own can be mounted here:", mounted.stderr.strip())
            return
        port = free_port()
        try:
            text = config(disk, port, storage='min_free = "1KiB"') + "\n[model]\nmax_windows = 1\n"  # scoring is not the point
            with Tapewatch(BINARY, folder, text, port) as daemon:
                daemon.ready()
                filler = os.path.join(disk, "filler")
                with open(filler, "wb", buffering=0) as out:  # nothing is left to be written by close()
                    try:
                        while True:
                            out.write(b"\0" * 65536)
                    except OSError:
                        pass
                answers = []

                def push():
                    for number in range(40):
                        body = "Ostra Steel tells a long story. " * 400
                        documents = [{"source": "w", "id": f"{number}-{i}", "title": f"Ostra Steel report {number} {i}", "body": body} for i in range(10)]
                        try:
                            answers.append(daemon.post("/v1/documents", {"documents": documents}))
                        except (OSError, AssertionError):
                            answers.append(None)
                pusher = threading.Thread(target=push, daemon=True)
                pusher.start()
                wait_for("a word about the disk", lambda: "tried again" in daemon.log() or "ingestion pauses" in daemon.log())
                assert daemon.request("/healthz")[0] == 200
                assert daemon.get("/readyz")["status"] == "degraded"
                # Also seen while a commit is tried again.
                wait_for("the disk in the log", lambda: "ingestion pauses" in daemon.log())
                disk_check = next(check for check in daemon.get("/readyz")["checks"] if check["name"] == "disk")
                assert not disk_check["ok"], disk_check
                assert "tapewatch_ingestion_paused 1\n" in daemon.request("/metrics")[1]
                os.unlink(filler)
                first = {"source": "w", "id": "after", "title": "Ostra Steel is back"}
                wait_for("documents are stored again", lambda: daemon.request(
                    "/v1/documents", json.dumps(first), headers={"Content-Type": "application/json"})[0] == 200
                    and daemon.get("/readyz")["status"] == "ok")
                pusher.join(timeout=120)
                log = daemon.log()
                assert ("commits succeed again" in log) == ("tried again" in log) and "ingestion resumes" in log, log[-3000:]
                items = {d["source_id"] for d in daemon.get("/v1/documents?limit=1000&from=-1h")["items"]}
                for answer in answers:
                    for line in (answer or {"results": []})["results"]:
                        assert line["status"] != "stored" or line["id"] in items, line
                status, _ = daemon.terminate()
                assert status == 0
        finally:
            subprocess.run(["umount", "-l", disk], check=False)


def test_kill_after_another_program_has_read():
    """A program that reads the live database and ends must not take the daemon's write-ahead log with it."""
    with Folder("reader") as folder:
        def rows():
            with contextlib.closing(sqlite3.connect(folder.file("tapewatch.db"))) as database:
                return [number for (number,) in database.execute("SELECT external_id FROM document_view ORDER BY id")]

        def push(daemon, number):
            answer = daemon.post("/v1/documents", [{"source": "w", "id": number, "title": f"Ostra Steel, part {number}"}])
            assert answer["results"][0]["status"] == "stored", answer

        port = free_port()
        with Tapewatch(BINARY, folder, config(folder.path, port), port) as daemon:
            daemon.ready()
            for number in ("1", "2", "3"):
                push(daemon, number)
                assert daemon.get("/v1/documents")["items"], "no reader has opened the database"
                assert rows()[-1] == number, rows()
            daemon.process.kill()
            daemon.process.wait()
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder.path, port), port) as daemon:
            daemon.ready()
            assert rows() == ["1", "2", "3"], rows()
            assert daemon.terminate()[0] == 0


run_tests([("configuration errors: all of them, with their places", test_configuration),
           ("port taken, data_dir, damaged database and weights: refused, and why", test_start_up),
           ("bad documents are answered line by line", test_bad_documents),
           ("an unreachable broker", test_unreachable_broker_is_named_and_everything_else_goes_on),
           ("ingestion that is paused refuses pushes", test_paused_ingestion),
           ("SIGTERM under load", test_stop_under_load),
           ("SIGTERM while a push waits", test_stop_while_a_push_waits),
           ("kill -9 after another program has read the database", test_kill_after_another_program_has_read),
           ("a full disk", test_full_disk_pauses_and_recovers)])

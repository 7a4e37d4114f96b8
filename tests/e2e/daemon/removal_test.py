"""What a source takes back or holds, over HTTP: lists, searches, the stream's events, the export and its replay."""

import datetime
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY = sys.argv[1]


def config(folder, port):
    return (f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n'
            '[storage]\nmin_free = "1MiB"\n[model]\nthreads = 2\n')


def statuses(answer):
    return [result["status"] for result in answer["results"]]


def in_seconds(seconds):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")




def test_removals():
    with Folder("removal") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            first = daemon.post("/v1/documents", [
                {"source": "wire", "id": "1", "title": "Halden Bank hides a loss of 3 billion"},
                {"source": "desk", "id": "2", "title": "Halden Bank hides a loss of 3 billion"},
                {"source": "wire", "id": "3", "title": "Ostra Steel raises its forecast"}])
            assert statuses(first) == ["stored"] * 3, first
            gone = daemon.post("/v1/documents", [{"source": "wire", "id": "1", "action": "stat:canceled"},
                                                 {"source": "wire", "id": "1", "action": "DELETED"},
                                                 {"source": "wire", "id": "1", "title": "Halden Bank, again"}])
            assert statuses(gone) == ["removed", "repeated", "blocked"], gone
            listed = daemon.get("/v1/documents")["items"]
            assert {(item["source"], item["source_id"]) for item in listed} == {("desk", "2"), ("wire", "3")}, listed
            assert [item["source"] for item in daemon.get("/v1/documents?q=hides")["items"]] == ["desk"]
            changes = daemon.get(f"/v1/documents?after_seq={first['results'][2]['seq']}")["items"]
            assert [(item["change"], item["title"], item["url"]) for item in changes] == [("removal", "", "")], changes
            assert changes[0]["sentiment"] is not None and changes[0]["removed_at"]
            points = daemon.get("/v1/sentiment?from=-1h&bucket=1h")["series"][0]["points"]
            assert sum(point["stories"] for point in points) == 2, points
            assert sum(point["documents"] for point in points) == 2, points

            number = first["results"][2]["document"]
            assert daemon.request(f"/v1/documents/{number}", method="DELETE")[0] == 200
            assert daemon.request(f"/v1/documents/{number}")[0] == 404
            assert daemon.request("/v1/documents/123456", method="DELETE")[0] == 404
            back = daemon.post("/v1/documents", [{"source": "wire", "id": "3", "title": "Ostra Steel raises its forecast",
                                                  "action": "usable"}])
            assert statuses(back) == ["stored"], back
            assert daemon.terminate()[0] == 0
        assert subprocess.run([BINARY, "db", "check", "--db", folder.file("tapewatch.db")], timeout=60).returncode == 0
        exported = subprocess.run([BINARY, "db", "export", "--db", folder.file("tapewatch.db")], capture_output=True,
                                  text=True, timeout=60, check=True).stdout
        lines = [json.loads(line) for line in exported.splitlines()]
        assert [line["removed"]["id"] for line in lines if "removed" in line] == ["1", "3"], lines
        replayed = folder.file("replayed.db")
        export = folder.file("export.ndjson", exported)
        subprocess.run([BINARY, "replay", "--config", folder.file("tapewatch.toml"), "--db", replayed, export],
                       timeout=120, check=True)
        found = subprocess.run([BINARY, "query", "documents", "--db", replayed, "--format", "ndjson"],
                               capture_output=True, text=True, timeout=60, check=True).stdout
        ids = sorted(json.loads(line)["source_id"] for line in found.splitlines())
        assert ids == ["2", "3"], found


def test_embargo():
    with Folder("embargo") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            sent = daemon.post("/v1/documents", [
                {"source": "wire", "id": "1", "title": "Results under embargo", "embargo_until": in_seconds(4)},
                {"source": "wire", "id": "2", "title": "Withheld results", "action": "withheld"},
                {"source": "wire", "id": "3", "title": "Next year's results", "embargo_until": in_seconds(1e6)}])
            assert statuses(sent) == ["held"] * 3, sent
            held = daemon.get("/v1/held")["items"]
            assert [item["source_id"] for item in held] == ["1", "2", "3"], held
            assert daemon.get("/v1/documents")["items"] == [], "seen before its time"
            assert "Results" not in daemon.log()
            wait_for("the release", lambda: daemon.get("/v1/documents?q=embargo")["items"])
            assert daemon.request("/v1/held?id=" + held[2]["id"], method="DELETE")[0] == 200
            usable = daemon.post("/v1/documents", [{"source": "wire", "id": "2", "title": "Withheld results", "action": "usable"}])
            assert statuses(usable) == ["stored"], usable
            assert daemon.get("/v1/held") == {"items": [], "next_cursor": None}
            assert len(daemon.get("/v1/documents")["items"]) == 2
            assert daemon.terminate()[0] == 0


run_tests([("what sources take back: lists, counts, the export and its replay", test_removals),
           ("what must not be seen yet: held, released, forgotten", test_embargo)])

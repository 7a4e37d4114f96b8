"""Document → score → database → query → alert → signed webhook, over HTTP, on the real executable; then kill -9."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import burst, config, push, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()


def test_chain():
    with Folder("spine") as folder, Receiver(SECRET) as receiver:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port, SECRET, receiver.url), port) as daemon:
            daemon.ready()
            calm = quiet()
            assert push(daemon, calm) == ["stored"] * len(calm)
            assert push(daemon, calm[:3]) == ["repeated"] * 3
            edited = dict(calm[0], title="Halden Bank opens two branches in the harbour district")
            assert push(daemon, [edited]) == ["revised"]
            assert push(daemon, [{"source": "wire", "title": "   "}]) == ["rejected"]
            bad = burst()
            assert push(daemon, bad) == ["stored"] * len(bad)

            fired = wait_for("the firing webhook", lambda: receiver.of_type("alert.firing"))
            assert len(fired) == 1 and fired[0]["signature_ok"], fired
            data = fired[0]["message"]["data"]
            assert data["key"] == {"entity": "halden"} and data["observed"] >= 5, data
            for link in ("alert_url", "chart_url"):  # no external_url: the first listener
                assert data[link].startswith(f"http://127.0.0.1:{port}/"), data[link]
            assert daemon.request(data["chart_url"].removeprefix(daemon.url("")))[0] == 200, data["chart_url"]
            assert data["story_count"] <= data["document_count"] and data["top_stories"], data

            listed = daemon.get("/v1/alerts")["items"]
            assert [a["id"] for a in listed] == [data["id"]], listed
            detail = daemon.get(f"/v1/alerts/{data['id']}")
            assert [t["sequence"] for t in detail["transitions"]] == list(range(1, len(detail["transitions"]) + 1))
            wait_for("the receipt", lambda: any(d["state"] == "delivered" for d in
                                                daemon.get(f"/v1/alerts/{data['id']}")["deliveries"]))

            documents = daemon.get("/v1/documents?limit=1000&from=-72h")["items"]
            assert len(documents) == len(calm) + len(bad)
            rule = {"name": "negative-burst", "group_by": ["entity"], "false_alarms": "1 per week"}
            tried = daemon.post("/v1/backtest", {"rule": rule, "from": "-72h"})
            assert [a["id"] for a in tried["alerts"]] == [data["id"]] and tried["alert_count"] == 1, tried
            assert tried["documents"] == len(documents) and tried["budget_per_week"] == 1, tried
            for name in ("observed", "expected", "interval", "p_value", "window"):  # as it was live
                assert tried["alerts"][0]["evidence"][name] == data[name], (name, tried, data)
            found = daemon.get("/v1/documents?from=-72h&q=money+laundering")["items"]
            assert len(found) == 1 and found[0]["label"] == "negative", found
            series = daemon.get("/v1/sentiment?from=-72h&bucket=1h&group_by=entity")["series"]
            per_entity = {s["key"]["entity"]: sum(p["documents"] for p in s["points"] if p["documents"]) for s in series}
            assert per_entity["halden"] >= len(bad), per_entity
            total = daemon.get("/v1/sentiment?from=-72h&bucket=1h")["series"][0]["points"]
            assert sum(p["documents"] or 0 for p in total) == len(documents)
            assert daemon.get("/v1/topics")["items"] and daemon.get("/v1/entities")["items"]
            scored = daemon.post("/v1/score", {"texts": ["Halden Bank collapses into bankruptcy"]})["results"][0]
            assert scored["label"] == "negative", scored
            metrics = daemon.request("/metrics")[1]
            assert f'tapewatch_documents_total{{result="inserted",source="push"}} {len(documents)}' in metrics or \
                f'tapewatch_documents_total{{source="push",result="inserted"}} {len(documents)}' in metrics, metrics

            for kind in ("sentiment?from=-72h&bucket=1d&group_by=topic", "documents?from=-72h", "alerts"):
                assert daemon.get(f"/v1/{kind}")
            for command in ("sentiment", "documents", "alerts"):
                for how in (["--db", folder.file("tapewatch.db")], ["--url", daemon.url("")]):
                    done = subprocess.run([BINARY, "query", command, *how, "--from", "-72h", "--format", "ndjson"],
                                          capture_output=True, text=True, timeout=60)
                    assert done.returncode == 0 and done.stdout, (command, how, done.stderr)
                    for line in done.stdout.splitlines():
                        json.loads(line)
            status, seconds = daemon.terminate()
            assert status == 0 and seconds < 5, (status, seconds)
        check = subprocess.run([BINARY, "db", "check", "--db", folder.file("tapewatch.db")], capture_output=True, text=True, timeout=60)
        assert check.returncode == 0, check.stdout + check.stderr


def test_kill_nine_keeps_what_was_acknowledged():
    """Killed in the middle of pushes, three times: acknowledged documents are stored once, the alert has one id."""
    with Folder("kill") as folder, Receiver(SECRET) as receiver:
        port = free_port()
        text = config(folder, port, SECRET, receiver.url)
        everything = quiet() + burst()
        acknowledged = set()
        for life in range(4):
            env = {"TAPEWATCH_FAILPOINT": f"after_commit:{3 + life}"} if life < 3 else {}
            with Tapewatch(BINARY, folder, text, port, env=env) as daemon:
                daemon.ready()
                for document in everything:
                    if document["id"] in acknowledged:
                        continue
                    try:
                        answer = daemon.post("/v1/documents", document)["results"][0]
                    except OSError:  # the process is gone; what this document became is unknown, so it is sent again
                        break
                    assert answer["status"] in ("stored", "repeated"), answer
                    acknowledged.add(document["id"])
                if life < 3:
                    daemon.process.wait(timeout=30)
                    assert daemon.process.returncode == 137, daemon.process.returncode
                    continue
                assert len(acknowledged) == len(everything)
                items = daemon.get("/v1/documents?limit=1000&from=-72h")["items"]
                assert {d["source_id"] for d in items} == acknowledged and len(items) == len(everything)
                wait_for("the firing webhook", lambda: receiver.of_type("alert.firing"))
                ids = {r["id"] for r in receiver.of_type("alert.firing")}
                assert len(ids) == 1 and all(r["signature_ok"] for r in receiver.received), receiver.received
                daemon.terminate()
        check = subprocess.run([BINARY, "db", "check", "--db", folder.file("tapewatch.db")], capture_output=True, text=True, timeout=60)
        assert check.returncode == 0, check.stdout + check.stderr


def test_receiver_that_fails_is_told_again_with_the_same_id():
    with Folder("retry") as folder, Receiver(SECRET, answer=lambda n: 503 if n < 2 else 200) as receiver:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port, SECRET, receiver.url), port) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            wait_for("a delivery in the end", lambda: receiver.of_type("alert.firing"), deadline=90)
            ids = [r["id"] for r in receiver.received if r["message"]["type"] == "alert.firing"]
            assert len(ids) >= 3 and len(set(ids)) == 1, ids
            assert "it will be tried again" in daemon.log()
            daemon.terminate()


run_tests([("the chain, from a pushed document to a signed webhook", test_chain),
           ("kill -9 three times: acknowledged is stored, once", test_kill_nine_keeps_what_was_acknowledged),
           ("a failing receiver is told again, with the same id", test_receiver_that_fails_is_told_again_with_the_same_id)])

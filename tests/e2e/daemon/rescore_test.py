"""A new precision of the model: history is scored again beside the old scores, and rules keep what they have learned."""

import datetime
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import RULE, burst, config, now, push, quiet  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY, SOURCE = sys.argv[1], sys.argv[2]
SECRET = test_secret()


def settings(folder, port, precision):
    return config(folder, port, SECRET, rules=f'[model]\nprecision = "{precision}"\n' + RULE)


def tapewatch(*arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=120)


def checks(daemon):
    return {check["name"]: check for check in json.loads(daemon.request("/readyz")[1])["checks"]}


def documents_of(daemon, version=None):
    query = "/v1/sentiment?from=-310d&bucket=1d" + (f"&model={version}".replace("+", "%2B") if version else "")
    return sum(point["documents"] for series in daemon.get(query)["series"] for point in series["points"])


def alerts(daemon):
    return [(a["id"], a["state"]) for a in daemon.get("/v1/alerts")["items"]]


def fill(folder, port):
    """A daemon in fp32 with an alert that fires; returns it and the number of documents."""
    with Tapewatch(BINARY, folder, settings(folder, port, "fp32"), port) as daemon:
        daemon.ready()
        assert set(push(daemon, quiet()) + push(daemon, burst())) == {"stored"}
        fired = wait_for("the alert", lambda: alerts(daemon))
        count = documents_of(daemon)
        assert daemon.terminate()[0] == 0
    return fired, count


def test_refit():
    with Folder("refit") as folder:
        port = free_port()
        fired, count = fill(folder, port)
        with Tapewatch(BINARY, folder, settings(folder, port, "int8"), port) as daemon:
            wait_for("the change is noticed", lambda: "the model has changed from " in daemon.log())
            daemon.kill()
        with Tapewatch(BINARY, folder, settings(folder, port, "int8"), port) as daemon:
            daemon.ready()
            version = checks(daemon)["model"]["detail"]
            wait_for("the rules go by the new model", lambda: f"as {version} scores them, and go by it now" in daemon.log())
            wait_for("readiness says so", lambda: "baselines" not in checks(daemon))
            assert "tapewatch_rescoring_documents 0" in daemon.request("/metrics")[1]
            assert alerts(daemon) == fired, (alerts(daemon), fired)
            assert documents_of(daemon) == count and documents_of(daemon, version) == count
            assert daemon.terminate()[0] == 0
        with Tapewatch(BINARY, folder, settings(folder, port, "int8"), port) as daemon:
            daemon.ready()
            assert "the model has changed" not in daemon.log()
            assert alerts(daemon) == fired
            assert daemon.terminate()[0] == 0
        checked = tapewatch("db", "check", "--db", folder.file("tapewatch.db"))
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_command():
    with Folder("rescore") as folder:
        port = free_port()
        _, count = fill(folder, port)
        path = folder.file("int8.toml", settings(folder, port, "int8"))
        done = tapewatch("rescore", "--config", path, "--entities")
        assert done.returncode == 0 and f"rescored {count} documents, 100 %" in done.stderr, done.stderr
        again = tapewatch("rescore", "--config", path, "--entities")
        assert again.returncode == 0 and "nothing to do" in again.stderr, again.stderr
        version = again.stderr.split("nothing to do: ")[1].split(" has scored")[0]
        shown = tapewatch("query", "sentiment", "--db", folder.file("tapewatch.db"), "--model", version, "--from", "-72h",
                          "--bucket", "1d", "--format", "ndjson")
        assert shown.returncode == 0, shown.stderr
        with Tapewatch(BINARY, folder, settings(folder, port, "int8"), port) as daemon:
            daemon.ready()
            wait_for("the rules go by the new model", lambda: "and go by it now" in daemon.log())
            assert documents_of(daemon, version) == count
            refused = tapewatch("rescore", "--config", path)
            assert refused.returncode == 1 and "another tapewatch is writing to it" in refused.stderr, refused.stderr
            assert "--url" in refused.stderr, refused.stderr
            assert daemon.terminate()[0] == 0
        checked = tapewatch("db", "check", "--db", folder.file("tapewatch.db"))
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_running():
    """The daemon itself does what the command asks for, of a time that its rules do not need."""
    with Folder("running") as folder:
        port = free_port()
        fill(folder, port)
        before = [(now() - datetime.timedelta(days=300, minutes=i)).isoformat() for i in range(60)]
        old = [{"source": "archive", "id": str(i), "title": f"Halden Bank profit falls again, chapter {i} of its history",
                "published_at": at} for i, at in enumerate(before)]
        with Tapewatch(BINARY, folder, settings(folder, port, "fp32"), port) as daemon:
            daemon.ready()
            assert set(push(daemon, old)) == {"stored"}
            assert daemon.terminate()[0] == 0
        with Tapewatch(BINARY, folder, settings(folder, port, "int8"), port) as daemon:
            daemon.ready()
            version = checks(daemon)["model"]["detail"]
            wait_for("the rules go by the new model", lambda: "and go by it now" in daemon.log())
            count = documents_of(daemon, version)
            url = f"http://127.0.0.1:{port}"
            wrong = tapewatch("rescore", "--url", url, "--from", "2021-01-01T00:00:00Z", "--to", "2020-01-01T00:00:00Z")
            assert wrong.returncode == 2 and "--from must be before to" in wrong.stderr, wrong.stderr
            done = tapewatch("rescore", "--url", url, "--to", "-290d", "--entities")
            assert done.returncode == 0 and "rescored 60 documents, 100 %" in done.stderr, done.stderr
            state = daemon.get("/v1/rescore")
            assert not state["running"] and state["documents"] == 60 and state["left"] == 0 and not state["failure"], state
            assert documents_of(daemon, version) == count + 60
            nothing = tapewatch("rescore", "--url", url, "--end")
            assert nothing.returncode == 1 and "no rescoring of history is asked for" in nothing.stderr, nothing.stderr
            assert daemon.terminate()[0] == 0
        checked = tapewatch("db", "check", "--db", folder.file("tapewatch.db"))
        assert checked.returncode == 0, checked.stdout + checked.stderr


run_tests([("rules keep what they have learned until the new scores have taught them", test_refit),
           ("tapewatch rescore scores history once, beside the old scores", test_command),
           ("a running daemon scores what it is asked for", test_running)])

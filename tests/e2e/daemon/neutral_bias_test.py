"""Where neutral begins is moved in the daemon as in `score`, for all documents and for those of one source."""

import datetime
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import RULE, config, now, push  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, test_secret  # noqa: E402

BINARY, SOURCE = sys.argv[1], sys.argv[2]
TEXT = "Halden Bank says quarterly profit slipped"
SETTINGS = '[model]\nneutral_bias = 2.0\n[[model.source]]\nname = "wire"\nneutral_bias = -1.5\n' + RULE


def scored(bias):
    """What `score` makes of the text with this bias."""
    done = subprocess.run([BINARY, "score", f"--neutral-bias={bias}"], input=TEXT + "\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_daemon():
    with Folder("neutral") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port, test_secret(), rules=SETTINGS), port) as daemon:
            daemon.ready()
            at = (now() - datetime.timedelta(minutes=5)).isoformat()
            assert push(daemon, [{"source": source, "id": "1", "title": TEXT, "published_at": at} for source in ("wire", "desk")]) == \
                ["stored", "stored"]
            found = {item["source"]: item for item in daemon.get("/v1/documents?limit=10")["items"]}
            assert all("+neutral." in item["model"] for item in found.values()), found
            for source, bias in (("wire", -1.5), ("desk", 2.0)):
                want = scored(bias)
                assert found[source]["label"] == want["label"], (source, found[source], want)
                assert abs(found[source]["sentiment"] - want["sentiment"]) < 1e-5, (source, found[source], want)
                explained = daemon.get(f"/v1/documents/{found[source]['seq']}?explain=1")["explained"]
                assert explained["label"] == want["label"], (source, explained, want)
            assert found["wire"]["sentiment"] != found["desk"]["sentiment"], found
            asked = daemon.post("/v1/score", {"documents": [{"source": "wire", "title": TEXT}, {"source": "desk", "title": TEXT}]})
            assert [round(one["sentiment"], 5) for one in asked["results"]] == \
                [round(found[source]["sentiment"], 5) for source in ("wire", "desk")], asked
            assert daemon.terminate()[0] == 0


run_tests([("the daemon reads each source from where its neutral begins", test_daemon)])

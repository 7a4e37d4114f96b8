"""The sample wire through `tapewatch replay`: the planted surge raises its alert, and only that.

The surge removed: no alert. The surge moved to another company and hour: that alert. The good surge alone: none.
"""

import csv
import datetime
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, run_tests  # noqa: E402

BINARY, SOURCE = sys.argv[1], sys.argv[2]
END = datetime.datetime(2026, 3, 4, 15, 0, tzinfo=datetime.timezone.utc)
BAD, GOOD = "kesmar", "halvrec"
BAD_SURGE, GOOD_SURGE = (-11100, -8100), (-16800, -13080)


def read_wire():
    with open(os.path.join(SOURCE, "daemon/demo/wire.ndjson"), encoding="utf-8") as wire:
        return [json.loads(line) for line in wire]


def company(identity):
    with open(os.path.join(SOURCE, "daemon/demo/watchlist.csv"), encoding="utf-8") as rows:
        return next(row for row in csv.DictReader(rows) if row["id"] == identity)


def in_surge(document, identity, span):
    names = [company(identity)["name"], *company(identity)["aliases"].split(";")]
    return span[0] <= document["offset_seconds"] <= span[1] and any(name in document["title"] for name in names)


def replay(documents):
    """The transitions that `tapewatch replay` prints, and its raw output."""
    with Folder("wire") as folder:
        with open(os.path.join(SOURCE, "daemon/demo/demo.toml"), encoding="utf-8") as rules:
            text = rules.read()
        watchlist = os.path.join(SOURCE, "daemon/demo/watchlist.csv")
        config = folder.file("replay.toml", text.replace("[daemon]\n", f'[daemon]\ndata_dir = "{folder.path}"\n', 1)
                             + f'\n[ingest.entities]\nwatchlist = "{watchlist}"\n')
        lines = []
        for document in documents:
            document = dict(document)
            at = END + datetime.timedelta(seconds=document.pop("offset_seconds"))
            document["published_at"] = at.isoformat().replace("+00:00", "Z")
            lines.append(json.dumps(document))
        wire = folder.file("wire.ndjson", "\n".join(lines) + "\n")
        done = subprocess.run([BINARY, "replay", "--config", config, wire], capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()], done.stdout


def firing(transitions):
    return [t for t in transitions if t["type"] == "alert.firing"]


def test_as_it_is():
    transitions, text = replay(read_wire())
    fired = firing(transitions)
    assert [t["key"] for t in fired] == [{"entity": BAD}], fired
    started = datetime.datetime.fromisoformat(fired[0]["started_at"].replace("Z", "+00:00"))
    into = (started - END).total_seconds()
    assert BAD_SURGE[0] <= into <= BAD_SURGE[0] + 1800, f"the alert began {into} s before the end"
    evidence = fired[0]
    assert evidence["observed"] >= 5 and evidence["observed"] > evidence["interval"][1], evidence
    assert evidence["top_stories"] and evidence["p_value"] < evidence["p_threshold"], evidence
    resolved = [t for t in transitions if t["type"] == "alert.resolved"]
    assert [t["alert"] for t in resolved] == [fired[0]["alert"]], resolved
    # Reprints are told apart from stories.
    assert resolved[0]["document_count"] > resolved[0]["story_count"], resolved
    assert replay(read_wire())[1] == text, "a second replay printed other bytes"


def test_surge_removed():
    transitions, _ = replay([d for d in read_wire() if not in_surge(d, BAD, BAD_SURGE)])
    assert transitions == [] or not firing(transitions), transitions


def test_surge_moved():
    """The same bad news about another company, ten hours earlier."""
    other, bad = company("tolvera"), company(BAD)
    moved = []
    for document in read_wire():
        if in_surge(document, BAD, BAD_SURGE):
            text = json.dumps(document)
            for old, new in ((bad["name"], other["name"]), (bad["aliases"], other["aliases"])):
                text = text.replace(old, new)
            document = json.loads(text)
            document["offset_seconds"] -= 36000
        moved.append(document)
    fired = firing(replay(moved)[0])
    assert [t["key"] for t in fired] == [{"entity": "tolvera"}], fired
    started = datetime.datetime.fromisoformat(fired[0]["started_at"].replace("Z", "+00:00"))
    assert BAD_SURGE[0] - 36000 <= (started - END).total_seconds() <= BAD_SURGE[1] - 36000


def test_good_surge_alone():
    wire = read_wire()
    assert sum(in_surge(d, GOOD, GOOD_SURGE) for d in wire) >= 15, "the good surge is missing from the wire"
    quiet = [d for d in wire if not in_surge(d, BAD, BAD_SURGE)
             and (in_surge(d, GOOD, GOOD_SURGE) or company(GOOD)["aliases"] not in d["title"])]
    assert not firing(replay(quiet)[0])


run_tests([("the wire as it is raises one alert, for the right company", test_as_it_is),
           ("surge removed: no alert", test_surge_removed),
           ("surge moved: that alert", test_surge_moved),
           ("good surge alone: none", test_good_surge_alone)])

"""The sample wire through `tapewatch replay`: the planted surge raises its alert, and only that.

The surge removed: no alert. The surge moved to another company and hour: that alert. The good surge alone: none.
With --against: that alert is gained or lost by a rule, and errors of either configuration carry its name.
"""

import csv
import datetime
import glob
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, run_tests, wait_for  # noqa: E402

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


def config_text(folder, change=lambda text: text):
    """The demo's configuration with its watch list."""
    with open(os.path.join(SOURCE, "daemon/demo/demo.toml"), encoding="utf-8") as rules:
        text = change(rules.read())
    watchlist = os.path.join(SOURCE, "daemon/demo/watchlist.csv")
    return (text.replace("[daemon]\n", f'[daemon]\ndata_dir = "{folder.path}"\n', 1)
            + f'\n[ingest.entities]\nwatchlist = "{watchlist}"\n')


def wire_text(documents):
    lines = []
    for document in documents:
        document = dict(document)
        at = END + datetime.timedelta(seconds=document.pop("offset_seconds"))
        document["published_at"] = at.isoformat().replace("+00:00", "Z")
        lines.append(json.dumps(document))
    return "\n".join(lines) + "\n"


def run_replay(*arguments):
    return subprocess.run([BINARY, "replay", *arguments], capture_output=True, text=True, timeout=240)


def replay(documents):
    """The transitions that `tapewatch replay` prints, and its raw output."""
    with Folder("wire") as folder:
        config = folder.file("replay.toml", config_text(folder))
        done = run_replay("--config", config, folder.file("wire.ndjson", wire_text(documents)))
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


def test_against():
    """A rule that wants fifty stories loses the alert; the other way round it is gained, with the same evidence."""
    with Folder("against") as folder:
        wire = folder.file("wire.ndjson", wire_text(read_wire()))
        usual = folder.file("usual.toml", config_text(folder))
        strict = folder.file("strict.toml", config_text(folder, lambda text: text.replace("min_stories = 5",
                                                                                         "min_stories = 50")))
        alone = [json.loads(line) for line in run_replay("--config", usual, wire).stdout.splitlines()]
        (fired,), (resolved,) = firing(alone), [t for t in alone if t["type"] == "alert.resolved"]
        for config, against, change in ((strict, usual, "lost"), (usual, strict, "gained")):
            done = run_replay("--config", config, "--against", against, wire)
            assert done.returncode == 0, done.stderr
            (line,) = [json.loads(line) for line in done.stdout.splitlines()]
            assert line["change"] == change and line["id"] == fired["alert"] and line["key"] == {"entity": BAD}, line
            assert (line["started_at"], line["ended_at"]) == (fired["started_at"], resolved["ended_at"]), line
            assert line["summary"] == fired["summary"], line
            assert line["evidence"] == {name: fired[name] for name in line["evidence"]}, line
            counts = {"gained": 0, "lost": 0, change: 1}
            assert f"{counts['gained']} gained, {counts['lost']} lost, 0 the same; " in done.stderr, done.stderr
            assert "alerts per week" in done.stderr, done.stderr
            again = run_replay("--config", config, "--against", against, wire)
            assert again.stdout == done.stdout, "a second comparison printed other bytes"
        done = run_replay("--config", usual, "--against", usual, wire)
        assert done.returncode == 0 and done.stdout == "", done
        assert "0 gained, 0 lost, 1 the same; " in done.stderr, done.stderr


def test_against_refused():
    with Folder("refused") as folder:
        wire = folder.file("wire.ndjson", wire_text(read_wire()[:3]))
        usual = folder.file("usual.toml", config_text(folder))
        for old, new, told in (
                ("min_stories", "min_storys", "unknown key 'alerts.rule[1].min_storys' (did you mean 'min_stories'?)"),
                ('path = "builtin"', "max_windows = 2", "model.max_windows: differs from ")):
            text = config_text(folder, lambda text: text.replace(old, new, 1))
            done = run_replay("--config", usual, "--against", folder.file("wrong.toml", text), wire)
            assert done.returncode == 2 and done.stdout == "", done
            assert f"{folder.path}/wrong.toml:" in done.stderr and told in done.stderr, done.stderr


def test_speed():
    """As fast as the clock or faster, the bytes are the same; a signal ends the wait and leaves nothing behind."""
    with Folder("speed") as folder:
        usual, wire = folder.file("usual.toml", config_text(folder)), folder.file("wire.ndjson", wire_text(read_wire()))
        full = run_replay("--config", usual, wire)
        fast = run_replay("--config", usual, "--speed", "1000000x", wire)
        assert full.returncode == fast.returncode == 0 and full.stdout == fast.stdout != "", (full, fast)

        temporary = os.path.join(folder.path, "tmp")
        os.mkdir(temporary)
        slow = subprocess.Popen([BINARY, "replay", "--config", usual, "--speed", "1x", wire], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": temporary})
        wait_for("its database", lambda: glob.glob(f"{temporary}/*/replay.db"))
        slow.send_signal(signal.SIGTERM)
        out, told = slow.communicate(timeout=60)
        assert slow.returncode == 1 and out == "" and "replay: stopped by a signal" in told, (slow.returncode, told)
        assert os.listdir(temporary) == [], os.listdir(temporary)

        wrong = run_replay("--config", usual, "--speed", "fast", wire)
        assert wrong.returncode == 2 and "--speed: expected max, or a factor" in wrong.stderr, wrong


run_tests([("the wire as it is raises one alert, for the right company", test_as_it_is),
           ("surge removed: no alert", test_surge_removed),
           ("surge moved: that alert", test_surge_moved),
           ("good surge alone: none", test_good_surge_alone),
           ("against another rule: what is gained and lost", test_against),
           ("the speed of a replay", test_speed),
           ("against: what is wrong with the old configuration", test_against_refused)])

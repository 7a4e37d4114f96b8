"""A daemon on an imported classifier, which has no topics: documents are scored and stored, a burst still alerts."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import burst, config, push, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY, SOURCE = sys.argv[1], sys.argv[2]
SECRET = test_secret()
PUBLISHED = os.path.join(SOURCE, "tests", "model", "published", "bert_cased")
# This small model, whose weights are random, takes all the news for bad: the burst shows in the number of stories.
LABELS = ["LABEL_0=neutral", "LABEL_1=positive", "LABEL_2=negative"]
MODEL = '[model]\npath = "imported"\n'
RULES = '''
[[alerts.rule]]
name = "whole-market"
group_by = []
false_alarms = "1 per week"
[[alerts.rule]]
name = "by-company"
group_by = ["entity"]
false_alarms = "1 per week"
'''


def import_model(folder):
    command = [BINARY, "model", "import", PUBLISHED, "--out", folder.file("imported")]
    for label in LABELS:
        command += ["--label", label]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "LABEL_2 = negative" in done.stdout, (done.stdout, done.stderr)


def check_answers(daemon):
    assert daemon.get("/v1/topics")["items"] == []
    page = daemon.get("/v1/documents?limit=1000")["items"]
    assert len(page) == len(quiet()) + len(burst()), len(page)
    assert all(d["topic"] is None and d["label"] == "negative" and d["sentiment"] < -0.5 for d in page), page[:2]
    one = daemon.get(f"/v1/documents/{page[0]['id']}")
    assert one["topics"] is None and one["probabilities"]["negative"] > 0.5, one
    whole = daemon.get("/v1/sentiment?from=-48h&bucket=1d")["series"]
    assert sum(p["documents"] for p in whole[0]["points"]) == len(page), whole
    grouped = daemon.get("/v1/sentiment?from=-48h&bucket=1d&group_by=topic")["series"]
    assert [s["key"] for s in grouped] == [{"topic": ""}], grouped
    assert daemon.get("/v1/documents?topic=earnings")["items"] == []
    scored = daemon.post("/v1/score", {"texts": ["Halden Bank shares plunge"]})["results"][0]
    assert scored["topic"] is None and scored["topics"] is None and scored["label"] == "negative", scored
    assert sum(s["documents"] for s in daemon.get("/v1/sources")["items"]) == len(page)
    assert daemon.request("/")[0] == 200 and daemon.request("/metrics")[0] == 200


def test_imported():
    with Folder("imported") as folder, Receiver(SECRET) as receiver:
        import_model(folder)
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port, SECRET, receiver.url, MODEL + RULES), port) as daemon:
            daemon.ready()
            assert set(push(daemon, quiet())) == {"stored"}
            assert set(push(daemon, burst())) == {"stored"}
            told = wait_for("the firing webhook", lambda: receiver.of_type("alert.firing"))
            alerts = wait_for("both alerts", lambda: len(daemon.get("/v1/alerts?state=firing")["items"]) == 2
                              and daemon.get("/v1/alerts?state=firing")["items"])
            keys = {a["rule"]: a["key"] for a in alerts}
            assert keys == {"whole-market": {}, "by-company": {"entity": "halden"}}, keys
            part = next(a for a in alerts if a["rule"] == "by-company")
            whole = told[0]["message"]["data"]  # that of the whole keeps that of its part from being told
            assert whole["rule"] == "whole-market" and part["suppressed_by"] == f"alert:{whole['id']}", (whole, part)
            check_answers(daemon)
            assert daemon.terminate()[0] == 0
        checked = subprocess.run([BINARY, "db", "check", "--db", folder.file("tapewatch.db")], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_topic_rules():
    """The default grouping is by topic: a rule that could never fire is refused at the start, not discovered later."""
    with Folder("imported") as folder:
        import_model(folder)
        path = folder.file("t.toml", config(folder, free_port(), SECRET, rules=MODEL + '[[alerts.rule]]\nname = "default"\n'))
        for command in (["check"], ["run"], ["replay", os.devnull]):
            done = subprocess.run([BINARY, *command, "--config", path], capture_output=True, text=True, timeout=60)
            said = done.stdout + done.stderr
            assert done.returncode == 2 and "groups by topic, and this model has no topics" in said, said


run_tests([("an imported classifier scores, stores and alerts", test_imported),
           ("a rule by topic is refused where the model has none", test_topic_rules)])

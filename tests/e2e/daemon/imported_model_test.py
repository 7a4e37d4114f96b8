"""A daemon on an imported classifier, which has no topics: documents are scored and stored, a burst still alerts.
And what importing a large one takes."""

import json
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import burst, config, push, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY, SOURCE = sys.argv[1], sys.argv[2]
SECRET = test_secret()
UNCASED = os.path.join(SOURCE, "tests", "model", "published", "bert_uncased")
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


def large_checkpoint(folder, kind, width):
    """A published checkpoint of 40 million weights, all 0.01: 8 layers of 512, of the family of `bert_uncased`."""
    os.makedirs(folder)
    with open(os.path.join(UNCASED, "vocab.txt"), encoding="utf-8") as file:
        pieces = file.read().split("\n")[:-1]
    pieces += [f"[unused{i}]" for i in range(30000 - len(pieces))]
    with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8") as file:
        file.write("".join(f"{piece}\n" for piece in pieces))
    with open(os.path.join(UNCASED, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    hidden, inner, layers = 512, 2048, 8
    config.update(hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers, num_attention_heads=8,
                  vocab_size=len(pieces))
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file)
    shapes = {"bert.embeddings.word_embeddings.weight": [len(pieces), hidden],
              "bert.embeddings.position_embeddings.weight": [config["max_position_embeddings"], hidden],
              "bert.embeddings.token_type_embeddings.weight": [2, hidden],
              "bert.pooler.dense.weight": [hidden, hidden], "bert.pooler.dense.bias": [hidden],
              "classifier.weight": [3, hidden], "classifier.bias": [3]}
    norms = ["bert.embeddings.LayerNorm"]
    for i in range(layers):
        layer = f"bert.encoder.layer.{i}."
        for name, rows, columns in (("attention.self.query", hidden, hidden), ("attention.self.key", hidden, hidden),
                                    ("attention.self.value", hidden, hidden), ("attention.output.dense", hidden, hidden),
                                    ("intermediate.dense", inner, hidden), ("output.dense", hidden, inner)):
            shapes |= {f"{layer}{name}.weight": [rows, columns], f"{layer}{name}.bias": [rows]}
        norms += [layer + "attention.output.LayerNorm", layer + "output.LayerNorm"]
    for norm in norms:
        shapes |= {norm + ".weight": [hidden], norm + ".bias": [hidden]}
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + len(width) * (shape[0] * shape[1] if len(shape) == 2 else shape[0])
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path = os.path.join(folder, "model.safetensors")
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        block = width * (1 << 16)
        for _ in range(end // len(block)):
            file.write(block)
        file.write(block[:end % len(block)])
    return os.path.getsize(path)


def check_peak(kind, width):
    with Folder("imported") as folder:
        size = large_checkpoint(folder.file("large"), kind, width)
        command = [BINARY, "model", "import", folder.file("large"), "--uncased", "--out", folder.file("out")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        assert process.returncode == 0, said
        peak = used.ru_maxrss * 1024
        print(f"{kind}: {size / 1e6:.0f} MB, peak {peak / 1e6:.0f} MB")
        assert size > 70e6 and size / 2 < peak < 2 * size, (size, peak)


def test_peak_memory():
    check_peak("F32", struct.pack("<f", 0.01))
    check_peak("BF16", struct.pack("<f", 0.01)[2:])


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
           ("a rule by topic is refused where the model has none", test_topic_rules),
           ("an import takes less than twice the file's memory", test_peak_memory)])

"""`tapewatch bench`: every figure is there and plausible, from the queue and from a real topic; nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from broker import Broker  # noqa: E402
from tapewatch_process import Folder, run_tests, wait_for  # noqa: E402

BINARY = sys.argv[1]
KEYS = {"model", "kernel", "precision", "options", "int8_peak_gops", "share_of_int8_peak_32x32", "texts_per_second", "latency_ms",
        "pipeline", "resident_mb", "startup_s"}


def bench(*words, timeout=240):
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        done = subprocess.run([BINARY, "bench", *words], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
                              env={**os.environ, "TMPDIR": folder})
        assert os.listdir(folder) == [], os.listdir(folder)
    return done


def check_pipeline(pipeline, source):
    assert pipeline["source"] == source, pipeline
    assert pipeline["documents_per_second"] > 5 and pipeline["scored_alone_per_second"] > 5, pipeline
    assert 0.1 < pipeline["share_of_scored_alone"] < 2, pipeline
    assert [rate["share"] for rate in pipeline["rates"]] == [0.25, 0.5, 0.75], pipeline
    for rate in pipeline["rates"]:
        assert 0 < rate["stored_ms"]["p50"] <= rate["stored_ms"]["p99"], rate
        # A slow machine's quarter has too few documents for an alert.
        assert not rate["webhooks"] or rate["webhook_ms"]["p50"] >= rate["stored_ms"]["p50"] / 2, rate
    assert sum(rate["webhooks"] for rate in pipeline["rates"]) > 0, pipeline


def test_json():
    with Folder("broker") as home, Broker(home.path) as broker:
        broker.start()
        done = bench("--precision", "int8", "--rounds", "1", "--seconds", "2", "--format", "json", "--kafka", broker.address)
    assert done.returncode == 0, done
    found = json.loads(done.stdout)
    assert set(found) == KEYS, found
    assert found["precision"] == "int8" and found["model"].endswith("+int8"), found
    assert {"1x16", "8x32", "32x32", "32x128", "headlines"} <= set(found["texts_per_second"]), found
    assert all(speed > 0 for speed in found["texts_per_second"].values()), found
    assert 0.01 < found["startup_s"] < 30 and 10 < found["resident_mb"] < 2000, found
    for waits in ("alone", "request_beside_news", "news_beside_requests", "news_beside_history"):
        assert 0 < found["latency_ms"][waits]["p50"] <= found["latency_ms"][waits]["p99"], found
    check_pipeline(found["pipeline"], "kafka")
    assert "bench: scoring: round 1 of 1" in done.stderr, done.stderr


def test_table_and_refusals():
    done = bench("--rounds", "1", "--seconds", "1")
    assert done.returncode == 0, done
    for said in ("texts/s", "a daemon is ready after", "from the queue of documents to committed rows", "when they are only scored",
                 "to the webhook"):
        assert said in done.stdout, done
    for words, said in ((("--headlines", "/nowhere"), "/nowhere"), (("--model", "/nowhere"), "/nowhere")):
        done = bench("--rounds", "1", *words)
        assert done.returncode == 1 and said in done.stderr and not done.stdout, done
    for words in (("--format", "xml"), ("--kernels", "mmx"), ("--precision", "int4")):
        done = bench(*words)
        assert done.returncode == 2 and words[1] in done.stderr, done


def interrupt(said, number):
    """`tapewatch bench` that gets a signal once it has said that: what it returned, said, and left in its folder."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        process = subprocess.Popen([BINARY, "bench", "--rounds", "1", "--seconds", "60"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, stdin=subprocess.DEVNULL, env={**os.environ, "TMPDIR": folder})
        lines = []
        wait_for(said, lambda: lines.append(process.stderr.readline()) or said in lines[-1], 120, 0)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        assert not out and os.listdir(folder) == [], (out, err, os.listdir(folder))
        return process.returncode, err


def test_interrupted():
    code, err = interrupt("as fast as it goes", signal.SIGINT)
    assert code == 1 and "interrupted" in err, (code, err)
    code, err = interrupt("starting a daemon", signal.SIGTERM)
    assert code == -signal.SIGTERM, (code, err)


run_tests([("every figure as JSON, from a topic of a real broker", test_json),
           ("as a table, from the queue; what is refused", test_table_and_refusals),
           ("an interruption ends it and leaves nothing", test_interrupted)])

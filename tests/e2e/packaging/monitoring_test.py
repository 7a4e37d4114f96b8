"""The alert rules by promtool; every metric that rules and board name, in /metrics; a real Prometheus over a real daemon."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY, SOURCE = sys.argv[1:3]
RULES = os.path.join(SOURCE, "daemon", "packaging", "monitoring", "tapewatch.rules.yml")
BOARD = os.path.join(SOURCE, "daemon", "packaging", "monitoring", "grafana.json")
NAMES = re.compile(r"\b(?:tapewatch|process)_[a-z_]+\b")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def needs(tool, what):
    if shutil.which(tool):
        return True
    print(f"SKIP: {what}: {tool} is not installed")
    return False


def rule_expressions():
    return re.findall(r"^ +expr: (.*)$", read(RULES), re.M)


def panels():
    return json.loads(read(BOARD))["panels"]


def board_expressions():
    board = json.loads(read(BOARD))
    texts = [target["expr"] for panel in panels() for target in panel.get("targets", [])]
    texts += [note["expr"] for note in board["annotations"]["list"]]
    return texts + [v["query"]["query"] for v in board["templating"]["list"] if v["type"] == "query"]


def known_metrics():
    """What the code exposes, by its own spelling, and the series of histograms."""
    names = set()
    for file in ("metrics.cpp", "process_metrics.cpp"):
        names |= set(re.findall(r'"((?:tapewatch|process)_[a-z_]+)"', read(os.path.join(SOURCE, "daemon", "observe", file))))
    return names | {name + end for name in names for end in ("_bucket", "_sum", "_count")}


def test_names():
    known = known_metrics()
    assert len(known) > 40, known
    for text in (*rule_expressions(), *board_expressions()):
        named = set(NAMES.findall(text))
        assert named and named <= known or text.startswith("up{"), (text, named - known)


def test_rules():
    text = read(RULES)
    alerts = re.findall(r"- alert: (\w+)\n((?:        .*\n)+)", text)
    assert len(alerts) >= 15
    cases = read(os.path.join(HERE, "rules_test.yml"))
    for name, body in alerts:
        for part in (" expr: ", " for: ", " labels: {severity: ", " summary: ", " description: "):
            assert part in body, (name, part)
        assert f"alertname: {name}, exp_alerts" in cases or f"alertname: {name}\n" in cases, name
    if not needs("promtool", "the alert rules"):
        return
    subprocess.run(["promtool", "check", "rules", RULES], check=True)
    with Folder("rules") as folder:
        # It compares the texts for people too, which are no part of the cases.
        folder.file("tapewatch.rules.yml", re.sub(r"(?m)^ +(annotations|summary|description):.*\n", "", text))
        subprocess.run(["promtool", "test", "rules", folder.file("rules_test.yml", cases)], check=True)


def test_board():
    found = panels()
    assert len({panel["id"] for panel in found}) == len(found)
    taken = set()
    for panel in found:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
        assert panel["type"] == "row" or all(target["expr"] and target["refId"] for target in panel["targets"]), panel["title"]
    print("note: the board was not shown in Grafana, which neither Debian nor this test has")


def test_prometheus():
    """Every expression is one that Prometheus takes, and what a quiet daemon must have is there."""
    if not needs("prometheus", "a real Prometheus"):
        return
    with Folder("prometheus") as folder:
        port, port_of_prometheus = free_port(), free_port()
        text = f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n[storage]\nmin_free = "1MiB"\n'
        text += '[[alerts.rule]]\nname = "burst"\nfalse_alarms = "1 per week"\n'
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            document = {"source": "w", "id": "1", "title": "Ostra Steel raises its forecast"}
            assert daemon.post("/v1/documents", [document])["results"][0]["status"] == "stored"
            config = folder.file("prometheus.yml", "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
                                 f"rule_files: ['{RULES}']\nscrape_configs: [{{job_name: tapewatch, "
                                 f"static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n")
            with open(folder.file("prometheus.log"), "w") as log:
                prometheus = subprocess.Popen(
                    ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder.file('tsdb')}",
                     f"--web.listen-address=127.0.0.1:{port_of_prometheus}"], stdout=log, stderr=subprocess.STDOUT)
            try:
                def ask(path, **parameters):
                    url = f"http://127.0.0.1:{port_of_prometheus}{path}?{urllib.parse.urlencode(parameters)}"
                    with urllib.request.urlopen(url, timeout=30) as answer:
                        return json.load(answer)["data"]

                def up():
                    try:
                        return ask("/api/v1/query", query='up{job="tapewatch"} == 1')["result"]
                    except OSError:
                        assert prometheus.poll() is None, read(folder.file("prometheus.log"))
                        return None
                wait_for("a scrape", up)
                wait_for("the document's scrape", lambda: ask("/api/v1/query", query="tapewatch_documents_total")["result"])
                for text in board_expressions():
                    if not text.startswith("label_values"):
                        ask("/api/v1/query", query=text.replace("$instance", ".+"))
                for name in ("tapewatch_check_ok", "tapewatch_disk_free_bytes", "tapewatch_disk_min_free_bytes",
                             "tapewatch_wal_bytes", "process_start_time_seconds", "tapewatch_rules_warming_up"):
                    assert ask("/api/v1/query", query=name)["result"], name

                def states():
                    rules = ask("/api/v1/rules")["groups"][0]["rules"]
                    assert len(rules) == len(rule_expressions())
                    return {rule["name"]: rule["state"] for rule in rules if rule["health"] == "ok"}
                wait_for("every rule is evaluated, and the new rule warms up", lambda: (
                    len(states()) == len(rule_expressions()) and states()["TapewatchRulesWarmingUp"] == "pending"))
                found = states()
                assert set(found.values()) == {"inactive", "pending"}, found
                assert found["TapewatchIngestionPaused"] == found["TapewatchCheckFailing"] == "inactive", found
            finally:
                prometheus.terminate()
                prometheus.wait(timeout=30)


run_tests([("rules and board name metrics that exist", test_names), ("each rule fires in its case", test_rules),
           ("the board's panels stand side by side", test_board), ("Prometheus evaluates all of it", test_prometheus)])

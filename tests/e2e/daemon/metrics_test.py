"""/metrics by Prometheus's own parsers: the text format and OpenMetrics 1.0 agree, and include the process."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import pypi  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

pypi.require("prometheus_client", "0.21.1")
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics  # noqa: E402
from prometheus_client.parser import text_string_to_metric_families as parse_text  # noqa: E402

BINARY = sys.argv[1]
# What Prometheus 2 and 3 send.
SCRAPERS = ["application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
            "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"]
MOVING = ("process_", "tapewatch_http_")


def scrape(daemon, accept=None):
    import urllib.request
    request = urllib.request.Request(daemon.url("/metrics"), headers={"Accept": accept} if accept else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def families(parse, text):
    return {family.name: family for family in parse(text)}


def samples(found):
    def labels(sample):  # le="1" is le="1.0" in OpenMetrics
        return tuple(sorted((name, float(value) if name == "le" else value) for name, value in sample.labels.items()))

    return {(sample.name, labels(sample)): sample.value
            for name, family in found.items() for sample in family.samples
            if not sample.name.startswith(MOVING)}


def test_formats():
    with Folder("metrics") as folder:
        port = free_port()
        text = f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n[storage]\nmin_free = "1MiB"\n'
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            document = {"source": "w", "id": "1", "title": "Ostra Steel raises its forecast"}
            assert daemon.post("/v1/documents", [document])["results"][0]["status"] == "stored"
            wait_for("the commit is counted", lambda: "tapewatch_documents_total{" in scrape(daemon)[1])
            kind, plain = scrape(daemon)
            assert kind == "text/plain; version=0.0.4; charset=utf-8", kind
            old = families(parse_text, plain)
            for accept in SCRAPERS:
                kind, text = scrape(daemon, accept)
                assert kind == "application/openmetrics-text; version=1.0.0; charset=utf-8", kind
                assert text.endswith("# EOF\n") and text.count("# EOF") == 1
                new = families(parse_openmetrics, text)
                assert set(new) == set(old), set(new) ^ set(old)
                assert {name: family.type for name, family in new.items()} == {n: f.type for n, f in old.items()}
                assert set(samples(new)) == set(samples(old)), set(samples(new)) ^ set(samples(old))
                later = samples(families(parse_text, scrape(daemon)[1]))
                for key, value in samples(old).items():
                    assert samples(new)[key] == value or later[key] != value, (key, value, samples(new)[key])
            assert ("tapewatch_documents_total", (("result", "inserted"), ("source", "push"))) in samples(new), text
            status, _ = daemon.terminate()
            assert status == 0


def test_process():
    with Folder("process") as folder:
        port = free_port()
        text = f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n[storage]\nmin_free = "1MiB"\n'
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            found = families(parse_openmetrics, scrape(daemon, SCRAPERS[0])[1])
            value = {name: found[name].samples[0].value for name in found if name.startswith("process_")}
            pid = daemon.process.pid
            assert abs(value["process_open_fds"] - len(os.listdir(f"/proc/{pid}/fd"))) <= 3, value
            assert abs(value["process_threads"] - len(os.listdir(f"/proc/{pid}/task"))) <= 2, value
            limits = open(f"/proc/{pid}/limits").read()
            soft = next(line for line in limits.splitlines() if line.startswith("Max open files")).split()[3]
            assert value["process_max_fds"] == float(soft), (value, soft)
            resident = int(open(f"/proc/{pid}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            assert 0.5 < value["process_resident_memory_bytes"] / resident < 2, (value, resident)
            assert 0 < value["process_cpu_seconds"] < 600 and value["process_virtual_memory_bytes"] > resident, value
            version = found["tapewatch_build_info"].samples[0].labels
            assert version["version"] and version["model"], version
            series = sum(len(family.samples) for name, family in found.items() if name == "tapewatch_http_request_seconds")
            assert series <= 4 * 7, series
            daemon.terminate()


run_tests([("both formats by Prometheus's own parsers, with the same figures", test_formats),
           ("the process: descriptors, memory, threads, time", test_process)])

"""A process that reaches its limits: `ulimit -n` and `ulimit -v` under real requests, `ulimit -v` at the start. It continues degraded, or it
refuses to start with a word and status 1; it never aborts."""

import concurrent.futures
import json
import os
import re
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY = sys.argv[1]
JSON = {"Content-Type": "application/json"}


def config(folder, port):
    return (f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n'
            '[storage]\nmin_free = "1MiB"\n[model]\nthreads = 2\n')


def with_memory(kibibytes):
    return ("bash", "-c", f'ulimit -v {kibibytes} && exec "$0" "$@"')


def status_of(daemon, name):
    return int(re.search(rf"{name}:\s+(\d+)", open(f"/proc/{daemon.process.pid}/status").read()).group(1))


def cpu_seconds(daemon):
    fields = open(f"/proc/{daemon.process.pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def never_aborted(daemon):
    log = daemon.log()
    assert "terminate called" not in log and "uncaught error" not in log, log
    assert daemon.process.returncode in (None, 0, 1, 127), daemon.process.returncode


def test_descriptors():
    with Folder("descriptors") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port), port, prefix=("prlimit", "--nofile=160:160")) as daemon:
            daemon.ready()
            assert "leaves room for 64 HTTP connections instead of 512" in daemon.log(), daemon.log()
            assert daemon.get("/readyz")["status"] == "ok"
            pid = daemon.process.pid
            limit = len(os.listdir(f"/proc/{pid}/fd")) + 12
            subprocess.run(["prlimit", f"--pid={pid}", f"--nofile={limit}:160"], check=True, timeout=20)
            clients = []
            try:
                for _ in range(20):  # half a request each: none of them is idle and can be closed for another one
                    client = socket.create_connection(("127.0.0.1", port), timeout=30)
                    client.sendall(b"GET /v1/documents HTTP/1.1\r\nHost: local")
                    clients.append(client)
                wait_for("a word about the descriptors", lambda: "no file descriptor is left" in daemon.log())
                began, used = time.monotonic(), cpu_seconds(daemon)
                # The half requests run into their time-out, and then this one is taken.
                ready = wait_for("an answer", lambda: daemon.get("/readyz"), deadline=60)
                took = time.monotonic() - began
                assert cpu_seconds(daemon) - used < 0.5 + took / 2, "accepting spins"
                assert ready["status"] == "degraded", ready
                missing = [check for check in ready["checks"] if not check["ok"]]
                assert [check["name"] for check in missing] == ["descriptors"] and "ulimit -n" in missing[0]["detail"], ready
                assert daemon.request("/healthz")[0] == 200
                assert daemon.log().count("no file descriptor is left") == 1, daemon.log()
            finally:
                for client in clients:
                    client.close()
            subprocess.run(["prlimit", f"--pid={pid}", "--nofile=160:160"], check=True, timeout=20)
            answer = daemon.post("/v1/documents", [{"source": "w", "id": "1", "title": "Ostra Steel raises its forecast"}])
            assert answer["results"][0]["status"] == "stored", answer
            assert daemon.terminate()[0] == 0
            never_aborted(daemon)


def test_start_with_little_memory():
    with Folder("start") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            needed = status_of(daemon, "VmPeak")
            daemon.terminate()
    started, refused = 0, 0
    for share in (15, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100):
        with Folder("start") as folder:
            port = free_port()
            with Tapewatch(BINARY, folder, config(folder, port), port, prefix=with_memory(needed * share // 100)) as daemon:

                def ended_or_ready():
                    try:
                        return daemon.process.poll() is not None or daemon.request("/readyz", timeout=5)[0] == 200
                    except OSError:
                        return False
                wait_for(f"an end or a start with {share} % of the memory", ended_or_ready, deadline=60)
                if daemon.process.returncode is None:
                    started += 1
                    daemon.terminate()
                elif daemon.process.returncode == 127:  # the system's loader did not come to the end
                    assert "error while loading shared libraries" in daemon.log(), daemon.log()
                else:
                    refused += 1
                    assert daemon.process.returncode == 1, (share, daemon.process.returncode, daemon.log())
                    assert "raise the limit" in daemon.log() or "out of memory" in daemon.log(), (share, daemon.log())
                never_aborted(daemon)
    assert started and refused, (started, refused)


def test_requests_with_little_memory():
    with Folder("requests") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            needed = status_of(daemon, "VmPeak")
            daemon.terminate()
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port), port, prefix=with_memory(needed + (24 << 10))) as daemon:
            daemon.ready()
            # Large and soon scored: a word of this length is one token.
            big = json.dumps([{"source": "w", "id": f"big-{i}", "title": f"Ostra {i}", "body": "x" * 30_000}
                              for i in range(150)])
            texts = json.dumps({"texts": ["Ostra Steel raises its forecast for the year. " * 2] * 60})

            def ask(number):
                if number % 3 == 0:
                    return daemon.request("/v1/score", texts, headers=JSON, timeout=60)[0]
                if number % 3 == 1:
                    return daemon.request("/v1/documents", big, headers=JSON, timeout=60)[0]
                return daemon.request("/v1/documents?limit=1000&from=-1h", timeout=60)[0]

            began = time.monotonic()
            answers = []
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                while "no memory is left" not in daemon.log() and time.monotonic() - began < 120:
                    answers += pool.map(ask, range(48))
            print("  answers:", {status: answers.count(status) for status in sorted(set(answers))})
            assert set(answers) == {200, 503}, answers
            assert "no memory is left" in daemon.log(), daemon.log()[-3000:]
            minutes = (time.monotonic() - began) / 60
            assert daemon.log().count("no memory is left") <= 1 + minutes, daemon.log()
            ready = daemon.get("/readyz")
            assert ready["status"] == "degraded", ready
            assert "memory" in [check["name"] for check in ready["checks"] if not check["ok"]], ready
            assert daemon.request("/healthz")[0] == 200
            one = [{"source": "w", "id": "after", "title": "Ostra Steel raises its forecast"}]
            wait_for("documents are stored again", lambda: daemon.request(
                "/v1/documents", json.dumps(one), headers=JSON)[0] == 200)
            assert daemon.terminate()[0] == 0
            never_aborted(daemon)


run_tests([("no descriptor left: degraded, said once, alive", test_descriptors),
           ("a start with too little memory: status 1 and why", test_start_with_little_memory),
           ("requests with too little memory: 503, degraded, alive", test_requests_with_little_memory)])

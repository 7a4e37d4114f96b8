"""Shared by the end-to-end tests: a tapewatch process, its HTTP API, a receiver for its webhooks.

Standard library only. Everything listens on loopback, waits for a condition (never for a time), and ends by its own pid.
"""

import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from local_server import LocalServer, QuietHandler
from ports import free_port  # noqa: F401 (the tests take it from here)

DEADLINE = float(os.environ.get("TAPEWATCH_TEST_DEADLINE", "120"))


class Timeout(AssertionError):
    pass


def wait_for(what, condition, deadline=DEADLINE, every=0.05):
    """Polls `condition` until it returns something true; fails naming `what` after `deadline` seconds."""
    end = time.monotonic() + deadline
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Timeout(f"not within {deadline:.0f} s: {what}")
        time.sleep(every)


class Folder:
    """A temporary folder, deleted at the end unless the test failed and KEEP is set."""

    def __init__(self, name):
        self.path = tempfile.mkdtemp(prefix=f"tapewatch-{name}-")

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if not (kind and os.environ.get("KEEP")):
            shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name, text=None):
        path = os.path.join(self.path, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        return path


class Tapewatch:
    """`tapewatch run` on a configuration; stdout and stderr go to a log file in the folder."""

    def __init__(self, binary, folder, config, port, env=None, prefix=()):
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.context = None  # of TLS, where the address is https
        self.folder = folder
        self.log_path = folder.file(f"log-{time.monotonic_ns()}.txt")
        path = folder.file("tapewatch.toml", config)
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen([*prefix, binary, "run", "--config", path], stdout=log,
                                            stderr=subprocess.STDOUT, env={**os.environ, **(env or {})},
                                            stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind:
            print("---- log of tapewatch ----\n" + self.log()[-6000:])
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def url(self, path):
        return self.address + path

    def request(self, path, body=None, method=None, headers=None, timeout=30):
        """(status, text). A refused connection is an OSError."""
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(self.url(path), data=data, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=timeout, context=self.context) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def get(self, path):
        status, text = self.request(path)
        assert status == 200, f"GET {path}: {status} {text}"
        return json.loads(text)

    def post(self, path, value):
        status, text = self.request(path, json.dumps(value), headers={"Content-Type": "application/json"})
        assert status == 200, f"POST {path}: {status} {text}"
        return json.loads(text)

    def ready(self):
        def check():
            if self.process.poll() is not None:
                raise AssertionError(f"tapewatch ended with {self.process.returncode}:\n{self.log()[-3000:]}")
            try:
                return self.request("/readyz")[0] == 200
            except OSError:
                return False
        wait_for("readiness", check)
        return self

    def terminate(self, deadline=10):
        """Sends SIGTERM; returns (exit status, seconds it took)."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=deadline)
        return status, time.monotonic() - started

    def kill(self):
        self.process.kill()
        self.process.wait()


def verify_signature(secret, headers, body):
    """Standard Webhooks 1.0, from its specification: HMAC-SHA256 over "id.timestamp.body"."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and any(hmac.compare_digest(expected, given) for given in (headers["webhook-signature"] or "").split())


class Receiver(LocalServer):
    """A webhook receiver. `answer(n)` returns the status of the n-th request (from 0)."""

    def __init__(self, secret, answer=lambda n: 200):
        self.secret, self.received = secret, []
        self.lock = threading.Lock()
        receiver = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    status = answer(len(receiver.received))
                    receiver.received.append({
                        "id": self.headers["webhook-id"], "status": status, "message": json.loads(body),
                        "signature_ok": verify_signature(receiver.secret, self.headers, body)})
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        super().__init__(Handler)
        self.url += "/hook"

    def of_type(self, kind, status=200):
        with self.lock:
            return [r for r in self.received if r["message"]["type"] == kind and r["status"] == status]


def test_secret():
    return "whsec_" + base64.b64encode(b"a secret of the tests, 32 bytes.").decode()


def run_tests(tests):
    """Runs (name, callable) pairs, prints one line each, exits non-zero when one failed."""
    import sys
    import traceback
    failed = 0
    for name, test in tests:
        started = time.monotonic()
        try:
            test()
            print(f"ok    {name} ({time.monotonic() - started:.1f} s)", flush=True)
        except Exception:  # every failure is reported, the others still run
            failed += 1
            traceback.print_exc()
            print(f"FAIL  {name} ({time.monotonic() - started:.1f} s)", flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)

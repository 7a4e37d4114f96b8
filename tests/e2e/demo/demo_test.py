"""`tapewatch demo --for 75s` as a new user sees it: headlines with scores, the alert, the webhook, the summary."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, run_tests, wait_for  # noqa: E402

BINARY = sys.argv[1]
FOR = os.environ.get("TAPEWATCH_DEMO_FOR", "75s")


class Demo:
    def __init__(self, folder, *arguments):
        self.lines = []
        self.process = subprocess.Popen([BINARY, "demo", "--data", folder.path, "--listen", "127.0.0.1:0", *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        stdin=subprocess.DEVNULL)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def find(self, pattern):
        return next((m for line in list(self.lines) if (m := re.search(pattern, line))), None)

    def expect(self, pattern, deadline=60):
        def look():
            if self.process.poll() is not None and not self.find(pattern):
                raise AssertionError(f"the demo ended without {pattern!r}:\n" + "\n".join(self.lines[-30:]))
            return self.find(pattern)
        return wait_for(f"{pattern!r} in\n" + "\n".join(self.lines[-5:]), look, deadline)


def get(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return json.loads(response.read())


def test_demo():
    with Folder("demo") as folder:
        demo = Demo(folder, "--for", FOR)
        try:
            base = demo.expect(r"dashboard\s+(http://\S+?)/?$").group(1)
            demo.expect(r"history loaded: (\d+) headlines")
            demo.expect(r"^\d\d:\d\d  [+-]\d\.\d\d  (negative|neutral|positive) ")
            demo.expect(r" ALERT .*Kesmar.*negative stories")
            demo.expect(r"WEBHOOK received: alert\.firing")
            demo.expect(r"msg_[0-9a-f]{32} , signature verified")
            alerts = get(base + "/v1/alerts")["items"]
            assert [a["key"] for a in alerts] == [{"entity": "kesmar"}], alerts
            page = urllib.request.urlopen(base + "/", timeout=20).read().decode()
            assert "<title>" in page and "tapewatch" in page
            second = subprocess.run([BINARY, "demo", "--data", folder.path, "--listen", "127.0.0.1:0", "--for", "1s"],
                                    capture_output=True, text=True, timeout=60)
            assert second.returncode == 1 and "another tapewatch" in second.stderr, second
            series = get(base + "/v1/sentiment?from=-48h&bucket=1h&group_by=topic")["series"]
            assert len(series) >= 15, f"{len(series)} topics"
            demo.process.wait(timeout=150)
            demo.reader.join(timeout=10)
            assert demo.process.returncode == 0, demo.process.returncode
            demo.expect(r"^summary")
            demo.expect(r"1 alert fired, 1 resolved")
            demo.expect(r"webhooks? received, 0 with a wrong signature")
            # The demo listens on port 0: links have the port that it got.
            with sqlite3.connect(f"file:{folder.path}/tapewatch-demo.db?mode=ro", uri=True) as database:
                bodies = [json.loads(body) for body, in database.execute("SELECT body FROM outbox")]
            assert bodies and all(b["data"]["alert_url"].startswith(base + "/alerts/") for b in bodies), (base, bodies)
        finally:
            if demo.process.poll() is None:
                demo.process.kill()
            print("\n".join(demo.lines[-60:]))


run_tests([("the demo shows headlines, the alert, the webhook and a summary", test_demo)])

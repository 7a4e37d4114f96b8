"""A headless Chromium driven over its debugging pipe: the DevTools protocol without a WebSocket library."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe",
]


def find():
    """The browser's path, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        path = shutil.which(name)
        if path:
            return path
    return None


class PageError(Exception):
    """An exception of a script in the page, or a call that Chromium refused."""


class Chromium:
    """One browser with one page. Messages of the page's console and its uncaught errors are in `complaints`."""

    def __init__(self, path):
        self.profile = tempfile.mkdtemp(prefix="dashboard-test-")
        to_browser, self.out = os.pipe()
        self.into, from_browser = os.pipe()

        def place_pipes():
            # Chromium reads from descriptor 3 and writes to 4. Out of the way first: one may be the other's place.
            read_end, write_end = os.dup(to_browser), os.dup(from_browser)
            os.dup2(read_end, 3)
            os.dup2(write_end, 4)

        self.process = subprocess.Popen(
            [path, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"], pass_fds=(3, 4), preexec_fn=place_pipes,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.last = 0
        self.complaints = []
        self.session = None
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.out)
        os.close(self.into)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, parameters=None, timeout=30):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters or {}}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        end = time.monotonic() + timeout
        while True:
            answer = self.receive(end, method)
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error'].get('message')}")
                return answer.get("result", {})
            self.note(answer)

    def receive(self, end, method):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.into], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise PageError(f"{method}: Chromium did not answer")
            data = os.read(self.into, 1 << 16)
            if not data:
                raise PageError(f"{method}: Chromium has gone")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def note(self, event):
        parameters = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append("exception: " + details.get("exception", {}).get("description", details["text"]))
        if event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            entry = parameters["entry"]
            self.complaints.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}")
        if event.get("method") == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
            self.complaints.append("console: " + " ".join(str(a.get("value")) for a in parameters["args"]))

    def evaluate(self, expression, timeout=30):
        """The value of an expression in the page; a promise is awaited."""
        result = self.call("Runtime.evaluate",
                           {"expression": expression, "awaitPromise": True, "returnByValue": True}, timeout)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise PageError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def wait_for(self, expression, what, seconds=60):
        """Waits in the page until the expression is true; if it stays false, fails with what was missing."""
        script = f"""new Promise((resolve) => {{
          const until = Date.now() + {seconds * 1000};
          const look = () => {{
            let found = false;
            try {{ found = Boolean({expression}); }} catch {{}}
            if (found || Date.now() > until) return resolve(found);
            setTimeout(look, 50);
          }};
          look();
        }})"""
        if not self.evaluate(script, seconds + 30):
            raise PageError(f"not within {seconds} s: {what}")

    def open(self, url):
        self.call("Page.navigate", {"url": url})

    def size(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride",
                  {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile})

    def prefer(self, scheme):
        self.call("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme},
                                                              {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def press(self, key, code=None):
        for kind in ("keyDown", "keyUp"):
            event = {"type": kind, "key": key, "code": code or key}
            if key == "Enter":
                event |= {"windowsVirtualKeyCode": 13, "text": "\r"} if kind == "keyDown" else {"windowsVirtualKeyCode": 13}
            self.call("Input.dispatchKeyEvent", event)

    def tab(self):
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", {"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9})

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", {"format": "png"})["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

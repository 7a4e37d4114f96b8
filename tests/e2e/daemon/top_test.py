"""`tapewatch top`: one frame for a pipe; in a terminal a screen that follows the daemon, its end and the window's size, and
gives the terminal back as it was."""

import fcntl
import hashlib
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
ENTER, LEAVE = "\x1b[?1049h", "\x1b[0m\x1b[?25h\x1b[?1049l"


def config(folder, port, more=""):
    return f"""
[daemon]
data_dir = "{folder.path}"
listen = ["127.0.0.1:{port}"]
{more}
[[ingest.feed]]
name = "gazette"
url = "http://127.0.0.1:1/feed"
[[alerts.rule]]
name = "burst"
group_by = ["topic"]
[[alerts.webhook]]
name = "desk"
url = "http://127.0.0.1:1/hook"
"""


def push(daemon, headers=None):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    body = f'[{{"source":"w","id":"1","title":"Halden Bank profit falls by half","published_at":"{at}"}}]'
    status, text = daemon.request("/v1/documents", body, headers={"Content-Type": "application/json", **(headers or {})})
    assert status == 200, text


def once(*words, env=None):
    return subprocess.run([BINARY, "top", "--once", *words], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL)


class Terminal:
    """`tapewatch top` in a terminal of its own; `text` is all that it has sent."""

    def __init__(self, *words, columns=80, rows=24):
        self.text = ""
        wait, go = os.pipe()
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.read(wait, 1)
            os.execve(BINARY, [BINARY, "top", *words], {**os.environ, "TERM": "xterm", "NO_COLOR": "1"})
        self.before = termios.tcgetattr(self.master)
        self.resize(columns, rows)
        os.write(go, b"!")
        os.close(go)
        os.close(wait)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.master)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        while select.select([self.master], [], [], 0)[0]:
            try:
                part = os.read(self.master, 65536)
            except OSError:  # nobody has the other end any more
                return
            if not part:
                return
            self.text += part.decode(errors="replace")

    def frames(self):
        """Those that have come completely."""
        self.read()
        frames = [frame for frame in self.text.split("\x1b[H")[1:] if "\x1b[J" in frame]
        return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", frame) for frame in frames]

    def shows(self, what):
        wait_for(f"{what!r} on the screen", lambda: any(what in frame for frame in self.frames()[-1:]))

    def ended(self):
        wait_for("the end", lambda: (self.read(), LEAVE in self.text)[1])
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.read()
        assert self.text.endswith(LEAVE), repr(self.text[-80:])
        assert termios.tcgetattr(self.master) == self.before, "the terminal is as it was"
        return status


def test_once():
    with Folder("top") as folder:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            push(daemon)
            wait_for("a refused poll", lambda: daemon.get("/v1/sources")["items"][0]["health"]["errors"] > 0)
            done = once("--url", url)
            assert done.returncode == 0, done
            print(done.stdout)
            for words in (f"tapewatch {url}  degraded", "sources: 1 of 1 not reached: gazette (", "ALERTS FIRING 0",
                          "SOURCES 2, 1 NOT REACHED", "gazette", "TOPICS, LAST HOUR", "desk", "burst"):
                assert words in done.stdout, (words, done.stdout)
            assert "\x1b" not in done.stdout
            assert daemon.terminate()[0] == 0
        gone = once("--url", url)
        assert gone.returncode == 1 and "refused" in gone.stderr and not gone.stdout, gone


def test_tokens():
    with Folder("top") as folder:
        port = free_port()
        lines = "".join(f"{name} {role} sha256:{hashlib.sha256(name.encode()).hexdigest()}\n"
                        for name, role in (("reader", "read"), ("operator", "operate")))
        tokens = folder.file("tokens", lines)
        url = f"http://127.0.0.1:{port}"
        with Tapewatch(BINARY, folder, config(folder, port, f'auth = {{ tokens_file = "{tokens}" }}'), port) as daemon:
            daemon.ready()
            reader = once("--url", url, "--token-file", folder.file("reader", "reader\n"))
            assert reader.returncode == 0 and "burst" in reader.stdout and "403" in reader.stdout, reader
            operator = once("--url", url, env={"TAPEWATCH_TOKEN": "operator"})
            assert operator.returncode == 0 and "desk" in operator.stdout and "403" not in operator.stdout, operator
            missing = once("--url", url, "--token-file", folder.file("no-such-file"))
            assert missing.returncode == 2 and "no-such-file" in missing.stderr, missing
            nobody = once("--url", url)
            assert nobody.returncode == 0 and "401" in nobody.stdout, nobody


def test_refused_messages():
    """A receiver that answers 500 is not "on", here as on the dashboard."""
    with Receiver(test_secret(), answer=lambda n: 500) as desk, Folder("top") as folder:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        text = config(folder, port).replace("http://127.0.0.1:1/hook", desk.url)
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            assert re.search(r"^desk .* on$", once("--url", url).stdout, re.M), "nothing is wrong before"
            assert daemon.request("/v1/webhooks/desk/test", "")[0] == 200
            wait_for("an attempt", lambda: daemon.get("/v1/deliveries?state=pending")["items"][0]["attempts"] > 0)
            line = re.search(r"^desk .*$", once("--url", url).stdout, re.M).group(0)
            assert re.search(r" not delivered: .*500.* \(\d+ attempts?, next in \d+s\)$", line), line


def test_terminal():
    with Folder("top") as folder:
        port = free_port()
        words = ("--url", f"http://127.0.0.1:{port}", "--interval", "100ms")
        with Tapewatch(BINARY, folder, config(folder, port), port) as daemon:
            daemon.ready()
            with Terminal(*words) as terminal:
                terminal.shows("ALERTS FIRING 0")
                assert terminal.text.startswith(ENTER)
                assert all(len(frame.split("\n")) <= 24 for frame in terminal.frames())
                assert not termios.tcgetattr(terminal.master)[3] & termios.ECHO
                terminal.resize(40, 6)
                wait_for("a smaller frame", lambda: len(terminal.frames()[-1].split("\n")) <= 6)
                smaller = terminal.frames()[-1].split("\n")
                assert 1 < len(smaller) <= 6 and max(map(len, smaller)) <= 40, smaller
                terminal.resize(80, 24)
                push(daemon)
                terminal.shows("w ")
                os.write(terminal.master, b"xq")
                assert terminal.ended() == 0
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                with Terminal(*words) as terminal:
                    terminal.shows("ALERTS")
                    os.kill(terminal.pid, number)
                    assert terminal.ended() == 0
            with Terminal(*words) as terminal:
                terminal.shows("ALERTS")
                daemon.kill()
                terminal.shows("does not answer")
                assert "ALERTS" in terminal.frames()[-1], "what was known is still shown"
                os.write(terminal.master, b"\x03")  # as a key: Ctrl-C
                assert terminal.ended() == 0


run_tests([("one frame, without escapes, and the exit statuses", test_once),
           ("tokens, and what a role may not see", test_tokens),
           ("a webhook that refuses its messages", test_refused_messages),
           ("a screen that follows, and a terminal that is given back", test_terminal)])

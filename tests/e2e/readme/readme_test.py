"""Runs what the README shows: its commands against a running demo, its receiver against a real delivery."""

import http.server
import os
import re
import shutil
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from demo_process import Demo  # noqa: E402
from tapewatch_process import Folder, run_tests  # noqa: E402

BINARY, SOURCE = sys.argv[1], sys.argv[2]
for tool in ("curl", "jq"):
    if not shutil.which(tool):
        print(f"SKIP: the README's examples need {tool}")
        sys.exit(77)
with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as readme:
    README = readme.read()


def blocks(mark, language):
    return re.findall(rf"<!-- {mark} -->\n```{language}\n(.*?)```", README, re.S)


def test_commands():
    commands = blocks("run", "sh")
    assert len(commands) >= 6, "the README's examples are gone"
    with Demo(BINARY) as demo:
        for command in commands:
            command = command.replace("127.0.0.1:8080", demo.address).replace("tapewatch ", BINARY + " ")
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], capture_output=True, text=True, timeout=60)
            print(done.stdout[:600])
            assert done.returncode == 0, (command, done.stderr)
            assert done.stdout.strip() and "null" not in done.stdout.split("\n")[0], (command, done.stdout)


def test_configuration():
    with Folder("readme-check") as folder:
        for text in blocks("check", "toml"):
            text = text.replace("/var/lib/tapewatch", folder.path)  # which not everybody may make
            done = subprocess.run([BINARY, "check", "--config", folder.file("t.toml", text)], capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr


def test_receiver():
    """The README's verify() accepts a real message of a daemon, and no altered one."""
    from spine import deliver_one
    scope = {}
    exec(blocks("verify", "python")[0], scope)  # noqa: S102: the code under test
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((dict(self.headers.items()), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        secret = deliver_one(BINARY, f"http://127.0.0.1:{server.server_port}/", lambda: seen)
    finally:
        server.shutdown()
        server.server_close()
    headers, body = seen[0]
    assert scope["verify"](secret, headers, body)
    assert not scope["verify"](secret, headers, body + b" ")
    assert not scope["verify"](secret, {**headers, "webhook-id": "msg_other"}, body)


run_tests([("the README's commands", test_commands), ("the README's configuration", test_configuration),
           ("the README's receiver", test_receiver)])

"""The daemon against its own description: schemathesis calls every operation with input that fits the description and with input that
does not, and all of its checks hold; once without tokens, once where a token is needed."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import tools  # noqa: E402
from spine import burst, config, push, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
PACKAGES = tools.python_packages("requirements.txt", "schemathesis")
SECRET = test_secret()
TOKEN = "the-token-of-the-tests"


def ask(folder, daemon, *more, headers=None):
    """Runs schemathesis on the daemon's description; the failure message has all of its findings."""
    topics = json.loads(daemon.request("/v1/topics", headers=headers)[1])["items"]
    sources = [one["id"] for one in json.loads(daemon.request("/v1/sources", headers=headers)[1])["items"]]
    model = re.search(r'tapewatch_build_info\{[^}]*model="([^"]+)"', daemon.request("/metrics", headers=headers)[1])[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([PACKAGES, HERE]), "PYTHONDONTWRITEBYTECODE": "1",
                   "HYPOTHESIS_STORAGE_DIRECTORY": folder.file("hypothesis"),
                   "TAPEWATCH_TOPICS": ",".join(topic["id"] for topic in topics), "TAPEWATCH_MODEL": model,
                   "TAPEWATCH_SOURCES": ",".join(sources)}
    settings = shutil.copy(os.path.join(HERE, "schemathesis.toml"), folder.path)  # it writes beside its settings
    done = subprocess.run([sys.executable, "-m", "schemathesis.cli", "--config-file", settings, "run",
                           daemon.url("/openapi.json"), "--checks", "all", *more], cwd=folder.path, env=environment,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=800)
    said = done.stdout + done.stderr
    assert done.returncode == 0 and daemon.process.poll() is None, said
    counted = [line.strip() for line in said.splitlines() if "generated" in line or "passed" in line]
    print("      " + "; ".join(counted), flush=True)
    assert any("generated" in line for line in counted), said


def test_without_tokens():
    with Folder("schemathesis") as folder, Receiver(SECRET) as receiver:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port, SECRET, receiver.url), port) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            wait_for("an alert and its delivery", lambda: receiver.of_type("alert.firing"))
            ask(folder, daemon)


def test_with_a_token():
    """Also checks that a token is required: `ignored_auth` sends each request again with none, and with a wrong one."""
    with Folder("schemathesis") as folder:
        port = free_port()
        digest = hashlib.sha256(TOKEN.encode()).hexdigest()
        tokens = folder.file("tokens", f"tests admin sha256:{digest}\n")
        os.chmod(tokens, 0o600)
        text = config(folder, port, SECRET).replace("[storage]", f'[daemon.auth]\ntokens_file = "{tokens}"\n[storage]')
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            bearer = {"Authorization": f"Bearer {TOKEN}"}
            status, answer = daemon.request("/v1/documents", json.dumps(quiet()[0]),
                                            headers={**bearer, "Content-Type": "application/json"})
            assert status == 200, answer  # a source that can be asked for
            ask(folder, daemon, "--header", f"Authorization: Bearer {TOKEN}", "--phases", "examples,coverage",
                headers=bearer)


run_tests([("all checks hold without tokens", test_without_tokens), ("all checks hold with a token", test_with_a_token)])

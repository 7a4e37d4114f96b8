"""The Debian package: built by one command, without errors of lintian, installed and purged in a bare system.

The bare system comes from the machine's own Debian mirror by mmdebstrap, and is kept in $TAPEWATCH_TEST_CACHE.
"""

import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import pypi  # noqa: E402
from tapewatch_process import Folder, run_tests  # noqa: E402

BUILD, SOURCE = sys.argv[1:3]
CACHE = os.environ.get("TAPEWATCH_TEST_CACHE", os.path.expanduser("~/.cache/tapewatch-tests"))
MIRROR_SECONDS = 600
UNIT = "/usr/lib/systemd/system/tapewatch.service"


def run(*words, seconds=300, status=0, **options):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds,
                          stdin=subprocess.DEVNULL, **options)
    assert done.returncode == status, (words, done.returncode, done.stdout[-4000:])
    return done.stdout


def unpacked(path):
    """A file of the package."""
    tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", package()], stdout=subprocess.PIPE, check=True, timeout=300).stdout
    return subprocess.run(["tar", "-xO", path], input=tar, stdout=subprocess.PIPE, check=True, timeout=300).stdout.decode()


def package():
    (path,) = glob.glob(os.path.join(BUILD, "tapewatch_*.deb"))
    return path


def test_build():
    for old in glob.glob(os.path.join(BUILD, "tapewatch_*.deb")):
        os.remove(old)
    run("cmake", "--build", BUILD, "--target", "deb")
    print(run("dpkg-deb", "--info", package()))
    listed = {line.split(maxsplit=5)[5] for line in run("dpkg-deb", "--contents", package()).splitlines()}
    for path in ("usr/bin/tapewatch", "usr/lib/systemd/system/tapewatch.service", "usr/lib/sysusers.d/tapewatch.conf",
                 "usr/lib/tmpfiles.d/tapewatch.conf", "etc/tapewatch/tapewatch.toml", "usr/share/man/man1/tapewatch.1.gz",
                 "usr/share/man/man1/tapewatch-score.1.gz", "usr/share/man/man5/tapewatch.toml.5.gz",
                 "usr/share/bash-completion/completions/tapewatch", "usr/share/zsh/vendor-completions/_tapewatch",
                 "usr/share/fish/vendor_completions.d/tapewatch.fish", "usr/share/doc/tapewatch/README.md",
                 "usr/share/doc/tapewatch/changelog.gz", "usr/share/doc/tapewatch/copyright",
                 "usr/share/doc/tapewatch/tapewatch.cdx.json",
                 "usr/share/tapewatch/prometheus/tapewatch.rules.yml", "usr/share/tapewatch/grafana/tapewatch.json"):
        assert "./" + path in listed, path
    depends = run("dpkg-deb", "--field", package(), "Depends")
    for name in ("librdkafka1", "libsqlite3-0", "libssl3", "libc6", "tzdata", "ca-certificates"):
        assert name in depends, depends


def test_bill_of_materials():
    """CycloneDX that its own library accepts: every package that the package depends on, and what is compiled in."""
    pypi.require("cyclonedx-python-lib[json-validation]", "11.7.0")
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    text = unpacked("./usr/share/doc/tapewatch/tapewatch.cdx.json")
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(text) is None, text[:2000]
    bill = json.loads(text)
    uses = {part["name"]: part.get("properties", [{}])[0].get("value") for part in bill["components"]}
    depends = re.findall(r"([a-z0-9.+-]+)", re.sub(r"\([^)]*\)", "", run("dpkg-deb", "--field", package(), "Depends")))
    provided = run("dpkg-query", "-W", "-f=${Provides},", *(name for name in uses if uses[name] == "linked"))
    provided = {name.split()[0] for name in provided.split(",") if name.strip()}
    for name in set(depends) - provided - {"tzdata", "ca-certificates", "systemd"}:
        assert uses.get(name) == "linked", (name, uses)
    assert uses["libboost1.81-dev"] == uses["libcli11-dev"] == "compiled-in", uses
    (model,) = [part for part in bill["components"] if part["type"] == "machine-learning-model"]
    with open(os.path.join(SOURCE, "model/weights/builtin/model.safetensors"), "rb") as weights:
        assert model["hashes"][0]["content"] == hashlib.sha256(weights.read()).hexdigest(), model
    assert all(part["version"] and part["purl"].startswith("pkg:deb/debian/") for part in bill["components"] if part != model)


def test_lintian():
    if not shutil.which("lintian"):
        print("SKIP: the package was not checked: lintian is not installed")
        return
    done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", package()], capture_output=True, text=True,
                          timeout=600)
    print(done.stdout + done.stderr)
    assert done.returncode == 0, done.stdout


def bare_system():
    """A tar of Debian 12 with systemd, or None where that cannot be had."""
    tar = os.path.join(CACHE, "bare-bookworm.tar")
    if os.path.exists(tar):
        return tar
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        print("SKIP: the package was not installed: that needs root and mmdebstrap")
        return None
    os.makedirs(CACHE, exist_ok=True)
    sources = glob.glob("/etc/apt/sources.list.d/debian*.sources") or ["/etc/apt/sources.list"]
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        made = os.path.join(folder, "bare.tar")
        try:
            run("mmdebstrap", "--mode=root", "--variant=minbase", "--include=systemd", "bookworm", made, *sources,
                seconds=MIRROR_SECONDS)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            print(f"SKIP: the package was not installed: no bare system from the mirror: {str(error)[-300:]}")
            return None
        os.rename(made, tar)
    return tar


class Bare:
    """The unpacked system; the package and its dependencies are installed from the mirror."""

    def __init__(self, tar):
        self.folder = Folder("bare")
        run("tar", "-xf", tar, "-C", self.folder.path)
        shutil.copy(package(), os.path.join(self.folder.path, "tapewatch.deb"))
        if os.path.exists("/etc/resolv.conf"):
            shutil.copy("/etc/resolv.conf", os.path.join(self.folder.path, "etc", "resolv.conf"))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.folder.__exit__(kind, value, trace)

    def path(self, inside):
        return self.folder.path + inside

    def do(self, *words, **options):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        inside = ("unshare", "--mount", "--pid", "--fork", f"--root={self.folder.path}", "--mount-proc")
        return run(*inside, *words, env=env, **options)


def owner(system, inside):
    return system.do("stat", "-c", "%U:%G %a", inside).strip()


def test_installed():
    tar = bare_system()
    if not tar:
        return
    with Bare(tar) as system:
        system.do("apt-get", "-q", "update", seconds=MIRROR_SECONDS)
        print(system.do("apt-get", "-q", "-y", "--no-install-recommends", "install", "/tapewatch.deb",
                        seconds=MIRROR_SECONDS)[-600:])
        print(system.do("tapewatch", "--version"))
        assert owner(system, "/var/lib/tapewatch") == "tapewatch:tapewatch-read 2750"
        assert owner(system, "/etc/tapewatch/tapewatch.toml") == "root:tapewatch 640"
        as_service = ("setpriv", "--reuid=tapewatch", "--regid=tapewatch", "--clear-groups")
        print(system.do(*as_service, "tapewatch", "check"))
        starts_and_is_read(system, as_service)
        for word in ("verify", "--man=no"), ("security", "--offline=true", "--threshold=15"):
            found = system.do("systemd-analyze", *word, UNIT)
            print(found[-300:])
            assert word[0] == "security" or "tapewatch" not in found, found
        assert os.path.exists(system.path("/usr/share/man/man1/tapewatch.1.gz"))
        assert "disabled" in system.do("systemctl", "is-enabled", "tapewatch", status=1)

        with open(system.path("/etc/tapewatch/tapewatch.toml"), "a") as config:
            config.write("# edited\n")
        system.do("dpkg", "--install", "--force-confold", "/tapewatch.deb")
        assert "# edited" in open(system.path("/etc/tapewatch/tapewatch.toml")).read()
        system.do("systemctl", "enable", "tapewatch")
        system.do("apt-get", "-q", "-y", "purge", "tapewatch")
        left = system.do("sh", "-c", "find / -xdev -name '*tapewatch*' -not -path '/proc/*' -not -path '/tapewatch.deb'")
        assert left.split() and all(path.startswith("/var/lib/tapewatch") for path in left.split()), left
        print("left after a purge:", left.split())


def starts_and_is_read(system, as_service):
    """The example as it is starts, in a network without any way out; the group that may reads its database."""
    daemon = subprocess.Popen(["unshare", "--net", "sh", "-c", 'ip link set lo up && umask 0027 && exec chroot "$0" "$@"',
                               system.folder.path, *as_service, "tapewatch", "run"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    watchdog = threading.Timer(120, daemon.kill)
    watchdog.start()
    try:
        log = []
        while not log or "listening on 127.0.0.1:8080" not in log[-1]:
            log.append(daemon.stdout.readline())
            assert log[-1], "".join(log)
        nobody = ("setpriv", "--reuid=nobody", "--regid=nogroup")
        query = ("tapewatch", "query", "documents", "--db", "/var/lib/tapewatch/tapewatch.db")
        system.do(*nobody, "--groups=tapewatch-read", *query)
        system.do(*nobody, "--groups=tapewatch-read", "cat", "/etc/tapewatch/tapewatch.toml", status=1)
        system.do(*nobody, "--groups=tapewatch-read", "cat", "/var/lib/tapewatch/link.key", status=1)
        system.do(*nobody, "--clear-groups", *query, status=1)
        daemon.terminate()
        assert daemon.wait(timeout=30) == 0
    finally:
        watchdog.cancel()
        if daemon.poll() is None:
            daemon.kill()
        daemon.wait()


run_tests([("one command builds it", test_build), ("its bill of materials is whole", test_bill_of_materials),
           ("lintian finds no error", test_lintian),
           ("it installs, starts as it is and purges in a bare system", test_installed)])

"""Third-party tools that read the API's description, fetched once into the test cache.

What cannot be had here (no pip, no npm, no registry) skips the test aloud: a line "SKIP: reason" and exit status 77.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FETCH_SECONDS = 240


def skip(reason):
    print(f"SKIP: {reason}", flush=True)
    sys.exit(77)


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("TAPEWATCH_TEST_CACHE") or os.path.join(base, "tapewatch-tests")


def fetched(name, what, command):
    """The folder `name` of the cache, filled by `command` (a function of a folder) if it does not exist yet."""
    folder = os.path.join(cache(), name)
    os.makedirs(cache(), exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        return _fetched(folder, what, command)


def _fetched(folder, what, command):
    if os.path.exists(os.path.join(folder, "complete")):
        return folder
    part = f"{folder}.part"
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    try:
        done = subprocess.run(command(part), cwd=part, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=FETCH_SECONDS)
    except subprocess.TimeoutExpired:
        skip(f"{what}: not fetched within {FETCH_SECONDS} s")
    if done.returncode != 0:
        lines = (done.stderr + done.stdout).strip().splitlines() or ["no reason was given"]
        skip(f"{what}: cannot be fetched: {lines[-1]}")
    with open(os.path.join(part, "complete"), "w"):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(part, folder)
    return folder


def npm_packages(packages):
    """The folder of the packages' programs; `packages` maps names to exact versions."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        skip("Redocly and Spectral: no npm on this machine (Debian: npm)")
    wanted = [f"{name}@{version}" for name, version in packages.items()]
    key = hashlib.sha256(" ".join(wanted).encode()).hexdigest()[:12]
    folder = fetched(f"api-npm-{key}", "Redocly and Spectral", lambda part: [
        npm, "install", "--prefix", part, "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", *wanted])
    return os.path.join(folder, "node_modules", ".bin")


def python_packages(requirements, what):
    """A folder for PYTHONPATH with the packages pinned by the file `requirements`."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode != 0:
        skip(f"{what}: no pip on this machine (Debian: python3-pip)")
    path = os.path.join(HERE, requirements)
    with open(path, "rb") as pins:
        key = hashlib.sha256(pins.read() + sys.version.encode()).hexdigest()[:12]
    return fetched(f"api-python-{key}", what, lambda part: [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:",
        "--target", part, "-r", path])

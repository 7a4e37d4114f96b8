"""Packages of npm for a test, as a package-lock.json pins them, kept in the test cache. If they are not available the test is
reported as skipped, never as passed."""

import hashlib
import os
import shutil
import subprocess
import sys


def require(folder):
    """The folder node_modules with what package.json and package-lock.json of `folder` name; ends the test with status 77
    if it is not available."""
    with open(os.path.join(folder, "package-lock.json"), "rb") as lock:
        key = hashlib.sha256(lock.read()).hexdigest()[:12]
    cache = os.environ.get("TAPEWATCH_TEST_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tapewatch-tests")
    kept = os.path.join(cache, f"npm-{key}")
    if not os.path.isdir(kept):
        npm = shutil.which("npm")
        if not npm:
            skip("no npm on this machine (Debian: npm)")
        part = f"{kept}.part-{os.getpid()}"
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(part)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(folder, name), part)
        try:
            done = subprocess.run([npm, "ci", "--prefix", part, "--ignore-scripts", "--no-audit", "--no-fund"], cwd=part,
                                  capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
            reason = "" if done.returncode == 0 else ((done.stderr + done.stdout).strip().splitlines() or ["npm failed"])[0]
        except subprocess.TimeoutExpired:
            reason = "not fetched within 300 s"
        if reason:
            shutil.rmtree(part, ignore_errors=True)
            skip(f"the packages of package-lock.json are not available: {reason}")
        try:
            os.rename(part, kept)
        except OSError:  # another test was faster
            shutil.rmtree(part, ignore_errors=True)
    return os.path.join(kept, "node_modules")


def skip(reason):
    print(f"SKIP: npm: {reason}", flush=True)
    sys.exit(77)

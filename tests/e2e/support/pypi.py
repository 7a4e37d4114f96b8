"""A pinned package of PyPI for a test, kept in the test cache. If it is not available the test is reported as skipped, never as passed."""

import os
import shutil
import subprocess
import sys


def require(name, version):
    """Makes `import` find the package in this version and returns its folder; ends the test with status 77 if it is not
    available."""
    cache = os.environ.get("TAPEWATCH_TEST_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tapewatch-tests")
    folder = os.path.join(cache, f"pypi-{name}-{version}")
    if not os.path.isdir(folder):
        part = f"{folder}.part-{os.getpid()}"
        done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                               "--target", part, f"{name}=={version}"], capture_output=True, text=True, timeout=300,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            shutil.rmtree(part, ignore_errors=True)
            reason = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
            print(f"SKIP: {name} {version} of PyPI is not available: {reason}", flush=True)
            sys.exit(77)
        try:
            os.rename(part, folder)
        except OSError:  # another test was faster
            shutil.rmtree(part, ignore_errors=True)
    sys.path.insert(0, folder)
    return folder

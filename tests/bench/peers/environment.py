"""The virtual environment that the peers run in: made once, in a cache folder, from Python's package registry."""
import os
import re
import subprocess
import sys
from pathlib import Path

PACKAGES = {
    "numpy": "2.4.6",
    "onnx": "1.23.2",
    "onnxruntime": "1.32.0",
    "openvino": "2026.4.1",
    "nncf": "3.4.0",
    "tokenizers": "0.23.3",
}
INSTALL_SECONDS = 1200


def default_folder():
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "tapewatch" / "peers"


def _numbers(version):
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _distance(version, wanted):
    """Compares by the first part that differs."""
    ours, theirs = _numbers(version), _numbers(wanted)
    length = max(len(ours), len(theirs))
    pad = lambda parts: parts + (0,) * (length - len(parts))
    return tuple(abs(a - b) for a, b in zip(pad(ours), pad(theirs)))


def nearest(wanted, served):
    """The served release nearest to the wanted one; None without any."""
    releases = [version for version in served if re.fullmatch(r"\d+(\.\d+)*", version)]
    return min(releases, key=lambda version: _distance(version, wanted), default=None)


def _pip(python, *arguments):
    return subprocess.run([python, "-m", "pip", "--disable-pip-version-check", *arguments], capture_output=True, text=True,
                          timeout=INSTALL_SECONDS)


def _install(python, name, version):
    done = _pip(python, "install", "-q", f"{name}=={version}")
    if done.returncode == 0:
        return version
    served = re.search(r"from versions: ([^)]*)\)", done.stderr)
    other = nearest(version, served.group(1).split(", ")) if served else None
    if other is None or other == version:
        raise SystemExit(f"peers: {name} {version} cannot be installed:\n{done.stderr.strip()[-2000:]}")
    print(f"peers: {name} {version} is not served; {other}, the nearest, is used instead", file=sys.stderr)
    done = _pip(python, "install", "-q", f"{name}=={other}")
    if done.returncode != 0:
        raise SystemExit(f"peers: {name} {other} cannot be installed:\n{done.stderr.strip()[-2000:]}")
    return other


def enter(folder):
    """Runs this script again with the environment's Python, unless it is that already."""
    python = folder / "bin" / "python3"
    if Path(sys.prefix).resolve() == folder.resolve():
        return
    done = folder / "complete"
    if not done.exists():
        print(f"peers: making {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, timeout=INSTALL_SECONDS)
        versions = [f"{name} {_install(str(python), name, version)}" for name, version in PACKAGES.items()]
        done.write_text("\n".join(versions) + "\n")
    os.execv(python, [str(python), *sys.argv])

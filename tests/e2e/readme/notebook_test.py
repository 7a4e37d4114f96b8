"""Runs the README's notebook examples, with the packages that they name, against a running demo."""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import pypi  # noqa: E402
from demo_process import Demo  # noqa: E402
from tapewatch_process import Folder, run_tests  # noqa: E402

BINARY, SOURCE = sys.argv[1], sys.argv[2]
with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as readme:
    EXAMPLES = re.findall(r"<!-- notebook (\S+)==(\S+) -->\n```python\n(.*?)```", readme.read(), re.S)
FOLDERS = {name: pypi.require(name, version) for name, version, _ in EXAMPLES}


def run(folder, name, code):
    """What an example prints. Each runs by itself, as the first cell of a notebook would."""
    environment = {**os.environ, "PYTHONPATH": FOLDERS[name]}
    done = subprocess.run([sys.executable, "-W", "error::FutureWarning", "-c", code], cwd=folder.path, text=True,
                          capture_output=True, timeout=120, stdin=subprocess.DEVNULL, env=environment)
    print(done.stdout)
    assert done.returncode == 0, (code, done.stderr)
    return done.stdout


def test_examples():
    assert {name for name, _, _ in EXAMPLES} == {"pandas", "polars", "duckdb"}, "the README's examples are gone"
    with Demo(BINARY) as demo, Folder("notebook") as folder:
        done = subprocess.run([BINARY, "db", "--db", demo.database, "snapshot", folder.file("history.db")],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        for name, _, code in EXAMPLES:
            printed = run(folder, name, code.replace("127.0.0.1:8080", demo.address))
            assert "earnings" in printed or "company-product-news" in printed, printed
        assert os.path.getsize(folder.file("news.parquet")) > 1000


if __name__ == "__main__":
    run_tests([("the README's notebook examples", test_examples)])

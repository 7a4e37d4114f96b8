"""The command line: which words are options and which are files; what reaches a terminal."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, run_tests  # noqa: E402

BINARY = sys.argv[1]


def run(*words):
    done = subprocess.run([BINARY, *words], capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, (words, done)
    return done.stdout.decode()


def test_list_options():
    with Folder("words") as folder:
        texts = folder.file("texts", "Infosys slides while TCS gains\n")
        for words, names in ((("--entity", "TCS", texts), ["TCS"]), ((texts, "--entity", "TCS"), ["TCS"]),
                             (("--entity", "TCS", "--entity", "Infosys", texts), ["Infosys", "TCS"])):
            found = json.loads(run("score", *words))["entities"]
            assert sorted(entity["name"] for entity in found) == names, found
        data = folder.file("d.tsv", "label\ttext\tsource\npositive\tprofit rises\ta\nneutral\tbank\tb\nneutral\tbank\tc\n")
        assert json.loads(run("eval", "--task", "sentiment", "--sources", "a,b", data))["n"] == 2


def test_controls():
    with Folder("controls") as folder:
        lines = [{"id": "\x1b]0;x\x07", "title": "bank \u202eprofit\u009b2J"}, {"id": "\x1b[1m\u202e"}]
        texts = folder.file("texts", "".join(json.dumps(line) + "\n" for line in lines))
        shown = run("score", "--format", "table", "--explain", texts)
        assert "\\x1b[1m\\u202e: " in shown, shown
        assert not any(control in shown for control in "\x1b\x07\u202e\u009b"), shown


run_tests([("a list option takes one value, and the file is read", test_list_options),
           ("controls are shown, not obeyed", test_controls)])

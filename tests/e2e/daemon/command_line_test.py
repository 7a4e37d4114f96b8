"""The command line: which words are options and which are files; what reaches a terminal."""

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, run_tests  # noqa: E402

BINARY, SOURCE = sys.argv[1:3]


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


def test_unknown_options():
    for words, path, told in (("run --cnfig x", "run", "'--cnfig' (did you mean '--config'?)"),
                              ("query --formt csv sentiment", "query", "'--formt' (did you mean '--format'?)"),
                              ("db export --outpt=x", "db export", "'--outpt'"), ("score --zzz", "score", "'--zzz'")):
        done = subprocess.run([BINARY, *words.split()], capture_output=True, timeout=60, stdin=subprocess.DEVNULL, text=True)
        first = done.stderr.splitlines()[0]
        assert done.returncode == 2 and first.startswith(f"tapewatch {path}: unknown option {told}"), (words, done)
        assert first.endswith(f"; tapewatch {path} --help lists them"), done


def test_version():
    lines = dict(line.split(maxsplit=1) for line in run("--version").splitlines())
    assert {"tapewatch", "commit", "SQLite", "librdkafka", "Boost", "OpenSSL", "curl", "fmt", "tzdata"} <= set(lines), lines
    for name in set(lines) - {"commit", "tzdata"}:
        assert re.fullmatch(r"\d+(\.\d+){1,3}", lines[name]), (name, lines)
    assert re.fullmatch(r"unknown|[0-9a-f]{12,}(-dirty)?", lines["commit"]), lines


def commit_of(tree, folder):
    made = folder.file("commit.cpp")
    script = os.path.join(SOURCE, "daemon", "packaging", "commit.cmake")
    subprocess.run(["cmake", f"-DSOURCE={tree}", f"-DOUT={made}", "-P", script], check=True)
    return re.search('return "(.*)";', open(made).read()).group(1)


def test_commit():
    """An unpacked release, also one that lies in another project's repository, does not claim that one's commit."""
    def git(*words):
        author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        return subprocess.run(["git", "-C", folder.path, *author, *words], check=True, capture_output=True, text=True).stdout

    with Folder("commit") as folder:
        inside = folder.file("inside")
        os.mkdir(inside)
        assert commit_of(inside, folder) == "unknown"
        git("init", "-q")
        folder.file("a", "1")
        git("add", "a")
        git("commit", "-q", "-m", "a")
        known = git("rev-parse", "--short=12", "HEAD").strip()
        assert commit_of(inside, folder) == "unknown"
        assert commit_of(folder.path, folder) == known
        folder.file("a", "2")
        assert commit_of(folder.path, folder) == known + "-dirty"


run_tests([("a list option takes one value, and the file is read", test_list_options),
           ("controls are shown, not obeyed", test_controls),
           ("an option that there is not is named, with the nearest", test_unknown_options),
           ("--version names the commit and the libraries", test_version),
           ("the commit is that of this tree, or unknown", test_commit)])

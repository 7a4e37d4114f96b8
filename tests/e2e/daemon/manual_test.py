"""Manual pages and completions say what --help says: every command, every option; the shells really complete them."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, run_tests  # noqa: E402

BINARY = sys.argv[1]
SKIPPED = []


def run(*words, stdin=None, check=True, **options):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, input=stdin, **options)
    assert not check or done.returncode == 0, (words, done)
    return done.stdout


def tree(path=()):
    """{path: (commands, options, {option: its choices})}, read from the printed help alone."""
    text = run(BINARY, *path, "--help")
    commands = re.findall(r"^  ([a-z]+) ", text.split("\nSubcommands:\n")[1], re.M) if "\nSubcommands:\n" in text else []
    options, choices = [], {}
    for line in text.split("\nOptions:\n")[1].split("\nSubcommands:\n")[0].splitlines():
        found = re.match(r"  (-\S+)", line)
        if not found:
            continue
        names = found.group(1).split(",")
        options += names
        listed = re.search(r":\{([^}]*)\}", line)
        if listed:
            choices[names[-1]] = listed.group(1).split(",")
    all_of = {path: (commands, options, choices)}
    for command in commands:
        all_of.update(tree((*path, command)))
    return all_of


TREE = tree()


def needs(tool):
    if shutil.which(tool):
        return True
    SKIPPED.append(tool)
    print(f"SKIP: {tool} is not installed")
    return False


def pages(folder):
    run(BINARY, "man", "--out", folder)
    return {name: open(os.path.join(folder, name), encoding="utf-8").read() for name in sorted(os.listdir(folder))}


def shown(page):
    """A page as a reader sees it."""
    text = run("groff", "-man", "-Tutf8", "-rLL=500n", "-P-cbou", stdin=page)
    return text.replace("\u2010", "-").replace("\u2212", "-")


def test_pages():
    with Folder("man") as folder:
        written = pages(folder.path)
        top = TREE[()][0]
        assert set(written) == {"tapewatch.1", "tapewatch.toml.5", *(f"tapewatch-{name}.1" for name in top)}, written.keys()
        assert all(page.isascii() for page in written.values())
        assert run(BINARY, "man", "score") == written["tapewatch-score.1"] == run(BINARY, "man", "tapewatch-score")
        done = subprocess.run([BINARY, "man", "nothing"], capture_output=True, text=True)
        assert done.returncode == 2 and "no page 'nothing'" in done.stderr, done
        if needs("groff"):
            for path, (commands, options, choices) in TREE.items():
                page = shown(written[f"tapewatch-{path[0]}.1" if path else "tapewatch.1"])
                for word in (*options, *(word for listed in choices.values() for word in listed)):
                    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", page), (path, word)
                for word in commands:  # demo, tapewatch-demo(1)
                    assert re.search(rf"\b{word}\b", page), (path, word)
            for page in written.values():
                done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z"], input=page, capture_output=True, text=True)
                assert done.returncode == 0 and not done.stderr, done.stderr
            toml = shown(written["tapewatch.toml.5"])
            for word in ("[daemon]", "data_dir", "[[alerts.rule]]", "false_alarms", "[[ingest.feed]]", "min_free"):
                assert word in toml, word
        if needs("mandoc"):
            for name in written:
                found = run("mandoc", "-Tlint", "-Wwarning", os.path.join(folder.path, name), check=False).splitlines()
                # Pages have the program's version for a date, so that the same sources make the same pages.
                assert not [line for line in found if "missing date" not in line], found
        if needs("man"):
            assert "EXIT STATUS" in run("man", "-l", os.path.join(folder.path, "tapewatch-run.1"))


def questions():
    """(what is typed, which words must be offered)"""
    for path, (commands, options, choices) in TREE.items():
        typed = " ".join(("tapewatch", *path))
        if commands:
            yield f"{typed} ", commands
        yield f"{typed} --", [option for option in options if option.startswith("--")]
        for option, words in choices.items():
            yield f"{typed} {option} ", words
    yield "tapewatch query ", ["sentiment", "documents", "alerts", "incidents"]
    yield "tapewatch db --db x.db ba", ["backup"]
    yield "tapewatch completion ", ["bash", "zsh", "fish"]


BASH = r"""
source "$1"
while IFS= read -r line; do
  COMP_LINE=$line COMP_POINT=${#line}
  read -ra COMP_WORDS <<<"${line//=/ = }"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _tapewatch
  echo "${COMPREPLY[*]}"
done
"""


def test_bash():
    with Folder("bash") as folder:
        script = folder.file("completion", run(BINARY, "completion", "bash"))
        asked = [*questions(), ("tapewatch score --precision=", ["fp32", "int8"]), ("tapewatch score --precision=f", ["fp32"])]
        answers = run("bash", "-c", BASH, "bash", script, stdin="".join(line + "\n" for line, _ in asked)).splitlines()
        assert len(answers) == len(asked)
        for (line, wanted), answer in zip(asked, answers):
            assert set(wanted) == set(answer.split()), (line, wanted, answer)
        open(os.path.join(folder.path, "wire.toml"), "w").close()
        files = run("bash", "-c", BASH, "bash", script, stdin="tapewatch run --config \n", cwd=folder.path)
        assert "wire.toml" in files, files
        with Terminal(["bash", "--norc", "--noprofile", "-i"], folder) as shell:
            shell.type(f". {script}; echo set''up\n", "setup", "ready> ")
            shell.type("tapewatch compl\tz\t", "tapewatch completion zsh")


def test_fish():
    if not needs("fish"):
        return
    with Folder("fish") as folder:
        script = folder.file("completion", run(BINARY, "completion", "fish"))
        env = {**os.environ, "HOME": folder.path, "PATH": folder.path + ":" + os.environ["PATH"]}
        os.symlink(BINARY, os.path.join(folder.path, "tapewatch"))
        asked = list(questions())
        ask = "".join(f"echo '?'; complete -C '{line}'\n" for line, _ in asked)
        answers = run("fish", "--no-config", "-c", f"source {script}\n{ask}", env=env, cwd=folder.path).split("?\n")[1:]
        assert len(answers) == len(asked), (len(answers), len(asked))
        for (line, wanted), answer in zip(asked, answers):
            words = {offered.split("\t")[0] for offered in answer.splitlines()}
            assert set(wanted) <= words, (line, wanted, words)


class Terminal:
    """A shell on a wide terminal of its own."""

    def __init__(self, shell, folder):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(HOME=folder.path, PS1="ready> ", TERM="dumb",
                              PATH=os.path.dirname(BINARY) + ":" + os.environ["PATH"])
            os.execvp(shell[0], shell)
        termios.tcsetwinsize(self.terminal, (400, 500))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        os.close(self.terminal)  # the shell hears a hang-up
        os.waitpid(self.pid, 0)

    def type(self, keys, until, prompt=""):
        """What is shown from these keys on until `until` is, and the prompt after it: before that keys are not edited."""
        os.write(self.terminal, keys.encode())
        text, end = "", time.monotonic() + 60
        while until not in text or prompt not in text.rsplit(until, 1)[1]:
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            assert ready, f"not shown within 60 s: {until}\n{text[-3000:]}"
            text += os.read(self.terminal, 65536).decode(errors="replace")
        return text


def test_zsh():
    if not needs("zsh"):
        return
    with Folder("zsh") as folder, Terminal(["zsh", "-f", "-i"], folder) as shell:
        folder.file("_tapewatch", run(BINARY, "completion", "zsh"))
        shell.type(f"PS1='ready> '; unsetopt zle_bracketed_paste; fpath=({folder.path} $fpath); autoload -U compinit; "
                   "compinit -u -D; LISTMAX=100000; bindkey '^T' list-choices; "
                   "echo set''up\n", "setup", "ready> ")
        for line, wanted in questions():
            shown_list = shell.type(f"{line}\x14\x15echo an''swered\n", "answered", "ready> ")
            for word in wanted:
                assert re.search(rf"(?m)(^|\s){re.escape(word)}(\s|$)", shown_list), (line, word, shown_list)


run_tests([("manual pages have every command and option, without a complaint of groff or mandoc", test_pages),
           ("bash completes them", test_bash), ("fish completes them", test_fish), ("zsh completes them", test_zsh)])

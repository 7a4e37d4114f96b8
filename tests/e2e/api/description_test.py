"""The API's description as Redocly and Spectral read it: no error, no warning."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tools  # noqa: E402
from tapewatch_process import Folder, run_tests  # noqa: E402

DESCRIPTION = os.path.join(sys.argv[1], "daemon", "web", "openapi.json")
PROGRAMS = tools.npm_packages({"@redocly/cli": "1.34.5", "@stoplight/spectral-cli": "6.16.3"})
# Redocly reports its use to its makers and asks for newer versions unless it is told not to.
QUIET = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "CI": "true"}


def lint(folder, arguments):
    done = subprocess.run([os.path.join(PROGRAMS, arguments[0]), *arguments[1:]], cwd=folder.path, env=QUIET,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def redocly(folder, path):
    folder.file("redocly.yaml", "extends: [recommended]\ntelemetry: off\n")
    status, said = lint(folder, ["redocly", "lint", "--config", "redocly.yaml", path])
    return status == 0 and "warning" not in said, said


def spectral(folder, path):
    folder.file("spectral.yaml", 'extends: ["spectral:oas"]\n')
    status, said = lint(folder, ["spectral", "lint", "--fail-severity", "hint", "--ruleset", "spectral.yaml", path])
    return status == 0, said


def checks(linter):
    def test():
        with Folder("lint") as folder:
            clean, said = linter(folder, DESCRIPTION)
            assert clean, said
            with open(DESCRIPTION, encoding="utf-8") as whole:
                worse = whole.read().replace('"operationId": "listTopics"', '"operationId": "listAlerts"')
            clean, said = linter(folder, folder.file("worse.json", worse))
            assert not clean, f"two operations of one id were not found:\n{said}"
    return test


run_tests([("Redocly finds nothing", checks(redocly)), ("Spectral finds nothing", checks(spectral))])

"""A running demo."""

import re
import subprocess

from tapewatch_process import Folder, wait_for


class Demo:
    """The demo with its history loaded and its alert raised."""

    def __init__(self, binary):
        self.binary = binary

    def __enter__(self):
        self.folder = Folder("demo")
        self.log = open(self.folder.file("demo.txt"), "w+")
        self.process = subprocess.Popen([self.binary, "demo", "--data", self.folder.path, "--listen", "127.0.0.1:0"],
                                        stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.database = self.folder.file("tapewatch-demo.db")
        wait_for("the demo's alert", lambda: "WEBHOOK received" in self.text())
        self.address = re.search(r"dashboard\s+http://(\S+?)/", self.text()).group(1)
        return self

    def text(self):
        with open(self.log.name, encoding="utf-8") as log:
            return log.read()

    def __exit__(self, kind, value, trace):
        if kind:
            print(self.text()[-2000:])
        self.process.terminate()
        self.process.wait(timeout=15)
        self.log.close()
        self.folder.__exit__(kind, value, trace)

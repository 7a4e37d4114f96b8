"""TLS and SCRAM against a broker of Kafka 4.2: the librdkafka of Debian 12 is warned of and cannot log in; a newer one with
the same soname, that of the wheel `confluent-kafka`, is used as it is and reads."""

import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import pypi  # noqa: E402
from broker import Broker  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402
from wire import config  # noqa: E402

KAFKA = "4.2.0"
pypi.require("confluent-kafka", "2.16.1")
NEWER = next(iter(glob.glob(os.path.join(sys.path[0], "confluent_kafka.libs", "librdkafka-*.so.1"))))
BINARY = sys.argv[1]
LOGIN = ("desk", "correct-horse-battery")

LOGIN_PROPERTIES = """\
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-256
sasl.username={user}
sasl.password={password}
ssl.ca.location={authority}
"""


def own_version():
    """The version that `tapewatch` uses on this machine, as its warning names it; None where it does not warn."""
    with Folder("version") as folder:
        folder.file("login.properties", LOGIN_PROPERTIES.format(user="u", password="p", authority="/dev/null"))
        text = config(folder, 1, "127.0.0.1:9", topics='["news"]', properties='{ "sasl.mechanism" = "SCRAM-SHA-256" }')
        done = check(folder, text)
        assert done.returncode == 0, done.stderr
        found = re.search(r"librdkafka (\S+) cannot log in to Kafka 4 by SCRAM", done.stderr)
        return found and found[1]


def check(folder, text, env=None, *words):
    return subprocess.run([BINARY, "check", "--config", folder.file("tapewatch.toml", text), *words], capture_output=True,
                          text=True, timeout=120, env={**os.environ, **(env or {})})


def check_online(folder, text, env, authority):
    """Who may read is told what there is; a wrong password and a missing topic are named, the password is not."""
    done = check(folder, text, env, "--online")
    print(done.stdout)
    assert done.returncode == 0 and "ok: kafka wire: 1 broker, news (4 partitions), certificate until 20" in done.stdout, done
    missing = check(folder, text.replace('["news"]', '["nwes"]'), env, "--online")
    assert missing.returncode == 1 and "failed: kafka wire: topic nwes: " in missing.stdout, missing
    folder.file("wrong.properties", LOGIN_PROPERTIES.format(user=LOGIN[0], password="horse-battery-wrong", authority=authority))
    wrong = check(folder, text.replace('"login.properties"', '"wrong.properties"'), env, "--online")
    print(missing.stdout + wrong.stdout)
    assert wrong.returncode == 1 and "authentication" in wrong.stdout.lower(), wrong
    assert "horse-battery-wrong" not in wrong.stdout + wrong.stderr


def with_newer(folder):
    """The environment in which the loader finds the newer library under the soname of the older one."""
    libraries = os.path.join(folder.path, "lib")
    os.makedirs(libraries)
    os.symlink(NEWER, os.path.join(libraries, "librdkafka.so.1"))
    return {"LD_LIBRARY_PATH": libraries}


def documents(daemon):
    return daemon.get("/v1/documents?limit=10")["items"]


def test_scram():
    with Folder("scram") as folder, Folder("broker") as home, Broker(home.path, KAFKA, LOGIN) as broker:
        broker.start()
        broker.produce("news", [f'{{"id":"s-{i}","title":"Halden Bank opens branch number {i}"}}' for i in range(3)])
        folder.file("login.properties", LOGIN_PROPERTIES.format(user=LOGIN[0], password=LOGIN[1],
                                                                authority=broker.authority))
        port = free_port()
        text = config(folder, port, broker.secure_address, topics='["news"]', start='"earliest"',
                      properties_file='"login.properties"')
        version = own_version()
        if version:
            with Tapewatch(BINARY, folder, text, port) as daemon:
                daemon.ready()
                wait_for("the refusal", lambda: "authentication failed" in daemon.log().lower())
                assert f"librdkafka {version} cannot log in to Kafka 4 by SCRAM" in daemon.log(), daemon.log()
                assert LOGIN[1] not in daemon.log()
                assert daemon.terminate()[0] == 0
        newer = with_newer(folder)
        done = check(folder, text, newer)
        assert done.returncode == 0 and "SCRAM" not in done.stderr, done.stderr
        check_online(folder, text, newer, broker.authority)
        with Tapewatch(BINARY, folder, text, port, env=newer) as daemon:
            daemon.ready()
            wait_for("the documents", lambda: len(documents(daemon)) == 3)
            assert "cannot log in" not in daemon.log()
            assert daemon.terminate()[0] == 0


run_tests([("SCRAM and TLS against Kafka 4.2, with the librdkafka of this machine and with a newer one", test_scram)])

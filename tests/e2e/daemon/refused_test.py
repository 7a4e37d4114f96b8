"""Wrong configurations: `check` finds what is wrong and where, and `run` refuses in the same words with the same status.

A daemon that would start and fail for ever, or an alert that would leave unsigned, is found here.
"""

import os
import socket
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from spine import config  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, test_secret  # noqa: E402

BINARY, SOURCE = (os.path.abspath(path) for path in sys.argv[1:3])
NOBODY = 65534
HUSH = "hunter2"  # whatever has it in its value is a secret

KAFKA = 'data_dir = "."\n[[ingest.kafka]]\nname = "wire"\nbrokers = "127.0.0.1:9"\ntopics = ["news"]\n'
OUTPUT = 'data_dir = "."\n[[output.kafka]]\nname = "desk"\nbrokers = "127.0.0.1:9"\n'
FEED = 'data_dir = "."\n[[ingest.feed]]\nname = "fed"\n'
WEBHOOK = 'data_dir = "."\n[[alerts.webhook]]\nname = "desk"\nurl = "https://alerts.example.com/"\n'

# What is wrong, the lines after [daemon], where the error stands, and a part of what is said.
REFUSED = [
    ("a CA file that is not there",
     KAFKA + f"properties = {{ 'security.protocol' = 'SSL', 'ssl.ca.location' = '/nonexistent/{HUSH}.pem' }}",
     "7:45", "the property 'ssl.ca.location': "),
    ("a SASL mechanism that does not exist",
     KAFKA + "[ingest.kafka.properties]\n'security.protocol' = 'SASL_PLAINTEXT'\n'sasl.mechanisms' = 'SCRAM-SHA-257'\n"
     f"'sasl.username' = 'u'\n'sasl.password' = '{HUSH}'", "9:1", "the property 'sasl.mechanisms': Unsupported hash"),
    ("no user name",
     KAFKA + "[ingest.kafka.properties]\n'security.protocol' = 'SASL_PLAINTEXT'\n'sasl.mechanisms' = 'PLAIN'\n",
     "7:15", "sasl.username and sasl.password must be set"),
    ("an output without a topic", OUTPUT, "3:1", "needs the topic 'documents', 'alerts', or both"),
    ("an output with a CA file that is not there",
     OUTPUT + f"alerts = 'told'\nproperties = {{ 'security.protocol' = 'SSL', 'ssl.ca.location' = '/nonexistent/{HUSH}.pem' }}",
     "7:45", "the property 'ssl.ca.location': "),
    ("times that contradict each other",
     KAFKA + "properties = { 'max.poll.interval.ms' = 10000, 'session.timeout.ms' = 20000 }", "7:16",
     "must be >= `session.timeout.ms`"),
    ("a keystore that is not there",
     KAFKA + "[ingest.kafka.properties]\n'security.protocol' = 'SSL'\n'ssl.keystore.location' = '/nonexistent/k.p12'\n"
     f"'ssl.keystore.password' = '{HUSH}'", "9:1", "the property 'ssl.keystore.location': "),
    ("Kerberos without a keytab", KAFKA + "properties = { 'security.protocol' = 'SASL_PLAINTEXT' }", "7:1",
     'Property not available: "sasl.kerberos.keytab"'),
    ("a value that librdkafka does not take", KAFKA + f"properties = {{ 'security.protocol' = '{HUSH}' }}", "7:16",
     "the property 'security.protocol': its value is not accepted"),
    ("a value out of range", KAFKA + "properties = { 'fetch.wait.max.ms' = 99999999 }", "7:16",
     "the property 'fetch.wait.max.ms': its value is outside 0 to 300000"),
    ("a property that does not exist", KAFKA + f"properties = {{ 'no.such' = '{HUSH}' }}", "7:16", "unknown to librdkafka"),
    ("a property that is the daemon's own", KAFKA + "properties = { 'statistics.interval.ms' = 1 }", "7:16",
     "is tapewatch's own"),
    ("a property of the properties file", KAFKA + "properties_file = 'more.properties'", "7:1",
     "the property 'ssl.key.pem': "),
    ("a properties file that is not there", KAFKA + "properties_file = 'none'", "7:19", "cannot read "),
    ("an option of the dead-letter producer alone",
     KAFKA + "dead_letter_topic = 'bad'\nproperties = { 'linger.ms' = 40000 }", "8:16", "must be greater than `linger.ms`"),
    ("a topic named twice", KAFKA.replace('["news"]', '["news", "news"]'), "6:10", "is already read by 'wire'"),
    ("a topic pattern that is none", KAFKA.replace('["news"]', '["^news["]'), "6:1", "is not a regular expression"),
    ("a field that is no JSON Pointer", KAFKA + "fields = { title = '/head~line' }", "7:20", "expected a JSON Pointer"),
    ("a feed's authorities that are not there", FEED + "url = 'https://feed.example.com/'\nca_file = 'none.pem'", "6:1",
     "no PEM certificates can be read"),
    ("a feed's authorities that are no certificates", FEED + "url = 'https://x.example/'\nca_file = 'text'", "6:1",
     "no PEM certificates can be read"),
    ("an address that the client cannot read", FEED + f"url = 'https://u:{HUSH}@feed.example.com:99999/'", "5:7",
     "ingest.feed[1].url: "),
    ("a secret that cannot sign", WEBHOOK + f"secret = ['{test_secret()}', 'whsec_{HUSH}!']", "6:65",
     "alerts.webhook[1].secret[2]: what follows whsec_ is not base64"),
    ("a secret that is too short", WEBHOOK + f"secret = 'whsec_{HUSH}x'", "6:10", "holds 24 to 64 bytes"),
    ("tokens that cannot be read", 'data_dir = "."\nlisten = ["0.0.0.0:0"]\nauth = { tokens_file = "none" }', "4:24",
     "cannot be read"),
    ("tokens that are none", 'data_dir = "."\nauth = { tokens_file = "text" }', "3:24", "text:1:1: expected `name role"),
    ("a watch list that is not there", 'data_dir = "."\n[ingest.entities]\nwatchlist = "none.csv"', "4:1", "cannot read "),
    ("a model that is not there", 'data_dir = "."\n[model]\npath = "none"', "4:1", "model.path: "),
    ("a rule file that is not there", 'data_dir = "."\n[model.rules]\nfile = "none"', "4:1", "model.rules.file: "),
    ("a topic that the model does not know",
     'data_dir = "."\n[[alerts.rule]]\nname = "r"\nwhere = { topic = ["earning"] }', "5:20", "is not in the model"),
    ("a data_dir below a file", 'data_dir = "text/below"', "2:1", "text' is not a folder"),
    ("a data_dir that is a file", 'data_dir = "text"', "2:1", "text' is not a folder"),
    ("a database whose folder is missing", 'data_dir = "."\n[storage]\npath = "sub/t.db"', "4:1", "sub' does not exist"),
    ("a database that is a folder", 'data_dir = "."\n[storage]\npath = "folder"', "4:1", "folder' is not a file"),
    ("a listener that other machines reach", 'data_dir = "."\nlisten = ["0.0.0.0:0"]', "3:11", "tokens_file"),
]


def run(command, folder, path, **options):
    return subprocess.run([BINARY, command, "--config", path], capture_output=True, text=True, timeout=60,
                          cwd=folder.path, stdin=subprocess.DEVNULL, **options)


def prepared(name):
    folder = Folder(name)
    folder.file("text", "no token, no certificate, no folder\n")
    folder.file("more.properties", f"security.protocol=SSL\nssl.key.pem={HUSH}\n")
    os.mkdir(folder.file("folder"))
    return folder


def test_both_refuse():
    failures = []
    with prepared("refused") as folder:
        for what, lines, place, part in REFUSED:
            path = folder.file("t.toml", "[daemon]\n" + lines + "\n")
            checked, started = run("check", folder, path), run("run", folder, path)
            said = checked.stderr
            errors = [line for line in said.splitlines() if ": warning: " not in line]
            good = (checked.returncode == 2 and started.returncode == 2 and started.stderr == said and len(errors) == 1
                    and errors[0].startswith(f"{path}:{place}: ") and part in errors[0] and HUSH not in said)
            if not good:
                failures.append(f"{what} ({place}, {part!r}):\n  check {checked.returncode}: {said}"
                                f"  run {started.returncode}: {started.stderr}")
    assert not failures, "\n".join(failures)


def test_every_error_at_once():
    with prepared("all") as folder:
        path = folder.file("t.toml", '[daemon]\ndata_dir = "text"\n' + FEED.split("\n", 1)[1] +
                           "url = 'https://x.example/'\nca_file = 'none.pem'\n" + KAFKA.split("\n", 1)[1] +
                           "properties = { 'max.poll.interval.ms' = 10000 }\n[model]\npath = 'none'\n[storage]\npth = 1\n")
        done = run("check", folder, path)
        lines = [int(line.removeprefix(path + ":").split(":")[0]) for line in done.stderr.splitlines()]
        assert done.returncode == 2 and lines == [2, 6, 11, 13, 15], done.stderr


def test_rights_of_the_user():
    """The permissions of the user who runs the command count: here of nobody, or of this user on a read-only folder."""
    with Folder("rights") as folder:
        os.chmod(folder.path, 0o755)
        path = folder.file("t.toml", f'[daemon]\ndata_dir = "{folder.path}/data"\n')
        os.mkdir(folder.file("data"), 0o555)
        as_nobody = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
        try:
            checked, started = run("check", folder, path, **as_nobody), run("run", folder, path, **as_nobody)
        except PermissionError:  # the build folder is closed to others
            print("not shown: another user may not run this binary")
            return
        assert checked.returncode == 2 and started.returncode == 2, (checked, started)
        assert checked.stderr == started.stderr, (checked.stderr, started.stderr)
        assert checked.stderr.startswith(f"{path}:2:1: daemon.data_dir: '{folder.path}/data' is not writable by user "), \
            checked.stderr


def test_check_needs_no_network():
    """A check creates Kafka's clients and reads the feed's and the receiver's addresses, but connects to nothing."""
    with prepared("quiet") as folder, socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        port.listen()
        address = f"127.0.0.1:{port.getsockname()[1]}"
        path = folder.file("t.toml", "[daemon]\n" + KAFKA.replace("127.0.0.1:9", address) + f'''dead_letter_topic = "bad"
properties = {{ "security.protocol" = "SASL_PLAINTEXT", "sasl.mechanisms" = "PLAIN", "sasl.username" = "u", "sasl.password" = "p" }}
[[ingest.feed]]
name = "fed"
url = "http://{address}/"
[[alerts.webhook]]
name = "desk"
url = "http://{address}/"
secret = "{test_secret()}"
''')
        done = run("check", folder, path)
        assert done.returncode == 0 and not done.stderr, done
        port.settimeout(0)
        try:
            port.accept()
            raise AssertionError("check connected to somebody")
        except BlockingIOError:
            pass


def test_unit_does_not_restart_a_wrong_configuration():
    with open(os.path.join(SOURCE, "daemon/packaging/tapewatch.service"), encoding="utf-8") as unit:
        lines = unit.read().splitlines()
    assert "RestartPreventExitStatus=2" in lines
    # systemd 252 does not apply it to ExecStartPre=, which would be tried again for ever.
    assert not any(line.startswith("ExecStartPre=") for line in lines), lines


def test_request_limit():
    with Folder("limit") as folder:
        port = free_port()
        text = config(folder, port, test_secret()).replace("[daemon]\n", "[daemon]\nmax_request_bytes = 2048\n")
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            for path in ("/v1/score", "/v1/documents"):
                status, answer = daemon.request(path, '{"texts":["' + "x" * 3000 + '"]}',
                                                headers={"Content-Type": "application/json"})
                assert status == 413 and "2048" in answer, (path, status, answer)
            status, answer = daemon.request("/v1/score", '{"texts":["' + "x" * 1000 + '"]}',
                                            headers={"Content-Type": "application/json"})
            assert status == 200, (status, answer)
            daemon.terminate()


def test_newer_schema():
    """A database of a newer version: status 1, said in one line, and not a byte of it changes."""
    with Folder("newer") as folder:
        port = free_port()
        text = config(folder, port, test_secret())
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            daemon.terminate()
        database = os.path.join(folder.path, "tapewatch.db")
        connection = sqlite3.connect(database)
        (known,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {known + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        with open(database, "rb") as file:
            before = file.read()
        done = run("run", folder, folder.file("t.toml", text))
        assert done.returncode == 1, done
        assert f"written by a newer tapewatch (schema {known + 1}, this one knows {known})" in done.stderr, done.stderr
        with open(database, "rb") as file:
            assert file.read() == before, "the database was touched"


run_tests([("what check refuses, run refuses in the same words with exit status 2", test_both_refuse),
           ("every error is reported at once, in the file's order", test_every_error_at_once),
           ("folders are judged by the rights of whoever runs the command", test_rights_of_the_user),
           ("check connects to nobody", test_check_needs_no_network),
           ("the unit does not restart a wrong configuration", test_unit_does_not_restart_a_wrong_configuration),
           ("daemon.max_request_bytes counts for scoring as for pushing", test_request_limit),
           ("a newer schema ends the start with status 1 and is not touched", test_newer_schema)])

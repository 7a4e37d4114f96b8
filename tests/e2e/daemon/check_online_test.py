"""`tapewatch check --online` against real neighbours: a publisher over TLS, a receiver, and each of them away."""

import datetime
import os
import ssl
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "feeds")]
from feed_server import Authority  # noqa: E402
from local_server import LocalServer, QuietHandler  # noqa: E402
from tapewatch_process import Folder, Receiver, free_port, run_tests, test_secret  # noqa: E402

BINARY = sys.argv[1]
RSS = (b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid><title>Halden Bank opens a branch</title>"
       b"<pubDate>Mon, 05 Jan 2026 08:00:00 GMT</pubDate></item></channel></rss>")


class Publisher(LocalServer):
    """A feed over TLS; `asked` are the headers of each request."""

    def __init__(self, certificate, status=200):
        self.asked = []
        publisher = self

        class Handler(QuietHandler):
            def do_GET(self):
                publisher.asked.append(dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(RSS)))
                self.end_headers()
                self.wfile.write(RSS)

        super().__init__(Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://localhost:{self.server.server_port}/feed"


def config(folder, authority, feed, hook, more=""):
    return f"""
[daemon]
data_dir = "{folder.path}"
proxy = ""
[storage]
min_free = "1KiB"
[[ingest.feed]]
name = "gazette"
url = "{feed}"
ca_file = "{authority}"
[[alerts.webhook]]
name = "desk"
url = "{hook}"
secret = "{test_secret()}"
{more}"""


def check(folder, text, *words):
    done = subprocess.run([BINARY, "check", "--config", folder.file("t.toml", text), *words], capture_output=True, text=True,
                          timeout=120, stdin=subprocess.DEVNULL)
    print(f"$ tapewatch check {' '.join(words)}   # {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def certificate_of(authority, days, name="here"):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return authority.certificate(name, ["localhost"], end=end.strftime("%Y%m%d%H%M%SZ"))


def test_fine():
    with Folder("online") as folder, Receiver(test_secret()) as receiver:
        authority = Authority(folder.file("ca"))
        with Publisher(certificate_of(authority, 60)) as publisher:
            text = config(folder, authority.file, publisher.url, receiver.url)
            plain = check(folder, text)
            assert plain.returncode == 0 and not publisher.asked, "without --online nothing is asked for"
            done = check(folder, text, "--online")
            assert done.returncode == 0, done
            assert "ok: feed gazette: 200, 1 item, certificate until 20" in done.stdout
            assert "ok: webhook desk: http://127.0.0.1:" in done.stdout and "nothing was sent" in done.stdout
            assert "ok: secrets: " in done.stdout and "ok: disk: " in done.stdout
            assert not receiver.received, receiver.received
            assert not any(name.lower().startswith("if-") for name in publisher.asked[0]), publisher.asked
            sent = check(folder, text, "--online", "--test-webhooks")
            assert sent.returncode == 0 and "answered 200 to the test event" in sent.stdout, sent
            (test,) = receiver.of_type("test")
            assert test["signature_ok"], test
            assert "/hook" not in done.stdout + sent.stdout, "the path may be the secret"


def test_failing():
    with Folder("online") as folder, Receiver(test_secret(), lambda n: 503) as receiver:
        authority = Authority(folder.file("ca"))
        kafka = f"""
[[ingest.kafka]]
name = "wire"
brokers = "127.0.0.1:{free_port()}"
topics = ["news"]
"""
        with Publisher(certificate_of(authority, 2)) as publisher, \
                Publisher(certificate_of(authority, 60, "another"), status=403) as refusing:
            text = config(folder, authority.file, publisher.url, receiver.url, kafka + f"""
[[ingest.feed]]
name = "closed"
url = "{refusing.url}"
ca_file = "{authority.file}"
[[ingest.feed]]
name = "stranger"
url = "{refusing.url}"
[[ingest.feed]]
name = "gone"
url = "http://127.0.0.1:{free_port()}/feed"
""")
            done = check(folder, text, "--online", "--test-webhooks", "--timeout", "20s")
            assert done.returncode == 1, done
            lines = [line for line in done.stdout.splitlines() if line.startswith(("ok: ", "failed: "))]
            things = [line.split(": ")[:2] for line in lines]
            assert things == [["ok", "secrets"], ["ok", "disk"], ["failed", "kafka wire"], ["failed", "feed gazette"],
                              ["failed", "feed closed"], ["failed", "feed stranger"], ["failed", "feed gone"],
                              ["failed", "webhook desk"]], things
            for words in ("its certificate expires on 20", "some publishers want `auth`", "a private authority needs ca_file",
                          "Connection refused; is it up?", "HTTP 503: it does not take the test", "whether the broker is up"):
                assert words in done.stdout, words
            sooner = check(folder, text, "--online", "--certificate-validity", "1d")
            assert "ok: feed gazette: 200, 1 item" in sooner.stdout, sooner


def test_statuses():
    with Folder("online") as folder:
        done = check(folder, "[storage]\npth = 1\n", "--online")
        assert done.returncode == 2 and "did you mean 'path'?" in done.stderr and "ok: " not in done.stdout, done
        for words in (("--timeout", "5s"), ("--online", "--timeout", "soon"), ("--test-webhooks",)):
            assert check(folder, "", *words).returncode == 2, words


run_tests([("everything is fine, and the test event is sent only when asked for", test_fine),
           ("each thing that fails says why, and the others are tried", test_failing),
           ("a wrong configuration or usage is 2", test_statuses)])

"""The daemon over TLS with certificates of an authority made for the run: everything that works without TLS, a certificate
that is renewed while connections are open, what is bad, late or no TLS, and the commands that ask a daemon. And limits of
rates, which only matter where others can reach it."""

import gzip
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "feeds")]
from feed_server import Authority  # noqa: E402
from spine import quiet  # noqa: E402
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY = sys.argv[1]
TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def config(folder, port, more="", daemon=""):
    tokens = f"desk admin sha256:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n"
    folder.file("tokens", tokens + f"reader read sha256:{hashlib.sha256(b'reader').hexdigest()}\n")
    return f'''
[daemon]
data_dir = "{folder.path}"
listen = ["127.0.0.1:{port}"]
{daemon}
[daemon.auth]
tokens_file = "tokens"
{more}
[storage]
min_free = "1MiB"
[[ingest.post]]
name = "wire"
path = "/ingest/wire"
token = "senders-own-token"
'''


TLS = '[daemon.tls]\ncertificate = "tls.pem"\n'


def install(folder, pem, name="tls.pem"):
    """Puts a certificate with its key where the configuration names it."""
    shutil.copy(pem, folder.file(name))
    os.chmod(folder.file(name), 0o600)


class Https:
    """A folder with an authority, and a daemon that speaks TLS."""

    def __init__(self, folder, daemon=""):
        self.folder, self.port = folder, free_port()
        self.authority = Authority(folder.file("authority"))
        install(folder, self.authority.certificate("first", ["localhost"]))
        self.text = config(folder, self.port, TLS, daemon)
        self.context = ssl.create_default_context(cafile=self.authority.file)

    def start(self):
        daemon = Tapewatch(BINARY, self.folder, self.text, self.port)
        daemon.address, daemon.context = f"https://localhost:{self.port}", self.context
        return daemon

    def connect(self, **options):
        """A connection of its own, and what the server's certificate says."""
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        return self.context.wrap_socket(raw, server_hostname="localhost", **options)


def serial(connection):
    return connection.getpeercert()["serialNumber"]


def ask(connection, path):
    """One request over a kept connection; its status, its body, and whether that came in parts."""
    connection.request("GET", path, headers=BEARER)
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers["Transfer-Encoding"] == "chunked"


def reload(daemon):
    status, text = daemon.request("/v1/reload", b"", method="POST", headers=BEARER)
    assert status == 200, (status, text)
    return json.loads(text)


def metric(daemon, name):
    text = daemon.request("/metrics", headers=BEARER)[1]
    return [float(line.split()[-1]) for line in text.splitlines() if line.startswith(name + " ") or line.startswith(name + "{")]


def push(daemon, documents):
    status, text = daemon.request("/v1/documents", json.dumps({"documents": documents}), headers={
        **BEARER, "Content-Type": "application/json"})
    assert status == 200, (status, text)


def tapewatch(*words, **env):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env={**os.environ, **env})


def test_everything_over_tls():
    with Folder("tls") as folder:
        https = Https(folder)
        with https.start() as daemon:
            silent = None
            try:
                daemon.ready()
                silent = socket.create_connection(("127.0.0.1", https.port))  # sends nothing; looked at below
                log = daemon.log()
                assert f"listening on 127.0.0.1:{https.port} with TLS" in log and "certificate" not in log.lower(), log
                assert "<title>" in daemon.request("/")[1]
                push(daemon, quiet()[:60])
                ends = ssl.cert_time_to_seconds("Jan  1 00:00:00 2040 GMT")
                assert metric(daemon, "tapewatch_certificate_expiry_timestamp_seconds") == [ends]
                checks = {c["name"]: c for c in json.loads(daemon.request("/readyz")[1])["checks"]}
                assert checks["certificate"]["ok"] and "localhost, until 2040-01-01" in checks["certificate"]["detail"], checks

                # Several requests and an answer in parts over one connection; a gzipped upload by the source's own token.
                kept = http.client.HTTPSConnection("localhost", https.port, context=https.context, timeout=60)
                assert ask(kept, "/v1/documents?limit=5")[0] == 200
                local = kept.sock.getsockname()
                status, rows, _ = ask(kept, "/v1/documents?format=ndjson")
                assert status == 200 and len(rows.splitlines()) == 60, rows[-300:]
                status, rows, in_parts = ask(kept, "/v1/sentiment?bucket=1m&from=-40h&group_by=topic&format=csv")
                assert status == 200 and in_parts and len(rows.splitlines()) > 2000, (status, in_parts, rows[-300:])
                body = gzip.compress(json.dumps({"id": "z1", "title": "Halden Bank opens a branch"}).encode())
                kept.request("POST", "/ingest/wire", body, {"Authorization": "Bearer senders-own-token", "Content-Encoding": "gzip",
                                                            "Content-Type": "application/json"})
                answer = kept.getresponse()
                assert answer.status == 200, answer.read()
                answer.read()
                assert kept.sock.getsockname() == local

                # The page's cookie goes nowhere without TLS.
                kept.request("POST", "/v1/session", json.dumps({"token": TOKEN}), {"Content-Type": "application/json"})
                answer = kept.getresponse()
                assert "; Secure" in answer.headers["Set-Cookie"] and "Strict-Transport-Security" not in answer.headers
                answer.read()

                # Events.
                events = https.connect()
                events.sendall(f"GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
                heard = b""
                while b"retry: 2000" not in heard:
                    heard += events.recv(4096)
                push(daemon, quiet()[60:62])
                while b"event: " not in heard:
                    heard += events.recv(4096)

                # HTTP without TLS, with a way out; a client that offers HTTP/2 first.
                plain = http.client.HTTPConnection("127.0.0.1", https.port, timeout=60)
                plain.request("GET", "/healthz")
                answer = plain.getresponse()
                text = answer.read().decode()
                assert answer.status == 400 and "https://" in json.loads(text)["detail"], text
                wait_for("the line", lambda: "no TLS with 127.0.0.1: HTTP without TLS" in daemon.log())
                offers = ssl.create_default_context(cafile=https.authority.file)
                offers.set_alpn_protocols(["h2", "http/1.1"])
                with socket.create_connection(("127.0.0.1", https.port)) as raw:
                    with offers.wrap_socket(raw, server_hostname="localhost") as chosen:
                        assert (chosen.selected_alpn_protocol(), chosen.version()) == ("http/1.1", "TLSv1.3")

                # A handshake that never comes is over within the time of a request's head.
                silent.settimeout(60)
                assert silent.recv(1) == b""
                status, seconds = daemon.terminate()
                assert status == 0 and seconds < 5, (status, seconds)
                while events.recv(4096):  # a goodbye, and no cut: that would be an exception
                    pass
            finally:
                if silent:
                    silent.close()


def test_certificate_is_renewed():
    with Folder("tls-reload") as folder:
        https = Https(folder)
        second = https.authority.certificate("second", ["localhost"])
        with https.start() as daemon:
            daemon.ready()
            old = http.client.HTTPSConnection("localhost", https.port, context=https.context, timeout=60)
            assert ask(old, "/v1/rules")[0] == 200
            first = serial(old.sock)
            assert reload(daemon) == {"changed": False, "config_version": reload(daemon)["config_version"],
                                      "previous_version": None, "changes": [], "warnings": []}

            install(folder, second)
            changes = reload(daemon)["changes"]
            assert len(changes) == 1 and changes[0].startswith("certificate: localhost, until 2040-01-01"), changes
            with https.connect() as new:
                assert serial(new) != first
            assert ask(old, "/v1/rules")[0] == 200 and serial(old.sock) == first

            # What is bad stays out, by signal too; everything else is taken over.
            with open(folder.file("tls.pem"), "w") as out:
                out.write("-----BEGIN CERTIFICATE-----\nhalf a fi")
            folder.file("tapewatch.toml", https.text + '[[alerts.rule]]\nname = "burst"\n')
            answer = reload(daemon)
            assert answer["changes"] == ["rule burst added"], answer
            assert len(answer["warnings"]) == 1 and folder.file("tls.pem") in answer["warnings"][0], answer
            assert metric(daemon, "tapewatch_config_last_reload_successful") == [0]
            told = daemon.log().count("the certificate in use stays (localhost, until 2040")
            daemon.process.send_signal(signal.SIGHUP)
            wait_for("the signal's reload", lambda: daemon.log().count("the certificate in use stays (localhost") > told)
            with https.connect() as new:
                assert serial(new) != first

            # A key of another certificate; then one that ends soon, with a warning at once.
            other = https.authority.certificate("other", ["localhost"])
            with open(second) as good, open(other) as bad, open(folder.file("tls.pem"), "w") as out:
                out.write(good.read().split("-----BEGIN CERT")[0] + "-----BEGIN CERT" + bad.read().split("-----BEGIN CERT")[1])
            assert "is not the key of the first certificate" in reload(daemon)["warnings"][0]
            soon = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 3 * 86400))
            install(folder, https.authority.certificate("soon", ["localhost"], end=soon))
            assert reload(daemon)["warnings"] == [] and metric(daemon, "tapewatch_config_last_reload_successful") == [1]
            wait_for("the warning", lambda: "it expires soon; renew it and reload" in daemon.log())

            # Without the table the listener would have to speak plain HTTP: only a restart does that.
            folder.file("tapewatch.toml", config(folder, https.port))
            status, text = daemon.request("/v1/reload", b"", method="POST", headers=BEARER)
            assert status == 422 and "daemon.tls.certificate: only a restart changes it" in text, text


def test_start_with_a_bad_certificate():
    with Folder("tls-bad") as folder:
        https = Https(folder)
        path = folder.file("tapewatch.toml", https.text)
        os.remove(folder.file("tls.pem"))
        line = https.text.splitlines().index('certificate = "tls.pem"') + 1
        for command in ("check", "run"):
            done = tapewatch(command, "--config", path)
            assert done.returncode == 2, done
            wanted = f"tapewatch.toml:{line}:1: daemon.tls.certificate: {folder.file('tls.pem')} cannot be read"
            assert wanted in done.stderr, done.stderr
        install(folder, https.authority.certificate("old", ["localhost"], end="20210101000000Z"))
        os.chmod(folder.file("tls.pem"), 0o644)
        done = tapewatch("check", "--config", path)
        assert done.returncode == 0 and "expired on 2021-01-01" in done.stderr, done
        assert "every user of this machine can read" in done.stderr, done.stderr
        done = tapewatch("check", "--config", path, "--online")
        assert done.returncode == 1 and "failed: certificate: its certificate expired on 2021-01-01" in done.stdout, done
        open_to_all = https.text.replace("127.0.0.1", "0.0.0.0").replace('[daemon.auth]\ntokens_file = "tokens"', "")
        done = tapewatch("check", "--config", folder.file("open.toml", open_to_all))
        assert done.returncode == 2 and "needs daemon.auth.tokens_file" in done.stderr, done.stderr


def test_commands_against_https():
    with Folder("tls-commands") as folder:
        https = Https(folder)
        with https.start() as daemon:
            daemon.ready()
            news = folder.file("news.ndjson", "".join(json.dumps({**d, "source": "wire"}) + "\n" for d in quiet()[:20]))
            to = ("--url", daemon.address, "--ca-file", https.authority.file)
            done = tapewatch("import", *to, news, TAPEWATCH_TOKEN=TOKEN, XDG_STATE_HOME=folder.path)
            assert done.returncode == 0 and "20" in done.stdout + done.stderr, done
            done = tapewatch("query", "documents", *to, "--format", "ndjson", TAPEWATCH_TOKEN=TOKEN)
            assert done.returncode == 0 and len(done.stdout.splitlines()) == 20, done
            done = tapewatch("top", "--once", *to, TAPEWATCH_TOKEN=TOKEN)
            assert done.returncode == 0 and daemon.address in done.stdout, done
            done = tapewatch("rescore", *to, TAPEWATCH_TOKEN=TOKEN)
            assert done.returncode == 0 and "rescored" in done.stderr, done
            done = tapewatch("top", "--once", "--url", daemon.address, TAPEWATCH_TOKEN=TOKEN, SSL_CERT_FILE=https.authority.file)
            assert done.returncode == 0, done
            done = tapewatch("query", "documents", "--url", daemon.address, TAPEWATCH_TOKEN=TOKEN)
            assert done.returncode == 1 and "a private authority needs" in done.stderr, done


def test_limits_of_rates():
    with Folder("rates") as folder:
        https = Https(folder, "max_requests_per_second = 1\nmax_request_burst = 20")
        with https.start() as daemon:
            daemon.ready()
            reader = {"Authorization": "Bearer reader"}
            answers = [daemon.request("/v1/rules", headers=reader) for _ in range(60)]
            refused = [text for status, text in answers if status == 429]
            assert answers[0][0] == 200 and len(refused) >= 20, [status for status, _ in answers]
            problem = json.loads(refused[0])
            assert problem["limit"] == {"name": "max_requests_per_second", "value": 1}, problem
            assert all(daemon.request("/healthz")[0] == 200 for _ in range(60))
            assert daemon.request("/v1/rules", headers=BEARER)[0] == 200  # another token
            counted = metric(daemon, 'tapewatch_http_rate_limited_total{caller="token reader"}')
            assert counted == [len(refused)], counted
            folder.file("tapewatch.toml", https.text.replace("max_requests_per_second = 1", "max_requests_per_second = 0"))
            assert reload(daemon)["changes"] == ["max_requests_per_second 0"]
            assert all(daemon.request("/v1/rules", headers=reader)[0] == 200 for _ in range(40))


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("SKIP: openssl is not installed")
        sys.exit(77)
    run_tests([
        ("everything works over TLS, and what is no TLS ends", test_everything_over_tls),
        ("a certificate is renewed while connections are open", test_certificate_is_renewed),
        ("a bad certificate is named with its place before anything starts", test_start_with_a_bad_certificate),
        ("the commands that ask a daemon ask one over TLS", test_commands_against_https),
        ("a token that asks too often is refused for a while", test_limits_of_rates),
    ])

"""HTTP as clients and supervisors use it, on the real daemon: HEAD and OPTIONS on every route, encoded paths, other
names, a full house, and requests that a proxy in front would read otherwise."""

import contextlib
import http.client
import json
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tapewatch_process import Folder, Tapewatch, free_port, run_tests, wait_for  # noqa: E402

BINARY = sys.argv[1]
OWN = {"Date", "X-Request-Id"}  # of each answer


@contextlib.contextmanager
def running(extra=""):
    with Folder("http") as folder:
        port = free_port()
        text = (f'[daemon]\ndata_dir = "{folder.path}"\nlisten = ["127.0.0.1:{port}"]\n{extra}\n'
                '[storage]\nmin_free = "1MiB"\n')
        with Tapewatch(BINARY, folder, text, port) as daemon:
            daemon.ready()
            yield daemon
            status, _ = daemon.terminate()
            assert status == 0, status


def ask(port, method, path, headers=None):
    """(status, headers, body) on a separate connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def raw(port, request):
    """Everything the daemon sends for these bytes until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(request)
        answer = b""
        while part := client.recv(65536):
            answer += part
        return answer


# Without a range its answer ends now, and the coverage of the last bucket has more digits at one moment than at another.
RANGES = {"/v1/sentiment": "?from=2026-01-05T00:00:00Z&to=2026-01-06T00:00:00Z"}


def get_paths(daemon):
    """Every GET route of the description, with values where it has parameters."""
    paths = []
    for path, operations in daemon.get("/openapi.json")["paths"].items():
        if "get" in operations:
            paths.append(path.replace("{id}", "1").replace("{name}", "desk") + RANGES.get(path, ""))
    assert len(paths) > 15, paths
    return paths


def test_head_and_options():
    with running() as daemon:
        for path in get_paths(daemon):
            method = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
            method.request("HEAD", path)
            head = method.getresponse()
            assert head.read() == b""
            if path != "/v1/stream":  # a GET of it does not end
                status, headers, body = ask(daemon.port, "GET", path)
                assert head.status == status, (path, head.status, status)
                same = {name: value for name, value in headers.items() if name not in OWN}
                if path not in ("/metrics", "/v1/session"):  # whose figures change
                    assert {n: v for n, v in head.headers.items() if n not in OWN} == same, (path, head.headers, headers)
                length = head.headers["Content-Length"]
                assert length is not None or head.headers["Transfer-Encoding"] == "chunked", path
                if path != "/metrics" and length is not None:
                    assert int(length) == len(body), path
                method.request("GET", "/healthz")  # the connection is where it should be: no body was left in it
                assert method.getresponse().status == 200, path
            else:
                assert head.status == 200 and head.headers["Content-Type"] == "text/event-stream", head.headers
            method.close()
            status, headers, body = ask(daemon.port, "OPTIONS", path)
            assert status == 204 and body == b"" and {"GET", "HEAD", "OPTIONS"} <= set(headers["Allow"].split(", ")), path
            status, headers, _ = ask(daemon.port, "BREW", path)
            assert status == 405 and "GET" in headers["Allow"], (path, status)
        status, headers, _ = ask(daemon.port, "OPTIONS", "*")
        assert status == 204 and "POST" in headers["Allow"], headers
        assert ask(daemon.port, "OPTIONS", "/nowhere")[0] == 404


def test_encoded_paths():
    with running() as daemon:
        daemon.post("/v1/documents", [{"source": "w", "id": "1", "title": "Ostra Steel raises its forecast"}])
        plain = json.loads(ask(daemon.port, "GET", "/v1/documents?from=-1h")[2])
        assert json.loads(ask(daemon.port, "GET", "/v1/%64ocuments?from=-1h")[2]) == plain and plain["items"]
        assert ask(daemon.port, "GET", "/v1%2Fdocuments")[0] == 404
        status, _, body = ask(daemon.port, "GET", "/v1/alerts/a%2Fb")
        assert status == 404 and b"no such path" not in body, body  # the route was found, the alert was not


def test_names():
    with running('metrics_hosts = ["scraper.example"]') as daemon:
        for request in (b"GET /healthz HTTP/1.0\r\n\r\n", b"GET /readyz HTTP/1.0\r\nHost: anything.example\r\n\r\n",
                        b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"):
            answer = raw(daemon.port, request)
            assert answer.startswith(b"HTTP/1.1 200 "), answer
            assert json.loads(answer.split(b"\r\n\r\n")[1]) == {"status": "ok", "checks": []}, answer
        assert ask(daemon.port, "GET", "/metrics", {"Host": "scraper.example:9090"})[0] == 200
        for path in ("/v1/documents", "/", "/openapi.json"):
            assert ask(daemon.port, "GET", path, {"Host": "scraper.example"})[0] == 421, path
        for host in ("evil.example", "localhost.evil.example"):
            for path in ("/metrics", "/v1/documents", "/"):
                assert ask(daemon.port, "GET", path, {"Host": host})[0] == 421, (host, path)
        assert raw(daemon.port, b"GET /metrics HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 421 ")


def test_full_house():
    with running() as daemon, contextlib.ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", daemon.port), timeout=30)) for _ in range(512)]
        for round_ in range(3):
            for path in ("/healthz", "/readyz", "/v1/documents"):
                assert ask(daemon.port, "GET", path)[0] == 200, (round_, path)
        assert silent[0].recv(1) == b"", "the oldest silent connection has to make room"
        # In the middle of a request none makes room: then only supervisors are answered.
        def begin():
            for _ in range(64):
                client = stack.enter_context(socket.create_connection(("127.0.0.1", daemon.port), timeout=30))
                client.sendall(b"GET /v1/documents HTTP/1.1\r\nHost: local")
            return ask(daemon.port, "GET", "/v1/documents")[0] == 503
        wait_for("a house full of half requests", begin, every=0)
        for path, status in (("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/v1/documents", 503)):
            assert ask(daemon.port, "GET", path)[0] == status, path
        assert raw(daemon.port, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_smuggling():
    with running() as daemon:
        inner = b"POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n"
        inner += b'[{"id":"1","title":"bad"}]'
        chunks = b"0\r\n\r\n" + inner
        for headers, body, status in (
                (b"Transfer-Encoding: xchunked", inner, b"400"), (b"Transfer-Encoding: identity", inner, b"400"),
                (b"Transfer-Encoding: chunked, identity", chunks, b"400"), (b"Transfer-Encoding: gzip, chunked", chunks, b"501"),
                (b"Transfer-Encoding: chunked\r\nContent-Length: 4", chunks, b"400"),
                (b"Transfer-Encoding:\r\n chunked", chunks, b"400"), (b"Content-Length: 0\r\nContent-Length: 9", inner, b"400")):
            answer = raw(daemon.port, b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n\r\n" + body)
            assert answer.startswith(b"HTTP/1.1 " + status) and answer.count(b"HTTP/1.1 ") == 1, (headers, answer)
        assert daemon.get("/v1/documents?from=-1h")["items"] == []


run_tests([("HEAD, OPTIONS and 405 on every route", test_head_and_options),
           ("encoded paths", test_encoded_paths), ("names in Host, and none", test_names),
           ("512 silent connections, and a house full of half requests", test_full_house),
           ("a body whose end is in doubt brings no second request", test_smuggling)])

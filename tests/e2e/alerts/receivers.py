"""Receivers that misbehave, each on a port of its own, for tests of what is sent to them and when."""

import http.server
import json
import threading
import time

from tapewatch_process import verify_signature

BIG = b"x" * 5_000_000


class Arrival:
    def __init__(self, at, headers, body, secret):
        self.at = at
        self.id = headers["webhook-id"]
        self.message = json.loads(body)
        self.type = self.message["type"]
        self.alert = self.message["data"].get("id")
        self.sequence = self.message["data"].get("sequence")
        self.signed = verify_signature(secret, headers, body)
        self.taken = False


class Misbehaving:
    """`answer(receiver, handler)` answers a request and returns whether it took the message."""

    def __init__(self, secret, answer):
        self.secret, self.answer = secret, answer
        self.arrivals, self.lock = [], threading.Lock()
        self.budget, self.budget_at = 1.0, time.monotonic()
        self.release = threading.Event()  # ends what hangs
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                arrival = Arrival(time.time(), self.headers, body, receiver.secret)
                with receiver.lock:
                    receiver.arrivals.append(arrival)
                arrival.taken = receiver.answer(receiver, self)

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # the daemon ends a request at its time-out

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def taken(self):
        with self.lock:
            return [a for a in self.arrivals if a.taken]

    def seen(self):
        with self.lock:
            return list(self.arrivals)


def reply(handler, status, headers=(), body=b""):
    handler.send_response(status)
    for name, value in headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def live(_, handler):
    reply(handler, 200)
    return True


def slow(receiver, handler):
    receiver.release.wait(2)
    return live(receiver, handler)


def dead(receiver, _):
    receiver.release.wait(60)
    return False


def one_a_second(receiver, handler):
    """A token bucket of one request, filled once a second."""
    with receiver.lock:
        now = time.monotonic()
        receiver.budget = min(1.0, receiver.budget + now - receiver.budget_at)
        receiver.budget_at = now
        allowed = receiver.budget >= 1.0
        if allowed:
            receiver.budget -= 1.0
    if allowed:
        return live(receiver, handler)
    reply(handler, 429, [("Retry-After", "1")])
    return False


def limited(rate):
    """A token bucket of a second's worth of requests."""
    def answer(receiver, handler):
        with receiver.lock:
            at = time.monotonic()
            receiver.budget = min(float(rate), receiver.budget + rate * (at - receiver.budget_at))
            receiver.budget_at = at
            allowed = receiver.budget >= 1.0
            if allowed:
                receiver.budget -= 1.0
        if allowed:
            return live(receiver, handler)
        reply(handler, 429, [("Retry-After", "1")])
        return False
    return answer


def cut(_, handler):
    """Says yes, promises a body and leaves."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"o")
    handler.wfile.flush()
    handler.close_connection = True
    return True


def gone(_, handler):
    reply(handler, 410)
    return False


def moved(_, handler):
    reply(handler, 301, [("Location", "http://127.0.0.1:9/elsewhere")])
    return False


def wordy(_, handler):
    try:
        reply(handler, 200, body=BIG)
    except OSError:
        pass  # the daemon has read enough
    return True

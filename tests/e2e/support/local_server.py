"""An HTTP server inside a test: on loopback, on a port of its own, until the `with` block ends."""

import http.server
import threading


class QuietHandler(http.server.BaseHTTPRequestHandler):
    """Logs no requests."""

    def log_message(self, *args):
        pass


class LocalServer:
    """`handler` is a class of request handlers; `url` has no slash at its end."""

    def __init__(self, handler):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

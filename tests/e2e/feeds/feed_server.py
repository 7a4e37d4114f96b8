"""A publisher of feeds on loopback, over real TLS with a certificate authority made for the run, good and bad at it."""

import gzip
import http.server
import os
import ssl
import subprocess
import threading
import time
import zlib


def run_openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Authority:
    """A CA in `folder`; `certificate` makes a key and a certificate in one PEM file."""

    CONFIG = """
[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
"""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        with open(os.path.join(folder, "ca.cnf"), "w") as out:
            out.write(self.CONFIG)
        open(os.path.join(folder, "index.txt"), "w").close()
        with open(os.path.join(folder, "serial"), "w") as out:
            out.write("1000\n")
        self.file = os.path.join(folder, "ca.pem")
        run_openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=tapewatch test authority",
                    "-addext", "basicConstraints=critical,CA:TRUE")

    def certificate(self, name, hosts, start="20200101000000Z", end="20400101000000Z"):
        with open(os.path.join(self.folder, f"{name}.ext"), "w") as out:
            out.write("basicConstraints=CA:FALSE\nsubjectAltName=" + ",".join(f"DNS:{host}" for host in hosts) + "\n")
        run_openssl(self.folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        run_openssl(self.folder, "ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key",
                    "-in", f"{name}.csr", "-out", f"{name}.crt", "-startdate", start, "-enddate", end,
                    "-extfile", f"{name}.ext", "-notext")
        path = os.path.join(self.folder, f"{name}.pem")
        with open(path, "w") as out:
            for part in (f"{name}.key", f"{name}.crt"):
                with open(os.path.join(self.folder, part)) as text:
                    out.write(text.read())
        return path


class Publisher:
    """Serves the content of `pages` (path → Page or function of the handler) over TLS."""

    def __init__(self, certificate):
        self.pages, self.requests, self.lock = {}, [], threading.Lock()
        publisher = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                # In the connection's own thread, so that a client that gives up its handshake holds up nobody.
                self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def do_GET(self):
                page = publisher.pages.get(self.path)
                with publisher.lock:
                    publisher.requests.append((self.path, dict(self.headers)))
                self.close_connection = True
                try:
                    if page is None:
                        self.answer(404, b"")
                    else:
                        page(self)
                except OSError:
                    pass  # the client has heard enough

            def answer(self, status, body, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request, address):
                pass  # refused certificates and cut connections are what the tests are about

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def url(self, path):
        return f"https://localhost:{self.port}{path}"

    def asked(self, path):
        with self.lock:
            return [headers for asked, headers in self.requests if asked == path]


class Page:
    """A feed with an ETag, compressed if the client accepts it. `set` publishes a new version."""

    def __init__(self, text, content_type="application/xml", compress=True):
        self.content_type, self.compress, self.not_modified, self.version = content_type, compress, 0, 0
        self.set(text)

    def set(self, text):
        self.body = text.encode() if isinstance(text, str) else text
        self.version += 1

    def __call__(self, handler):
        etag = f'"v{self.version}"'
        if handler.headers.get("If-None-Match") == etag:
            self.not_modified += 1
            handler.answer(304, b"", ETag=etag)
            return
        zipped = self.compress and "gzip" in handler.headers.get("Accept-Encoding", "")
        extra = {"Content_Encoding": "gzip"} if zipped else {}
        handler.answer(200, gzip.compress(self.body) if zipped else self.body, ETag=etag,
                       Content_Type=self.content_type, **extra)


class Pouring:
    """Endless XML, as fast as it is read; records how much the greediest client read."""

    def __init__(self, total):
        self.total, self.most = total, 0

    def __call__(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/rss+xml")
        handler.end_headers()
        item = b"<item><title>" + b"x" * 65000 + b"</title></item>"
        sent = handler.wfile.write(b"<rss version='2.0'><channel>")
        try:
            while sent < self.total:
                sent += handler.wfile.write(item)
            handler.wfile.write(b"</channel></rss>")
        finally:
            self.most = max(self.most, sent)


def trickling(handler):
    """A byte now and then, forever."""
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"<rss version='2.0'><channel>")
    while True:
        handler.wfile.write(b" ")
        time.sleep(0.05)


def bomb():
    """200 MB in 200 kB."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    body = b"".join(packer.compress(b" " * 1_000_000) for _ in range(200)) + packer.flush()
    return lambda handler: handler.answer(200, body, Content_Encoding="gzip")


def status(code, **headers):
    return lambda handler: handler.answer(code, b"", **headers)


def redirect(code, to):
    return status(code, Location=to)

"""What the Kafka tests share: the configuration of one source, `wire`, and looks into the daemon's database, health and
metrics."""

import contextlib
import os
import re
import sqlite3

CONFIG = '''
[daemon]
data_dir = "{folder}"
listen = ["127.0.0.1:{port}"]
[storage]
min_free = "1MiB"
[[ingest.kafka]]
name = "wire"
brokers = "{brokers}"
'''


def config(folder, port, brokers, **keys):
    """The configuration; `keys` are those of the source, written as in TOML."""
    lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return CONFIG.format(folder=folder.path, port=port, brokers=brokers) + lines


def sql(folder, query, *arguments):
    path = os.path.join(folder.path, "tapewatch.db")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(query, arguments).fetchall()


def health(daemon):
    return next(s for s in daemon.get("/v1/sources")["items"] if s["id"] == "wire")["health"]


def metric(daemon, name):
    """A metric of the source; None where it is not known, or the daemon does not answer."""
    with contextlib.suppress(OSError):
        found = re.search(rf'^{name}\{{source="wire"\}} (\S+)', daemon.request("/metrics")[1], re.M)
        return float(found[1]) if found else None

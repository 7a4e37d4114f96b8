"""Ports of 127.0.0.1 for tests that run side by side."""

import random
import socket

# Below those that Linux gives to outgoing connections, unless it is told otherwise.
FIRST, LAST = 20_000, 32_767
_kept = []


def free_port():
    """A port where nobody listens. No other test gets it before this process ends, also while nobody listens there."""
    while True:
        port = random.randint(FIRST, LAST)
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0tapewatch-test-port-{port}")  # a name of the kernel's: it is gone with the process
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            name.close()
            continue
        _kept.append(name)
        return port

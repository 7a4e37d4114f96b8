"""The daemon under a service manager: READY=1 once it listens, the watchdog answered, STOPPING=1, exit 0."""
import os, signal, socket, subprocess, sys, tempfile, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from ports import free_port  # noqa: E402

TAPEWATCH, SOURCE = sys.argv[1:3]


def main():
    with tempfile.TemporaryDirectory() as folder:
        systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        systemd.bind(f"{folder}/notify")
        systemd.settimeout(60)
        port = free_port()
        with open(f"{folder}/t.toml", "w") as config:
            config.write(f'[daemon]\ndata_dir = "{folder}/data"\nlisten = ["127.0.0.1:{port}"]\n')
        env = dict(os.environ, NOTIFY_SOCKET=f"{folder}/notify", WATCHDOG_USEC="500000")
        env.pop("WATCHDOG_PID", None)
        daemon = subprocess.Popen([TAPEWATCH, "run", "--config", f"{folder}/t.toml"], env=env)
        try:
            heard = []
            while not any("READY=1" in message for message in heard):
                heard.append(systemd.recv(4096).decode())
            assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).status == 200
            while sum("WATCHDOG=1" in message for message in heard) < 3:
                heard.append(systemd.recv(4096).decode())
            assert any("STATUS=ok" in message for message in heard), heard
            daemon.send_signal(signal.SIGHUP)
            while not any("RELOADING=1" in message for message in heard):
                heard.append(systemd.recv(4096).decode())
            heard.append("")
            while "READY=1" not in heard[-1]:
                heard.append(systemd.recv(4096).decode())
            daemon.send_signal(signal.SIGTERM)
            while not any("STOPPING=1" in message for message in heard):
                heard.append(systemd.recv(4096).decode())
            assert daemon.wait(timeout=30) == 0
        finally:
            if daemon.poll() is None:
                daemon.kill()
                daemon.wait()
    print("the service manager heard the start, the watchdog and the stop")


main()

#!/usr/bin/env bash
# Alertmanager 0.25 (Debian 12): POST /api/v2/alerts with a batch in which one alert has a label name with a dash answers
# 400, and takes the other alerts all the same, also those behind it. The answer names the label, not the alert, and does not
# say that any were taken.
#   seen: "one", "two" with the label news-desk, "three": 400 "invalid label set: invalid name \"news-desk\"", and one and
#   three are active. The names "news desk" and 9desk do the same. The name news_desk is fine, with a dash in the value too.
# So 400 does not mean that nothing happened: a client that sends the batch again never succeeds, and one that books it as
# not delivered is wrong about most of it. Label names have to be right before they are sent.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages prometheus-alertmanager=0.25.0-1+b4
cat >"$scratch/configuration.yml" <<'YML'
route: {receiver: nobody}
receivers: [{name: nobody}]
YML
cat >"$scratch/post.py" <<'PY'
import json, signal, socket, subprocess, sys, time, urllib.error, urllib.request
folder = sys.argv[1]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
here = urllib.request.build_opener(urllib.request.ProxyHandler({}))

def call(path, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body and json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    try:
        with here.open(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()

def ready():
    try:
        return call("/-/ready")[0] == 200
    except OSError:
        return False

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
with open(f"{folder}/log", "w") as log:
    server = subprocess.Popen(["prometheus-alertmanager", f"--config.file={folder}/configuration.yml",
                               f"--storage.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}",
                               "--cluster.listen-address="], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
try:
    end = time.monotonic() + 60
    while not ready():
        if server.poll() is not None or time.monotonic() > end:
            sys.exit(open(f"{folder}/log").read())
        time.sleep(0.1)
    for label in ("news-desk", "news desk", "9desk", "news_desk"):
        names = [f"{label}: {which}" for which in ("one", "two", "three")]
        alerts = [{"labels": {"alertname": name}} for name in names]
        alerts[1]["labels"][label] = "a-b c"
        status, text = call("/api/v2/alerts", alerts)
        active = {alert["labels"]["alertname"] for alert in json.loads(call("/api/v2/alerts")[1])}
        taken = [name.split(": ")[1] for name in names if name in active]
        print(label, "|", " ".join([str(status), text.strip()]).strip(), "|", " ".join(taken))
finally:
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
PY
timeout -k 10 180 python3 "$scratch/post.py" "$scratch" >"$scratch/seen"
seen() { sed -n "s/^$1 | //p" "$scratch/seen"; }
expect "news-desk in the second of three" "$(seen news-desk)" '400 "invalid label set: invalid name \"news-desk\"" | one three'
expect "news desk in the second of three" "$(seen 'news desk')" '400 "invalid label set: invalid name \"news desk\"" | one three'
expect "9desk in the second of three" "$(seen 9desk)" '400 "invalid label set: invalid name \"9desk\"" | one three'
expect "news_desk in the second of three" "$(seen news_desk)" '200 | one two three'

"""vendor_samples.ndjson: what vendors, wires, platforms and envelopes send, posted to a running daemon, each by the shape
that its line configures. Every sample becomes the documents, the removal, the held document or the refusal that its line
names; the shares of those that arrive whole are printed."""

import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from tapewatch_process import Folder, Tapewatch, free_port, run_tests  # noqa: E402

BINARY = sys.argv[1]
WATCHLIST = ("id,name,aliases,ticker,mic\nkesmar,Kesmar Bancorp,Kesmar,KSMR,XNAS\norlo,Orlo Holdings,Orlo,ORLO,XNYS\n")


def toml(value):
    """JSON as TOML's inline value: tables have '=' between name and value."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {toml(member)}" for name, member in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(element) for element in value) + "]"
    return json.dumps(value)


def config(folder, port, samples):
    folder.file("watchlist.csv", WATCHLIST)
    text = f'''
[daemon]
data_dir = "{folder.path}"
listen = ["127.0.0.1:{port}"]
[storage]
min_free = "1MiB"
[model]
threads = 1
[ingest.entities]
watchlist = "watchlist.csv"
'''
    for sample in samples:
        text += f'[[ingest.post]]\nname = "{sample["case"]}"\npath = "/in/{sample["case"]}"\n'
        text += "".join(f"{key} = {toml(value)}\n" for key, value in sample["shape"].items())
    return text


def differences(daemon, source, found, wanted):
    """What of a wanted document did not arrive."""
    if "removed" in wanted or "held" in wanted:
        return [] if wanted.get("removed", wanted.get("held")) not in found else [f"{wanted} is shown"]
    if wanted["id"] not in found:
        return [f"no document {wanted['id']} of {source}"]
    document = daemon.get(f"/v1/documents/{found[wanted['id']]}")
    wrong = []
    for name, value in wanted.items():
        if name == "entities":
            value, got = sorted(value), sorted(entity["id"] for entity in document["entities"])
        else:
            got = document.get({"id": "source_id", "published": "published_at"}.get(name, name))
        if got != value:
            wrong.append(f"{name} = {got!r}, not {value!r}")
    return wrong


def judge(daemon, sample):
    """whole, refused or wrong, and why."""
    body = sample["body"].encode(sample.get("encode", "utf-8"))
    headers = {"Content-Type": sample["content_type"], **sample.get("headers", {})}
    status, text = daemon.request(f"/in/{sample['case']}", body, headers=headers)
    results = json.loads(text).get("results", []) if status == 200 else []
    states = [result["status"] for result in results]
    wanted = sample["expect"]
    if "refused" in wanted[0]:
        refused = status in (400, 415, 422) or (results and set(states) == {"rejected"})
        return ("refused" if refused and wanted[0]["refused"] in text else "wrong"), text
    if len(states) != len(wanted) or "rejected" in states:
        return "wrong", f"{status} {text[:300]}"
    for expected, state in zip(wanted, states):
        for kind in ("removed", "held"):
            if kind in expected and state != kind:
                return "wrong", f"{state}, not {kind}"
    shown = daemon.get("/v1/documents?limit=1000")["items"]
    found = {item["source_id"]: item["id"] for item in shown}
    wrong = [why for expected in wanted for why in differences(daemon, sample["case"], found, expected)]
    return ("wrong" if wrong else "whole"), "; ".join(wrong)


def test_samples():
    samples = [json.loads(line) for line in (HERE / "vendor_samples.ndjson").read_text().splitlines()]
    with Folder("vendor-samples") as folder:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port, samples), port) as daemon:
            daemon.ready()
            counts = {"whole": 0, "refused": 0, "wrong": 0}
            for sample in samples:
                verdict, why = judge(daemon, sample)
                counts[verdict] += 1
                if verdict == "wrong":
                    print(f"{sample['case']}: {why}", flush=True)
            print(f"{len(samples)} samples: {counts['whole']} whole, {counts['refused']} refused by name, "
                  f"{counts['wrong']} wrong", flush=True)
            assert counts["wrong"] == 0, counts
            assert daemon.terminate()[0] == 0


run_tests([("vendor samples", test_samples)])

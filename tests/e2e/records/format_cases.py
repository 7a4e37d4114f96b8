#!/usr/bin/env python3
"""Runs a folder of sample records through `tapewatch map` and says how many arrive whole.

format_cases.py FOLDER [--tapewatch BINARY]. FOLDER/expected.ndjson has a line for each case: `case`, `records` (file, and
key and headers where there are any), `expect` (fields of the document, or removed, held, count) and `entity` (of
FOLDER/watchlist.csv). A case is whole where what is expected arrives, refused where it is refused with its reason.
"""

import argparse
import json
import pathlib
import re
import subprocess
from datetime import datetime

# The shape of a case by the beginning of its name; the others are canonical documents.
SHAPES = {
    "alpaca": ["--preset", "alpaca"],
    "benzinga": ["--preset", "benzinga"],
    "cloudevents": ["--preset", "cloudevents"],
    "csv-line": ["--format", "csv", "--fields", "id=/0", "--fields", "published_at=/1", "--fields", "entities=/2",
                 "--fields", "title=/3"],
    "debezium-mongo": ["--preset", "debezium", "--fields", "published_at=/payload/after/at"],
    "debezium": ["--preset", "debezium"],
    "dowjones": ["--preset", "dowjones"],
    "edgar": ["--preset", "edgar"],
    "eodhd": ["--preset", "eodhd"],
    "fca": ["--fields", "id=/_source/disclosure_id", "--fields", "title=/_source/headline", "--fields",
            "published_at=/_source/publication_date", "--fields", "entities=/_source/company"],
    "finnhub": ["--preset", "finnhub"],
    "gdelt-doc": ["--preset", "gdelt"],
    "gdelt-gkg": ["--preset", "gdelt-gkg"],
    "hkex": ["--items", "$.newsInfoLst[*]", "--fields", "id=/newsId", "--fields", "title=/title", "--fields",
             "published_at=/relTime", "--fields", "entities=$.stock[*].sn", "--time-zone", "Asia/Hong_Kong"],
    "key-as-id": ["--fields", "id=@key"],
    "lseg": ["--preset", "lseg"],
    "marketaux": ["--preset", "marketaux"],
    "newsapi": ["--preset", "newsapi"],
    "newsml-g2": ["--preset", "newsml-g2"],
    "ninjs": ["--preset", "ninjs"],
    "nitf": ["--preset", "nitf"],
    "older-version": ["--fields", "revision=/updated_at"],
    "polygon": ["--preset", "polygon"],
    "ravenpack": ["--fields", "id=/rp_story_id", "--fields", "title=/headline", "--fields", "entities=/entity_name"],
    "tdnet": ["--items", "$.items[*].Tdnet", "--fields", "title=/title", "--fields", "published_at=/pubdate", "--fields",
              "entities=/company_name", "--time-zone", "Asia/Tokyo"],
    "tiingo": ["--preset", "tiingo"],
    "time-two": ["--fields", "published_at=/date", "--fields", "published_at=/time"],
}
# What a watched company is called; a case that names none of these cannot be expected to find it.
NAMES = {"kesmar": r"\b(ksmr|kesmar|us48267k1017|48267k101)\b", "orlo": r"\b(orlo|5493001kjtiigc8y1r12|bbg00orlo0001)\b"}


def shape_of(case):
    return next((shape for name, shape in SHAPES.items() if case.startswith(name)), [])


def run(args, folder, case, record):
    command = [args.tapewatch, "map", "--watchlist", str(folder / "watchlist.csv"), *shape_of(case)]
    if record.get("key"):
        command += ["--key", record["key"]]
    for name, value in (record.get("headers") or {}).items():
        command += ["--header", f"{name}={value}"]
    done = subprocess.run([*command, str(folder / record["file"])], capture_output=True, timeout=30, check=False)
    if done.returncode == 2:
        raise RuntimeError(f"{case}: {done.stderr.decode()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def same_time(wanted, document):
    """To the second; a day is right on that day; where no time could be read, the record's own is taken."""
    if not wanted:
        return True
    warnings = " ".join(w["detail"] for w in document.get("warnings", []))
    got = moment(document["published_at"])
    if "no time of day" in warnings:
        return got.date() == moment(wanted).date()
    if "expected a time" in warnings:
        return True
    return abs((got - moment(wanted)).total_seconds()) < 1 or (
        wanted.endswith(":06.789Z") and got == moment(wanted).replace(second=0, microsecond=0))


def differences(case, expect, entity, raw, documents):
    """What of the expectation did not arrive."""
    if not documents:
        return ["no document"]
    if "count" in expect:
        return [] if len(documents) == expect["count"] else [f"{len(documents)} documents"]
    document = documents[-1]
    wrong = []
    for name in ("id", "title", "source", "url", "revision"):
        if name in expect and document.get(name) != expect[name]:
            wrong.append(f"{name} = {document.get(name)!r}, not {expect[name]!r}")
    if expect.get("language") and document["language"] != expect["language"]:
        wrong.append(f"language = {document['language']!r}")
    if "language" in expect and document["language"] not in ("", "en"):
        wrong.append(f"language = {document['language']!r}")
    if "body" in expect and expect["body"] not in document["body"]:
        wrong.append("body")
    if "published" in expect and not same_time(expect["published"], document):
        wrong.append(f"published_at = {document['published_at']}, not {expect['published']}")
    if expect.get("both") and len(document["entities"]) < 2:
        wrong.append("one of two companies")
    named = entity and re.search(NAMES[entity], raw.decode(errors="replace").lower())
    if named and entity not in {e for d in documents for e in d["entities"]}:
        wrong.append(f"{entity} not found in {document['named']}")
    return wrong


def judge(args, folder, line):
    """whole, refused or wrong, and why."""
    case, expect = line["case"], line["expect"]
    stored, refusals, raw = {}, [], b""
    for record in line["records"]:
        if record.get("file") is None:
            continue  # a tombstone
        raw += (folder / record["file"]).read_bytes()
        for document in run(args, folder, case, record):
            if "error" in document:
                refusals.append(document["error"]["detail"])
                continue
            before = stored.get(document["id"])
            if document.get("action") == "remove":
                stored.pop(document["id"], None)
                refusals.append("removed")
            elif before and (before["title"], before["body"]) == (document["title"], document["body"]):
                before["entities"] = sorted({*before["entities"], *document["entities"]})  # as the daemon unites them
            elif before is None or document.get("revision", 0) >= before.get("revision", 0):
                stored[document["id"]] = document
    if expect.get("removed"):
        return ("whole", "") if not stored and "removed" in refusals else ("wrong", f"not removed: {refusals}")
    wrong = differences(case, expect, line.get("entity"), raw, list(stored.values()))
    if not wrong:
        return "whole", ""
    if not stored and refusals:
        named = any("not in this version" in why for why in refusals)
        return ("refused" if named else "wrong"), "; ".join(refusals)
    return "wrong", "; ".join(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tapewatch", default="build/fast/tapewatch")
    args = parser.parse_args()
    lines = [json.loads(line) for line in (args.folder / "expected.ndjson").read_text().splitlines()]
    counts = {"whole": 0, "refused": 0, "wrong": 0}
    for line in lines:
        verdict, why = judge(args, args.folder, line)
        counts[verdict] += 1
        if why:
            print(f"{verdict:8} {line['case']}: {why}")
    total = len(lines)
    print(f"{total} cases: {counts['whole']} whole ({100 * counts['whole'] / total:.1f} %), {counts['refused']} refused by "
          f"name, {counts['wrong']} wrong")


if __name__ == "__main__":
    main()

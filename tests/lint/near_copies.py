#!/usr/bin/env python3
"""No training text is a near-copy of a text that the model is measured on.

Compares model/train/texts/*.tsv with tests/model/probes/*.tsv, and with the files named on the command line
(TSV with a column `text`). Two texts are near-copies when more than MOST_SHARED of all their runs of three words
(letter case and punctuation ignored) are in both: the Jaccard index. A text of fewer words is one run.
"""
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Set phrases reach 0.56: "regains compliance with Nasdaq minimum bid rule" of two companies.
MOST_SHARED = 0.6


def texts_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def runs_of(text):
    words = re.findall(r"\w+", text.lower())
    return frozenset(zip(words, words[1:], words[2:])) or frozenset([tuple(words)])


def near_copies(training, measured):
    """(shared, training text, measured text) for every pair above the limit."""
    measured = [(text, runs_of(text)) for text in sorted(measured)]
    places = {}
    for place, (_, runs) in enumerate(measured):
        for run in runs:
            places.setdefault(run, []).append(place)
    found = []
    for text in sorted(training):
        runs = runs_of(text)
        common = {}
        for run in runs:
            for place in places.get(run, ()):
                common[place] = common.get(place, 0) + 1
        for place, count in common.items():
            other, other_runs = measured[place]
            shared = count / (len(runs) + len(other_runs) - count)
            if shared > MOST_SHARED:
                found.append((shared, text, other))
    return found


def main():
    # A planted pair, so that an index that finds nothing is not taken for clean texts.
    planted = near_copies({"Harlow Brakes cuts 300 jobs in Ohio plant"}, {"Velt: Harlow Brakes cuts 300 jobs in Ohio plant."})
    assert len(planted) == 1 and 0.8 < planted[0][0] < 0.9, planted
    training = set().union(*map(texts_of, sorted((ROOT / "model/train/texts").glob("*.tsv"))))
    probes = [*sorted((ROOT / "tests/model/probes").glob("*.tsv")), *map(pathlib.Path, sys.argv[1:])]
    assert len(training) > 10000 and len(probes) >= 7, (len(training), probes)
    file_of = {text: path.name for path in probes for text in texts_of(path)}
    found = near_copies(training, file_of)
    for shared, text, other in sorted(found, reverse=True):
        print(f"{shared:.2f} of the runs of three words: {text!r} is trained on, {other!r} is in {file_of[other]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

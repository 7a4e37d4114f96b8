#!/usr/bin/env python3
"""tapewatch int8 beside the fastest CPU runtimes, on the same weights, the same texts and as many threads.

  tests/bench/peers/compare.py --tapewatch build/release/tapewatch HEADLINES.tsv

The first run makes a virtual environment (0.7 GB) in --environment from Python's package registry. The model is exported to
ONNX (exported.py) and quantised: ONNX Runtime dynamic int8 per channel, OpenVINO static int8 by NNCF with 300 of the texts.
The exported graph must give the probabilities of `tapewatch score --precision fp32`. What a model reads by rule beside the
network (boilerplate, look-alikes, titles, figures) is switched off for all.

Rounds of all contestants in turn; each figure is the median over the rounds. `headlines` is from text to label: tapewatch is
`tapewatch score FILE` as a user runs it, its start and its JSON included; the peers have their model loaded, and tokenise with
Hugging Face's tokenizers, batch by 32 in the order of length and compute probabilities. `32x32` and `32x128` (texts x tokens)
are the encoder with its heads: the peers get token ids; tapewatch gets texts of that many tokens on its standard input, and
its tokeniser, JSON and pipe are included. `1x32` is the wait for one text: tapewatch on one core, as `tapewatch bench` measures
it within the process (its tokeniser included), and once more through a pipe; the peers on all threads, from token ids. No
text comes twice, so no cache serves one.
"""
import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import environment

ROOT = Path(__file__).resolve().parents[3]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("headlines", metavar="FILE", help="a TSV with a column `text`, or one text per line")
    parser.add_argument("--tapewatch", default=str(ROOT / "build/release/tapewatch"), help="the executable")
    parser.add_argument("--before", help="an earlier build of it: `score` with its own weights joins the headlines")
    parser.add_argument("--model", default=str(ROOT / "model/weights/builtin"), help="model directory")
    parser.add_argument("--texts", type=int, default=10000, help="texts of FILE, evenly spread")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2, help="of each contestant")
    parser.add_argument("--json", help="also write the figures to this file")
    parser.add_argument("--environment", type=Path, default=environment.default_folder())
    return parser.parse_args()


def show(rounds_of, unit, reference):
    """A table of medians, and their ratio to the reference's."""
    medians = {name: statistics.median(values) for name, values in rounds_of.items()}
    width = max(map(len, medians))
    for name, value in medians.items():
        spread = f"{min(rounds_of[name]):,.6g} to {max(rounds_of[name]):,.6g}"
        print(f"  {name:<{width}}  {value:>10,.6g} {unit}  {value / medians[reference]:>6.2f}  ({spread})", flush=True)
    return medians


def main():
    options = arguments()
    environment.enter(options.environment)
    import contest  # only now: it needs the environment
    with tempfile.TemporaryDirectory(prefix="tapewatch-peers-") as scratch:
        found = contest.Contest(options, Path(scratch)).run(show)
    found["load_average"] = os.getloadavg()
    print(json.dumps(found["ratios"]))
    print("load average: " + " ".join(f"{load:.2f}" for load in found["load_average"]))
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()

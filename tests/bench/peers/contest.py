"""The measurements of compare.py, which says what is measured."""
import json
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np

import exported
import runtimes
import texts as text_tools

RUN_SECONDS = 1800
AGREEMENT_TEXTS = 1000
LARGEST_DIFFERENCE = 1e-4
SAME_WORK = {"32x32": (32, 1024), "32x128": (128, 256)}  # tokens, texts
LATENCY_TEXTS = 200
CLASSES = ("positive", "neutral", "negative")


class Tapewatch:
    """`tapewatch score` on files and, text by text, on a pipe."""

    def __init__(self, executable, model, precision, threads):
        self.executable = executable
        self.choice = ["--model", str(model), *(["--precision", precision] if precision else [])]
        self.command = [executable, "score", *self.choice, "--threads", str(threads)]

    def seconds(self, path):
        start = time.perf_counter()
        subprocess.run([*self.command, str(path)], stdout=subprocess.DEVNULL, check=True, timeout=RUN_SECONDS)
        return time.perf_counter() - start

    def results(self, path):
        done = subprocess.run([*self.command, str(path)], capture_output=True, text=True, check=True, timeout=RUN_SECONDS)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def open(self):
        return subprocess.Popen([*self.command, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def seconds_of_stream(self, rows):
        """From the first text to the last result, the model loaded and a first text scored."""
        with self.open() as process:
            try:
                self.ask(process, "profit rises")
                start = time.perf_counter()
                found, _ = process.communicate("".join(row + "\n" for row in rows).encode(), timeout=RUN_SECONDS)
                seconds = time.perf_counter() - start
            finally:
                process.kill()
        if found.count(b"\n") != len(rows):
            raise SystemExit("peers: tapewatch did not answer every text")
        return seconds

    @staticmethod
    def ask(process, text):
        process.stdin.write(text.encode() + b"\n")
        process.stdin.flush()
        if not process.stdout.readline().endswith(b"\n"):
            raise SystemExit("peers: tapewatch ended")

    def latency(self):
        """The time of one text of 32 tokens on one core, within the process: tokeniser, encoder and heads."""
        command = [self.executable, "bench", *self.choice, "--threads", "1", "--rounds", "1", "--seconds", "0", "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=RUN_SECONDS)
        return 1 / json.loads(done.stdout)["texts_per_second"]["1x32"]

    def latency_on_pipe(self, rows):
        """The median time from a text to its result, one at a time."""
        with self.open() as process:
            try:
                for row in rows[:20]:
                    self.ask(process, row)
                times = []
                for row in rows[20:]:
                    start = time.perf_counter()
                    self.ask(process, row)
                    times.append(time.perf_counter() - start)
            finally:
                process.kill()
        return statistics.median(times)


class Contest:
    def __init__(self, options, scratch):
        self.options, self.scratch = options, scratch
        self.model = network_alone(Path(options.model), scratch)
        self.headlines = text_tools.read_texts(options.headlines, options.texts)
        self.file = self.write("headlines.txt", self.headlines)
        self.config = exported.export(self.model, scratch / "fp32.onnx")
        self.tokenizer = text_tools.make_tokenizer(self.model, self.config)
        self.ours = Tapewatch(options.tapewatch, self.model, "int8", options.threads)
        self.rows = [encoding.ids for encoding in self.tokenizer.encode_batch(self.headlines)]

    def write(self, name, lines):
        path = self.scratch / name
        path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        return path

    def run(self, show):
        tokens = statistics.mean(map(len, self.rows))
        print(f"{len(self.rows):,} texts of {self.options.headlines}, {tokens:.1f} tokens each; "
              f"{self.options.rounds} rounds, {self.options.threads} threads")
        runtimes.quantise_for_onnxruntime(self.scratch / "fp32.onnx", self.scratch / "ort.onnx")
        runtimes.quantise_for_openvino(self.scratch / "fp32.onnx", self.scratch / "openvino.xml", self.rows)
        self.load_peers()
        found = {"texts": len(self.rows), "tokens_per_text": tokens, "rounds": self.options.rounds,
                 "threads": self.options.threads, "agreement": self.agreement(), "rounds_of": {}, "medians": {}}
        self.measure("headlines", "texts/s", self.headline_round, show, found)
        for name in SAME_WORK:
            self.measure(name, "texts/s", lambda name=name: self.same_work_round(name), show, found)
        self.measure("1x32", "ms", self.latency_round, show, found)
        found["ratios"] = ratios(found["medians"])
        return found

    def load_peers(self):
        threads, ort, openvino = self.options.threads, self.scratch / "ort.onnx", self.scratch / "openvino.xml"
        self.peers = {
            f"OpenVINO, {threads} streams": runtimes.OpenVino(openvino, threads, threads),
            "OpenVINO, 1 stream": runtimes.OpenVino(openvino, 1, threads),
            f"ONNX Runtime, {threads} sessions": runtimes.OnnxRuntime(ort, threads, 1),
            f"ONNX Runtime, 1 session of {threads} threads": runtimes.OnnxRuntime(ort, 1, threads),
        }

    def measure(self, name, unit, one_round, show, found):
        print(name, flush=True)
        rounds = {}
        for _ in range(self.options.rounds):
            for contestant, value in one_round():
                rounds.setdefault(contestant, []).append(value)
        found["rounds_of"][name] = rounds
        found["medians"][name] = show(rounds, unit, "tapewatch int8")

    # From text to probabilities.
    def headline_round(self):
        count = len(self.headlines)
        yield "tapewatch int8", count / self.ours.seconds(self.file)
        if self.options.before:
            yield "tapewatch before", count / seconds_before(self.options.before, self.file)
        for name, peer in self.peers.items():
            start = time.perf_counter()
            self.classify(peer, self.headlines)
            yield name, count / (time.perf_counter() - start)

    def classify(self, peer, some):
        """Probabilities of sentiment and topic, in the order of the texts."""
        rows = [encoding.ids for encoding in self.tokenizer.encode_batch(some)]
        sentiment = np.zeros((len(rows), 3), np.float32)
        topic = np.zeros((len(rows), len(self.config["topics"])), np.float32)

        def take(indices, outputs):
            sentiment[indices] = exported.calibrated(outputs[0], self.config, "sentiment")
            topic[indices] = exported.calibrated(outputs[1], self.config, "topic")

        peer.run_all(text_tools.batches_by_length(rows), take)
        return sentiment, topic

    # The same tokens.
    def same_work_round(self, name):
        tokens, count = SAME_WORK[name]
        made = text_tools.made_texts(self.model, tokens, count)
        rows = [encoding.ids for encoding in self.tokenizer.encode_batch(made)]
        if {len(row) for row in rows} != {tokens}:
            raise SystemExit(f"peers: the made texts do not have {tokens} tokens")
        yield "tapewatch int8", count / self.ours.seconds_of_stream(made)
        batches = list(text_tools.batches_by_length(rows))
        for peer_name, peer in self.peers.items():
            peer.run_all(batches[:4], lambda *_: None)
            start = time.perf_counter()
            peer.run_all(batches, lambda *_: None)
            yield peer_name, count / (time.perf_counter() - start)

    def latency_round(self):
        made = text_tools.made_texts(self.model, 32, LATENCY_TEXTS + 20)
        yield "tapewatch int8", 1e3 * self.ours.latency()
        yield "tapewatch int8, JSON on a pipe", 1e3 * self.ours.latency_on_pipe(made)
        inputs = [text_tools.padded([encoding.ids]) for encoding in self.tokenizer.encode_batch(made)]
        threads = self.options.threads
        for name in ("OpenVINO, 1 stream", f"ONNX Runtime, 1 session of {threads} threads"):
            peer = self.peers[name]
            times = []
            for one in inputs:
                start = time.perf_counter()
                peer.run(one)
                times.append(time.perf_counter() - start)
            yield name, 1e3 * statistics.median(times[20:])

    # The same probabilities in fp32; the labels that stay in int8.
    def agreement(self):
        some = self.headlines[::max(len(self.headlines) // AGREEMENT_TEXTS, 1)][:AGREEMENT_TEXTS]
        some = [text for text in some if len(self.tokenizer.encode(text).ids) < self.config["max_tokens"]]
        path = self.write("agreement.txt", some)
        precise = Tapewatch(self.options.tapewatch, self.model, "fp32", self.options.threads).results(path)
        scored = [i for i, result in enumerate(precise) if result.get("probabilities")]  # the rest: another language
        fp32 = self.probabilities(precise, scored)
        reference = [found[scored] for found in self.classify(runtimes.OnnxRuntime(self.scratch / "fp32.onnx", 1, 2), some)]
        difference = max(float(np.abs(a - b).max()) for a, b in zip(fp32, reference))
        print(f"fp32: tapewatch and the exported graph differ by at most {difference:.1e} in a probability of {len(scored)} texts")
        if difference > LARGEST_DIFFERENCE:
            raise SystemExit(f"peers: expected at most {LARGEST_DIFFERENCE:.0e}: the graph is not this model")
        labels = {"tapewatch int8": self.probabilities(self.ours.results(path), scored)}
        for name, peer in (("OpenVINO", list(self.peers.values())[0]), ("ONNX Runtime", list(self.peers.values())[2])):
            labels[name] = [found[scored] for found in self.classify(peer, some)]
        found = {"texts": len(scored), "largest_difference_fp32": difference, "same_label_int8": {}}
        for name, both in labels.items():
            same = [float(np.mean(a.argmax(1) == b.argmax(1))) for a, b in zip(both, fp32)]
            found["same_label_int8"][name] = dict(zip(("sentiment", "topic"), same))
            print(f"int8: {name}: the label of fp32 for sentiment in {same[0]:.4f}, for topic in {same[1]:.4f}")
        return found

    def probabilities(self, results, scored):
        topics = [topic["id"] for topic in self.config["topics"]]
        sentiment = [[results[i]["probabilities"][name] for name in CLASSES] for i in scored]
        return [np.array(sentiment), np.array([[results[i]["topics"][name] for name in topics] for i in scored])]


def seconds_before(executable, path):
    """An earlier build as it comes: its own weights, and one thread where `score` had one."""
    with open(path, "rb") as texts:
        start = time.perf_counter()
        subprocess.run([executable, "score"], stdin=texts, stdout=subprocess.DEVNULL, check=True, timeout=RUN_SECONDS)
        return time.perf_counter() - start


def network_alone(model, scratch):
    """A copy of the model without what is read by rule beside the network, which the peers do not do."""
    copy = Path(shutil.copytree(model, scratch / "network"))
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    for key in ("merged_topics", "title_weight", "comparison_weight", "leave_out_boilerplate", "fold_lookalikes"):
        config.pop(key, None)
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return copy


def ratios(medians):
    """tapewatch against the faster peer; above 1 is faster, for latency below 1."""
    found = {}
    for name, values in medians.items():
        peers = {key: value for key, value in values.items() if not key.startswith("tapewatch")}
        best = min(peers, key=peers.get) if name == "1x32" else max(peers, key=peers.get)
        found[name] = {"peer": best, "ratio": round(values["tapewatch int8"] / peers[best], 3)}
        if "tapewatch before" in values:
            found[name]["against_before"] = round(values["tapewatch int8"] / values["tapewatch before"], 3)
    return found

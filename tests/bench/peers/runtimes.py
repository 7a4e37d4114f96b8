"""The peers: ONNX Runtime, dynamic int8 per channel, and OpenVINO, static int8 by NNCF, on the exported weights."""
import contextlib
import io
import logging
import queue
import threading

import numpy as np
import onnxruntime as ort
from onnxruntime.quantization import QuantType, quantize_dynamic

import texts as text_tools

CALIBRATION_TEXTS = 300


def quantise_for_onnxruntime(source, target):
    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(str(source), str(target), per_channel=True, weight_type=QuantType.QInt8)


def quantise_for_openvino(source, target, rows):
    """`rows`: the tokens of calibration texts."""
    import nncf
    import openvino
    nncf.set_log_level(logging.ERROR)
    step = max(len(rows) // CALIBRATION_TEXTS, 1)
    samples = [text_tools.padded([row]) for row in rows[::step][:CALIBRATION_TEXTS]]
    with contextlib.redirect_stdout(io.StringIO()):  # its progress bars
        model = nncf.quantize(openvino.Core().read_model(str(source)), nncf.Dataset(samples), subset_size=len(samples),
                              model_type=nncf.ModelType.TRANSFORMER, preset=nncf.QuantizationPreset.MIXED)
    openvino.save_model(model, str(target), compress_to_fp16=False)


class OnnxRuntime:
    """`sessions` sessions of `threads` threads each, that share the batches."""

    def __init__(self, path, sessions, threads):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.sessions = [ort.InferenceSession(str(path), options, ["CPUExecutionProvider"]) for _ in range(sessions)]

    def run(self, inputs):
        return self.sessions[0].run(["sentiment", "topic"], inputs)

    def run_all(self, batches, take):
        """`take(indices, outputs)` for each of `batches`."""
        waiting = queue.SimpleQueue()
        for batch in batches:
            waiting.put(batch)
        failures = []

        def work(session):
            try:
                while True:
                    indices, inputs = waiting.get_nowait()
                    take(indices, session.run(["sentiment", "topic"], inputs))
            except queue.Empty:
                pass
            except Exception as error:  # told by the caller's thread
                failures.append(error)

        threads = [threading.Thread(target=work, args=(session,)) for session in self.sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]


class OpenVino:
    """`streams` requests at a time on `threads` threads together."""

    def __init__(self, path, streams, threads):
        import openvino
        hint = "LATENCY" if streams == 1 else "THROUGHPUT"
        settings = {"PERFORMANCE_HINT": hint, "NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": threads}
        self.model = openvino.Core().compile_model(str(path), "CPU", settings)
        self.queue = openvino.AsyncInferQueue(self.model, streams)
        self.request = self.model.create_infer_request()

    def run(self, inputs):
        found = self.request.infer(inputs)
        return [found["sentiment"], found["topic"]]

    def run_all(self, batches, take):
        def done(request, indices):
            take(indices, [np.array(request.get_tensor(name).data) for name in ("sentiment", "topic")])

        self.queue.set_callback(done)
        for indices, inputs in batches:
            self.queue.start_async(inputs, userdata=indices)
        self.queue.wait_all()

"""A tapewatch model directory as an ONNX graph: BERT with mean or first-token pooling, the sentiment and the topic head.

The graph is what an exporter of PyTorch writes, operator by operator, which ONNX Runtime and OpenVINO recognise and fuse
themselves. Inputs `ids` and `mask` [batch, tokens]; outputs `sentiment` and `topic`, logits [batch, classes].
"""
import json
import struct
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
TYPES = {"F32": np.float32, "F16": np.float16, "I8": np.int8}


def read_tensors(path):
    """The tensors of a safetensors file as fp32; I8 with NAME.scale as scale * q."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    entries = json.loads(data[8:8 + length])
    entries.pop("__metadata__", None)
    raw = {}
    for name, entry in entries.items():
        begin, end = entry["data_offsets"]
        raw[name] = np.frombuffer(data[8 + length + begin:8 + length + end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    tensors = {}
    for name, tensor in raw.items():
        if tensor.dtype == np.int8:
            tensors[name] = tensor.astype(np.float32) * raw[name + ".scale"][:, None]
        elif not (name.endswith(".scale") and name[:-len(".scale")] in raw):
            tensors[name] = tensor.astype(np.float32)
    return tensors


class Graph:
    def __init__(self):
        self.nodes, self.constants, self.known = [], [], {}

    def constant(self, value):
        value = np.asarray(value)
        key = (value.dtype.str, value.shape, value.tobytes()) if value.size < 16 else None
        if key in self.known:
            return self.known[key]
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        if key is not None:
            self.known[key] = name
        return name

    def add(self, operator, *inputs, output=None, **attributes):
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], f"{operator}{len(self.nodes)}", **attributes))
        return output


class Encoder:
    def __init__(self, config, tensors):
        self.config, self.tensors, self.graph = config, tensors, Graph()

    def ints(self, *values):
        return self.graph.constant(np.array(values, np.int64))

    def floats(self, value):
        return self.graph.constant(np.array(value, np.float32))

    def dense(self, x, prefix, output=None):
        product = self.graph.add("MatMul", x, self.graph.constant(self.tensors[prefix + ".weight"].T.copy()))
        return self.graph.add("Add", product, self.graph.constant(self.tensors[prefix + ".bias"]), output=output)

    def norm(self, x, prefix):
        return self.graph.add("LayerNormalization", x, self.graph.constant(self.tensors[prefix + ".weight"]),
                              self.graph.constant(self.tensors[prefix + ".bias"]), axis=-1,
                              epsilon=float(self.config["layer_norm_eps"]))

    def gelu(self, x):
        g = self.graph
        erf = g.add("Erf", g.add("Div", x, self.floats(np.sqrt(2.0))))
        return g.add("Mul", g.add("Mul", x, g.add("Add", erf, self.floats(1.0))), self.floats(0.5))

    def embed(self):
        g = self.graph
        length = g.add("Gather", g.add("Shape", "ids"), self.ints(1), axis=0)
        positions = self.tensors["embeddings.position_embeddings.weight"]
        positions = positions + self.tensors["embeddings.token_type_embeddings.weight"][0]  # a text has type 0 throughout
        positions = g.add("Slice", g.constant(positions), self.ints(0), length, self.ints(0))
        words = g.add("Gather", g.constant(self.tensors["embeddings.word_embeddings.weight"]), "ids", axis=0)
        return self.norm(g.add("Add", words, positions), "embeddings.LayerNorm")

    def heads_of(self, layer):
        heads = self.config["heads"]
        return heads[layer] if isinstance(heads, list) else heads

    def attention(self, x, layer, hidden_keys):
        g, prefix = self.graph, f"encoder.layer.{layer}.attention."
        heads, width = self.heads_of(layer), len(self.tensors[prefix + "self.query.bias"])
        split = self.ints(0, 0, heads, width // heads)

        def part(name, order):
            return g.add("Transpose", g.add("Reshape", self.dense(x, prefix + "self." + name), split), perm=order)

        scores = g.add("MatMul", part("query", [0, 2, 1, 3]), part("key", [0, 2, 3, 1]))
        scores = g.add("Add", g.add("Div", scores, self.floats(np.sqrt(width // heads))), hidden_keys)
        context = g.add("MatMul", g.add("Softmax", scores, axis=-1), part("value", [0, 2, 1, 3]))
        context = g.add("Reshape", g.add("Transpose", context, perm=[0, 2, 1, 3]), self.ints(0, 0, width))
        return self.norm(g.add("Add", self.dense(context, prefix + "output.dense"), x), prefix + "output.LayerNorm")

    def layer(self, x, layer, hidden_keys):
        prefix = f"encoder.layer.{layer}."
        x = self.attention(x, layer, hidden_keys)
        inner = self.gelu(self.dense(x, prefix + "intermediate.dense"))
        return self.norm(self.graph.add("Add", self.dense(inner, prefix + "output.dense"), x), prefix + "output.LayerNorm")

    def pool(self, x, mask):
        g = self.graph
        if self.config.get("pooling", "cls") != "mean":
            return g.add("Gather", x, g.constant(np.array(0, np.int64)), axis=1)
        weights = g.add("Unsqueeze", mask, self.ints(2))
        total = g.add("ReduceSum", g.add("Mul", x, weights), self.ints(1), keepdims=0)
        return g.add("Div", total, g.add("ReduceSum", weights, self.ints(1), keepdims=0))

    def build(self):
        g = self.graph
        mask = g.add("Cast", "mask", to=TensorProto.FLOAT)
        hidden_keys = g.add("Mul", g.add("Sub", self.floats(1.0), mask), self.floats(-10000.0))
        hidden_keys = g.add("Unsqueeze", hidden_keys, self.ints(1, 2))
        x = self.embed()
        for layer in range(self.config["layers"]):
            x = self.layer(x, layer, hidden_keys)
        pooled = self.pool(x, mask)
        outputs = [("sentiment", len(self.tensors["heads.sentiment.bias"]))]
        if self.config["topics"]:
            outputs.append(("topic", len(self.tensors["heads.topic.bias"])))
        for name, _ in outputs:
            self.dense(pooled, "heads." + name, output=name)
        tensor = helper.make_tensor_value_info
        graph = helper.make_graph(g.nodes, "encoder",
                                  [tensor(name, TensorProto.INT64, ["batch", "tokens"]) for name in ("ids", "mask")],
                                  [tensor(name, TensorProto.FLOAT, ["batch", size]) for name, size in outputs], g.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        onnx.checker.check_model(model)
        return model


def export(folder, path):
    """Writes the model of `folder` to `path`; returns its config.json."""
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text())
    if config.get("pooler"):
        raise SystemExit(f"peers: {folder}: models with a pooler are not exported")
    onnx.save(Encoder(config, read_tensors(folder / "model.safetensors")).build(), str(path))
    return config


def calibrated(logits, config, head):
    """Logits [rows, classes] as the model's probabilities: softmax of -((largest - logit) / temperature) ** exponent."""
    calibration = config["calibration"]
    margins = logits.max(axis=1, keepdims=True) - logits
    margins = (margins / calibration[head + "_temperature"]) ** calibration.get(head + "_exponent", 1)
    powers = np.exp(-margins)
    return powers / powers.sum(axis=1, keepdims=True)

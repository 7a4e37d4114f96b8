"""Converts a BERT encoder from ONNX to the published layout: model.safetensors, config.json, vocab.txt.

    onnx_encoder.py MODEL.onnx TOKENIZER.json DIRECTORY

For encoders that package repositories have only in this form; model/train/fetch_encoder.sh calls it. Needs the Python packages
onnx and safetensors.
"""

import json
import pathlib
import sys

import onnx
import onnx.numpy_helper
import safetensors.numpy

HEADS = 12  # of bge-small-en-v1.5; ONNX does not tell


def tensors_of(graph: onnx.GraphProto) -> dict:
    """Weights under their published names. The exporter keeps these but for the factors of matrix products, which it transposes and
    numbers; the product's own name tells which layer it is of."""
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    named = {name: array for name, array in stored.items() if name.startswith(("embeddings.", "encoder."))}
    for node in graph.node:
        factor = [name for name in node.input if node.op_type == "MatMul" and name.startswith("onnx::") and name in stored]
        if factor:
            layer = node.name.strip("/").removesuffix("/MatMul").replace("/", ".")
            named[f"{layer}.weight"] = stored[factor[0]].T.copy()
    return named


def config_of(tensors: dict) -> dict:
    vocabulary, hidden = tensors["embeddings.word_embeddings.weight"].shape
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": hidden,
        "intermediate_size": len(tensors["encoder.layer.0.intermediate.dense.bias"]),
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": len(tensors["embeddings.position_embeddings.weight"]),
        "num_attention_heads": HEADS,
        "num_hidden_layers": sum(name.endswith(".intermediate.dense.bias") for name in tensors),
        "position_embedding_type": "absolute",
        "type_vocab_size": len(tensors["embeddings.token_type_embeddings.weight"]),
        "vocab_size": vocabulary,
    }


def main(model: str, tokenizer: str, target: str) -> None:
    tensors = tensors_of(onnx.load(model).graph)
    pieces = json.loads(pathlib.Path(tokenizer).read_text(encoding="utf-8"))["model"]["vocab"]
    folder = pathlib.Path(target)
    safetensors.numpy.save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config_of(tensors), indent=1), encoding="utf-8")
    lines = "".join(f"{piece}\n" for piece in sorted(pieces, key=pieces.get))
    (folder / "vocab.txt").write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

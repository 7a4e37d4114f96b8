#!/usr/bin/env bash
# ONNX Runtime 1.32.0: quantize_dynamic takes one scale for a whole batch of activations, from its smallest and largest
# value. What a text scores then depends on the texts that happen to be in its batch. per_channel=True, which is about
# weights, changes nothing. In float32 a row is the same to the bit in any batch.
#   seen: a row of small values, alone and beside a row of large ones, in a network of two layers: in float32 the same, in
#   int8 its class changes from 0 to 1, since next to the large row its values round to zero; no warning.
# So an accuracy measured text by text is not that of a service that batches, and no score can be reproduced without its
# batch. With a scale for each row (in a transformer: for each token) a row never depends on its neighbours.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_python onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6 protobuf==7.36.2 flatbuffers==25.12.19 packaging==26.4 \
  ml_dtypes==0.6.0 typing_extensions==4.16.0
cat >"$scratch/batch.py" <<'PY'
import sys, numpy, onnx, onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
folder = sys.argv[1]
first = numpy.array([[1, -1, 0, 0], [-1, 1, 0, 0], [0, 0, 1, -1], [0, 0, -1, 1]], numpy.float32)
second = numpy.array([[1, -1], [-1, 1], [1, -1], [-1, 1]], numpy.float32)
bias = numpy.array([0, 0.1], numpy.float32)
graph = helper.make_graph(
    [helper.make_node("MatMul", ["x", "first"], ["a"]), helper.make_node("Relu", ["a"], ["b"]),
     helper.make_node("MatMul", ["b", "second"], ["c"]), helper.make_node("Add", ["c", "bias"], ["y"])], "two layers",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
    [numpy_helper.from_array(first, "first"), numpy_helper.from_array(second, "second"), numpy_helper.from_array(bias, "bias")])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), f"{folder}/float32.onnx")
for per_channel in (False, True):
    quantize_dynamic(f"{folder}/float32.onnx", f"{folder}/int8 {per_channel}.onnx", weight_type=QuantType.QInt8,
                     per_channel=per_channel)
row = numpy.array([[0.3, 0.1, 0.2, 0.1]], numpy.float32)
neighbour = numpy.array([[100, -100, 50, -50]], numpy.float32)
for name in ("float32", "int8 False", "int8 True"):
    session = onnxruntime.InferenceSession(f"{folder}/{name}.onnx", providers=["CPUExecutionProvider"])
    for batch in (row, numpy.vstack([row, neighbour])):
        scores = session.run(None, {"x": batch})[0][0]
        print("%.2f %.2f" % tuple(scores), "class", scores.argmax(), end="; ")
    print()
PY
timeout 300 python3 "$scratch/batch.py" "$scratch" >"$scratch/seen" 2>"$scratch/log" || cat "$scratch/log"
line() { sed -n "$1p" "$scratch/seen"; }
expect "float32, alone; beside another" "$(line 1)" "0.30 -0.20 class 0; 0.30 -0.20 class 0; "
expect "int8, alone; beside another" "$(line 2)" "0.30 -0.20 class 0; 0.00 0.10 class 1; "
expect "int8 per channel, alone; beside another" "$(line 3)" "0.30 -0.20 class 0; 0.00 0.10 class 1; "

#!/usr/bin/env python3
"""large_onnx.py raw|float ALIGNMENT writes an ONNX model of 104 MB to standard output: a convolution
and two dense layers, 26 million weights, as raw_data or as packed float_data. ALIGNMENT, 0 to 3, is
the address of the large tensor's bytes in the file modulo 4."""
import array
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
from make_onnx import message, node, value, varint  # noqa: E402

HIDDEN, FLAT = 4800, 8 * 26 * 26


def weights(n):
    """n * 4 bytes: a run of 65,521 numbers in [-1/64, 1/64], again and again."""
    run = array.array("f", [((i * 7919) % 65521 - 32760) / (64 * 32760) for i in range(65521)])
    return (run.tobytes() * (n // len(run) + 1))[:4 * n]


def tensor(name, dims, field):
    n = 1
    for d in dims:
        n *= d
    return message(*[(1, d) for d in dims], (2, 1), (8, name), (field, weights(n)))


def model(field, pad):
    nodes = [
        node("Conv", "conv", ["x", "conv.w"], ["c"], kernel_shape=[3, 3]),
        node("Relu", "relu1", ["c"], ["r1"]),
        node("Flatten", "flat", ["r1"], ["f"]),
        node("Gemm", "fc1", ["f", "fc1.w"], ["h"], transB=1),
        node("Relu", "relu2", ["h"], ["r2"]),
        node("Gemm", "fc2", ["r2", "fc2.w"], ["y"], transB=1),
    ]
    large = tensor("fc1.w", [HIDDEN, FLAT], field)
    small = [tensor("conv.w", [8, 1, 3, 3], field), tensor("fc2.w", [10, HIDDEN], field)]
    graph = message((2, "large" + "_" * pad), *[(1, n) for n in nodes], (11, value("x", ["N", 1, 28, 28])),
                    (12, value("y", ["N", 10])), (5, large), *[(5, t) for t in small])
    return message((1, 7), (8, message((2, 13)))) + varint(7 << 3 | 2) + varint(len(graph)) + graph


if __name__ == "__main__":
    field = {"raw": 9, "float": 4}[sys.argv[1]]
    first = weights(4096)
    for pad in range(4):
        data = model(field, pad)
        if data.index(first) % 4 == int(sys.argv[2]):
            break
    sys.stdout.buffer.write(data)

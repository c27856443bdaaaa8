#!/usr/bin/env python3
"""make_onnx.py CASE writes a small ONNX model, mostly a faulty one, to standard output; the cases
walkthrough.onnx and walkthrough.npy are the model and the samples of docs/ARCHITECTURE.md.

A protobuf message is a list of (field number, value): an int becomes a varint, a float 32 bits, bytes
and str a length-delimited field. Field numbers are those of onnx.proto."""
import struct
import sys


def varint(n):
    n &= (1 << 64) - 1
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def message(*fields):
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        elif isinstance(value, float):
            out += varint(number << 3 | 5) + struct.pack("<f", value)
        else:
            value = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def attr(name, value):
    if isinstance(value, list):
        return message((1, name), *[(8, v) for v in value], (20, 7))
    kinds = {int: (3, 2), float: (2, 1), str: (4, 3), bytes: (5, 4)}
    field, kind = kinds[type(value)]
    return message((1, name), (field, value), (20, kind))


def node(op, name, ins, outs, domain="", **attrs):
    return message(*[(1, i) for i in ins], *[(2, o) for o in outs], (3, name), (4, op),
                   *[(5, attr(k, v)) for k, v in attrs.items()], (7, domain))


def floats(name, dims, data, kind=1):
    return message(*[(1, d) for d in dims], (2, kind), (8, name),
                   (9, struct.pack("<%df" % len(data), *data)))


def ints(name, data):
    return message((1, len(data)), (2, 7), (8, name), (9, struct.pack("<%dq" % len(data), *data)))


def value(name, dims, kind=1):
    dims = [message((2, d) if isinstance(d, str) else (1, d)) for d in dims]
    return message((1, name), (2, message((1, message((1, kind), (2, message(*[(1, d) for d in dims])))))))


def weights(n):
    return [(i % 7 - 3) / 8 for i in range(n)]


# The parts of a small CNN: conv, relu, flatten, gemm. A case replaces some, adds some.
PARTS = {
    "conv": node("Conv", "conv1", ["x", "conv1.weight", "conv1.bias"], ["c"], kernel_shape=[3, 3]),
    "relu": node("Relu", "relu1", ["c"], ["r"]),
    "flatten": node("Flatten", "flat", ["r"], ["f"]),
    "gemm": node("Gemm", "fc", ["f", "fc.weight"], ["y"], transB=1),
    "conv_w": floats("conv1.weight", [2, 1, 3, 3], weights(18)),
    "conv_b": floats("conv1.bias", [2], [0.5, -0.5]),
    "fc_w": floats("fc.weight", [3, 8], weights(24)),
    "x": value("x", [1, 1, 4, 4]),
    "y": value("y", [1, 3]),
}
FIELD = {"x": 11, "y": 12, "conv_w": 5, "conv_b": 5, "fc_w": 5}


def model(*more, opset=13, head=(), **changed):
    parts = {**PARTS, **changed}
    graph = [(FIELD.get(k, 1), v) for k, v in parts.items() if v is not None]
    return message((1, 7), *head, (7, message((2, "small"), *graph, *more)), (8, message((2, opset))))


def conv(ins=("x", "conv1.weight", "conv1.bias"), name="conv1", **attrs):
    return node("Conv", name, ins, ["c"], **attrs)


def nested(depth):
    """Attributes that hold graphs that hold nodes that hold attributes ..."""
    inside = b""
    for _ in range(depth):
        inside = message((5, message((6, message((1, inside))))))
    return message((7, message((1, inside))))


def empties(number):
    return message((1, 7), (7, message((number, b"")) * (2 << 20)))


def external(location="weights.bin", **more):
    """The last layer's weights in another file: 96 bytes."""
    where = {"location": location, **more}
    where = [(13, message((1, k), (2, v))) for k, v in where.items()]
    return model(fc_w=message((1, 3), (1, 8), (2, 1), (8, "fc.weight"), *where, (14, 1)))


def walkthrough():
    """Two convolutions, a pool and a dense layer. Max-pool stands before Relu and a batchnorm after
    a convolution, as exporters write them, so that every pass has something to do. All numbers are
    short in binary."""
    graph = [
        node("Conv", "conv1", ["image", "conv1.weight", "conv1.bias"], ["c1"], kernel_shape=[2, 2]),
        node("MaxPool", "pool1", ["c1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Relu", "relu1", ["p1"], ["r1"]),
        node("Conv", "conv2", ["r1", "conv2.weight"], ["c2"], kernel_shape=[2, 2]),
        node("BatchNormalization", "norm2", ["c2", "gamma", "beta", "mean", "var"], ["n2"],
             epsilon=0.25),
        node("Relu", "relu2", ["n2"], ["r2"]),
        node("Flatten", "flatten", ["r2"], ["f"]),
        node("Gemm", "fc", ["f", "fc.weight", "fc.bias"], ["s"], transB=1),
        node("Softmax", "softmax", ["s"], ["scores"], axis=1),
    ]
    tensors = [
        floats("conv1.weight", [2, 1, 2, 2], [1, -1, 1, -1, 1, 1, -1, -1]),
        floats("conv1.bias", [2], [0, 0.25]),
        floats("conv2.weight", [2, 2, 2, 2], [1, 0, -1, 2, 0, 1, 1, 0, -1, 1, 2, 0, 1, -1, 0, 1]),
        floats("gamma", [2], [1, 0.5]),
        floats("beta", [2], [0, 0.125]),
        floats("mean", [2], [0.5, 0]),
        floats("var", [2], [3.75, 0.75]),
        floats("fc.weight", [2, 8], [1, 0, 0, 1, -1, 0, 0, 0, 0, 1, 0, -1, 0, 1, 1, 0]),
        floats("fc.bias", [2], [0, -0.25]),
    ]
    body = message((2, "walkthrough"), *[(1, n) for n in graph], *[(5, t) for t in tensors],
                   (11, value("image", ["N", 1, 7, 7])), (12, value("scores", ["N", 2])))
    return message((1, 7), (7, body), (8, message((2, 13))))


def residual():
    """A sum of two branches, an average pool, a concat: what the other small models have not."""
    graph = [
        node("Conv", "conv1", ["x", "w1"], ["c1"], pads=[1, 1, 1, 1]),
        node("Relu", "relu1", ["c1"], ["r1"]),
        node("Conv", "conv2", ["r1", "w2"], ["c2"], pads=[1, 1, 1, 1]),
        node("Add", "sum", ["c2", "r1"], ["s"]),
        node("Clip", "relu2", ["s", "zero", "six"], ["r2"]),
        node("AveragePool", "pool", ["r2"], ["a"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Concat", "join", ["a", "a"], ["j"], axis=1),
        node("GlobalAveragePool", "mean", ["j"], ["m"]),
        node("Reshape", "flat", ["m", "shape"], ["f"]),
        node("MatMul", "fc", ["f", "w3"], ["y"]),
    ]
    tensors = [
        floats("w1", [2, 1, 3, 3], weights(18)), floats("w2", [2, 2, 3, 3], weights(36)),
        floats("w3", [4, 3], weights(12)), floats("zero", [], [0]), floats("six", [], [6]),
        ints("shape", [1, -1]),
    ]
    body = message((2, "residual"), *[(1, n) for n in graph], *[(5, t) for t in tensors],
                   (11, value("x", [1, 1, 4, 4])), (12, value("y", [1, 3])))
    return message((1, 7), (7, body), (8, message((2, 13))))


def walkthrough_samples():
    """Four images of 7 x 7 as .npy: bars of two directions, at two places, on a dim ground."""
    bars = [[1.0 if (x, y)[i % 2] in (i + 1, i + 2) else 0.125 for y in range(7) for x in range(7)]
            for i in range(4)]
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 7, 7), }"
    head = head.ljust(128 - 10 - 1) + "\n"
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() +
            struct.pack("<196f", *[v for bar in bars for v in bar]))


CASES = {
    "walkthrough.onnx": walkthrough,
    "walkthrough.npy": walkthrough_samples,
    "small": lambda: model(),
    "residual": residual,
    "small-weights": lambda: bytes(32) + struct.pack("<24f", *weights(24)),
    "truncated": lambda: model()[:-300],
    "no-graph": lambda: message((1, 7), (2, "nobody"), (8, message((2, 13)))),
    "no-nodes": lambda: model(conv=None, relu=None, flatten=None, gemm=None, y=value("x", [1])),
    "overlong-varint": lambda: b"\x08" + b"\xff" * 11 + model(),
    "wire-type": lambda: b"\x0b" + model(),
    "tag-0": lambda: b"\x00\x00" + model(),
    "nesting-65": lambda: nested(65),
    "nesting-3000": lambda: nested(1000),
    "nesting-36000": lambda: nested(12000),
    "nesting-60000": lambda: nested(20000),
    "empty-nodes": lambda: empties(1),
    "empty-tensors": lambda: empties(5),
    "empty-values": lambda: empties(13),
    "empty-strings": lambda: message((7, message((1, message((1, b"")) * (2 << 20))))),
    "unknown-fields": lambda: message((1, 7)) + b"\xf8\x07\x00" * (1 << 20),
    "opset-0": lambda: model(opset=0),
    "opset-21": lambda: model(opset=21),
    "dim-negative": lambda: model(conv_w=floats("conv1.weight", [2, 1, -3, 3], weights(18))),
    "dim-2-31": lambda: model(conv_w=floats("conv1.weight", [2, 1, 1 << 31, 3], weights(18))),
    "dim-2-32": lambda: model(conv_w=floats("conv1.weight", [2, 1, 1 << 32, 3], weights(18))),
    "dim-0": lambda: model(conv_w=floats("conv1.weight", [2, 0, 3, 3], [])),
    "dim-2-63": lambda: model(conv_w=floats("conv1.weight", [2, 1, (1 << 63) - 1, 3], weights(18))),
    "dim-product": lambda: model(conv_w=floats("conv1.weight", [65536, 65536, 3, 3], weights(18))),
    "input-negative": lambda: model(x=value("x", [1, 1, -4, 4])),
    "input-2-31": lambda: model(x=value("x", [1, 1, 4, 1 << 31])),
    "input-product": lambda: model(x=value("x", [1, 65536, 65536, 4])),
    "input-unknown": lambda: model(x=value("x", ["batch", 1, "height", 4])),
    "input-no-type": lambda: model(x=message((1, "x"))),
    "input-integer": lambda: model(x=value("x", [1, 1, 4, 4], kind=7)),
    "bomb": lambda: model((5, ints("shape", [1 << 28])), (1, node("ConstantOfShape", "big", ["shape"],
                          ["fc.weight"])), fc_w=None),
    "raw-data": lambda: model(fc_w=floats("fc.weight", [3, 8], weights(23))),
    "float-data": lambda: model(fc_w=message((1, 3), (1, 8), (2, 1), (8, "fc.weight"), (4, 1.0))),
    "weights-missing": lambda: model((11, value("conv1.weight", [2, 1, 3, 3])),
                                     (11, value("fc.weight", [3, 8])), conv_w=None, fc_w=None),
    "nan": lambda: model(fc_w=floats("fc.weight", [3, 8], weights(11) + [float("nan")] + weights(12))),
    "infinite": lambda: model(conv_b=floats("conv1.bias", [2], [0.5, float("inf")])),
    "kind-99": lambda: model(fc_w=floats("fc.weight", [3, 8], weights(24), kind=99)),
    "strings": lambda: model(fc_w=floats("fc.weight", [3, 8], weights(24), kind=8)),
    "external": external,
    "external-below": lambda: external("below/weights.bin"),
    "external-parent": lambda: external("../weights.bin"),
    "external-parent-inside": lambda: external("below/../../weights.bin"),
    "external-absolute": lambda: external("/dev/zero"),
    "external-double-slash": lambda: external("below//weights.bin"),
    "external-folder": lambda: external("below/"),
    "external-unnamed": lambda: external(""),
    "external-at-32": lambda: external(offset="32", length="96"),
    "external-behind": lambda: external(offset="97"),
    "external-wrap": lambda: external(offset="18446744073709551600", length="96"),
    "external-length-wrap": lambda: external(offset="16", length="18446744073709551600"),
    "external-length": lambda: external(length="95"),
    "external-negative": lambda: external(offset="-1"),
    "external-no-number": lambda: external(offset=""),
    "external-too-large": lambda: external(offset="18446744073709551616"),
    "sparse": lambda: model((15, message((1, floats("s.weight", [1], [1]))))),
    "kernel-rank": lambda: model(conv=conv(kernel_shape=[3, 3, 3])),
    "kernel-size": lambda: model(conv=conv(kernel_shape=[5, 5])),
    "weight-rank": lambda: model(conv_w=floats("conv1.weight", [2, 9], weights(18))),
    "pads": lambda: model(conv=conv(pads=[1, 1])),
    "stride-0": lambda: model(conv=conv(strides=[1, 0])),
    "stride-rank": lambda: model(conv=conv(strides=[1])),
    "dilation-rank": lambda: model(conv=conv(kernel_shape=[3, 3], dilations=[1, 1, 1])),
    "dilation-negative": lambda: model(conv=conv(dilations=[-1, 1])),
    "auto-pad": lambda: model(conv=conv(auto_pad="SAME_MIDDLE")),
    "channels": lambda: model(conv_w=floats("conv1.weight", [2, 3, 3, 3], weights(54))),
    "groups": lambda: model(conv=conv(group=2)),
    "bias-size": lambda: model(conv_b=floats("conv1.bias", [3], weights(3))),
    "columns": lambda: model(fc_w=floats("fc.weight", [3, 7], weights(21))),
    "attribute-unknown": lambda: model(conv=conv(stride=[1, 1])),
    "attribute-type": lambda: model(conv=conv(strides=1)),
    "attribute-of-constant": lambda: model((1, node("Constant", "weight", [], ["fc.weight"], value=1)),
                                           fc_w=None),
    "operand-missing": lambda: model(conv=conv(ins=["x"])),
    "cycle": lambda: model(relu=node("Add", "sum", ["c", "back"], ["r"]),
                           flatten=node("Flatten", "flat", ["r"], ["f"]),
                           gemm=node("Gemm", "fc", ["f", "fc.weight"], ["y"], transB=1),
                           loop=node("Relu", "loop", ["r"], ["back"])),
    "undefined": lambda: model(relu=node("Relu", "relu1", ["cc"], ["r"])),
    "undefined-output": lambda: model(y=value("z", [1, 3])),
    "unnamed-output": lambda: model(y=value("", [1, 3])),
    "unnamed-input": lambda: model((11, value("", [1]))),
    "duplicate": lambda: model(relu=node("Relu", "relu1", ["c"], ["c"])),
    "duplicate-weight": lambda: model((5, PARTS["fc_w"])),
    "nul-name": lambda: model(conv=conv(name="conv\0one")),
    "control-name": lambda: model(conv=conv(name="conv\n\33[31mone", strides=[0, 1])),
    "comment-name": lambda: model(conv=conv(name="a*/b", ins=["x", "conv1.weight"]),
                                  relu=node("Relu", "/* \\ \"r\"", ["c"], ["r"])),
    "unknown-ops": lambda: model(relu=node("NonZero", "act1", ["c"], ["r"]),
                                 flatten=node("NonMaxSuppression", "nms", ["r"], ["n"]),
                                 two=node("NonZero", "act2", ["n"], ["f"]),
                                 gemm=node("MyGemm", "", ["f", "fc.weight"], ["y"], domain="org.x"),
                                 dead=node("Unused", "dead", ["f"], ["nobody"])),
    "subgraph": lambda: model(relu=node("If", "branch", ["c"], ["r"])),
    "function": lambda: model(relu=node("Act", "act", ["c"], ["r"], domain="local"),
                              head=[(25, message((1, "Act"), (10, "local")))]),
    "outputs": lambda: model(relu=node("Relu", "act", ["c"], ["r", "where"]),
                             gemm=node("Gemm", "fc", ["f", "where"], ["y"], transB=1)),
    "runtime-shape": lambda: model(flatten=node("Reshape", "shape", ["r", "c"], ["f"])),
}

if __name__ == "__main__":
    sys.stdout.buffer.write(CASES[sys.argv[1]]())

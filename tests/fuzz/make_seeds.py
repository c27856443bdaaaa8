#!/usr/bin/env python3
"""make_seeds.py TARGET FOLDER writes the seeds of a fuzz target, a file each.

onnx: the models of tests/golden/make_onnx.py that are small, and a model of one node for each row
of tests/unit/test_onnx_ops.c, so that a new operator has seeds with its unit tests. data: arrays in
every format, behind the byte that tests/fuzz/fuzz_data.c takes. ir: the examples of docs/IR.md. ini:
the configurations in the tree. img: the networks of tests/image."""
import gzip
import io
import os
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

repo = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(repo, "tests", "golden"))
import make_onnx as mo  # noqa: E402

LARGEST = 4096


def read(*path):
    with open(os.path.join(repo, *path), encoding="utf-8") as f:
        return f.read()


def ints(text):
    return [int(v) for v in text.split(",") if v]


def one_node(opset, op, operands, attrs):
    """The words of tests/unit/onnx_model.h: "x:1,2 w:3,2 i=0,1 -" and "pads=[1,1] mode=edge"."""
    ins, graph, made = [], [], {}
    for word in operands.split():
        name = re.split("[:=]", word)[0]
        ins.append("" if name == "-" else name)
        if word[len(name):][:1] == "=":
            graph.append((5, mo.ints(name, ints(word[len(name) + 1:]))))
        elif word[len(name):][:1] == ":":
            dims = ints(word[len(name) + 1:])
            count = 1
            for d in dims:
                count *= max(d, 1)
            graph.append((11, mo.value(name, dims)) if name[0] == "x" else
                         (5, mo.floats(name, dims, [float(i + 1) for i in range(count)])))
    for word in attrs.split():
        name, v = word.split("=", 1)
        if v[0] == "[":
            made[name] = ints(v[1:-1])
        elif re.fullmatch(r"-?\d+", v):
            made[name] = int(v)
        else:
            made[name] = float(v) if re.fullmatch(r"[-0-9.e]+", v) else v
    body = mo.message((2, "g"), (1, mo.node(op, "n", ins, ["y"], **made)), *graph,
                      (12, mo.value("y", [])))
    return mo.message((1, 7), (7, body), (8, mo.message((2, opset))))


def onnx_seeds():
    for name, make in mo.CASES.items():
        if not name.startswith(("nesting-3", "empty-", "unknown-f")) and not name.endswith(".npy"):
            yield name, make()
    rows = re.findall(r'\{(\d+), "(\w+)", "([^"]*)",\s*"([^"]*)"', read("tests", "unit", "test_onnx_ops.c"))
    for i, (opset, op, operands, attrs) in enumerate(rows):
        yield "%03d-%s" % (i, op), one_node(int(opset), op, operands, attrs)


def npy(descr, shape, data, version=1, order="False"):
    head = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape)
    head = head.ljust(53) + "\n"
    size = struct.pack("<H" if version == 1 else "<I", len(head))
    return b"\x93NUMPY" + bytes([version, 0]) + size + head.encode() + data


def idx(kind, dims, data):
    return struct.pack(">BBBB", 0, 0, kind, len(dims)) + struct.pack(">%dI" % len(dims), *dims) + data


def npz(method, **arrays):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in arrays.items():
            z.writestr(zipfile.ZipInfo(name + ".npy"), data, method)
    return out.getvalue()


def data_seeds():
    pixels = bytes(range(64))
    floats = struct.pack("<16f", *[i / 4 for i in range(16)])
    arrays = {
        "u1": npy("|u1", "(4, 4, 4)", pixels),
        "f4": npy("<f4", "(4, 2, 2)", floats),
        "f4-big": npy(">f4", "(4, 4)", floats, version=2),
        "f8": npy("<f8", "(2, 1, 2, 2)", struct.pack("<8d", *range(8))),
        "i8": npy("<i8", "(16,)", struct.pack("<16q", *range(16))),
        "b1": npy("|b1", "(4, 2)", bytes(8)),
        "i2": npy(">i2", "(4, 2)", bytes(16)),
        "fortran": npy("<f4", "(4, 4)", floats, order="True"),
        "scalar": npy("<f4", "()", floats[:4]),
        "idx-u1": idx(8, [4, 4, 4], pixels),
        "idx-f4": idx(13, [4, 4], floats),
        "idx-labels": idx(8, [16], bytes(range(16))),
        "cifar": bytes(3073) + b"\x09" + bytes(3072),
    }
    one_hot = npy("|u1", "(16, 2)", bytes([1, 0] * 16))
    arrays["one-hot"] = one_hot
    arrays["npz"] = npz(zipfile.ZIP_DEFLATED, x=arrays["u1"], y=npy("|u1", "(4,)", bytes(4)))
    arrays["npz-stored"] = npz(zipfile.ZIP_STORED, x_test=arrays["f4"], y_test=npy("<i8", "(4,)", bytes(32)))
    arrays["npz-one"] = npz(zipfile.ZIP_STORED, anything=arrays["f4"])
    for name, data in arrays.items():
        yield name, b"\0" + data
        yield name + "-some", b"\x15" + data
        yield name + "-labels", b"\x02" + data
    events = bytes([1, 2, 0, 0, 1, 33, 33, 128 + 1, 17, 112, 1, 2, 0, 0, 1, 0, 3, 4, 147, 224])
    yield "recording", b"\x20" + events
    yield "recording-outside", b"\x20" + events + bytes([34, 0, 0, 0, 0])
    yield "recording-cut", b"\x20" + events[:-1]
    yield "list", b"\x40# name label\nnone.bs2 1\n\n60001\t7\r\n"
    yield "list-bad", b"\x40none.bs2 x\n"
    for name in "idx-u1", "f4":
        packed = gzip.compress(arrays[name], mtime=0)
        yield name + "-gz", b"\0" + packed
        yield name + "-gz-twice", b"\0" + packed + gzip.compress(b"more", mtime=0)
        yield name + "-gz-cut", b"\0" + packed[:-9]
        yield name + "-zlib", b"\0" + zlib.compress(arrays[name])


def ir_seeds():
    for i, text in enumerate(re.findall(r"^```ir\n(.*?)^```", read("docs", "IR.md"), re.M | re.S)):
        yield "doc-%d" % i, text.encode()


def ini_seeds():
    for folder in (("models",), ("tests", "golden", "config")):
        for name in sorted(os.listdir(os.path.join(repo, *folder))):
            if name.endswith(".ini"):
                yield name, read(*folder, name).encode()


def snn_seeds():
    """The examples of docs/DSL.md, the networks of models/, and one for each rule that they may break."""
    for i, example in enumerate(re.findall(r"```snn\n(.*?)```", read("docs", "DSL.md"), re.S)):
        yield f"doc-{i}", example.encode()
    for folder in ("models", "models/parts", "tests/golden/snn-errors"):
        for name in sorted(os.listdir(os.path.join(repo, folder))):
            if name.endswith(".snn"):
                yield f"{folder.replace('/', '-')}-{name}", read(folder, name).encode()


def without_text(image):
    """An image without its last section, the text of its graph; the target makes checksums right."""
    words = list(struct.unpack_from("<6I", image))
    rows = [list(struct.unpack_from("<3I", image, 24 + 12 * i)) for i in range(words[5])]
    payload = image[words[2]:rows.pop()[1]]
    for row in rows:
        row[1] -= 12
    words[2] -= 12
    words[5] -= 1
    return struct.pack("<6I", *words) + b"".join(struct.pack("<3I", *row) for row in rows) + bytes(4) + payload


def img_seeds():
    """The networks of tests/image as images, by the compiler."""
    snncc = os.environ.get("SNNCC", os.path.join(repo, "build", "snncc"))
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted(os.listdir(os.path.join(repo, "tests", "image"))):
            for options in [], ["--quantize", "int16"]:
                out = os.path.join(folder, "net.img")
                subprocess.run([snncc, "-q", os.path.join(repo, "tests", "image", name), "-o", out] + options, check=True)
                with open(out, "rb") as f:
                    yield name + "".join(options), without_text(f.read())


SEEDS = {"onnx": onnx_seeds, "data": data_seeds, "ir": ir_seeds, "ini": ini_seeds, "snn": snn_seeds,
         "img": img_seeds}

if __name__ == "__main__":
    os.makedirs(sys.argv[2], exist_ok=True)
    for name, seed in SEEDS[sys.argv[1]]():
        if len(seed) <= LARGEST or name.startswith("cifar"):
            with open(os.path.join(sys.argv[2], name), "wb") as f:
                f.write(seed)

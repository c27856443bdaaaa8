#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Train a convolutional network on MNIST or CIFAR-10 and write it as ONNX."""

import argparse
import collections
import gzip
import io
import os
import sys
import time
import zlib

THREADS = min(4, len(os.sched_getaffinity(0)))
# OpenBLAS reads its number of threads once, when torch loads it.
os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)
# Threads that spin while they wait make this 15 times slower on a machine
# that has other work. OpenMP reads this once, too.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

try:
    import numpy as np
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as missing:
    sys.exit(f"train.py: {missing}; on Debian: apt-get install "
             "python3-torch python3-numpy libopenblas0-pthread")

HELP_DATA = """\
data: SNNCC_DATA names a folder with
  mnist/train-images-idx3-ubyte.gz   mnist/train-labels-idx1-ubyte.gz
  mnist/t10k-images-idx3-ubyte.gz    mnist/t10k-labels-idx1-ubyte.gz
  cifar10/data_batch_1.bin to data_batch_4.bin, for training
  cifar10/calib_2000.bin, for training where none of these is there
  cifar10/test_batch_5.bin, for the test
`sh models/get-data.sh FOLDER` downloads them.
"""
CLASSES = 10
BATCH = 128
LEARNING_RATE = 1e-3
OPSET = 13
CIFAR_SHAPE = (3, 32, 32)
CIFAR_RECORD = 1 + 3 * 32 * 32

Recipe = collections.namedtuple("Recipe", "data epochs augment layers")
Samples = collections.namedtuple("Samples", "images labels")


class InputError(Exception):
    """Something the user gave is missing or wrong; the text says what."""


# --------------------------------------------------------------- networks

def conv(channels, kernel=3, padding=0):
    """Describe a convolution with ReLU."""
    return ("conv", channels, kernel, padding)


def dense(units):
    """Describe a hidden dense layer with ReLU."""
    return ("dense", units)


def drop(rate):
    """Describe a dropout layer."""
    return ("dropout", rate)


POOL = ("pool",)


def small_layers(channels, units):
    """Return one convolution and one dense layer."""
    return [conv(channels), POOL, drop(0.25), dense(units), drop(0.5)]


def medium_layers(channels, units):
    """Return two convolutions and one dense layer."""
    return [conv(channels, padding=1)] + small_layers(channels, units)


def large_convs(channels):
    """Return two pairs of convolutions, each with a pool behind it."""
    return [conv(channels, padding=1), conv(channels), POOL, drop(0.25),
            conv(2 * channels, padding=1), conv(2 * channels), POOL,
            drop(0.25)]


SMALL_CNN1 = Recipe("mnist", 25, False, small_layers(32, 64))

# The output layer and its softmax are the same everywhere and not listed.
NETWORKS = {
    "lenet5": Recipe("mnist", 30, True, [
        conv(6, kernel=5, padding=2), POOL, conv(16, kernel=5), POOL,
        dense(120), dense(84)]),
    "small_cnn": SMALL_CNN1,
    "SmallCNN1": SMALL_CNN1,
    "MediumCNN1": Recipe("mnist", 25, False, medium_layers(32, 64)),
    "LargeCNN1": Recipe("mnist", 25, False, large_convs(16) + [
        dense(64), drop(0.5)]),
    "DeepCNN1": Recipe("mnist", 25, False, large_convs(16) + [
        dense(64), dense(32), dense(16), drop(0.35)]),
    "SmallCNN2": Recipe("cifar10", 15, False, small_layers(64, 256)),
    "MediumCNN2": Recipe("cifar10", 15, False, medium_layers(64, 256)),
    "LargeCNN2": Recipe("cifar10", 35, False, large_convs(32) + [
        dense(512), drop(0.5)]),
    "DeepCNN2": Recipe("cifar10", 15, False, large_convs(32) + [
        dense(512), dense(256), dense(128), drop(0.35)]),
}


def build_network(layers, shape):
    """Build the modules of a list of layers for images of a (C, H, W) shape.

    Names count per kind (conv1, relu1, pool1, ...): they become the names in
    the ONNX file.
    """
    modules = collections.OrderedDict()
    counts = collections.Counter()
    channels, size, _ = shape
    features = None

    def add(kind, module):
        counts[kind] += 1
        modules[f"{kind}{counts[kind]}"] = module

    for kind, *args in layers:
        if kind == "conv":
            wanted, kernel, padding = args
            add("conv", nn.Conv2d(channels, wanted, kernel, padding=padding))
            add("relu", nn.ReLU())
            channels, size = wanted, size + 2 * padding - kernel + 1
        elif kind == "pool":
            add("pool", nn.MaxPool2d(2))
            size //= 2
        elif kind == "dropout":
            add("dropout", nn.Dropout(args[0]))
        else:
            if features is None:
                modules["flatten"] = nn.Flatten()
                features = channels * size * size
            add("dense", nn.Linear(features, args[0]))
            add("relu", nn.ReLU())
            features = args[0]
    modules["output"] = nn.Linear(features, CLASSES)
    modules["softmax"] = nn.Softmax(dim=1)

    for module in modules.values():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    return nn.Sequential(modules)


# ------------------------------------------------------------------- data

def data_folder():
    """Return the folder that SNNCC_DATA names."""
    folder = os.environ.get("SNNCC_DATA")
    if not folder:
        raise InputError(
            "SNNCC_DATA is not set. It names the folder with the data sets; "
            "`sh models/get-data.sh data` downloads them, then "
            "`export SNNCC_DATA=data`")
    return folder


def missing_file(path):
    """Return the error for a data file that is not there."""
    return InputError(f"{path}: no such file; "
                      f"`sh models/get-data.sh {data_folder()}` downloads it")


def read_idx(path):
    """Read a gzipped IDX file of bytes into an array of its shape."""
    try:
        with gzip.open(path) as stream:
            content = stream.read()
    except FileNotFoundError:
        raise missing_file(path) from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None
    if len(content) < 4 or content[:3] != b"\x00\x00\x08":
        raise InputError(f"{path}: not an IDX file of bytes")
    rank = content[3]
    shape = np.frombuffer(content[4:4 + 4 * rank], ">u4").astype(int)
    data = np.frombuffer(content[4 + 4 * rank:], np.uint8)
    if len(shape) != rank or shape.prod() != data.size:
        raise InputError(f"{path}: its length does not fit its header")
    return data.reshape(shape)


def read_mnist(prefix):
    """Read the images and labels of one part of MNIST."""
    stem = os.path.join(data_folder(), "mnist", prefix)
    images = read_idx(stem + "-images-idx3-ubyte.gz")
    labels = read_idx(stem + "-labels-idx1-ubyte.gz")
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise InputError(f"{stem}-*: {labels.size} labels do not fit images "
                         f"of shape {images.shape}")
    return images[:, None], labels


def read_cifar(paths):
    """Read the images and labels of CIFAR-10's binary batches."""
    parts = []
    for path in paths:
        try:
            part = np.fromfile(path, np.uint8)
        except FileNotFoundError:
            raise missing_file(path) from None
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error}") from None
        if part.size == 0 or part.size % CIFAR_RECORD:
            raise InputError(f"{path}: {part.size} bytes are no whole number "
                             f"of records of {CIFAR_RECORD} bytes")
        parts.append(part.reshape(-1, CIFAR_RECORD))
    records = np.concatenate(parts)
    return records[:, 1:].reshape(-1, *CIFAR_SHAPE), records[:, 0]


def cifar_training_files():
    """Return the training batches at hand, or else the calibration set."""
    folder = os.path.join(data_folder(), "cifar10")
    paths = [os.path.join(folder, f"data_batch_{i}.bin") for i in range(1, 5)]
    found = [path for path in paths if os.path.exists(path)]
    if found:
        return found
    print(f"no data_batch_1.bin to data_batch_4.bin in {folder}: training on "
          "the 2,000 images of calib_2000.bin, for a trial only", flush=True)
    return [os.path.join(folder, "calib_2000.bin")]


def to_samples(images, labels):
    """Turn arrays of bytes into tensors; the input is bytes / 255 only."""
    return Samples(torch.from_numpy(images.astype(np.float32) / 255),
                   torch.from_numpy(labels.astype(np.int64)))


def load_data(name):
    """Return the training and the test samples of a data set."""
    if name == "mnist":
        return (to_samples(*read_mnist("train")),
                to_samples(*read_mnist("t10k")))
    test = os.path.join(data_folder(), "cifar10", "test_batch_5.bin")
    return (to_samples(*read_cifar(cifar_training_files())),
            to_samples(*read_cifar([test])))


# --------------------------------------------------------------- training

def augment(images):
    """Turn, slant, scale and shift each image a little, at random.

    Up to 12 degrees, 12 % and 2 pixels: handwriting differs by more than
    that between two countries, and no digit becomes another by it.
    """
    count, _, height, width = images.shape

    def uniform(limit):
        return (2 * torch.rand(count) - 1) * limit

    angle = uniform(12 * np.pi / 180)
    cos, sin, slant = torch.cos(angle), torch.sin(angle), uniform(0.2)
    x_scale, y_scale = 1 + uniform(0.12), 1 + uniform(0.12)
    matrix = torch.stack([
        x_scale * cos, x_scale * (slant * cos - sin), uniform(4 / width),
        y_scale * sin, y_scale * (slant * sin + cos), uniform(4 / height),
    ], dim=1).reshape(count, 2, 3)
    grid = functional.affine_grid(matrix, images.shape, align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def count_right(network, samples):
    """Return how many samples the network classifies right."""
    network.eval()
    right = 0
    with torch.no_grad():
        for images, labels in zip(samples.images.split(500),
                                  samples.labels.split(500)):
            right += (network(images).argmax(1) == labels).sum().item()
    return right


def train_epoch(network, samples, optimizer, schedule, is_augmented):
    """Train on all samples once, in random order; return the mean loss."""
    network.train()
    total = 0.0
    for index in torch.randperm(len(samples.labels)).split(BATCH):
        images = samples.images[index]
        if is_augmented:
            images = augment(images)
        loss = functional.cross_entropy(network(images),
                                        samples.labels[index])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item() * len(index)
    return total / len(samples.labels)


def train(network, recipe, epochs, samples, test):
    """Train a network, one printed line per epoch.

    The learning rate falls to 0 along a cosine, so that the last epoch is
    the one to keep and the test images choose nothing.
    """
    logits = network[:-1]  # cross_entropy wants values before the softmax
    optimizer = torch.optim.Adam(logits.parameters(), lr=LEARNING_RATE)
    n_batches = -(-len(samples.labels) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(
        optimizer, epochs * n_batches)
    for epoch in range(1, epochs + 1):
        start = time.monotonic()
        loss = train_epoch(logits, samples, optimizer, schedule,
                           recipe.augment)
        right = count_right(logits, test)
        print(f"epoch {epoch:2d} of {epochs}: loss {loss:.4f}, "
              f"{right} of {len(test.labels)} test images right, "
              f"{time.monotonic() - start:.0f} s", flush=True)


def export(network, shape, path):
    """Write the network as ONNX; the file appears whole or not at all."""
    network.eval()
    content = io.BytesIO()
    torch.onnx.export(network, torch.zeros(1, *shape), content,
                      opset_version=OPSET, input_names=["image"],
                      output_names=["probabilities"],
                      dynamic_axes={"image": {0: "N"},
                                    "probabilities": {0: "N"}})
    partial = path + ".part"
    try:
        with open(partial, "wb") as stream:
            stream.write(content.getbuffer())
        os.replace(partial, path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    finally:
        if os.path.exists(partial):
            os.remove(partial)


# ---------------------------------------------------------------- program

def positive(text):
    """Return the whole number above 0 that an option was given."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def parse_arguments():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=HELP_DATA,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", required=True, choices=NETWORKS,
                        metavar="NAME", help="one of " + ", ".join(NETWORKS))
    parser.add_argument("--epochs", type=positive, metavar="N",
                        help="default: 30 for lenet5, 25 for the others of "
                        "MNIST, 35 for LargeCNN2, 15 for the others of "
                        "CIFAR-10")
    parser.add_argument("--seed", type=int, default=45, metavar="N",
                        help="of weights, order, dropout and augmentation; "
                        "the same seed gives the same file on the same "
                        "machine (default: 45)")
    parser.add_argument("--out", metavar="FILE",
                        help="default: NAME.onnx")
    parser.add_argument("--limit", type=positive, metavar="N",
                        help="train on the first N images only")
    return parser.parse_args()


def warn_slow_blas():
    """Say so where the reference BLAS is in use: large layers need better."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        if "/blas/libblas.so" in maps.read():
            print("train.py: the reference BLAS is in use, so large networks "
                  "train slowly; on Debian: apt-get install "
                  "libopenblas0-pthread", file=sys.stderr)


def check_writable(path):
    """Fail now and not after the training where the result cannot go."""
    folder = os.path.dirname(path) or "."
    if not os.access(folder, os.W_OK) or os.path.isdir(path):
        raise InputError(f"{path}: cannot be written")


def main():
    """Train the network that the command line asks for."""
    options = parse_arguments()
    recipe = NETWORKS[options.network]
    path = options.out or options.network + ".onnx"
    epochs = options.epochs or recipe.epochs
    check_writable(path)
    warn_slow_blas()

    torch.set_num_threads(THREADS)
    torch.manual_seed(options.seed)
    torch.use_deterministic_algorithms(True)
    samples, test = load_data(recipe.data)
    samples = Samples(*(part[:options.limit] for part in samples))
    shape = tuple(samples.images.shape[1:])
    network = build_network(recipe.layers, shape)
    n_parameters = sum(p.numel() for p in network.parameters())
    print(f"{options.network}: {n_parameters} parameters, "
          f"{len(samples.labels)} training images, {THREADS} threads, "
          f"seed {options.seed}", flush=True)

    train(network, recipe, epochs, samples, test)
    export(network, shape, path)
    print(f"{path}: {count_right(network, test)} of {len(test.labels)} test "
          "images right")


if __name__ == "__main__":
    try:
        main()
    except InputError as problem:
        sys.exit(f"train.py: {problem}")
    except KeyboardInterrupt:
        sys.exit("train.py: interrupted, nothing written")

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draw handwritten digits with a random pen and write them as IDX files.

A digit is one or more strokes of a pen on a page of 192x192 points. The page
then becomes an image in the way MNIST was made: the ink is cut out, fitted
into 20x20 pixels without changing its proportions, and placed in 28x28 so
that its centre of mass is in the middle.
"""

import argparse
import gzip
import os
import struct
import sys

import numpy as np

PAGE = 192          # points on a side of the page
BOX = 20            # pixels on a side of the box that the ink is fitted into
IMAGE = 28          # pixels on a side of an image
# Pixel of the centre of mass, counted from 0: that of MNIST's images.
CENTRE = 14.0
CURVE_POINTS = 12   # points of the pen's way between two control points


def arc(centre, radii, start, end):
    """Return control points of an ellipse's arc, angles in degrees.

    0 is to the right and 90 is down, as y grows downwards.
    """
    n_points = max(3, round(abs(end - start) / 60) + 1)
    angles = np.radians(np.linspace(start, end, n_points))
    return [(centre[0] + radii[0] * np.cos(angle),
             centre[1] + radii[1] * np.sin(angle)) for angle in angles]


# The ways to write each digit, in a cell about 0.6 wide and 1 high. A way is
# a list of strokes, a stroke a list of control points with a curve through
# them; a point given twice is a corner.
DIGITS = [
    [  # 0: an ellipse that closes, overlaps, or has its end inside
        [arc((0.31, 0.5), (0.31, 0.5), -80, -440)],
        [arc((0.33, 0.5), (0.33, 0.48), -50, -430)],
        [arc((0.28, 0.5), (0.28, 0.5), -100, -475)],
        [arc((0.35, 0.5), (0.35, 0.5), -60, -390)
         + [(0.4, 0.03), (0.25, 0.0)]],
    ],
    [  # 1: a line; with a flag; with flag and foot
        [[(0.3, 0.0), (0.29, 0.5), (0.3, 1.0)]],
        [[(0.32, 0.0), (0.3, 0.35), (0.3, 0.7), (0.31, 1.0)]],
        [[(0.16, 0.2), (0.32, 0.0), (0.32, 0.0), (0.31, 0.5), (0.31, 1.0)]],
        [[(0.1, 0.2), (0.33, 0.0), (0.33, 0.0), (0.32, 0.98)],
         [(0.1, 1.0), (0.56, 0.98)]],
    ],
    [  # 2: with a corner; with a loop at the foot; with a wave as its foot
        [[(0.02, 0.24), (0.14, 0.05), (0.36, 0.0), (0.54, 0.12), (0.53, 0.36),
          (0.32, 0.66), (0.0, 0.99), (0.0, 0.99), (0.32, 0.98), (0.64, 0.97)]],
        [[(0.05, 0.2), (0.2, 0.02), (0.42, 0.02), (0.55, 0.2), (0.48, 0.48),
          (0.3, 0.76), (0.12, 0.95), (0.0, 0.92), (0.06, 0.8), (0.24, 0.83),
          (0.46, 0.96), (0.7, 0.92)]],
        [[(0.0, 0.12), (0.24, 0.0), (0.48, 0.08), (0.52, 0.3), (0.36, 0.6),
          (0.04, 0.94), (0.04, 0.94), (0.2, 0.88), (0.42, 0.98),
          (0.66, 0.9)]],
    ],
    [  # 3: round; with a small loop in the middle; with a flat top
        [[(0.04, 0.12), (0.24, 0.0), (0.48, 0.06), (0.52, 0.26), (0.38, 0.42),
          (0.2, 0.48), (0.2, 0.48), (0.42, 0.5), (0.58, 0.66), (0.52, 0.88),
          (0.28, 1.0), (0.0, 0.9)]],
        [[(0.06, 0.1), (0.3, 0.0), (0.52, 0.12), (0.46, 0.34), (0.28, 0.47),
          (0.2, 0.44), (0.28, 0.41), (0.5, 0.52), (0.58, 0.74), (0.42, 0.95),
          (0.2, 1.0), (0.02, 0.9)]],
        [[(0.04, 0.03), (0.52, 0.0), (0.52, 0.0), (0.24, 0.38), (0.24, 0.38),
          (0.46, 0.44), (0.56, 0.64), (0.48, 0.88), (0.26, 1.0),
          (0.0, 0.92)]],
    ],
    [  # 4: open with a corner; open and round; closed
        [[(0.1, 0.02), (0.04, 0.54), (0.04, 0.54), (0.62, 0.5)],
         [(0.52, 0.02), (0.48, 0.5), (0.46, 1.0)]],
        [[(0.06, 0.06), (0.02, 0.34), (0.12, 0.5), (0.32, 0.5), (0.54, 0.38)],
         [(0.58, 0.0), (0.54, 0.45), (0.5, 1.0)]],
        [[(0.46, 0.0), (0.24, 0.34), (0.0, 0.64), (0.0, 0.64), (0.36, 0.64),
          (0.68, 0.62)],
         [(0.46, 0.0), (0.46, 0.5), (0.44, 1.0)]],
    ],
    [  # 5: with the bar as a stroke of its own, or in one go
        [[(0.14, 0.03), (0.1, 0.42), (0.1, 0.42), (0.34, 0.37), (0.54, 0.5),
          (0.56, 0.74), (0.38, 0.95), (0.16, 1.0), (0.0, 0.92)],
         [(0.14, 0.03), (0.38, 0.02), (0.64, 0.0)]],
        [[(0.6, 0.0), (0.18, 0.04), (0.18, 0.04), (0.1, 0.44), (0.1, 0.44),
          (0.36, 0.42), (0.52, 0.58), (0.5, 0.8), (0.32, 0.97), (0.0, 0.98)]],
        [[(0.62, 0.02), (0.4, 0.02), (0.2, 0.1), (0.1, 0.28), (0.22, 0.42),
          (0.42, 0.52), (0.52, 0.7), (0.42, 0.9), (0.22, 1.0), (0.0, 0.92)]],
    ],
    [  # 6: with a curved stem; with a straight one
        [[(0.46, 0.0), (0.22, 0.2), (0.06, 0.5), (0.06, 0.8), (0.24, 0.99),
          (0.46, 0.92), (0.54, 0.72), (0.42, 0.56), (0.22, 0.6),
          (0.08, 0.78)]],
        [[(0.34, 0.0), (0.14, 0.3), (0.03, 0.62), (0.1, 0.9), (0.3, 1.0),
          (0.5, 0.88), (0.5, 0.68), (0.34, 0.58), (0.14, 0.68),
          (0.06, 0.8)]],
        [[(0.2, 0.0), (0.08, 0.36), (0.04, 0.72), (0.18, 0.98), (0.42, 0.94),
          (0.52, 0.74), (0.38, 0.6), (0.18, 0.68), (0.08, 0.82)]],
    ],
    [  # 7: plain; with a bar; with a serif
        [[(0.0, 0.04), (0.3, 0.03), (0.58, 0.0), (0.58, 0.0), (0.38, 0.46),
          (0.24, 1.0)]],
        [[(0.02, 0.06), (0.32, 0.04), (0.6, 0.02), (0.6, 0.02), (0.4, 0.48),
          (0.28, 1.0)], [(0.18, 0.5), (0.6, 0.46)]],
        [[(0.0, 0.18), (0.04, 0.04), (0.04, 0.04), (0.32, 0.05), (0.6, 0.0),
          (0.6, 0.0), (0.44, 0.4), (0.34, 1.0)]],
        [[(0.0, 0.12), (0.12, 0.02), (0.34, 0.06), (0.54, 0.04),
          (0.54, 0.16), (0.36, 0.55), (0.24, 1.0)]],
    ],
    [  # 8: in one go from the upper right; from the middle; two loops
        [[(0.5, 0.14), (0.32, 0.0), (0.12, 0.08), (0.1, 0.28), (0.28, 0.46),
          (0.48, 0.64), (0.5, 0.86), (0.28, 1.0), (0.08, 0.88), (0.1, 0.68),
          (0.3, 0.48), (0.5, 0.3), (0.52, 0.1)]],
        [[(0.28, 0.46), (0.08, 0.28), (0.14, 0.06), (0.36, 0.0), (0.5, 0.16),
          (0.4, 0.38), (0.16, 0.58), (0.06, 0.8), (0.22, 0.99), (0.44, 0.92),
          (0.5, 0.7), (0.28, 0.46)]],
        [arc((0.3, 0.25), (0.22, 0.24), 80, -290),
         arc((0.29, 0.74), (0.28, 0.26), -80, 290)],
    ],
    [  # 9: with a straight stem; with a slanting one; with a hook
        [[(0.5, 0.16), (0.34, 0.0), (0.1, 0.08), (0.02, 0.3), (0.16, 0.46),
          (0.38, 0.4), (0.52, 0.14), (0.52, 0.14), (0.5, 0.5), (0.48, 1.0)]],
        [[(0.54, 0.1), (0.34, 0.0), (0.1, 0.14), (0.04, 0.36), (0.2, 0.48),
          (0.42, 0.36), (0.54, 0.1), (0.54, 0.1), (0.42, 0.56),
          (0.28, 1.0)]],
        [[(0.5, 0.2), (0.36, 0.02), (0.14, 0.06), (0.03, 0.26), (0.14, 0.44),
          (0.36, 0.42), (0.51, 0.2), (0.52, 0.5), (0.46, 0.8), (0.28, 1.0),
          (0.06, 0.94)]],
    ],
]


def move_points(stroke, rng):
    """Return a stroke's control points, each moved a little."""
    points = np.array(stroke)
    moved = points + rng.normal(0, 0.024, points.shape)
    for i in range(1, len(points)):
        if (points[i] == points[i - 1]).all():
            moved[i] = moved[i - 1]     # a corner stays one
    return moved


def smooth(points):
    """Return the pen's way: Catmull-Rom curves from corner to corner."""
    corners = [i for i in range(1, len(points))
               if (points[i] == points[i - 1]).all()]
    way = []
    for piece in np.split(points, corners):
        # The ends get a neighbour that goes straight on.
        p = np.vstack([2 * piece[0] - piece[1], piece,
                       2 * piece[-1] - piece[-2]])
        t = np.linspace(0, 1, CURVE_POINTS)[:, None]
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
            way.append(0.5 * (2 * b + (c - a) * t
                              + (2 * a - 5 * b + 4 * c - d) * t ** 2
                              + (3 * b - a - 3 * c + d) * t ** 3))
    return np.vstack(way)


def bend(points, rng):
    """Give a digit its wobble, aspect, slant, turn, size and place."""
    x, y = points.T - np.array([[0.3], [0.5]])
    for _ in range(2):
        height, phase = rng.normal(0, 0.015, 2), rng.uniform(0, 2 * np.pi, 2)
        waves = rng.uniform(2, 6, 2)
        x, y = (x + height[0] * np.sin(waves[0] * y + phase[0]),
                y + height[1] * np.sin(waves[1] * x + phase[1]))
    x = x * np.exp(rng.normal(0.12, 0.16))
    x = x - np.clip(rng.normal(0.14, 0.18), -0.35, 0.6) * y
    turn = rng.normal(0, 0.07)
    size = rng.uniform(50, 80)
    place = rng.uniform(-6, 6, 2) + PAGE / 2
    return np.stack([x * np.cos(turn) - y * np.sin(turn),
                     x * np.sin(turn) + y * np.cos(turn)], axis=1
                    ) * size + place


def ink(page, way, radius):
    """Blacken all points of the page that the pen's disc passes over."""
    for (x, y), r in zip(way, radius):
        left, right = max(0, int(x - r)), int(x + r) + 2
        top, bottom = max(0, int(y - r)), int(y + r) + 2
        part = page[top:bottom, left:right]
        rows = np.arange(top, top + part.shape[0])[:, None]
        columns = np.arange(left, left + part.shape[1])
        part[(rows - y) ** 2 + (columns - x) ** 2 <= r * r] = 1


def draw_page(digit, rng):
    """Draw a digit in one of its ways on an empty page."""
    ways = DIGITS[digit]
    strokes = [smooth(move_points(stroke, rng))
               for stroke in ways[rng.integers(len(ways))]]
    ends = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    bent = bend(np.vstack(strokes), rng)
    pen = np.clip(np.exp(rng.normal(1.42, 0.28)), 2.2, 7.0)
    page = np.zeros((PAGE, PAGE))
    for way in np.split(bent, ends):
        # Discs half a point apart leave no gaps.
        length = np.append(0, np.cumsum(np.hypot(*np.diff(way, axis=0).T)))
        steps = np.arange(0, length[-1], 0.5)
        way = np.stack([np.interp(steps, length, way[:, i]) for i in (0, 1)],
                       axis=1)
        pressure = 1 + 0.12 * np.sin(steps / rng.uniform(8, 25)
                                     + rng.uniform(0, 2 * np.pi))
        ink(page, way, pen * pressure)
    return page


def averaging_matrix(n_from, n_to):
    """Return the matrix that shrinks a line by averaging over its parts."""
    edges = np.linspace(0, n_from, n_to + 1)
    cells = np.arange(n_from)
    overlap = (np.minimum(edges[1:, None], cells + 1)
               - np.maximum(edges[:-1, None], cells))
    return np.clip(overlap, 0, None) * n_to / n_from


def centring_offset(ink_per_line):
    """Return the first line in the image, for a centre of mass in CENTRE."""
    n_lines = len(ink_per_line)
    middle = ink_per_line @ np.arange(n_lines) / ink_per_line.sum()
    return int(np.clip(round(CENTRE - middle), 0, IMAGE - n_lines))


def normalize(page):
    """Turn a page into an image in the way MNIST was made."""
    rows, columns = np.nonzero(page)
    cut = page[rows.min():rows.max() + 1, columns.min():columns.max() + 1]
    height, width = (max(1, round(n * BOX / max(cut.shape)))
                     for n in cut.shape)
    small = (averaging_matrix(cut.shape[0], height) @ cut
             @ averaging_matrix(cut.shape[1], width).T)
    top, left = centring_offset(small.sum(1)), centring_offset(small.sum(0))
    image = np.zeros((IMAGE, IMAGE), np.uint8)
    image[top:top + height, left:left + width] = np.rint(255 * small)
    return image


def write_idx(path, data):
    """Write an array of bytes as a gzipped IDX file, whole or not at all.

    The gzip header gets no name and no date, so that the same digits give
    the same file.
    """
    header = struct.pack(f">HBB{data.ndim}I", 0, 8, data.ndim, *data.shape)
    partial = path + ".part"
    try:
        with open(partial, "wb") as stream, gzip.GzipFile(
                "", "wb", fileobj=stream, mtime=0) as packed:
            packed.write(header + data.tobytes())
        os.replace(partial, path)
    except OSError as error:
        sys.exit(f"draw_digits.py: {path}: {error.strerror}")
    finally:
        if os.path.exists(partial):
            os.remove(partial)


def main():
    """Draw as many digits as the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, metavar="N",
                        help="the same seed draws the same digits "
                        "(default: 1)")
    parser.add_argument("--count", type=int, default=500, metavar="N",
                        help="digits to draw, as many of each class, in "
                        "random order (default: 500)")
    parser.add_argument("--out-prefix", default="digits", metavar="PREFIX",
                        help="writes PREFIX-images-idx3-ubyte.gz and "
                        "PREFIX-labels-idx1-ubyte.gz (default: digits)")
    options = parser.parse_args()
    if options.count < 1 or options.seed < 0:
        parser.error("--count must be above 0 and --seed not below 0")

    rng = np.random.default_rng(options.seed)
    labels = rng.permutation(np.arange(options.count) % len(DIGITS))
    images = np.stack([normalize(draw_page(digit, rng)) for digit in labels])
    write_idx(options.out_prefix + "-images-idx3-ubyte.gz", images)
    write_idx(options.out_prefix + "-labels-idx1-ubyte.gz",
              labels.astype(np.uint8))


if __name__ == "__main__":
    main()

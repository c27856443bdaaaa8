#!/usr/bin/env python3
"""make_events.py IDX-GZ N FOLDER writes N-MNIST recordings of the first N pictures of an IDX file:
FOLDER/events/*.bs2, and FOLDER/events.txt with the labels of the file beside that one. A pixel of value v
has an event in v / 255 of 32 steps of 10 ms, evenly, in turn darker and brighter; the first row of the
34 x 34 pixels, which a crop leaves out, has one at every pixel in every step."""
import gzip
import os
import sys

SIDE, STEPS, STEP_US = 34, 32, 10000


def event(x, y, brighter, time_us):
    return bytes([x, y, brighter << 7 | time_us >> 16, time_us >> 8 & 255, time_us & 255])


def recording(picture, side):
    first = (SIDE - side) // 2
    for t in range(STEPS):
        for y in range(side):
            for x in range(side):
                v = picture[y * side + x]
                if (t + 1) * v // 255 > t * v // 255:
                    yield event(x + first, y + first, t % 2, t * STEP_US + x)
        for x in range(SIDE):
            yield event(x, 0, 1, t * STEP_US + STEP_US - 1)


with gzip.open(sys.argv[1]) as f:
    data = f.read()
with gzip.open(sys.argv[1].replace("images-idx3", "labels-idx1")) as f:
    labels = f.read()[8:]
n, side = int(sys.argv[2]), int.from_bytes(data[8:12], "big")
os.makedirs(os.path.join(sys.argv[3], "events"), exist_ok=True)
with open(os.path.join(sys.argv[3], "events.txt"), "w", encoding="ascii") as names:
    names.write("#recording\t#label\n")
    for i in range(n):
        picture = data[16 + i * side * side:][:side * side]
        with open(os.path.join(sys.argv[3], "events", "%d.bs2" % i), "wb") as f:
            f.write(b"".join(recording(picture, side)))
        names.write("%d\t%d\n" % (i, labels[i]))

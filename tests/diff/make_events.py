#!/usr/bin/env python3
"""make_events.py IDX-GZ N FOLDER [moved] writes N-MNIST recordings of the first N pictures of an IDX file:
FOLDER/events/*.bs2, and FOLDER/events.txt with the labels of the file beside that one. A pixel of value v
has an event in v / 255 of 32 steps of 10 ms, evenly, in turn darker and brighter; the first row of the
34 x 34 pixels, which a crop leaves out, has one at every pixel in every step.

moved: as a camera sees the picture that moves before it, as Orchard et al. 2015 did: down and right, up and
right, back to the left, 105 ms each. A pixel has an event when the logarithm of its light has changed by
CONTRAST since its last one, not more often than every DEAD_MS, and there is noise. With these numbers there
are as many events, and pixels with events, as in the published recordings."""
import gzip
import math
import os
import random
import sys

SIDE, STEPS, STEP_US = 34, 32, 10000
STROKE_MS, REACH, CONTRAST, DARK, DEAD_MS, NOISE = 105, 2.5, 0.3, 0.2, 4, 73


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


def place(ms):
    """Where the picture stands, in pixels. A stroke begins and ends slowly."""
    stroke, u = ms // STROKE_MS, ms % STROKE_MS / STROKE_MS
    u = u * u * (3 - 2 * u)
    x, y = ((u, 2 * u), (1 + u, 2 - 2 * u), (2 - 2 * u, 0))[stroke]
    middle = (SIDE - 28) / 2 - REACH
    return middle + REACH * x, middle + REACH * y


def light(picture, side, x, y):
    """Logarithm of the light at every pixel, the picture at x, y; linear between its own pixels."""
    left, top = int(x), int(y)
    fx, fy = x - left, y - top
    lines = [[0] * (side + 1)]
    for i in range(side):
        line = picture[i * side:][:side]
        lines.append([a * (1 - fx) + b * fx for a, b in zip([*line, 0], [0, *line])])
    lines.append(lines[0])
    seen = [[math.log(DARK)] * SIDE for _ in range(SIDE)]
    for i, (above, line) in enumerate(zip(lines, lines[1:])):
        for j, (a, b) in enumerate(zip(above, line)):
            seen[top + i][left + j] = math.log(DARK + (b * (1 - fy) + a * fy) / 255)
    return seen


def moved(picture, side):
    chance = random.Random(bytes(picture))
    last = light(picture, side, *place(0))
    ready = [[0] * SIDE for _ in range(SIDE)]
    for ms in range(3 * STROKE_MS):
        for y, line in enumerate(light(picture, side, *place(ms))):
            for x, v in enumerate(line):
                if abs(v - last[y][x]) > CONTRAST and ms >= ready[y][x]:
                    yield event(x, y, v > last[y][x], ms * 1000)
                    last[y][x], ready[y][x] = v, ms + DEAD_MS
    for _ in range(NOISE):
        yield event(chance.randrange(SIDE), chance.randrange(SIDE), chance.randrange(2),
                    chance.randrange(3 * STROKE_MS * 1000))


with gzip.open(sys.argv[1]) as f:
    data = f.read()
with gzip.open(sys.argv[1].replace("images-idx3", "labels-idx1")) as f:
    labels = f.read()[8:]
make = moved if sys.argv[4:] == ["moved"] else recording
n, side = int(sys.argv[2]), int.from_bytes(data[8:12], "big")
os.makedirs(os.path.join(sys.argv[3], "events"), exist_ok=True)
with open(os.path.join(sys.argv[3], "events.txt"), "w", encoding="ascii") as names:
    names.write("#recording\t#label\n")
    for i in range(n):
        picture = data[16 + i * side * side:][:side * side]
        with open(os.path.join(sys.argv[3], "events", "%d.bs2" % i), "wb") as f:
            f.write(b"".join(make(picture, side)))
        names.write("%d\t%d\n" % (i, labels[i]))

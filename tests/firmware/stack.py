#!/usr/bin/env python3
"""The most that a function and all below it take from the stack: stack.py OBJDUMP ELF FUNCTION SU...

Frames are those of gcc's -fstack-usage, calls those of the disassembly; a function of a library, which
has no frame there, counts 32 bytes, and a call on AVR 3 more. Prints the bytes, then the calls."""
import re
import subprocess
import sys

LIBRARY_BYTES, AVR_CALL_BYTES = 32, 3


def read_frames(paths):
    frames = {}
    for path in paths:
        for line in open(path):
            place, size, kind = line.rstrip("\n").split("\t")
            if "dynamic" in kind and "bounded" not in kind:
                sys.exit(f"{place}: a frame of no fixed size")
            name = place.split(":")[-1].split(".")[0]
            frames[name] = max(frames.get(name, 0), int(size))
    return frames


def read_calls(objdump, elf):
    calls, name = {}, None
    text = subprocess.run([objdump, "-d", elf], stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in text.splitlines():
        head = re.match(r"[0-9a-f]+ <([^>]+)>:", line)
        if head:
            name = head[1]
            calls[name] = set()
        elif name:
            calls[name].update(re.findall(r"<([^>+]+)>", line))
    return {f: {to for to in calls[f] if to in calls and to != f} for f in calls}


def deepest(name, frames, calls, known, path):
    if name in path and name.split(".")[0] in frames:
        sys.exit(f"{name} calls itself")
    if name in path:  # a label of a library's assembler
        return 0, []
    if name not in known:
        own = frames.get(name.split(".")[0], LIBRARY_BYTES)
        below = [deepest(to, frames, calls, known, path + [name]) for to in calls[name]]
        bytes_below, names = max(below, default=(0, []))
        known[name] = (own + bytes_below, [name] + names)
    return known[name]


def main():
    objdump, elf, function = sys.argv[1:4]
    frames, calls = read_frames(sys.argv[4:]), read_calls(objdump, elf)
    bytes_all, names = deepest(function, frames, calls, {}, [])
    if objdump.startswith("avr"):
        bytes_all += AVR_CALL_BYTES * len(names)
    print(bytes_all, " ".join(names))


main()

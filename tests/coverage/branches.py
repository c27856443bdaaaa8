"""Branches of runtime/ that no run has taken: branches.py EXPORT.json...

Exports are those of `llvm-cov export`, one for each form of the kernels that was built. A branch is a
place in a file; it counts as taken where any function and form took it: headers are compiled once for
each kind of numbers. Prints those that were never true or never false, and last how many there are."""
import json
import os
import sys


def branches(path):
    """(file, line, column) -> [times true, times false] of every branch below runtime/."""
    with open(path, encoding="utf-8") as f:
        data = json.load(f)["data"][0]
    for function in data["functions"]:
        for line, column, _, _, n_true, n_false, file, _, _ in function["branches"]:
            name = os.path.relpath(function["filenames"][file])
            if name.startswith("runtime/"):
                yield (name, line, column), (n_true, n_false)


taken = {}
for path in sys.argv[1:]:
    for place, times in branches(path):
        old = taken.setdefault(place, (0, 0))
        taken[place] = (old[0] + times[0], old[1] + times[1])
missed = 0
for (name, line, column), times in sorted(taken.items()):
    for n, word in zip(times, ("true", "false")):
        if n == 0:
            missed += 1
            print(f"{name}:{line}:{column}: never {word}")
print(f"{2 * len(taken)} branches in {len({p[0] for p in taken})} files, {missed} not taken")
sys.exit(missed > 0 or not taken)

#!/usr/bin/env python3
"""What `make results` does: runs eval on the networks of $SNNCC_MODELS and all test images of
$SNNCC_DATA, and writes the part of docs/RESULTS.md between its marks, and docs/plots/.

    tests/bench/results.py [--images N] [--only NAME] [--report] [--build FOLDER]

Each run's JSON is kept in build/results and used again while the compiler, the model and the options
are the same, so what was interrupted goes on. --images N takes the first N images only, --only NAME
one network, --report runs nothing; all three are for trial: they write to build/results-trial instead
of docs. --build: the folder for what is kept, instead of build. The figures come out of the JSON files
alone."""
import argparse
import hashlib
import json
import os
import subprocess
import sys
import time

import results_doc
from results_doc import ABLATION, ABLATION_STEPS, EXITS, NETWORKS, RECORDED, STEPS

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SNNCC = os.environ.get("SNNCC", os.path.join(ROOT, "build", "snncc"))


class Run:
    """One call of eval: `words` as a user writes them, $VARIABLES and all."""

    def __init__(self, network, name, options, images, record=False):
        self.network, self.name = network, name
        self.words = results_doc.command(network, options)
        self.images = images or network.images
        if images:
            self.words += ["--limit", str(images)]
        self.record = record
        # Simulation takes time by steps and synapses; conversion runs 1000 samples some times over.
        steps = int(options[options.index("--steps") + 1])
        self.work = (self.images * (steps + 8) + 20000) * network.macs**0.5

    def path(self, folder, ending):
        return os.path.join(folder, f"{self.network.name}-{self.name}{ending}")

    def key(self, sha_of):
        """What the result depends on."""
        model = os.path.expandvars(self.words[0])
        return " ".join([sha_of(SNNCC), sha_of(model)] + self.words + ["record"] * self.record)

    def is_done(self, folder, sha_of):
        try:
            with open(self.path(folder, ".key")) as f:
                return f.read() == self.key(sha_of) and os.path.exists(self.path(folder, ".json"))
        except FileNotFoundError:
            return False

    def call(self, folder, sha_of):
        words = [os.path.expandvars(w) for w in self.words]
        words += ["-q", "--json", self.path(folder, ".json")]
        if self.record:
            words += ["--record", self.path(folder, ".npz")]
        done = subprocess.run([SNNCC, "eval"] + words, stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            sys.exit(f"results.py: this failed: snncc eval {' '.join(self.words)}")
        with open(self.path(folder, ".key"), "w") as f:
            f.write(self.key(sha_of))


class Progress:
    """A bar where standard error is a terminal, a line for each run where it is not."""

    def __init__(self, total):
        self.total, self.done, self.start = total, 0.0, time.monotonic()

    def show(self, text):
        part = self.done / self.total
        spent = time.monotonic() - self.start
        left = f", {spent * (1 - part) / part / 60:.0f} min left" if part > 0.01 else ""
        bar = "#" * int(30 * part) + "." * (30 - int(30 * part))
        if sys.stderr.isatty():
            sys.stderr.write(f"\r[{bar}] {100 * part:.0f} %{left}  {text}\033[K")
            sys.stderr.flush()
        else:
            print(f"{100 * part:.0f} %{left}  {text}", file=sys.stderr)

    def add(self, work):
        self.done += work

    def end(self):
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")


def all_runs(networks, images):
    runs = []
    for n in networks:
        for t in STEPS:
            runs.append(Run(n, f"t{t}", ["--steps", str(t)], images))
        for exit_name, options in EXITS[n.data]:
            runs.append(Run(n, exit_name, options, images))
        for k, row in enumerate(ABLATION):
            if row.options:  # else it is a run of the first kind
                options = ["--steps", str(ABLATION_STEPS)] + row.options
                runs.append(Run(n, f"ablation{k}", options, images))
        if n.name == RECORDED[0]:
            runs.append(Run(n, "record", ["--steps", str(RECORDED[1])], 20, record=True))
    return runs


def sha_reader():
    known = {}

    def sha_of(path):
        if path not in known:
            with open(path, "rb") as f:
                known[path] = hashlib.sha256(f.read()).hexdigest()
        return known[path]

    return sha_of


def run_all(runs, folder):
    sha_of = sha_reader()
    left = [r for r in runs if not r.is_done(folder, sha_of)]
    if len(left) < len(runs):
        print(f"{len(runs) - len(left)} of {len(runs)} runs are there already", file=sys.stderr)
    progress = Progress(sum(r.work for r in left) or 1)
    for r in left:
        progress.show(" ".join(r.words))
        r.call(folder, sha_of)
        progress.add(r.work)
    progress.end()


def read_results(runs, folder):
    """By network and name of the run."""
    results = {}
    for r in runs:
        try:
            with open(r.path(folder, ".json")) as f:
                results[r.network.name, r.name] = json.load(f)
        except FileNotFoundError:
            sys.exit(f"results.py: {r.path(folder, '.json')} is not there yet")
    return results


def draw(runs, folder, plots):
    os.makedirs(plots, exist_ok=True)
    for data in sorted({r.network.data for r in runs}):
        files = [r.path(folder, ".json") for r in runs
                 if r.network.data == data and r.name in [f"t{t}" for t in STEPS]]
        subprocess.run([SNNCC, "plot", "-o", plots, "--name", data] + files, check=True)
    for r in runs:
        if r.record:
            subprocess.run([SNNCC, "plot", "-o", plots, "--name", r.network.name,
                            r.path(folder, ".npz")], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--images", type=int)
    parser.add_argument("--only")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    args = parser.parse_args()
    for variable in ["SNNCC_DATA", "SNNCC_MODELS"]:
        if not os.path.isdir(os.environ.get(variable, "")):
            sys.exit(f"results.py: {variable} is not set to a folder; models/README.md says which")
    networks = [n for n in NETWORKS if args.only in (None, n.name)]
    if not networks:
        sys.exit(f"results.py: no network {args.only}; there are "
                 + ", ".join(n.name for n in NETWORKS))
    folder = os.path.join(args.build, "results" if not args.images else f"results-{args.images}")
    os.makedirs(folder, exist_ok=True)
    runs = all_runs(networks, args.images)
    if not args.report:
        run_all(runs, folder)
    is_trial = args.images or args.only or args.report
    target = os.path.join(args.build, "results-trial") if is_trial else os.path.join(ROOT, "docs")
    draw(runs, folder, os.path.join(target, "plots"))
    results_doc.write(read_results(runs, folder), networks,
                      os.path.join(ROOT, "docs", "RESULTS.md"), os.path.join(target, "RESULTS.md"))
    print(f"wrote {target}/RESULTS.md and plots/")


main()

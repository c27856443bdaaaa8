"""Runs a network of snncc in Brian2 and prints its spikes as `snncc run --record FILE.csv` does.

    brian.py NET.ir SPIKES.csv

NET.ir is what `snncc NET.snn -o - ` prints, all numbers inline. Of SPIKES.csv, which `snncc run`
recorded, only the spikes of populations with model=poisson are taken: they are the input. Brian2's
numpy target, double precision; `lif` by its exact solution.
"""
import csv
import re
import sys

import brian2 as b2
import numpy as np

NUMBER = re.compile(r"[-+]?(?:0x[0-9a-f.]+p[-+]?\d+|[0-9.]+(?:e[-+]?\d+)?)", re.I)


def number(text):
    return float.fromhex(text) if "0x" in text else float(text)


def tensor(attrs, name, count=None):
    """The numbers of an attribute, spread to `count`; None where it is absent."""
    found = re.search(r"\b%s=[fi]32\[[^]]*\]\{([^}]*)\}" % name, attrs)
    if not found:
        return None
    values = np.array([number(x) for x in NUMBER.findall(found.group(1))])
    return np.full(count, values[0]) if count is not None and len(values) == 1 else values


def scalar(attrs, name, otherwise):
    found = re.search(r"\b%s=([^,}]*)" % name, attrs)
    return number(found.group(1)) if found else otherwise


def read_ir(path):
    """Header and nodes: name -> (op, operands, attributes, neurons)."""
    lines = open(path).read().splitlines()
    nodes = {}
    for line in lines[2:]:
        name, op, rest = re.match(r"%(\S+) = (\w+)(.*?)(?: ; text .*)?$", line).groups()
        operands = re.match(r"[^{:]*", rest).group(0)
        nodes[name] = (op, re.findall(r"%([^\s,]+)", operands), rest,
                       int(re.search(r"\[(\d+)\]$", rest).group(1)))
    return lines[1], nodes


def neurons(attrs, n, dt):
    model = re.search(r"model=(\w+)", attrs).group(1)
    held = int(scalar(attrs, "refractory", 0))
    tau, v_reset = tensor(attrs, "params") if model == "lif" else (0, 0)
    flag = " (unless refractory)" if held else ""
    rate = "(bias - v) / tau" if model == "lif" else "bias / step_len"
    group = b2.NeuronGroup(
        n, "dv/dt = %s : 1%s\nbias : 1\nlevel : 1" % (rate, flag),
        threshold="v >= level",
        reset="v = v_reset" if "reset=zero" in attrs else "v -= level",
        refractory=held * dt if held else False,
        method="exact" if model == "lif" else "euler",
        namespace={"tau": tau * dt, "step_len": dt, "v_reset": v_reset})
    bias = tensor(attrs, "bias", n)
    group.bias = 0 if bias is None else bias
    group.level = tensor(attrs, "threshold", n)
    group.v = scalar(attrs, "v_init", 0) * group.level[:]
    return group


def synapses(op, attrs, source, target, dt):
    n, m = len(source), len(target)
    if op == "project_sparse":
        pairs = tensor(attrs, "index").astype(int).reshape(-1, 2)
        i, j = pairs[:, 0], pairs[:, 1]
    elif op == "project_dense":  # weight[target, source]
        j, i = (x.ravel() for x in np.mgrid[0:m, 0:n])
    else:
        i, j = (x.ravel() for x in np.mgrid[0:n, 0:m])
        keep = i == j if op == "project_one_to_one" else i != j
        i, j = i[keep], j[keep]
    s = b2.Synapses(source, target, "w : 1", on_pre="v_post += w")
    s.connect(i=i, j=j)
    # Brian2 may keep synapses in another order than they were given in.
    at = np.zeros((n, m), dtype=int)
    at[i, j] = np.arange(len(i))
    order = at[s.i[:], s.j[:]]
    s.w = tensor(attrs, "weight", len(i))[order]
    delay = tensor(attrs, "delay", len(i))
    s.delay = (np.zeros(len(i)) if delay is None else delay[order]) * dt
    return s


def main(ir, recorded):
    header, nodes = read_ir(ir)
    dt = scalar(header, "dt", 1e-3) * b2.second
    b2.prefs.codegen.target = "numpy"
    b2.defaultclock.dt = dt
    given = {}
    for row in csv.DictReader(open(recorded)):
        given.setdefault(row["population"], []).append((int(row["step"]), int(row["neuron"])))
    groups, links = {}, []
    for name, (op, _, attrs, n) in nodes.items():
        if op != "population":
            continue
        if "model=poisson" in attrs:
            spikes = np.array(given.get(name, []), dtype=int).reshape(-1, 2)
            groups[name] = b2.SpikeGeneratorGroup(n, spikes[:, 1], spikes[:, 0] * dt)
        else:
            groups[name] = neurons(attrs, n, dt)
    for name, (op, operands, _, _) in nodes.items():
        if op == "population":
            for link in operands:
                kind, sources, attrs, _ = nodes[link]
                links.append(synapses(kind, attrs, groups[sources[0]], groups[name], dt))
    monitors = {name: b2.SpikeMonitor(g) for name, g in groups.items()}
    b2.Network(list(groups.values()), links, list(monitors.values())).run(
        scalar(header, "steps", 0) * dt)
    print("population,step,neuron,sign")
    for name, m in monitors.items():
        steps = np.round(np.asarray(m.t) / float(dt)).astype(int)
        for step, neuron in sorted(zip(steps, np.asarray(m.i))):
            print("%s,%d,%d,1" % (name, step, neuron))


main(*sys.argv[1:])

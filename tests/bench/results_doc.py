"""The generated part of docs/RESULTS.md: what is run, and the tables out of the results."""
from collections import namedtuple

# ---- what is run ----

STEPS = [1, 2, 4, 8, 16, 32, 64, 256]

# paper: Niederlechner 2019, table 2: accuracy of its CNN and SNN (%), on how many images the SNN ran,
# MFlops, total cost and factor.
Paper = namedtuple("Paper", "ann snn images mflops cost factor")
# steps: where a network is compared with the paper: the fewest steps for which a bound on the loss was
# set beforehand.
Network = namedtuple("Network", "name data images macs steps paper")
NETWORKS = [
    Network("lenet5", "mnist", 10000, 416520, 4, None),
    Network("SmallCNN1", "mnist", 10000, 541440, 4, Paper(98.75, 98.80, 500, 0.80, 6.030, 46.38)),
    Network("MediumCNN1", "mnist", 10000, 6802560, 4, Paper(98.99, 99.00, 300, 1.10, 8.239, 3.05)),
    Network("LargeCNN1", "mnist", 10000, 3616128, 4, Paper(99.37, 98.67, 300, 0.43, 3.245, 0.42)),
    Network("DeepCNN1", "mnist", 10000, 3618208, 4, Paper(99.40, 98.33, 300, 0.49, 3.642, 0.22)),
    Network("SmallCNN2", "cifar10", 10000, 5244160, 8, Paper(69.75, 59.50, 200, 7.43, 55.708, 11.14)),
    Network("MediumCNN2", "cifar10", 10000, 38636032, 8,
            Paper(74.63, 66.00, 150, 8.47, 63.542, 0.58)),
    Network("LargeCNN2", "cifar10", 10000, 20741120, 8, Paper(75.27, 49.33, 150, 3.27, 24.528, 0.38)),
    Network("DeepCNN2", "cifar10", 10000, 20901120, 8, Paper(65.77, 51.50, 200, 3.49, 26.201, 0.19)),
]

SAMPLES = {
    "mnist": ["--calib", "$SNNCC_DATA/mnist/train-images-idx3-ubyte.gz",
              "--data", "$SNNCC_DATA/mnist/t10k-images-idx3-ubyte.gz",
              "--labels", "$SNNCC_DATA/mnist/t10k-labels-idx1-ubyte.gz"],
    "cifar10": ["--calib", "$SNNCC_DATA/cifar10/calib_2000.bin",
                "--data", "$SNNCC_DATA/cifar10/test_batch_5.bin"],
}

# Early exit: name of the run, options. The first one is compared with the paper.
EXITS = {
    "mnist": [("exit8", ["--steps", "8", "--early-exit", "auto"]),
              ("exit16", ["--steps", "16", "--early-exit", "auto"])],
    "cifar10": [("exit16", ["--steps", "16", "--early-exit", "auto"]),
                ("exit32", ["--steps", "32", "--early-exit", "auto"])],
}

# One choice changed at a time.
Ablation = namedtuple("Ablation", "what options")
ABLATION_STEPS = 8
ABLATION = [
    Ablation("the defaults", []),
    Ablation("spikes of one sign", ["--neuron", "if"]),
    Ablation("thresholds: 99.9th percentile", ["--normalize", "percentile"]),
    Ablation("both", ["--neuron", "if", "--normalize", "percentile"]),
    Ablation("thresholds: maximum", ["--normalize", "max"]),
    Ablation("thresholds: bounds of the weights", ["--normalize", "weights"]),
    Ablation("one threshold for a layer", ["--scope", "layer"]),
    Ablation("membranes start at 0", ["--v-init", "0"]),
    Ablation("reset to zero", ["--reset", "zero"]),
    Ablation("average for maximum", ["--maxpool", "average"]),
    Ablation("biases corrected", ["--correct", "bias"]),
]

# Whose spikes are drawn, and after how many steps.
RECORDED = ("LargeCNN2", 32)


def command(network, options):
    """The words behind "snncc eval"."""
    return [f"$SNNCC_MODELS/{network.name}.onnx"] + SAMPLES[network.data] + options


# ---- figures ----

def percent(right, r):
    return f"{100 * right / r['images']:.2f}"


def lost(r, step=None):
    step = step or r["steps"]
    return 100 * (r["ann_correct"] - r["snn_correct"][step - 1]) / r["images"]


def interval(ends):
    return f"{ends[0]:.2f} to {ends[1]:.2f}"


def short(x):
    """1234567 as "1.23 M"."""
    unit = ""
    for larger in [" k", " M", " G"]:
        if abs(x) < 999.5:
            break
        x, unit = x / 1000, larger
    digits = 0 if x >= 99.95 else 1 if x >= 9.995 else 2
    return f"{x:.{digits}f}{unit}"


def factor(r):
    """All operations, a multiply-accumulate counts 14 additions."""
    return r["ann_cost"] / r["snn_cost"][-1]


# Horowitz 2014 (Computing's energy problem, ISSCC), 45 nm, 32-bit float: pJ.
MAC_ENERGY, ADD_ENERGY = 3.7 + 0.9, 0.9


def energy_factor(r):
    macs = r["input_ops_per_image"]
    additions = r["snn_cost"][-1] - 14 * macs
    ann = MAC_ENERGY * r["ann_macs"] + ADD_ENERGY * r["ann_ops"]
    return ann / (MAC_ENERGY * macs + ADD_ENERGY * additions)


def paper_cost(r):
    """The paper's cost of the CNN, 7.5 for each floating point operation, from all of them."""
    return 7.5 * (2 * r["ann_macs"] + r["ann_ops"])


def paper_factor(r):
    """As the paper counts: synaptic operations behind the first layer, nothing else."""
    return paper_cost(r) / r["synops_per_image"][-1]


def corrected_factor(r, paper):
    """The paper's own synaptic operations against what its CNN really takes."""
    synops = 1e6 * paper.cost / paper.factor
    return paper_cost(r) / synops


# ---- tables ----

def table(columns, rows):
    """columns: names, "<" in front for text. Numbers to the right."""
    head = [c.lstrip("<") for c in columns]
    lines = ["| " + " | ".join(head) + " |",
             "|" + "|".join("---" if c.startswith("<") else "---:" for c in columns) + "|"]
    return "\n".join(lines + ["| " + " | ".join(r) + " |" for r in rows]) + "\n"


def accuracy_table(results, networks):
    rows = []
    for n in networks:
        runs = [results[n.name, f"t{t}"] for t in STEPS]
        rows.append([n.name, percent(runs[0]["ann_correct"], runs[0])]
                    + [percent(r["snn_correct"][-1], r) for r in runs])
    return table(["<network", "CNN"] + [f"T={t}" for t in STEPS], rows)


def loss_table(results, networks):
    rows = [[n.name] + [f"{lost(results[n.name, f't{t}']):.2f}" for t in STEPS] for n in networks]
    return table(["<network"] + [f"T={t}" for t in STEPS], rows)


def network_table(results, n):
    rows = []
    for t in STEPS:
        r = results[n.name, f"t{t}"]
        rows.append([str(t), percent(r["snn_correct"][-1], r), interval(r["snn_interval"][-1]),
                     f"{lost(r):.2f}", interval(r["lost_interval"][-1]),
                     short(r["synops_per_image"][-1]), short(r["pool_ops_per_image"][-1]),
                     short(r["bias_ops_per_image"][-1]), short(r["snn_cost"][-1]),
                     f"{factor(r):.2f}", f"{energy_factor(r):.2f}", f"{paper_factor(r):.2f}"])
    return table(["T", "right, %", "<95 % interval", "lost", "<95 % interval", "synops", "pool ops",
                  "bias ops", "cost", "factor", "of energy", "as the paper counts"], rows)


def network_section(results, n):
    r = results[n.name, "t1"]
    words = " ".join(["snncc eval", f"$SNNCC_MODELS/{n.name}.onnx", f"${n.data.upper()}",
                      "--steps T"])
    return f"""### {n.name}

    {words}

CNN: {percent(r['ann_correct'], r)} % right, 95 % interval {interval(r['ann_interval'])}; \
{r['ann_macs']} MACs, {r['ann_ops']} bias additions,
cost {short(r['ann_cost'])}. First layer: {r['input_ops_per_image']} MACs.

{network_table(results, n)}"""


def exit_table(results, networks):
    rows = []
    for n in networks:
        for name, options in EXITS[n.data]:
            r = results[n.name, name]
            whole = results[n.name, f"t{r['steps']}"]
            further = lost(r) - lost(whole)
            rows.append([n.name, " ".join(options), f"{r['mean_steps']:.2f}",
                         percent(r["snn_correct"][-1], r), f"{lost(r):.2f}", f"{further:.2f}",
                         short(r["snn_cost"][-1]), f"{factor(r):.2f}", f"{energy_factor(r):.2f}",
                         f"{paper_factor(r):.2f}"])
    return table(["<network", "<options", "mean steps", "right, %", "lost", "further", "cost",
                  "factor", "of energy", "as the paper counts"], rows)


def paper_table(results, networks):
    rows = []
    for n in networks:
        if not n.paper:
            continue
        r, p = results[n.name, f"t{n.steps}"], n.paper
        e = results[n.name, EXITS[n.data][0][0]]
        mflops = (2 * r["ann_macs"] + r["ann_ops"]) / 1e6
        rows.append([n.name, f"{p.ann:.2f}", f"{p.snn:.2f} ({p.images})", f"{p.mflops:.2f}",
                     f"{p.factor:.2f}", f"{mflops:.2f}", f"{corrected_factor(r, p):.2f}",
                     percent(r["ann_correct"], r), str(n.steps), percent(r["snn_correct"][-1], r),
                     f"{paper_factor(r):.1f}", f"{factor(r):.2f}",
                     f"{e['mean_steps']:.2f}", percent(e["snn_correct"][-1], e),
                     f"{paper_factor(e):.1f}", f"{factor(e):.2f}"])
    return table(["<network", "paper: CNN", "SNN (images)", "MFlops", "factor", "MFlops, right",
                  "factor, right", "ours: CNN", "T", "SNN", "factor, its way", "factor, all",
                  "exit after", "SNN", "factor, its way", "factor, all"], rows)


def ablation_table(results, networks):
    rows = []
    for k, row in enumerate(ABLATION):
        name = f"ablation{k}" if row.options else f"t{ABLATION_STEPS}"
        cells = [row.what, f"`{' '.join(row.options)}`" if row.options else ""]
        rows.append(cells + [f"{lost(results[n.name, name]):.2f}" for n in networks])
    return table(["<changed", "<options"] + [n.name for n in networks], rows)


# ---- the document ----

def pictures(networks):
    lines = []
    for data in dict.fromkeys(n.data for n in networks):
        for what in ["error-over-time", "operations-over-time", "accuracy-over-operations"]:
            lines.append(f"![{data}, {what.replace('-', ' ')}](plots/{data}-{what}.png)")
    if RECORDED[0] in [n.name for n in networks]:
        for what in ["rate-over-activation", "spikes"]:
            lines.append(f"![{RECORDED[0]}, {what.replace('-', ' ')}](plots/{RECORDED[0]}-{what}.png)")
    return "\n\n".join(lines) + "\n"


def document(results, networks):
    sections = "\n".join(network_section(results, n) for n in networks)
    return f"""## Accuracy

Right answers in percent after T steps, with thresholds made for that T (`--steps T`). All options are
the defaults. Intervals stand below.

{accuracy_table(results, networks)}
Points lost against the CNN:

{loss_table(results, networks)}
{pictures(networks)}
## Early exit

An image ends as soon as its answer leads by a margin that the calibration samples give. *Further*: points
lost beyond those of all steps.

{exit_table(results, networks)}
## Beside the paper

Niederlechner 2019 ran eight CNNs in snn_toolbox. Its MFlops are too small, so that its factors are too;
*right* stands on its own synaptic operations and the operations that its CNNs really take (two for each
multiply-accumulate, one for each bias). *Its way* is 7.5 x MFlops over the synaptic operations behind the
first layer; *all* counts the first layer, biases and pools too. The networks have the paper's layers but
not its weights, and its SNNs averaged where the CNNs take the maximum. The T is the smallest of those for
which a bound on the loss was set beforehand; the last four columns are the early exit's.

{paper_table(results, networks)}
## What each choice is worth

Points lost at T={ABLATION_STEPS} when one choice is changed (the defaults were not chosen by this table, which is of
test images):

{ablation_table(results, networks)}
## Each network

Operations are per image. *lost*: points against the CNN, with the interval for matched pairs (Agresti and
Min 2005); the other interval is Wilson's. *factor*: cost of the CNN over that of the SNN; *of energy*: the
same with 4.6 pJ for a multiply-accumulate and 0.9 pJ for an addition, 32-bit floats at 45 nm (Horowitz
2014); *as the paper counts*: see above.

{sections}"""


BEGIN = "<!-- made by tests/bench/results.py -->\n"
END = "<!-- end of what tests/bench/results.py makes -->\n"


def write(results, networks, template, path):
    """`path` becomes `template` with the part between the marks made anew."""
    with open(template) as f:
        head, rest = f.read().split(BEGIN)
    tail = rest.split(END)[1]
    with open(path, "w") as f:
        f.write(head + BEGIN + "\n" + document(results, networks) + "\n" + END + tail)

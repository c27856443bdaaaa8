"""docs/MISRA.md from what cppcheck found: misra.py DOC <FOUND

FOUND has lines "FILE:LINE: misra-c2012-RULE". Prints DOC with the tables between its marks made anew:
the reasons stay those of DOC, and a rule that has none gets "?". Exit code 1 where a mandatory rule is
violated, or a required one without a reason."""
import re
import sys
from collections import Counter, defaultdict

# Of MISRA C:2012 with its amendments; what is in neither list is required.
MANDATORY = """7.5 9.1 9.7 12.5 13.6 17.3 17.4 17.6 17.9 18.10 19.1 21.13 21.17 21.18 21.19 21.20 21.22
22.2 22.4 22.5 22.6 22.12 22.20""".split()
ADVISORY = """1.2 2.3 2.4 2.5 2.6 2.7 2.8 4.2 5.9 8.7 8.9 8.11 8.13 8.16 8.17 10.5 11.4 11.5 12.1 12.3 12.4
13.3 13.4 15.1 15.4 15.5 17.8 17.11 17.12 18.4 18.5 19.2 20.1 20.5 20.10""".split()


def category(rule):
    return "mandatory" if rule in MANDATORY else "advisory" if rule in ADVISORY else "required"


def places(lines):
    """rule -> Counter of files of runtime/; generated C counts as one file."""
    found, seen = defaultdict(Counter), set()
    for line in sorted(lines):
        m = re.match(r"(.*?):(\d+): misra-c2012-([\d.]+)", line)
        if not m or m.groups() in seen:
            continue
        seen.add(m.groups())
        name, _, rule = m.groups()
        found[rule]["/".join(name.split("/")[-2:]) if name.startswith("runtime/") else "generated C"] += 1
    return found


def where(files):
    return ", ".join(f if f == "generated C" else f"{f} {n}" for f, n in sorted(files.items(), key=lambda x: x[0]))


with open(sys.argv[1], encoding="utf-8") as f:
    doc = f.read()
reasons = dict(re.findall(r"^\| ([\d.]+) \| (?:mandatory|required) \| [^|]* \| ([^|]*) \|$", doc, re.M))
found = places(sys.stdin)
order = sorted(found, key=lambda r: [int(n) for n in r.split(".")])
table = ["| rule | category | places | why it is kept |", "|---|---|---|---|"]
bad = []
for rule in order:
    if category(rule) == "advisory":
        continue
    reason = reasons.get(rule, "?")
    table.append(f"| {rule} | {category(rule)} | {where(found[rule])} | {reason} |")
    if reason == "?" or category(rule) == "mandatory":
        bad.append(f"rule {rule} ({category(rule)}) has no reason in {sys.argv[1]}: {where(found[rule])}")
advisory = ", ".join(r for r in order if category(r) == "advisory")
table += ["", f"Advisory rules that are not followed: {advisory}."]
print(re.sub(r"(<!-- made -->\n).*?(?=<!-- end -->)", lambda m: m[1] + "\n".join(table) + "\n", doc, flags=re.S), end="")
for line in bad:
    print(line, file=sys.stderr)
sys.exit(bool(bad))

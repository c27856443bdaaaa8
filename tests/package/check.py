"""What the published layouts of packages ask for: check.py KIND FOLDER

Says every rule that the folder breaks. Rules are those of the Arduino library specification (rev. 2.2)
and arduino-lint, of PlatformIO's library.json, of Zephyr's module.yml, sample.yaml and Kconfig, and of
ESP-IDF's component manifest."""
import configparser
import json
import os
import re
import sys

import yaml

SEMVER = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
broken = []


def rule(holds, text):
    if not holds:
        broken.append(text)


def matches(pattern, value, what):
    rule(isinstance(value, str) and re.fullmatch(pattern, value), f"{what} is {value!r}, not {pattern}")


def read(folder, path):
    try:
        with open(os.path.join(folder, path), encoding="utf-8") as f:
            return f.read()
    except OSError as e:
        rule(False, str(e))
        return ""


def exists(folder, *paths):
    for path in paths:
        rule(os.path.exists(os.path.join(folder, path)), f"{path} is missing")


def keys(table, required, allowed, what):
    for key in required:
        rule(key in table, f"{what} has no {key}")
    for key in table:
        rule(key in required or key in allowed, f"{what} has {key}, which is not known")


def one_header(folder, path):
    found = [f for f in sorted(os.listdir(os.path.join(folder, path))) if f.endswith(".h")]
    rule(len(found) == 1, f"{path} has headers {found}, not one")
    text = read(folder, os.path.join(path, found[0]))
    rule('extern "C"' in text, f"{found[0]} has no guard for C++")
    return found[0]


def commands(folder, path):
    """The CMake commands of a file, in order: (name, arguments)."""
    text = re.sub(r"#.*", "", read(folder, path))
    return [(n, a.split()) for n, a in re.findall(r"(\w+)\(((?:[^()]|\([^()]*\))*)\)", text)]


def cmake(folder):
    found = commands(folder, "CMakeLists.txt")
    rule(found[0][0] == "cmake_minimum_required", "cmake_minimum_required is not the first command")
    rule(found[1][0] == "project", "project is not the second command")
    name, version = found[1][1][0], found[1][1][2]
    matches(SEMVER, version, "version")
    rule(("install", "EXPORT") in [(n, a[0]) for n, a in found if a], "nothing is exported")
    exists(folder, f"include/{name}.h", f"src/{name}.c", f"cmake/{name}Config.cmake")
    exists(folder, "examples/classify/CMakeLists.txt", "examples/classify/main.c")
    one_header(folder, "include")


def zephyr(folder):
    module = yaml.safe_load(read(folder, "zephyr/module.yml"))
    keys(module, ["name", "build"], ["samples", "tests", "boards", "blobs"], "module.yml")
    keys(module["build"], ["cmake", "kconfig"], ["depends", "settings"], "build of module.yml")
    matches(r"[a-zA-Z0-9_]+", module["name"], "name of the module")
    rule(module["name"].upper() != "CURRENT", "CURRENT is no name for a module")
    exists(folder, os.path.join(module["build"]["cmake"], "CMakeLists.txt"), module["build"]["kconfig"])
    kconfig = read(folder, module["build"]["kconfig"])
    symbols = re.findall(r"^config ([A-Z0-9_]+)$", kconfig, re.M)
    rule(len(symbols) == 1, f"Kconfig has symbols {symbols}, not one")
    rule(re.search(r'^\tbool ".+"$', kconfig, re.M), "the symbol of Kconfig is no bool with a prompt")
    for line in kconfig.splitlines():
        rule(re.match(r"(config |\t|$)", line), f"line of Kconfig: {line!r}")
    names = [n for n, _ in commands(folder, "CMakeLists.txt")]
    for wanted in "zephyr_library_named", "zephyr_library_sources", "zephyr_include_directories":
        rule(wanted in names, f"CMakeLists.txt has no {wanted}")
    rule(f"CONFIG_{symbols[0]}" in read(folder, "CMakeLists.txt"), "the symbol switches nothing")
    one_header(folder, "include")
    for root in module["samples"]:
        sample(folder, os.path.join(root, "classify"), symbols[0])


def sample(folder, path, symbol):
    found = [n for n, _ in commands(folder, f"{path}/CMakeLists.txt")]
    order = [found.index(n) for n in ("cmake_minimum_required", "find_package", "project", "target_sources")]
    rule(order == sorted(order), f"order of commands in {path}/CMakeLists.txt: {found}")
    exists(folder, f"{path}/src/main.c")
    conf = read(folder, f"{path}/prj.conf").splitlines()
    rule(f"CONFIG_{symbol}=y" in conf, f"prj.conf does not set CONFIG_{symbol}")
    for line in conf:
        matches(r"CONFIG_[A-Z0-9_]+=(y|n|\d+|\".*\")", line, "line of prj.conf")
    about = yaml.safe_load(read(folder, f"{path}/sample.yaml"))
    keys(about, ["sample", "tests"], ["common"], "sample.yaml")
    keys(about["sample"], ["name"], ["description"], "sample of sample.yaml")
    for name, test in about["tests"].items():
        matches(r"[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)+", name, "name of a test")
        keys(test, ["tags"], ["harness", "harness_config", "integration_platforms"], name)
        keys(test["harness_config"], ["type", "regex"], ["ordered", "repeat"], "harness_config")
        rule(test["harness"] == "console" and test["harness_config"]["type"] == "one_line", "harness")


def platformio(folder):
    about = json.loads(read(folder, "library.json"))
    keys(about, ["name", "version", "description", "keywords", "authors"],
         ["homepage", "repository", "license", "frameworks", "platforms", "headers", "examples",
          "dependencies", "export", "scripts", "build"], "library.json")
    matches(r"(?=.{1,50}$)[a-z0-9]+(-[a-z0-9]+)*", about["name"], "name")
    matches(SEMVER, about["version"], "version")
    rule(1 <= len(about["description"]) <= 255, "length of description")
    for word in about["keywords"]:
        matches(r"[a-z\d\-+. ]{1,50}", word, "keyword")
    for author in about["authors"]:
        keys(author, ["name"], ["email", "maintainer", "url"], "author")
    keys(about["build"], [], ["flags", "srcDir", "includeDir"], "build")
    rule(about["headers"] == one_header(folder, "include"), "headers is not the header")
    for example in about["examples"]:
        keys(example, ["name", "base", "files"], [], "example")
        matches(r"[a-zA-Z\d\-_/]+", example["name"], "name of an example")
        exists(folder, *(os.path.join(example["base"], f) for f in example["files"]))
        ini = configparser.ConfigParser(interpolation=None)
        ini.read_string(read(folder, os.path.join(example["base"], "platformio.ini")))
        for name in ini.sections():
            matches(r"env:[a-z0-9_-]+", name, "section of platformio.ini")
            keys(ini[name], ["platform", "lib_deps"], ["board", "framework"], name)
            link = re.fullmatch(r"([a-z0-9-]+)=symlink://(.*)", ini[name]["lib_deps"])
            rule(link and link[1] == about["name"] and os.path.samefile(
                os.path.join(folder, example["base"], link[2]), folder), "lib_deps does not lead back")


def arduino(folder):
    matches(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}", os.path.basename(folder), "name of the folder")
    about = {}
    for line in read(folder, "library.properties").splitlines():
        matches(r"[a-z_]+=[ -~]+", line, "line of library.properties")
        name, value = line.split("=", 1)
        rule(name not in about, f"{name} is there twice")
        about[name] = value
    keys(about, ["name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url",
                 "architectures"], ["includes", "depends", "dot_a_linkage"], "library.properties")
    matches(r"(?=.{1,63}$)(?![aA][rR][dD][uU][iI][nN][oO])(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 _.-]*",
            about["name"], "name")
    matches(SEMVER, about["version"], "version")
    rule(not about["maintainer"].lower().startswith("arduino"), "maintainer begins with Arduino")
    rule(not about["paragraph"].startswith(about["sentence"]), "the paragraph repeats the sentence")
    rule(about["category"] in (
        "Display", "Communication", "Signal Input/Output", "Sensors", "Device Control", "Timing",
        "Data Storage", "Data Processing", "Other"), "category")
    matches(r"https?://[^\s/]+(/\S*)?", about["url"], "url")
    matches(r"\*|[a-z0-9]+(,[a-z0-9]+)*", about["architectures"], "architectures")
    rule(about["includes"] == one_header(folder, "src"), "includes is not the header")
    for line in read(folder, "keywords.txt").splitlines():
        matches(r"|#.*|\w+\t(KEYWORD[123]|LITERAL[12])", line, "line of keywords.txt")
    words = re.findall(r"^(\w+)\t", read(folder, "keywords.txt"), re.M)
    header = read(folder, f"src/{about['includes']}")
    for word in words:
        rule(re.search(rf"\b{word}\b", header), f"keyword {word} is not in the header")
    for name in os.listdir(os.path.join(folder, "examples")):
        exists(folder, f"examples/{name}/{name}.ino")
    rule(not os.path.exists(os.path.join(folder, "utility")), "utility beside src")


def esp_idf(folder):
    about = yaml.safe_load(read(folder, "idf_component.yml"))
    keys(about, ["version"], ["description", "targets", "dependencies", "examples", "url", "license",
                              "maintainers", "tags", "files"], "idf_component.yml")
    matches(SEMVER, about["version"], "version")
    for target in about.get("targets", []):
        matches(r"esp32([chps]\d+)?", target, "target")
    rule("targets" not in about or about["targets"], "targets is empty")
    matches(r"[<>=~^]*\d+(\.\d+)*", about["dependencies"]["idf"], "version of idf")
    matches(r"[a-zA-Z0-9_-]+", os.path.basename(folder), "name of the folder")
    found = dict(commands(folder, "CMakeLists.txt"))
    args = found["idf_component_register"]
    rule(args[0] == "SRCS" and args[2] == "INCLUDE_DIRS", f"idf_component_register: {args}")
    exists(folder, args[1].strip('"'))
    one_header(folder, args[3].strip('"'))
    for example in about["examples"]:
        keys(example, ["path"], [], "example")
        top = [n for n, _ in commands(folder, f"{example['path']}/CMakeLists.txt")]
        rule(top == ["cmake_minimum_required", "set", "include", "project"], f"example: {top}")
        extra = os.path.join(folder, example["path"], "../..")
        rule(os.path.samefile(extra, folder), "EXTRA_COMPONENT_DIRS is not the component")
        rule("idf_component_register" in dict(commands(folder, f"{example['path']}/main/CMakeLists.txt")),
             "main is no component")
        exists(folder, f"{example['path']}/main/main.c")


def list_of_files(folder):
    """.snncc-files names every other file, once."""
    named = [line.split(" ", 1)[1] for line in read(folder, ".snncc-files").splitlines()]
    there = [os.path.relpath(os.path.join(d, f), folder) for d, _, fs in os.walk(folder) for f in fs]
    rule(sorted(named + [".snncc-files"]) == sorted(there), f"{sorted(there)} are there, {named} named")
    for path in there:
        rule("@net@" not in read(folder, path) and "@" not in path, f"{path} is not filled in")


def main():
    kind, folder = sys.argv[1], os.path.abspath(sys.argv[2])
    list_of_files(folder)
    exists(folder, "README.md")
    {"cmake": cmake, "zephyr": zephyr, "platformio": platformio, "arduino": arduino,
     "esp-idf": esp_idf}[kind](folder)
    for text in broken:
        print(f"{kind}: {text}")
    sys.exit(bool(broken))


main()

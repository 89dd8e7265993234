"""docs/threat-model.md names tests: each must exist, each family of attacks must be named, and each threat have a test or
say why there is none."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def listed(programs):
    """The case names of the attack programs, without the path in brackets; and the families of those that have a path."""
    names, families = set(), set()
    for program in programs:
        said = subprocess.run([program, "--list"], check=True, capture_output=True, text=True, timeout=120).stdout
        names |= {re.sub(r" \[[^]]*\]$", "", line) for line in said.splitlines()}
        families |= {line.split(": ")[0] for line in said.splitlines() if line.endswith("]")}
    return names, families


def exists(name, cases):
    if name.endswith(": *"):
        return any(case.startswith(name[:-1]) for case in cases)
    if match := re.fullmatch(r"(\w+\.py): (\w+)", name):
        return any(re.search(rf"^(?:    )?def {match[2]}\(", file.read_text(encoding="utf-8"), re.M)
                   for file in (ROOT / "tests").rglob(match[1]))
    if match := re.fullmatch(r"(\w+)::(\w+)", name):
        return any(f"CPPUNIT_TEST_SUITE({match[1]})" in text and f"CPPUNIT_TEST({match[2]})" in text
                   for text in (file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("*_test.cpp")))
    if match := re.fullmatch(r"fuzz_seeds_(\w+)", name):
        return any((ROOT / "tests/fuzz/seeds" / match[1]).iterdir())
    return name in cases


def main():
    cases, families = listed(sys.argv[1:])
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    named, untested = set(), []
    for line in text.splitlines():
        if line.startswith("|") and line.count("|") >= 5:
            tests = re.findall("`([^`]+)`", line.rsplit("|", 2)[1])
            named |= set(tests)
            if not tests and not re.match(r"\| Threat |\|[-|]+$|.*\| none: [^|]+ \|$", line):
                untested.append(line)
    missing = [f"no test is named for: {line[:100]}" for line in untested]
    missing += [f"no test is named {name!r}" for name in sorted(named) if not exists(name, cases)]
    missing += [f"no threat names the family {family!r}" for family in sorted(families)
                if not any(name.startswith(family + ": ") for name in named)]
    print(*missing, sep="\n")
    print(f"ran {len(named)} of {len(named)} cases, {len(missing)} failed")
    return 1 if missing or len(named) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())

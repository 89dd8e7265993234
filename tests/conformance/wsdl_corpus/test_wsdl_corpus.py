#!/usr/bin/python3
"""Real contracts: each is imported and published by the gateway's reader and then loaded by zeep, a client others
wrote, in its original and in its published form. Prints a table. Nothing goes over the network: zeep gets a transport
that knows the contract's own files, the published documents, and refuses everything else."""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

import zeep
import zeep.transports

TOOL = os.environ["WSDL_CORPUS_TOOL"]
SOURCE = pathlib.Path(os.environ["HUTONG_SOURCE"])
CORPUS = pathlib.Path(os.environ.get("HUTONG_CORPUS", SOURCE.parent / "shared" / "corpus")) / "wsdl"
ADDRESS = "https://gateway.example/services/org/service"
SKIPPED = 77


class Unreachable(Exception):
    pass


class FileTransport(zeep.transports.Transport):
    """Files below one folder, by path; a mirrored HOST/PATH is not tried, as no client would."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder.resolve()

    def load(self, url):
        path = pathlib.Path(urllib.parse.unquote(url)).resolve()
        if "://" in url or self.folder not in path.parents:
            raise Unreachable(url)
        return path.read_bytes()


class PublishedTransport(zeep.transports.Transport):
    """What GET on the gateway's address would answer, by query."""

    def __init__(self, documents):
        super().__init__()
        self.documents = documents

    def load(self, url):
        address, _, query = url.partition("?")
        document = self.documents.get(urllib.parse.unquote(query))
        if address != ADDRESS or document is None:
            raise Unreachable(url)
        return document.read_bytes()


def load(location, transport):
    """The operations zeep sees, or why it does not load the contract."""
    try:
        client = zeep.Client(location, transport=transport)
        return sorted((str(name), operation) for name, binding in client.wsdl.bindings.items()
                      for operation in binding.all()), ""
    except Exception as error:  # zeep raises whatever its parts raise
        text = " ".join(str(error).split())
        return None, f"{type(error).__name__}: {text}"[:100]


def import_contract(main, folder):
    done = subprocess.run([TOOL, str(main), str(folder), ADDRESS], capture_output=True, timeout=120)
    facts = {"findings": [], "operations": [], "documents": {}, "refused": ""}
    if done.returncode != 0:
        facts["refused"] = done.stderr.decode(errors="replace").strip() or f"exit {done.returncode}"
    for line in done.stdout.decode().splitlines():
        kind, *fields = line.split("\t")
        if kind == "finding":
            facts["findings"].append(fields)
        elif kind == "operation":
            facts["operations"].append(tuple(fields))
        elif kind == "document":
            facts["documents"][fields[0]] = folder / fields[1]
        elif fields:
            facts[kind] = fields[0]
    return facts


def check(row, facts, original, published, reason):
    """The things that must not be, in words."""
    if facts["refused"]:
        return [f"refused: {facts['refused']}"]
    problems = []
    errors = [f for f in facts["findings"] if f[0] == "error"]
    for finding in errors:
        if ":" not in finding[2]:
            problems.append(f"finding without a place: {finding}")
    # INDEX counts the operations of each port type by name; overloads are one.
    count = len(set(facts["operations"]))
    if count != int(row["operations"]):
        problems.append(f"{count} operations, INDEX.tsv says {row['operations']}")
    if errors:
        problems.append(f"refused: {errors[0]}")
    if facts["same operations"] != "yes":
        problems.append("the published form describes other operations")
    if original is not None and published is None:
        problems.append(f"zeep loads the original but not the published form: {reason}")
    if original is not None and published is not None and original != published:
        problems.append("zeep sees other operations in the published form")
    return problems


def main():
    if not (CORPUS / "INDEX.tsv").exists():
        print(f"skipped: no contracts at {CORPUS} (ran 0 of 0)")
        return SKIPPED
    with open(CORPUS / "INDEX.tsv", encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    only = sys.argv[1:]
    rows = [row for row in rows if not only or row["name"] in only]
    print(f"{'contract':32} {'ops':>4} {'err':>3} {'warn':>4} {'note':>4} {'ms':>5} {'schemas':7} {'original':8} "
          f"{'published':9} why not")
    failures = ran = 0
    for row in rows:
        main_file = CORPUS / row["main_wsdl"]
        with tempfile.TemporaryDirectory() as folder:
            facts = import_contract(main_file, pathlib.Path(folder))
            root = CORPUS / pathlib.PurePath(row["main_wsdl"]).parts[0]
            original, why_not = load(str(main_file), FileTransport(root))
            published, reason = load(ADDRESS + "?wsdl", PublishedTransport(facts["documents"]))
        ran += 1
        count = {kind: sum(f[0] == kind for f in facts["findings"]) for kind in ("error", "warning", "note")}
        print(f"{row['name']:32} {len(set(facts['operations'])):4} {count['error']:3} {count['warning']:4} "
              f"{count['note']:4} {float(facts.get('milliseconds', 0)):5.0f} {facts.get('compiles', '-'):7} "
              f"{'ok' if original is not None else 'no':8} {'ok' if published is not None else 'no':9} "
              f"{why_not or reason}", flush=True)
        if only:
            for finding in facts["findings"]:
                print("   ", *finding)
        for problem in check(row, facts, original, published, reason):
            failures += 1
            print(f"    FAILED {row['name']}: {problem}")
    print(f"ran {ran} of {len(rows)} contracts, {failures} failed")
    return 1 if failures or ran != len(rows) or not rows else 0


if __name__ == "__main__":
    sys.exit(main())

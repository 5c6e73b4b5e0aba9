#!/usr/bin/env python3
"""Verify a case package of 广厦 Guangsha without the product: python3 verify.py [package.zip | folder].

Needs only Python 3.9+ and its standard library. Checks that (1) every file is the one named in manifest.json,
(2) the events form an unbroken chain of SHA-256 hashes from the first to the last, (3) every value of the case file
has the hash it was stored with, (4) every raw answer of an outside system has the hash noted when it was received.
Exit code 0: everything fits; 1: something does not (the first broken record is named); 2: not a case package.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

GENESIS = "0" * 64
FIELDS = (
    "case_id", "seq", "kind", "at", "actor_id", "actor_name", "actor_post", "actor_org_unit",
    "process_key", "element_id", "element_name", "path", "subject_id", "data", "prev_hash",
)  # fmt: skip


class Package:
    """The files of a package, from a zip file or an unpacked folder."""

    def __init__(self, path):
        self.path = Path(path)
        if self.path.is_dir():
            self.names = sorted(str(p.relative_to(self.path)) for p in self.path.rglob("*") if p.is_file())
            self.read = lambda name: (self.path / name).read_bytes()
        else:
            archive = zipfile.ZipFile(self.path)
            self.names = sorted(archive.namelist())
            self.read = archive.read

    def json(self, name):
        return json.loads(self.read(name).decode("utf-8"))

    def lines(self, name):
        return [json.loads(line) for line in self.read(name).decode("utf-8").splitlines() if line]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def event_hash(event):
    """The hash of one event: SHA-256 of the JSON list of its fields, no spaces, UTF-8."""
    text = json.dumps([event[name] for name in FIELDS], ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode("utf-8"))


def check_manifest(package, manifest):
    """Every file named in the manifest is there and unchanged; no file was added."""
    listed = manifest["files"]
    for name in package.names:
        if name not in listed and name != "manifest.json":
            return "file added that the manifest does not name: " + name
    for name, expected in sorted(listed.items()):
        if name not in package.names:
            return "file missing: " + name
        if sha256(package.read(name)) != expected:
            return "file changed: " + name
    return ""


def check_events(events, manifest):
    """The chain from the first event to the head named in the manifest."""
    before, number = GENESIS, 0
    for event in events:
        number += 1
        if event["seq"] != number:
            return f"event {number}: should stand here, found {event['seq']}"
        if event["case_id"] != manifest["case_id"]:
            return f"event {number}: belongs to another case"
        if event["prev_hash"] != before:
            return f"event {number}: does not follow the event before"
        if event_hash(event) != event["hash"]:
            return f"event {number}: content does not fit its hash"
        before = event["hash"]
    if number != manifest["events"] or before != manifest["head"]:
        return f"the history ends at event {number}, the package says {manifest['events']}"
    return ""


def check_items(items):
    """Every version of every value in the case file against its hash."""
    for item in items:
        if sha256(item["value"].encode("utf-8")) != item["hash"]:
            return f"case-file item {item['name']} version {item['version']}: value does not fit its hash"
    return ""


def check_evidence(package, index):
    """Every raw answer against the hash noted when it was received."""
    for one in index:
        if sha256(package.read(one["file"])) != one["sha256"]:
            return f"evidence {one['id']} ({one['system']}): answer does not fit its hash"
    return ""


def verify(path):
    """(what was checked, first flaw or empty)."""
    package = Package(path)
    manifest = package.json("manifest.json")
    events, items = package.lines("events.jsonl"), package.lines("case_file.jsonl")
    evidence = package.json("evidence/index.json")
    summary = (
        f"case {manifest['case_no']}: {len(events)} events, {len(items)} values, "
        f"{len(evidence)} raw answers, {len(manifest['files'])} files"
    )
    flaw = (
        check_events(events, manifest)
        or check_items(items)
        or check_evidence(package, evidence)
        or check_manifest(package, manifest)
    )
    return summary, flaw


def main(arguments):
    here = Path(__file__).resolve().parent
    path = arguments[0] if arguments else here
    try:
        summary, flaw = verify(path)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        print(f"NOT A CASE PACKAGE: {error}")
        return 2
    print(summary)
    if flaw:
        print("BROKEN: " + flaw)
        return 1
    print("INTACT: every hash fits. head = " + Package(path).json("manifest.json")["head"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's mail programs on a province in a box: through the relay and on the archive.
    tests/clients/run.py [--evidence DIR] [NAME…]
NAME: thunderbird, neomutt, mbsync, offlineimap, imapfilter, curl, imaplib, quota, writing, pull; all but pull where none is named. A
program that is not installed is skipped and said. Screenshots and typescripts lie in a folder that is printed; what
was seen in them: README.md. VANTHU_NO_BUILD=1: the gateway's programs are there."""
import argparse
import importlib
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from place import Place  # noqa: E402
from programs import BESIDE, CLIENTS, missing, run_one  # noqa: E402


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--evidence", help="folder for screenshots and typescripts")
    options.add_argument("--messages", type=int, default=10000, help="for pull")
    options.add_argument("names", nargs="*", metavar="NAME")
    given = options.parse_args()
    names = given.names or [*CLIENTS, "quota", "writing"]
    if unknown := [name for name in names if name not in CLIENTS and name not in BESIDE]:
        options.error(f"no {', '.join(unknown)}; there are {', '.join([*CLIENTS, *BESIDE])}")
    evidence = Path(given.evidence or tempfile.mkdtemp(prefix="vanthu-clients-"))
    evidence.mkdir(parents=True, exist_ok=True)
    there, skipped = [], []
    for name in names:
        absent = missing(name)
        (skipped if absent else there).append(name)
        if absent:
            print(f"SKIP  {name}: not installed: {', '.join(absent)}", flush=True)
    reports = []
    if any(name in CLIENTS for name in there):
        with Place(evidence) as place:
            for name in there:
                if name in CLIENTS:
                    for account in place.accounts.values():
                        reports.append(run_one(place, name, account, evidence))
    for name in there:
        if name in BESIDE:
            reports.extend(importlib.import_module(BESIDE[name][0]).run(evidence, given))
    passed, failed = (sum(getattr(one, what) for one in reports) for what in ("passed", "failed"))
    print(f"what was seen lies in {evidence}")
    print(f"{passed} passed, {failed} failed, {len(skipped)} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

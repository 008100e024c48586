#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What memory a gateway takes with an archive of a million records, and whether it goes on within a limit.
    tests/bench/archive_memory.py --data DIR [--limit 512] [--times 30] [--index]
--data: a data folder by `search_bench --sealed --folder DIR`; it stays. --limit: MiB for the gateway and its inspectors together with
all that they read from files (a memory control group of version 1; root only, 0: none). --index: the full text is made anew, too.
VANTHU_NO_BUILD=1: the programs are there.
Told for each thing that is done: how long it took, the most memory of the gateway's own (RssAnon) and with files that it has mapped
(VmRSS), the most of the group, and how often the group was at its limit, when pages of files are dropped."""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))
import box as boxes  # noqa: E402

GROUP = Path("/sys/fs/cgroup/memory/vanthu-bench")


def status_of(pid, *names):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    return [int(found[name].split()[0]) // 1024 for name in names]


class Group:
    """A memory control group, or none."""

    def __init__(self, limit):
        self.there = limit > 0
        if self.there:
            GROUP.mkdir(exist_ok=True)
            (GROUP / "memory.limit_in_bytes").write_text(str(limit << 20))

    def take(self, pids):
        for pid in pids if self.there else ():
            (GROUP / "cgroup.procs").write_text(str(pid))

    def most(self):
        if not self.there:
            return 0
        octets = int((GROUP / "memory.max_usage_in_bytes").read_text())
        (GROUP / "memory.max_usage_in_bytes").write_text("0")
        return octets >> 20

    def full(self):
        return int((GROUP / "memory.failcnt").read_text()) if self.there else 0

    def end(self):
        if self.there:
            GROUP.rmdir()


class Sampler(threading.Thread):
    """The most that a process takes, asked ten times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.own, self.all, self.over = pid, 0, 0, False
        self.start()

    def run(self):
        while not self.over:
            try:
                own, everything = status_of(self.pid, "RssAnon", "VmRSS")
            except OSError:
                return
            self.own, self.all = max(self.own, own), max(self.all, everything)
            time.sleep(0.1)

    def take(self):
        most = self.own, self.all
        self.own = self.all = 0
        return most


def words_of(box, count):
    """Words and phrases as they stand in letters."""
    found = []
    for number in random.Random(5).sample(range(1, 100_000), count):
        text = box.vanthu("archive", "get", number).stdout.decode(errors="replace").partition("8bit\r\n\r\n")[2].split()
        at = len(text) // 2
        found.append((text[at], f'"{text[at]} {text[at + 1]}"'))
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--limit", type=int, default=512)
    options.add_argument("--times", type=int, default=30)
    options.add_argument("--index", action="store_true")
    given = options.parse_args()
    if os.getuid() == 0:
        subprocess.run(["useradd", "--system", "--user-group", "--no-create-home", boxes.ACCOUNT], check=False, capture_output=True)
        subprocess.run(["chown", "-R", f"{boxes.ACCOUNT}:{boxes.ACCOUNT}", given.data], check=True)
    for signed in ("tree", "audit-tree", "audit"):  # by a box of before, with a key that is gone
        shutil.rmtree(given.data / signed, ignore_errors=True)
    group = Group(given.limit)
    print("| what | s | own MiB | with mapped files | group | at its limit |\n|---|---:|---:|---:|---:|---:|")
    try:
        with boxes.Box("--set", f"data={given.data}") as box:
            group.take([box.gateway_pid(), *box.inspectors()])
            sampler = Sampler(box.gateway_pid())
            full = group.full()

            def tell(what, act):
                nonlocal full
                begun = time.monotonic()
                act()
                took, (own, everything), now_full = time.monotonic() - begun, sampler.take(), group.full()
                print(f"| {what} | {took:.1f} | {own} | {everything} | {group.most()} | {now_full - full} |", flush=True)
                full = now_full

            def complete():
                while True:
                    shown = box.vanthu("archive", "status", "--json", check=False)
                    status = json.loads(shown.stdout) if shown.returncode == 0 else {}
                    index = status.get("index") or {}
                    if status and status["records"] == status["view"]["complete_up_to"] == index.get("complete_up_to"):
                        return
                    time.sleep(1)

            def search(*words):
                box.vanthu("archive", "search", "--json", *words)

            tell("start, until all is complete", complete)
            asked = words_of(box, given.times)
            tell(f"{given.times} letters read", lambda: words_of(box, given.times))
            tell(f"{given.times} words", lambda: [search(word) for word, _ in asked])
            tell(f"{given.times} phrases", lambda: [search(phrase) for _, phrase in asked])
            tell(f"{given.times} phrases with facets and snippets", lambda: [search("--facets", "--snippets", phrase) for _, phrase in asked])
            tell("reconcile", lambda: box.vanthu("archive", "reconcile"))
            tell("the view made anew, ten words asked meanwhile", lambda: rebuilt(box, search, asked))
            tell("until all is complete", complete)
            if given.index:
                tell("the full text made anew", lambda: box.vanthu("archive", "rebuild", "--index"))
            tell("view and full text compacted", lambda: box.vanthu("archive", "compact"))
            tell("the log verified", lambda: box.vanthu("log", "verify"))
            print(f"most of the gateway since its start: {status_of(box.gateway_pid(), 'VmHWM')[0]} MiB; load {os.getloadavg()[0]:.1f}")
            sampler.over = True
    finally:
        group.end()


def rebuilt(box, search, asked):
    """@return when the view is whole again; searches are answered while it is made"""
    work = threading.Thread(target=lambda: box.vanthu("archive", "rebuild"))
    work.start()
    answered = []
    for word, _ in asked[:10]:
        begun = time.monotonic()
        search(word)
        answered.append(time.monotonic() - begun)
    print(f"(ten words asked while the view was made: the slowest {max(answered):.2f} s, it was still being made: {work.is_alive()})")
    work.join()


if __name__ == "__main__":
    main()

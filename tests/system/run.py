# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the system tests named (letters, smtp, …), or all; the last line is "N passed, N failed, N skipped".

  run.py [--lanes N] [NAME…]

Several run side by side, each file in a process of its own with boxes of its own (folders, ports): most of their time they wait.
Those of ALONE measure or load the whole machine and come one by one when the others are done."""
import argparse
import os
import re
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
# Those that take minutes come first, so that none of them is left over at the end.
ORDER = ("witness", "queue", "reading_room", "decisions", "lifecycle", "imap_append", "imap_drafts", "imap_folders", "imap_namespaces", "inspection", "relay", "guard",
         "letters", "directory", "import", "smtp", "senders", "opinions", "transcript", "slow", "imap", "imap_sessions",
         "imap_odd_store", "imap_drain", "imap_replace", "imap_carried", "stores", "clients", "recipients", "groups", "policy", "held",
         "registers", "record", "opened", "keeping", "full", "relay_dane", "relay_tls", "relay_login", "relay_reports", "relay_sts", "relay_rubbish", "hops", "disk",
         "mailauth", "mailauth_outside", "search", "mail_import", "proof", "export", "blind", "submission", "keys", "memory", "kill")
ALONE = ("memory", "kill")
TOTAL = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)


class Result(unittest.TextTestResult):
    """One line a test, with the time it took."""

    def startTest(self, test):
        self._begun = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.stream.writeln(f"  ({time.monotonic() - self._begun:.1f} s)")


def here(names):
    """Runs them in this process; (passed, failed, skipped)."""
    suite = unittest.defaultTestLoader.loadTestsFromNames([f"{name}_test" for name in names])
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result, stream=sys.stdout).run(suite)
    failed = len(result.failures) + len(result.errors)
    return result.testsRun - failed - len(result.skipped), failed, len(result.skipped)


class Lanes:
    """Takes the names in their order, as many at once as there are lanes; what a file printed comes in one piece when it is done."""

    def __init__(self):
        self.lock = threading.Lock()
        self.total = (0, 0, 0)

    def run(self, names, lanes):
        waiting = list(names)

        def lane(number):
            while True:
                with self.lock:
                    if not waiting:
                        return
                    name = waiting.pop(0)
                self.one(name, f"{number}/{lanes}")

        threads = [threading.Thread(target=lane, args=(number,)) for number in range(lanes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def one(self, name, lane):
        begun = time.monotonic()
        done = subprocess.run([sys.executable, __file__, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False, env={**os.environ, "VANTHU_LANE": lane})
        found = TOTAL.findall(done.stdout)
        # A file that ended without its last line (it did not load, it was killed) has failed.
        counts = tuple(map(int, found[-1])) if found else (0, 1, 0)
        with self.lock:
            print(f"=== {name}, {time.monotonic() - begun:.0f} s\n{done.stdout}", flush=True)
            self.total = tuple(a + b for a, b in zip(self.total, counts))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lanes", type=int, default=(os.cpu_count() or 1) + 1, help="how many files at once (processors + 1)")
    options.add_argument("names", nargs="*", metavar="NAME")
    asked = options.parse_args()
    names = asked.names or ORDER
    unknown = [name for name in names if not (FOLDER / f"{name}_test.py").is_file()]
    if unknown:
        print(f"no system test {', '.join(unknown)}; there are: {', '.join(ORDER)}", file=sys.stderr)
        return 64
    if len(names) == 1 or asked.lanes < 2:
        total = here(names)
    else:
        lanes = Lanes()
        lanes.run([name for name in names if name not in ALONE], asked.lanes)
        lanes.run([name for name in names if name in ALONE], 1)
        total = lanes.total
    print("{} passed, {} failed, {} skipped".format(*total), flush=True)
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the system tests named (letters, smtp, …), or all; the last line is "N passed, N failed"."""
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
ORDER = ("letters", "directory", "import", "smtp", "senders", "inspection", "opinions", "transcript", "slow", "guard", "imap", "imap_append", "stores", "reading_room", "queue", "recipients",
         "groups", "decisions", "policy", "held", "registers", "record", "opened", "keeping", "full", "relay", "relay_dane", "relay_tls", "relay_login", "relay_reports", "relay_sts",
         "relay_rubbish", "hops", "disk", "mailauth", "mailauth_outside", "search", "mail_import", "lifecycle", "proof", "export", "submission", "witness", "keys", "memory", "kill")


class Result(unittest.TextTestResult):
    """One line a test, with the time it took."""

    def startTest(self, test):
        self._begun = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.stream.writeln(f"  ({time.monotonic() - self._begun:.1f} s)")


def main():
    names = sys.argv[1:] or ORDER
    unknown = [name for name in names if not (FOLDER / f"{name}_test.py").is_file()]
    if unknown:
        print(f"no system test {', '.join(unknown)}; there are: {', '.join(ORDER)}", file=sys.stderr)
        return 64
    suite = unittest.defaultTestLoader.loadTestsFromNames([f"{name}_test" for name in names])
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result, stream=sys.stdout).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped",
          flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

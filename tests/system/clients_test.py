# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail programs of tests/clients that need no screen, on a mailbox through the relay and on the archive; those that are
not installed are skipped, and it is said which."""
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
from place import Place  # noqa: E402
from programs import missing, run_one  # noqa: E402


class ClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.evidence = Path(tempfile.mkdtemp(prefix="vanthu-clients-"))
        cls.addClassCleanup(cls.tidy)
        cls.place = cls.enterClassContext(Place(cls.evidence))

    @classmethod
    def tidy(cls):
        """What a failed one left is kept."""
        if not any(path.is_dir() for path in cls.evidence.iterdir()):
            shutil.rmtree(cls.evidence)

    def each(self, name):
        if absent := missing(name):
            self.skipTest(f"not installed: {', '.join(absent)}")
        for account in self.place.accounts.values():
            report = run_one(self.place, name, account, self.evidence)
            self.assertEqual(report.failed, 0, f"{name} on {account.name}: see above, and {report.folder}")
            self.assertGreater(report.passed, 0)
            shutil.rmtree(report.folder)

    def test_neomutt(self):
        self.each("neomutt")

    def test_mbsync(self):
        self.each("mbsync")

    def test_offlineimap(self):
        self.each("offlineimap")

    def test_imapfilter(self):
        self.each("imapfilter")

    def test_curl(self):
        self.each("curl")

    def test_imaplib(self):
        self.each("imaplib")


if __name__ == "__main__":
    unittest.main()

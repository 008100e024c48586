# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk with no room left: 452, nothing lost, and everything goes on when there is room again."""
import os
import subprocess
import unittest

import raw
from box import Box, wait_until

OUTSIDE = "ai-do@elsewhere.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"
CLERK = "kienth@hatinh.dcs.example"


class DiskTest(unittest.TestCase):
    def test_below_the_reserve_mail_is_452_at_once(self):
        with Box("--set", f"limits.disk-reserve-octets={1 << 60}") as box:
            reply = box.send("mx", None, OUTSIDE, [OFFICE], raw.message(OUTSIDE, OFFICE))
            self.assertEqual((reply.code, reply.text[:5]), (452, "4.3.1"), reply)

    @unittest.skipUnless(os.getuid() == 0, "only root can mount a small disk")
    def test_a_disk_that_fills_up_gives_452_and_loses_nothing(self):
        with Box("--set", "limits.disk-reserve-octets=0", "--set", "journal.segment-octets=1048576") as box:
            box.signal_gateway(15)
            self.assertTrue(box.wait_for_gateway_end())
            data = box.dir / "data"
            away = box.dir / "data.real"
            data.rename(away)
            data.mkdir()
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(data)], capture_output=True,
                                     text=True, check=False)
            if mounted.returncode:
                self.skipTest(f"cannot mount here: {mounted.stderr.strip()}")
            try:
                subprocess.run(["cp", "-a", f"{away}/.", str(data)], check=True)
                box.start_gateway()
                self.fill(box, data)
            finally:
                if box.process.poll() is None:
                    box.process.terminate()
                    box.process.wait()
                subprocess.run(["umount", str(data)], check=True)

    def fill(self, box, data):
        accepted = []
        refused = None
        for _ in range(200):
            ident = raw.message_id()
            octets = raw.message(OUTSIDE, OFFICE, ident=ident, text="x" * 70 + "\n", attachments=[
                ("anh.bin", "text", "plain", os.urandom(300_000).hex().encode())])
            reply = box.send("mx", None, OUTSIDE, [OFFICE], octets)
            if not reply.accepted:
                refused = reply
                break
            accepted.append((ident, octets))
        self.assertIsNotNone(refused, "40 MiB took 200 messages of 600 kB")
        self.assertEqual((refused.code, refused.text[:5]), (452, "4.3.1"), refused)
        self.assertTrue(accepted)
        for ident, octets in accepted:
            self.assertTrue(box.find(CLERK, ident, mailbox=OFFICE).endswith(octets))
        # Room again (as from an administrator), and a start on the log as the full disk left it.
        subprocess.run(["mount", "-o", "remount,size=200m", str(data)], check=True)
        box.process.terminate()
        self.assertTrue(box.wait_for_gateway_end())
        box.start_gateway()
        ident = raw.message_id()
        wait_until(lambda: box.send("mx", None, OUTSIDE, [OFFICE], raw.message(OUTSIDE, OFFICE, ident=ident)).accepted)
        self.assertIsNotNone(box.find(CLERK, ident, mailbox=OFFICE))
        kept = {record["sha256"] for record in box.records()}
        self.assertEqual(len(kept), len(accepted) + 1)
        self.assertEqual(box.vanthu("archive", "reconcile").returncode, 0)


if __name__ == "__main__":
    unittest.main()

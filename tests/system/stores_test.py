# SPDX-License-Identifier: GPL-3.0-or-later
"""A unit whose mailboxes lie in another mail store: delivered there by its route, opened there by its store."""
import subprocess
import unittest

import raw
from box import Box, as_account, free_port_base, wait_until

OUTSIDE = "ai-do@elsewhere.example"
KHOA = "khoatb@hatinh.dcs.example"  # of vptu
CLERK = "kienth@hatinh.dcs.example"  # of vptu-vtlt, who may open the office's mailbox
OFFICE = "vanthu.vptu@hatinh.dcs.example"


class Stores(unittest.TestCase):
    def test_a_units_mailboxes_are_opened_where_its_store_is(self):
        second = free_port_base()
        with Box("--set", f"relay.route=unit:vptu lmtp://127.0.0.1:{second + 424}",
                 "--set", f"imap.store=unit:vptu imap://127.0.0.1:{second + 144}") as box:
            # Another Dovecot beside the box's: its own mail, the same master user.
            folder = box.dir / "second"
            for name in ("dovecot", "mail", "log", "run/dovecot"):
                (folder / name).mkdir(parents=True)
            config = (box.dir / "dovecot" / "dovecot.conf").read_text()
            for offset in (144, 424):
                config = config.replace(f"port = {box.base + offset}", f"port = {second + offset}")
            for name in ("mail", "log", "run"):
                config = config.replace(f"{box.dir}/{name}", f"{folder}/{name}")
            (folder / "dovecot" / "dovecot.conf").write_text(config)
            if as_account():
                subprocess.run(["chown", "-R", "vanthu:vanthu", str(folder)], check=True)
            store = subprocess.Popen([*as_account(), "/usr/sbin/dovecot", "-F", "-c", str(folder / "dovecot" / "dovecot.conf")],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.addCleanup(store.wait)
            self.addCleanup(store.terminate)
            idents = {address: raw.message_id() for address in (KHOA, CLERK, OFFICE)}
            for address, ident in idents.items():
                reply = box.send("mx", None, OUTSIDE, [address], raw.message(OUTSIDE, address, ident=ident))
                self.assertTrue(reply.accepted, reply)
            self.assertIsNotNone(box.find(KHOA, idents[KHOA], seconds=60))
            self.assertIsNotNone(box.find(CLERK, idents[CLERK], seconds=60), "his own mailbox lies in the other store")
            self.assertIsNotNone(box.find(CLERK, idents[OFFICE], mailbox=OFFICE, seconds=60), "the office's: by its unit")

            def lies_in(where, ident):
                return any(ident.encode() in path.read_bytes() for path in (where / "mail").rglob("*") if path.is_file())

            wait_until(lambda: lies_in(folder, idents[KHOA]), what="the letter in the second store")
            self.assertFalse(lies_in(box.dir, idents[KHOA]))
            self.assertTrue(lies_in(folder, idents[OFFICE]))
            self.assertFalse(lies_in(folder, idents[CLERK]))


if __name__ == "__main__":
    unittest.main()

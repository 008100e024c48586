# SPDX-License-Identifier: GPL-3.0-or-later
"""Mailboxes that are full: a Dovecot with real quotas, and what the next sender hears at the door."""
import subprocess
import time
import unittest

import raw
from asking import HUONG, KHOA, Asking
from box import Box

QUOTA = """
mail_plugins = $mail_plugins quota
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=200K
  quota_grace = 0
}
"""
REFUSED_FOR_GOOD = 'plugin {\n  quota_exceeded_message = hop thu day\n}\nprotocol lmtp {\n  quota_full_tempfail = no\n}\n'


class FullTest(Asking, unittest.TestCase):
    def start(self, *options, more=""):
        box = self.enterContext(Box(*options))
        config = box.dir / "dovecot" / "dovecot.conf"
        box.stop_dovecot()
        config.write_text(config.read_text() + QUOTA + more)
        box.start_dovecot()
        return box

    def send(self, box, octets=1000, to=HUONG):
        letter = raw.message(KHOA, to, attachments=[("a.txt", "text", "plain", b"day\r\n" * (octets // 5))])
        return box.send("submission", box.login(KHOA), KHOA, [to], letter)

    def fill(self, box):
        while True:
            said = self.send(box, 60_000)
            if not said.accepted:
                return said
            time.sleep(1)

    def empty(self, box):
        """Its owner makes room, by a mail program."""
        session = box.imap(HUONG)
        session.select("INBOX")
        session.store("1:*", "+FLAGS", "\\Deleted")
        session.expunge()
        session.logout()

    def test_a_full_mailbox_is_told_at_the_door_and_open_again_when_there_is_room(self):
        box = self.start("--set", "relay.full-mailbox-seconds=5")
        said = self.fill(box)
        self.assertEqual((said.step, said.code, said.text[:5]), ("rcpt", 452, "4.2.2"), said)
        self.assertIn("hop thu cua nguoi nhan da day, xin gui lai sau", said.text)
        address, password = box.login(KHOA)
        swaks = subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(box.port("submission")), "--tls", "--auth",
                                "PLAIN", "--auth-user", address, "--auth-password", password, "--from", KHOA, "--to", HUONG,
                                "--quit-after", "RCPT"], capture_output=True, text=True, check=False)
        self.assertRegex(swaks.stdout, r"452 4\.2\.2 ")
        box.vanthu("mailbox", "set", HUONG, "external_allowed=yes")
        outside = box.send("mx", None, "x@elsewhere.example", [HUONG], raw.message("x@elsewhere.example", HUONG))
        self.assertEqual((outside.step, outside.code), ("rcpt", 452), outside)
        other = self.send(box, to=KHOA)
        self.assertTrue(other.accepted, "only that mailbox")
        self.empty(box)
        ident = raw.message_id()
        deadline = time.monotonic() + 20
        while True:
            said = box.send("submission", box.login(KHOA), KHOA, [HUONG], raw.message(KHOA, HUONG, ident=ident))
            if said.accepted or time.monotonic() > deadline:
                break
            time.sleep(1)
        self.assertTrue(said.accepted, said)
        self.assertIsNotNone(box.find(HUONG, ident), "what waited and what is new have come")

    def test_or_for_good_where_the_site_says_so(self):
        box = self.start("--set", "relay.full-mailbox-reply=never", more=REFUSED_FOR_GOOD)
        said = self.fill(box)
        self.assertEqual((said.step, said.code, said.text[:5]), ("rcpt", 552, "5.2.2"), said)
        report = self.search(box, KHOA, "Subject", "undelivered mail")
        self.assertTrue(report, "the letter that found it full came back")
        self.assertIn("Status: 5.2.2", report[0].as_string())


if __name__ == "__main__":
    unittest.main()

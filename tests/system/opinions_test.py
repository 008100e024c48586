# SPDX-License-Identifier: GPL-3.0-or-later
"""clamd and rspamd, the real ones, asked about mail: what they find, what they are never shown, and what comes of silence."""
import json
import os
import socket
import unittest

import raw
from box import Box
from opinions import MALWARE, SPAM, Clamd, Rspamd

DOMAIN = "hatinh.dcs.example"
KHOA = f"khoatb@{DOMAIN}"
OFFICE = f"vanthu.vptu@{DOMAIN}"
OUTSIDE = "snv@nghean.example"


@unittest.skipUnless(os.getuid() == 0, "wants root: clamd and rspamd change to accounts of their own")
class OpinionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clamd = cls.enterClassContext(Clamd())
        cls.rspamd = cls.enterClassContext(Rspamd())
        cls.box = cls.enterClassContext(Box(
            "--set", "limits.trust-loopback=yes", "--set", f"clamd.address={cls.clamd.address}",
            "--set", f"rspamd.address={cls.rspamd.address}"))

    def give(self, to=KHOA, text="Nội dung.\n", attachments=()):
        octets = raw.message(OUTSIDE, to, text=text, attachments=attachments)
        return self.box.send("mx", None, OUTSIDE, [to], octets)

    def test_an_ordinary_letter_passes_and_its_record_says_who_was_asked(self):
        reply = self.give(OFFICE)
        self.assertEqual(reply.code, 250, reply.text)
        number = self.box.records()[-1]["number"]
        record = json.loads(self.box.vanthu("archive", "show", "--json", number).stdout)
        said = {one["source"]: one["result"] for one in record["opinions"]}
        self.assertEqual(said["clamd"], "clean")
        self.assertEqual(said["rspamd"], "no action")

    def test_malware_is_refused_at_any_depth(self):
        for attachments in ([("a.txt", "text", "plain", MALWARE)], [("a.pdf", "text", "plain", b"x\r\n" * 1000 + MALWARE)]):
            reply = self.give(attachments=attachments)
            self.assertEqual((reply.code, "opinion.virus" in reply.text), (550, True), reply.text)

    def test_spam_is_refused(self):
        reply = self.give(text=SPAM.decode() + "\n")
        self.assertEqual((reply.code, "opinion.spam" in reply.text), (550, True), reply.text)

    def test_a_marked_paper_is_shown_to_nobody(self):
        # Were clamd asked, it would answer first: the malware is named by opinion.virus.
        reply = self.give(text="TUYỆT MẬT\n\n" + MALWARE.decode() + "\n")
        self.assertEqual(reply.code, 550, reply.text)
        self.assertIn("S-1", reply.text)
        self.assertNotIn("opinion", reply.text)

    def test_a_message_that_clamd_does_not_take_is_deferred(self):
        # Its StreamMaxLength is 1 MiB here.
        reply = self.give(attachments=[("a.jpg", "image", "jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + os.urandom(2 << 20))])
        self.assertEqual(reply.code, 451, reply.text)
        self.assertIn("opinion.absent", reply.text)


class SilenceTest(unittest.TestCase):
    def test_a_scanner_that_does_not_answer_defers_and_does_not_hold_up_for_ever(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"127.0.0.1:{silent.getsockname()[1]}"
            with Box("--set", "limits.trust-loopback=yes", "--set", f"clamd.address={address}", "--set",
                     "clamd.seconds=1") as box:
                octets = raw.message(OUTSIDE, KHOA)
                reply = box.send("mx", None, OUTSIDE, [KHOA], octets)
                self.assertEqual(reply.code, 451, reply.text)
                self.assertIn("opinion.absent", reply.text)
                self.assertIn("event=opinion.absent", box.log())

    def test_a_spam_filter_that_is_away_is_noted_and_mail_goes_on(self):
        with Box("--set", "limits.trust-loopback=yes", "--set", "rspamd.address=127.0.0.1:1") as box:
            reply = box.send("mx", None, OUTSIDE, [KHOA], raw.message(OUTSIDE, KHOA))
            self.assertEqual(reply.code, 250, reply.text)
            self.assertIn("event=opinion.absent", box.log())

# SPDX-License-Identifier: GPL-3.0-or-later
"""Drafts are judged and not archived where they lie; when they leave, they are."""
import os
import re
import time
import unittest

import raw
from box import Box, wait_until
from filing import CLERK, DOCX, OFFICE, UNIT, Filing, official, paper

UNIT_CLERK = "thuynt@hatinh.dcs.example"


class DraftsTest(Filing):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no", "--set",
                                            "limits.message-octets=2000000"))

    def test_drafts_are_judged_and_not_archived(self):
        session = self.session(CLERK, OFFICE)
        before = len(self.records())
        for number in range(3):
            self.assertTrue(session.append("Drafts", official(f"50{number}"), flags=r"(\Draft)").startswith("OK"))
        self.assertEqual(len(self.records()), before)

    def draft(self, session, octets):
        """Its UID in Drafts, where it was judged and not archived."""
        said = session.append("Drafts", octets, flags=r"(\Draft)")
        self.assertEqual(self.records_of(octets), [])
        return re.match(r"OK \[APPENDUID \d+ (\d+)\]", said)[1]

    def test_a_paper_that_leaves_the_drafts_is_archived_before_it_does(self):
        session = self.session(CLERK, OFFICE)
        letters_ = [official(f"51{number}") for number in range(4)]
        uids = [self.draft(session, octets) for octets in letters_]
        plain = raw.message(OFFICE, UNIT, subject="không phải văn bản")
        uids.append(self.draft(session, plain))
        before = len(self.records())
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask(f"UID MOVE {uids[0]},{uids[4]} INBOX").startswith("OK"))
        (record,) = self.records_of(letters_[0])
        self.assertEqual(record["direction"], "append")
        self.assertEqual(self.box.vanthu("archive", "get", record["number"]).stdout, letters_[0])
        shown = self.box.vanthu("archive", "show", record["number"]).stdout.decode()
        for word in (OFFICE, CLERK, "INBOX"):
            self.assertIn(word, shown)
        wait_until(lambda: [one["what"] for one in self.history(record["number"])] == ["append.stored"], what="its history")
        self.assertEqual(len(self.records()), before + 1, "a letter that is no paper is none")

        # By number, copied, as often as one likes: one record.
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        with self.box.imap(CLERK, OFFICE) as reader:
            reader.select("Drafts", readonly=True)
            number = reader.search(None, "UID", uids[1])[1][0].decode()
        for _ in range(2):
            self.assertTrue(session.ask(f"COPY {number} Sent").startswith("OK"))
        self.assertEqual(len(self.records_of(letters_[1])), 1)

        # Thrown away it is no record; taken out of the rubbish it is.
        self.assertTrue(session.ask(f"UID MOVE {uids[2]} Trash").startswith("OK"))
        self.assertEqual(self.records_of(letters_[2]), [])
        self.assertTrue(session.ask("SELECT Trash").startswith("OK"))
        self.assertTrue(session.ask("UID COPY * INBOX").startswith("OK"))
        self.assertEqual(len(self.records_of(letters_[2])), 1)

        # What the store does not take is said to be refused.
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask(f"UID MOVE {uids[3]} Khong-co-thu-muc").startswith("NO [TRYCREATE]"))
        (record,) = self.records_of(letters_[3])
        wait_until(lambda: [one["what"] for one in self.history(record["number"])] == ["append.refused"], what="its history")
        # The folder itself does not become another one.
        self.assertTrue(session.ask("RENAME Drafts Khac").startswith("NO [CANNOT]"))

    def test_a_big_draft_is_read_whole_and_too_many_at_once_are_not_carried(self):
        session = self.session(CLERK, OFFICE)
        big = raw.message(OFFICE, UNIT, subject="520-CV/VPTU", attachments=[
            ("520-CV-VPTU.docx", *DOCX, paper("520")), ("anh.bin", "application", "octet-stream", os.urandom(900000))])
        uid = self.draft(session, big)
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask(f"UID MOVE {uid} INBOX").startswith("OK"))
        self.assertEqual(len(self.records_of(big)), 1)
        small = raw.message(OFFICE, UNIT)
        for _ in range(11):
            self.assertTrue(session.append("Drafts", *[small] * 100).startswith("OK"))
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask("UID MOVE 1:* INBOX").startswith("NO [LIMIT]"))
        self.assertTrue(session.ask("UID MOVE 1:* Trash").startswith("OK"))

    def test_a_record_that_was_put_among_the_drafts_stays_one_and_is_not_opened_by_the_gateway(self):
        octets = official("530", sender=UNIT, to=OFFICE)
        reply = self.box.send("submission", self.box.login("thuynt@hatinh.dcs.example"), UNIT, [OFFICE], octets)
        self.assertTrue(reply.accepted, reply)
        number = self.records_of(octets)[0]["number"]
        with self.box.imap(CLERK, OFFICE) as reader:
            wait_until(lambda: reader.select("INBOX")[0] == "OK" and
                       reader.search(None, "HEADER", "Vanthu-Record", f'"{number};"')[1][0], what="the letter")
            at = reader.search(None, "HEADER", "Vanthu-Record", f'"{number};"')[1][0].decode()
            self.assertEqual(reader.copy(at, "Drafts")[0], "OK")
            before = len(self.records())
            self.assertEqual(reader.select("Drafts")[0], "OK")
            uid = reader.uid("SEARCH", None, "ALL")[1][0].split()[-1].decode()
            self.assertEqual(reader.uid("MOVE", uid, "Sent")[0], "OK")
        self.assertEqual(len(self.records()), before)
        time.sleep(0.5)
        self.assertNotIn("record.opened", [one["what"] for one in self.history(number)])


class NamesTest(Filing):
    """A store whose folder for drafts has another name, or is not there yet."""

    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no"))

    def store_with(self, drafts):
        """`drafts`: in place of the store's own section."""
        conf = self.box.dir / "dovecot" / "dovecot.conf"
        text = conf.read_text()
        self.addCleanup(self.restart, conf, text)
        section = re.search(r"  mailbox Drafts \{[^}]*\}\n", text)[0]
        self.restart(conf, text.replace(section, drafts))

    def restart(self, conf, text):
        conf.write_text(text)
        self.box.stop_dovecot()
        self.box.start_dovecot()

    def test_drafts_do_not_become_another_folder_with_the_one_above(self):
        self.store_with("  mailbox Thu/Nhap {\n    auto = subscribe\n    special_use = \\Drafts\n  }\n")
        session = self.session(CLERK, OFFICE)
        octets = official("780")
        self.assertTrue(session.append("Thu/Nhap", octets, flags=r"(\Draft)").startswith("OK"))
        self.assertTrue(session.ask("RENAME Thu Khac").startswith("NO [CANNOT]"))
        self.assertTrue(session.ask(r"CREATE Khac (USE (\Drafts))").startswith("BAD"))
        self.assertTrue(session.ask("CREATE Khac").startswith("OK"))
        self.assertTrue(session.ask("RENAME Khac Nua").startswith("OK"))
        self.assertEqual(self.box.records_of(octets), [])
        self.assertTrue(session.append("Nua", octets).startswith("OK"))
        self.assertEqual(len(self.box.records_of(octets)), 1)

    def test_what_lay_among_the_drafts_before_the_store_had_a_folder_for_them_is_archived_when_it_leaves(self):
        self.store_with("  mailbox Nhap {\n    special_use = \\Drafts\n  }\n")
        session = self.session(UNIT_CLERK, UNIT)
        letters = [official(f"79{number}", sender=UNIT, to=OFFICE) for number in range(2)]
        self.assertTrue(session.ask("CREATE Drafts").startswith("OK"))
        for octets in letters:
            self.assertTrue(session.append("Drafts", octets, flags=r"(\Draft)").startswith("OK"))
            self.assertEqual(self.records_of(octets), [], "by its name it is for drafts")
        self.assertTrue(session.ask("CREATE Nhap").startswith("OK"))
        self.assertTrue(session.ask("RENAME Drafts Khac").startswith("NO [CANNOT]"))
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        for command, octets in zip(("COPY 1 INBOX", "MOVE 2 INBOX"), letters):
            self.assertTrue(session.ask(command).startswith("OK"))
            self.assertEqual(len(self.records_of(octets)), 1, command)


if __name__ == "__main__":
    unittest.main()

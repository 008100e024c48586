# SPDX-License-Identifier: GPL-3.0-or-later
"""REPLACE (RFC 8508), with a mail store that knows it."""
import unittest

import raw
from box import wait_until
from filing import CLERK, OFFICE, official
from odd_store import CAPABILITIES, BeforeOddStore, Messages


class ReplaceTest(BeforeOddStore):
    def open(self, *texts):
        self.folder = Messages(texts)
        self.play(self.folder.play, CAPABILITIES + " REPLACE")
        session = self.session(CLERK, OFFICE)
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        self.talk = self.store.talks[-1]
        return session

    def replace(self, session, command, octets, unasked):
        """@return the tagged answer"""
        tag = session.tag()
        session.put(f"{tag} {command} {{{len(octets)}{'+' if unasked else ''}}}\r\n".encode())
        if not unasked:
            said = session.answer(tag)
            if not said.startswith("+"):
                return said
        session.put(octets + b"\r\n")
        return session.answer(tag)

    def test_a_letter_takes_anothers_place(self):
        for command, gone in (("REPLACE 2 INBOX", 2), ("UID REPLACE 3 INBOX (\\Seen)", 3)):
            for unasked in (True, False):
                with self.subTest(command, unasked=unasked):
                    session = self.open(b"one", b"two", b"three")
                    octets = raw.message(CLERK, OFFICE, subject="thay thế")
                    self.assertTrue(self.replace(session, command, octets, unasked).startswith("OK"))
                    self.assertEqual(sorted(self.folder.texts), sorted({1, 2, 3, 4} - {gone}))
                    self.assertEqual(self.folder.texts[4], octets)

    def test_what_is_refused_reaches_the_store_with_no_octet_and_the_old_letter_stays(self):
        secret = official("1", secrecy="MẬT")
        for command in ("REPLACE 1 INBOX", "UID REPLACE 1 INBOX"):
            for unasked in (True, False):
                with self.subTest(command, unasked=unasked):
                    session = self.open(b"one")
                    records = len(self.box.records())
                    before = len(self.talk.heard)
                    said = self.replace(session, command, secret, unasked)
                    self.assertTrue(said.startswith("NO [CANNOT]"), said)
                    self.assertTrue(session.ask("NOOP").startswith("OK"), "the session goes on")
                    heard = self.talk.heard[before:]
                    self.assertNotIn(b"REPLACE", heard)
                    self.assertNotIn(b"MIME-Version", heard)
                    self.assertEqual(self.folder.texts, {1: b"one"})
                    self.assertEqual(len(self.box.records()), records)

    def test_an_official_paper_is_archived_before_it_takes_the_place(self):
        session = self.open(b"one")
        octets = official("2")
        self.assertTrue(self.replace(session, "UID REPLACE 1 INBOX", octets, True).startswith("OK"))
        (record,) = self.box.records_of(octets)
        self.assertEqual(record["direction"], "append")
        self.assertEqual(self.folder.texts, {2: octets})
        entries = self.box.vanthu("audit", "list", "--act", "imap.replace", "--json").stdout.decode()
        self.assertIn('"done"', entries)

    def test_a_store_that_refuses_it_leaves_the_old_letter_and_that_is_known(self):
        session = self.open(b"one")
        self.folder.refuses = True
        octets = official("3")
        said = self.replace(session, "REPLACE 1 INBOX", octets, True)
        self.assertTrue(said.startswith("NO [OVERQUOTA]"), said)
        self.assertEqual(self.folder.texts, {1: b"one"})
        (record,) = self.box.records_of(octets)
        wait_until(lambda: b"append.refused" in self.box.vanthu("record", "history", record["number"], "--json").stdout,
                   what="the refusal in the record's history")

    def test_without_it_nobody_is_let_in(self):
        session = self.session(CLERK, OFFICE)
        before = len(self.store.talks[-1].heard)
        said = self.replace(session, "REPLACE 1 INBOX", b"Subject: x\r\n\r\nx\r\n", True)
        self.assertTrue(said.startswith("NO [CANNOT]"), said)
        self.assertTrue(session.ask("NOOP").startswith("OK"))
        self.assertNotIn(b"REPLACE", self.store.talks[-1].heard[before:])


if __name__ == "__main__":
    unittest.main()

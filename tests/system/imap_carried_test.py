# SPDX-License-Identifier: GPL-3.0-or-later
"""COPY and MOVE of letters that are looked at first, with a mail store that says as little of them as it likes: drafts, which are
not archived where they lie, and records, which a rule protects."""
import re
import unittest

from filing import CLERK, OFFICE, RECORDS_RULE, official
from odd_store import BeforeOddStore


def finding(found, answer=None):
    """A store that finds so by a SEARCH. @param found  of its key, a set  @param answer  of talk, verb and the rest of other
    commands: what is said before "OK", or nothing: what a good store says"""
    def play(talk):
        talk.log_in()
        while True:
            tag, verb, rest = talk.command()
            said = None
            if verb in ("SEARCH", "UID SEARCH"):
                there = found(rest)
                said = f'* ESEARCH (TAG "{tag}"){" UID" if verb[0] == "U" else ""}{" ALL " + there if there else ""}\r\n'
            elif answer:
                said = answer(talk, verb, rest)
            if said is None:
                talk.good(tag, verb, rest)
            else:
                talk.say(said)
                talk.say(f"{tag} OK done\r\n")
    return play


class DraftsTest(BeforeOddStore):
    def carry(self, command, body, extra="", folder="Drafts"):
        """A COPY out of a folder. @param body  what the store says to a FETCH, by the place where it begins  @param extra  what it
        says beside its folders. @return the tagged answer, whether the store got the command"""
        def answer(talk, verb, rest):
            if verb in ("FETCH", "UID FETCH"):
                return body(int(rest.partition("<")[2].partition(".")[0]))
            if verb == "LIST":
                talk.say(extra)
            return None
        self.play(finding(lambda key: "2", answer))
        session = self.session(CLERK, OFFICE)
        self.assertTrue(session.ask(f"SELECT {folder}").startswith("OK"))
        said = session.ask(command)
        self.assertTrue(session.ask("NOOP").startswith("OK"))
        return said, command.encode() in self.store.talks[-1].heard

    @staticmethod
    def whole(octets, cut=1 << 30):
        return lambda at: b"* 2 FETCH (UID 2 BODY[]<%d> {%d}\r\n" % (at, len(octets[at:at + cut])) + octets[at:at + cut] + b")\r\n"

    def test_they_are_archived_before_the_store_hears_of_it(self):
        for number, command in (("31", "COPY 2 INBOX"), ("32", "UID COPY 2 INBOX")):
            octets = official(number)
            self.assertEqual(self.carry(command, self.whole(octets)), ("OK done", True))
            self.assertEqual(len(self.box.records_of(octets)), 1)

    def test_what_comes_among_them_meanwhile_is_not_carried_with_them(self):
        for number, command in (("35", "UID COPY 1:* INBOX"), ("36", "COPY 1:* INBOX"), ("37", "UID MOVE *:1 INBOX")):
            octets = official(number)
            self.assertEqual(self.carry(command, self.whole(octets)), ("OK done", False))
            self.assertEqual(len(self.box.records_of(octets)), 1)
            self.assertIn(re.sub(r"[1*]:[1*]", "2", command).encode() + b"\r\n", self.store.talks[-1].heard)

    def test_where_none_is_found_none_is_carried(self):
        self.play(finding(lambda key: ""))
        session = self.session(CLERK, OFFICE)
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask("UID COPY 1:* INBOX").startswith("OK "))
        self.assertTrue(session.ask("COPY 1:* INBOX").startswith("NO "))
        self.assertNotIn(b"COPY", self.store.talks[-1].heard)

    def test_what_a_number_means_must_not_have_changed_meanwhile(self):
        said, passed = self.carry("COPY 2 INBOX", self.whole(official("33")), extra="* 1 EXPUNGE\r\n")
        self.assertTrue(said.startswith("NO [UNAVAILABLE]"), said)
        self.assertFalse(passed)
        self.assertEqual(self.carry("UID COPY 2 INBOX", self.whole(official("33")), extra="* 1 EXPUNGE\r\n"), ("OK done", True))

    def test_nor_of_letters_that_are_archived_where_they_lie(self):
        for command, words, passed in (("COPY 2 INBOX", "NO [UNAVAILABLE]", False), ("MOVE 2 INBOX", "NO [UNAVAILABLE]", False),
                                       ("UID COPY 2 INBOX", "OK", True)):
            said = self.carry(command, self.whole(official("38")), extra='* LIST () "/" Luu\r\n* 1 EXPUNGE\r\n', folder="Luu")
            self.assertTrue(said[0].startswith(words), said)
            self.assertEqual(said[1], passed)

    def test_a_store_that_does_not_give_them_is_not_asked_to_carry_them(self):
        for name, body in (("nothing", lambda at: b""), ("other things", lambda at: b"* 2 FETCH (FLAGS ())\r\n"),
                           ("two of them", lambda at: self.whole(b"x")(at) * 2), ("no octets", lambda at: b"* 2 FETCH (BODY[] (x))\r\n"),
                           ("more than was asked", lambda at: b"* 2 FETCH (BODY[] {300000}\r\n" + b"x" * 300000 + b")\r\n"),
                           ("far more", lambda at: b"* 2 FETCH (BODY[] {3000000}\r\n" + b"x" * 3000000 + b")\r\n")):
            with self.subTest(name):
                said, passed = self.carry("UID COPY 2 INBOX", body)
                self.assertTrue(said.startswith("NO [UNAVAILABLE]"), said)
                self.assertFalse(passed)
        said, passed = self.carry("UID COPY 2 INBOX", lambda at: b"* 2 FETCH (BODY[] {262144}\r\n" + b"x" * 262144 + b")\r\n")
        self.assertTrue(said.startswith("NO [TOOBIG]"), said)  # it has no end
        self.assertFalse(passed)

    def test_a_secret_paper_stays_where_it_is(self):
        octets = official("34", secrecy="MẬT")
        said, passed = self.carry("UID COPY 2 INBOX", self.whole(octets))
        self.assertTrue(said.startswith("NO [CANNOT]"), said)
        self.assertFalse(passed)
        self.assertEqual(self.box.records_of(octets), [])


class RecordsRuleTest(BeforeOddStore):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.box.add_rules(RECORDS_RULE)

    def move(self, command, there, records=""):
        """@param there, records  sets that the store finds: of what was asked for, and of records among it. @return the tagged answer"""
        self.play(finding(lambda key: records if "Vanthu-Record" in key else there))
        session = self.session(CLERK, OFFICE)
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        said = session.ask(command)
        self.assertTrue(session.ask("NOOP").startswith("OK"))
        return said

    def heard(self, command):
        return command.encode() + b"\r\n" in self.store.talks[-1].heard

    def test_what_comes_while_it_is_looked_for_records_is_not_moved(self):
        for command, there, moved in (("UID MOVE 1:* Drafts", "3,5:9", "UID MOVE 1:9 Drafts"), ("MOVE 2:* Drafts", "2:4", "MOVE 2:4 Drafts"),
                                      ("UID MOVE 7,20:* Drafts", "7,12", "UID MOVE 7,12 Drafts"),
                                      ("UID MOVE 3 Drafts", "3", "UID MOVE 3 Drafts")):
            self.assertTrue(self.move(command, there).startswith("OK"), command)
            self.assertTrue(self.heard(moved), self.store.talks[-1].heard)

    def test_a_record_among_them_stays_and_so_do_all(self):
        said = self.move("UID MOVE 1:* Drafts", "3,5:9", records="5")
        self.assertTrue(said.startswith("NO [NOPERM]"), said)
        self.assertNotIn(b"MOVE", self.store.talks[-1].heard)

    def test_where_none_is_there_none_is_moved(self):
        self.assertTrue(self.move("UID MOVE 8:9 Drafts", "").startswith("OK "))
        self.assertNotIn(b"MOVE", self.store.talks[-1].heard)
        self.assertTrue(self.move("MOVE 8:9 Drafts", "").startswith("NO "))
        self.assertNotIn(b"MOVE", self.store.talks[-1].heard)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores that say badly, or not at all, whose folders they have; and that have other uses for them after a restart."""
import unittest

from box import Box
from imap_octets import Imap
from odd_store import CAPABILITIES, OddStore

CLERK = "kienth@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"
RULE = """
[[mailboxes.rule]]
id = "test.sent"
mailbox_kind = ["unit"]
special_use = ["archive"]
mode = "read-only"
"""


class NamespacesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = cls.enterClassContext(OddStore(None))
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no", "--set",
                                            f"imap.store=domain:hatinh.dcs.example imap://127.0.0.1:{cls.store.port}"))
        file = cls.box.dir / "rules.toml"
        file.write_text((cls.box.dir / "policy.toml").read_text() + RULE)
        cls.box.vanthu("policy", "apply", "--yes", file)

    def session(self, answers, capabilities=CAPABILITIES + " NAMESPACE"):
        """@param answers  what the store says to a verb: untagged lines, and the tagged one with {tag}; else as a good store"""
        def play(talk):
            talk.log_in()
            while True:
                tag, verb, rest = talk.command()
                said = answers(verb, rest)
                if said is None:
                    talk.good(tag, verb, rest)
                else:
                    talk.say(said.replace("{tag}", tag))
        self.store.play, self.store.capabilities = play, capabilities
        session = Imap(self.box, CLERK, OFFICE)
        self.addCleanup(session.socket.close)
        return session

    LIST = '* LIST (\\Noselect) "/" ""\r\n{tag} OK done\r\n'

    def test_a_store_that_cannot_say_it_has_the_mailbox_s_own(self):
        for name, said in (("no", "{tag} NO not now\r\n"), ("bad", "{tag} BAD what?\r\n"), ("nothing", "{tag} OK done\r\n"),
                           ("rubbish", '* NAMESPACE (("" "/")) (("x\r\n{tag} OK done\r\n'),
                           ("two", '* NAMESPACE NIL NIL NIL\r\n* NAMESPACE NIL NIL NIL\r\n{tag} OK done\r\n')):
            with self.subTest(name):
                before = len(self.box.log())
                session = self.session(lambda verb, rest, said=said: said if verb == "NAMESPACE" else
                                       self.LIST if (verb, rest) == ("LIST", '"" ""') else None)
                for command in ("SELECT Drafts", "SELECT INBOX"):
                    self.assertTrue(session.ask(command).startswith("OK"), command)
                self.assertTrue(session.ask("CREATE Viec").startswith("OK"))
                self.assertIn("event=imap.namespaces-unknown", self.box.log()[before:])

    def test_one_that_answers_nothing_opens_nothing(self):
        session = self.session(lambda verb, rest: "{tag} NO not now\r\n" if verb in ("NAMESPACE", "LIST") else None)
        self.assertTrue(session.ask("SELECT Drafts").startswith("NO [UNAVAILABLE]"))
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"), "which is everybody's own")

    def test_what_it_can_say_later_holds_from_then_on(self):
        able = []

        def answers(verb, rest):
            if verb == "NAMESPACE":
                return '* NAMESPACE (("" "/")) NIL (("Chung/" "/"))\r\n{tag} OK done\r\n' if able else "{tag} NO not now\r\n"
            return self.LIST if (verb, rest) == ("LIST", '"" ""') else None
        session = self.session(answers)
        self.assertTrue(session.ask("CREATE Chung/A").startswith("OK"))
        able.append(True)
        self.assertTrue(session.ask("CREATE Chung/B").startswith("NO [NOPERM]"))

    def test_uses_are_asked_for_again_after_a_restart_of_the_store(self):
        use = [""]

        def answers(verb, rest):
            if verb == "LIST":
                return f'* LIST () "/" INBOX\r\n* LIST ({use[0]}) "/" Drafts\r\n{{tag}} OK done\r\n'
            return None
        session = self.session(answers, CAPABILITIES + " LIST-EXTENDED SPECIAL-USE")
        self.assertTrue(session.ask(r"SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask(r"STORE 1 +FLAGS (\Flagged)").startswith("OK"))
        use[0] = "\\Archive"
        self.store.drop()
        said = session.ask(r"STORE 1 +FLAGS (\Flagged)")
        self.assertTrue(said.startswith("NO [NOPERM]"), said)


if __name__ == "__main__":
    unittest.main(verbosity=2)

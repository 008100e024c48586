# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail stores that lie and flood, and whose certificate is another's: the gateway stays up and small, and says in its log what is
wrong."""
import re
import socket
import ssl
import subprocess
import time
import unittest
from pathlib import Path

from box import Box, wait_until
from filing import CLERK, KHOA, OFFICE
from imap_octets import Imap
from odd_store import CAPABILITIES, BeforeOddStore, OddStore, good, opened


class VerifiedTest(unittest.TestCase):
    def test_only_a_store_whose_certificate_holds_gets_the_master_password(self):
        store = self.enterContext(OddStore(good))
        box = Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no")
        box.options += ("--set", f"imap.store=domain:hatinh.dcs.example imaps://localhost:{store.port} ca={box.layout.ca_file}")
        self.enterContext(box)
        tls = box.dir / "tls"
        own = box.dir / "own"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{own}.key", "-out", f"{own}.pem"],
                       check=True, capture_output=True)
        for name, right in ((tls / "gateway", True), (tls / "receipts", False), (own, False)):
            with self.subTest(name.name):
                store.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                store.tls.load_cert_chain(f"{name}.pem", f"{name}.key")
                session = Imap(box, None)
                self.addCleanup(session.socket.close)
                said = session.ask('LOGIN "{}" "{}"'.format(*box.login(KHOA)))
                self.assertTrue(said.startswith("OK" if right else "NO [UNAVAILABLE]"), said)
                self.assertEqual(bool(store.talks[-1].heard), right, "the name is another's, or the authority")
        self.assertIn("TLS: ", box.log())


# What one says in place of its greeting; what stands in the log.
GREETINGS = {
    "PREAUTH": (b"* PREAUTH [CAPABILITY IMAP4rev1 AUTH=PLAIN] you are root\r\n", "its greeting is not OK: PREAUTH"),
    "BYE": (b"* BYE too busy\r\n", "BYE too busy"),
    "no greeting": (b"* NO not today\r\n", "its greeting is not OK: NO"),
    "another protocol": (b"220 mx.example ESMTP\r\n", ""),
    "a literal": (b"* OK {5}\r\n", ""),
    "a tagged answer": (b"V2 OK [CAPABILITY IMAP4rev1] logged in\r\n", "no greeting"),
    "a line without an end": (b"* OK " + b"x" * 20000, "line too long"),
    "no end of lines": (b"* OK ready\r\n" + b"* 1 EXISTS\r\n" * 5000, "too many lines"),
    "NUL": (b"* OK \0\0\r\n" * 2, ""),
    "a continuation": (b"+ \r\n", "a continuation request out of place"),
    "nothing": (b"", "closed"),
}

# What one says to a NOOP instead of its answer, and then goes; what the client hears of it (a regular expression); what stands
# in the log.
LIES = {
    "PREAUTH": (b"* PREAUTH you are root\r\n", rb"^\* BYE \[UNAVAILABLE\] [^\r\n]+\r\n$", "PREAUTH in the middle"),
    "a capability list without an end": (b"* CAPABILITY " + b"A" * 20000, rb"^\* BYE \[UNAVAILABLE\] [^\r\n]+\r\n$",
                                         "capability list too long"),
    "a literal in one": (b"* 1 EXISTS\r\n* CAPABILITY {9}\r\n", rb"^\* 1 EXISTS\r\n\* BYE \[UNAVAILABLE\] [^\r\n]+\r\n$",
                         "a literal in a capability list"),
    "a code without its end": (b"* OK [CAPABILITY IMAP4rev1\r\n", rb"^\* BYE ", "a capability list without its end"),
    "a literal that no number counts": (b"* 1 FETCH (BODY[] {99999999999999999999}\r\n", rb"^\* 1 FETCH [^\r\n]+$", "literal too big"),
    "a client's literal": (b"* 1 FETCH (BODY[] {3+}\r\nabc)\r\n", rb"^\* 1 FETCH [^\r\n]+$", "a server sends no"),
    "a bare LF": (b"* 1 EXISTS\n* 2 EXISTS\r\n", rb"^\* 1 EXISTS$", "bare LF"),
    "half a literal": (b"* 1 FETCH (BODY[] {10}\r\n01234", rb"^\* 1 FETCH \(BODY\[\] \{10\}\r\n01234$", "store: closed"),
    "BYE": (b"* BYE I am off\r\n", rb"^\* BYE I am off\r\n$", "store said BYE"),
}

ANYTHING = rb"(?s)^.*$"
# What one says before its answer to a NOOP; what the client hears of it. The session goes on.
ODDITIES = {
    "an answer nobody asked for": (b"zz OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE STARTTLS IDLE] hello\r\n",
                                   rb"^zz OK \[CAPABILITY IMAP4rev1 IDLE APPENDLIMIT=\d+\] hello\r\n$"),
    "answers to questions of the gateway's": (b"vanthu1 OK\r\nvanthu-opened OK\r\nvanthu-back OK\r\nvanthu-end OK\r\n",
                                              rb"^(vanthu[^\r\n]*\r\n)*$"),
    "other capabilities": (b"* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE CATENATE URLAUTH METADATA IDLE AUTH=PLAIN LOGIN-REFERRALS\r\n",
                           rb"^\* CAPABILITY IMAP4rev1 IDLE APPENDLIMIT=\d+\r\n$"),
    "a continuation": (b"+ go on\r\n", rb"^\+ go on\r\n$"),
    "NUL": (b"* OK a\0b\r\n", rb"^\* OK a\0b\r\n$"),
    "counts without sense": (b"* 99999999999999999999 EXISTS\r\n* 0 EXPUNGE\r\n* 4294967295 EXPUNGE\r\n* VANISHED 1:4294967295\r\n", ANYTHING),
    "fetches without sense": (b"* 0 FETCH (((((\r\n* 7 FETCH )BODY[\r\n* 18446744073709551616 FETCH (BODY[1] NIL)\r\n"
                              b"* 7 FETCH (BODY[1] \"\r\n* 7 FETCH (BODY[1]<99> ~{2}\r\n\0\0)\r\n", ANYTHING),
    "words of no protocol": (b"HTTP/1.1 200 OK\r\n\r\n \r\n*\r\n* \r\n**\r\n", ANYTHING),
}


class HostileTest(BeforeOddStore):
    def resident(self):
        """MiB that are the gateway's alone."""
        status = Path(f"/proc/{self.box.gateway_pid()}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) // 1024

    def still_there(self):
        """A good store, and a whole session."""
        self.play(good)
        session = self.session()
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        self.assertTrue(session.ask("LOGOUT").startswith("* BYE"))

    def test_a_greeting_that_is_none_lets_nobody_in(self):
        for name, (octets, why) in GREETINGS.items():
            with self.subTest(name):
                def play(talk, octets=octets):
                    talk.say(octets)
                    talk.link.shutdown(socket.SHUT_WR)
                    talk.silent()
                self.play(play)
                before = len(self.box.log())
                session = Imap(self.box, None)
                self.addCleanup(session.socket.close)
                said = session.ask('LOGIN "%s" "%s"' % self.box.login(KHOA))
                self.assertTrue(said.startswith("NO [UNAVAILABLE]"), said)
                refused = [line for line in self.log_since(before).splitlines() if "event=imap.refused" in line]
                self.assertEqual(len(refused), 1)
                self.assertIn("detail=", refused[0])
                self.assertIn(why, refused[0])
                self.assertNotIn(b"AUTHENTICATE", self.store.talks[-1].heard if octets[:4] != b"* OK" else b"")
                self.assertTrue(session.ask("SELECT INBOX").startswith("BAD"), "nobody is logged in")
        self.still_there()

    def lied_to(self, octets, answers=False):
        """A session whose store says that to its NOOP."""
        def play(talk):
            talk.log_in()
            tag, _ = talk.until("NOOP")
            talk.say(octets)
            if answers:
                talk.say(f"{tag} OK done\r\n")
                talk.for_ever()
        self.play(play)
        session = self.session()
        session.put(b"n NOOP\r\n")
        return session

    def test_what_cannot_be_followed_ends_the_session_and_is_told(self):
        for name, (octets, heard, why) in LIES.items():
            with self.subTest(name):
                before = len(self.box.log())
                self.assertRegex(self.lied_to(octets).rest(), heard)
                wait_until(lambda at=before: "event=imap.closed" in self.log_since(at), what="the session's end in the log")
                self.assertIn(why, self.log_since(before))
        self.still_there()

    def test_what_is_odd_goes_by(self):
        for name, (octets, heard) in ODDITIES.items():
            with self.subTest(name):
                session = self.lied_to(octets, answers=True)
                said = session.until(b"n OK done\r\n")
                self.assertTrue(said.endswith(b"n OK done\r\n"), said)
                self.assertRegex(said[:-11], heard)
                self.assertTrue(session.ask("COMPRESS DEFLATE").startswith("NO [CANNOT]"))
                self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        self.assertNotIn(b"COMPRESS", self.store.heard())
        self.still_there()

    def test_a_continuation_said_ahead_brings_no_octets(self):
        """It is no answer to the literal that is announced afterwards."""
        def play(talk):
            talk.log_in()
            talk.say("+ come\r\n+ come\r\n")
            talk.until("SEARCH")
            talk.silent()
        self.play(play, CAPABILITIES.replace(" LITERAL+", ""))
        session = self.session()
        self.assertEqual(session.until(b"+ come\r\n+ come\r\n")[-8:], b"+ come\r\n")
        session.put(b"s SEARCH SUBJECT {4}\r\n")
        wait_until(lambda: b"{4}" in self.store.talks[-1].heard, what="the command at the store")
        session.put(b"abcd\r\n")
        time.sleep(0.5)
        self.assertTrue(self.store.talks[-1].heard.endswith(b"{4}\r\n"), self.store.talks[-1].heard)

    def test_capabilities_told_otherwise_after_a_restart_end_the_session(self):
        session = self.session()
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        before = len(self.box.log())
        self.play(good, CAPABILITIES + " COMPRESS=DEFLATE")
        self.store.drop()
        self.assertRegex(session.rest(), rb"^\* BYE \[UNAVAILABLE\] ")
        self.assertIn("the store has other capabilities now", self.log_since(before))

    def test_numbers_made_to_fit_after_a_restart_are_held_to_what_a_folder_can_have(self):
        session = self.session()
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))

        def play(talk):
            talk.log_in()
            tag, _ = talk.until("SELECT")
            talk.say(opened(3 + (1 << 32), 7 + (1 << 32)) + f"{tag} OK done\r\n")
            talk.silent()
        self.play(play)
        before = len(self.box.log())
        self.store.drop()
        self.assertRegex(session.rest(), rb"^\* BYE \[UNAVAILABLE\] the folder has changed")
        self.assertIn("numbers that no folder has", self.log_since(before))

    FLOODS = {
        "untagged responses": (b"", b"* 1 FETCH (FLAGS (\\Seen))\r\n" * 4000),
        "bodies": (b"", (b"* 1 FETCH (BODY[1] {100000}\r\n" + b"x" * 100000 + b")\r\n")),
        "other letters each time": (b"", b"".join(b"* %d FETCH (BODY[1] \"x\")\r\n" % n for n in range(1, 5000))),
        "a literal that never ends": (b"* 1 FETCH (BODY[] {9223372036854775807}\r\n", b"x" * 100000),
        "a header that never ends": (b"* 1 FETCH (BODY[HEADER] {9223372036854775807}\r\nVanthu-Record: ", b"y" * 100000),
        "a line that never ends": (b"* OK ", b"z" * 100000),
        "a list that never ends": (b"* 1 FETCH (BODYSTRUCTURE (", b"(" * 100000),
        "searches that find everything": (b"* SEARCH", b" 4294967295" * 9000),
        "capabilities": (b"", b"* CAPABILITY " + b"IMAP4rev1 " * 700 + b"\r\n"),
    }

    def test_a_flood_takes_no_memory(self):
        much = 32 << 20
        for name, (head, again) in self.FLOODS.items():
            for reads in (False, True):
                with self.subTest(name, reads=reads):
                    before = self.resident()
                    sent = []

                    def play(talk, head=head, again=again, sent=sent):
                        talk.log_in()
                        talk.until("NOOP")
                        talk.say(head)
                        for _ in range(much // len(again)):
                            talk.say(again)
                            sent.append(len(again))
                    self.play(play)
                    session = self.session()
                    session.put(b"n NOOP\r\n")
                    heard, most = 0, 0
                    try:
                        while reads and (octets := session.socket.recv(1 << 18)):
                            heard += len(octets)
                            most = max(most, self.resident())
                    except ConnectionError:
                        pass
                    if not reads:
                        time.sleep(1)
                        most = self.resident()
                        session.socket.close()
                    self.assertLess(most - before, 12, f"MiB more, {sum(sent) >> 20} MiB sent, {heard >> 20} heard")
        self.still_there()

    def test_its_answers_to_our_own_questions_take_none_either(self):
        """SEARCH for the audit log before EXPUNGE in a unit's mailbox: what it finds has no end."""
        def play(talk):
            talk.log_in()
            talk.until("UID SEARCH")
            while True:
                talk.say(b"* SEARCH" + b" 4294967295" * 9000 + b"\r\n")
        self.play(play)
        session = self.session(CLERK, OFFICE)
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        before = self.resident()
        session.put(b"x EXPUNGE\r\n")
        time.sleep(3)
        self.assertLess(self.resident() - before, 12)
        self.store.drop()
        self.assertRegex(session.rest(), rb"\* BYE ")
        self.still_there()

    def test_what_it_says_in_part_is_not_taken_for_all(self):
        """Answers to our own questions of which a session keeps a part only: the folder that holds back a RENAME comes last, and
        what an EXPUNGE removes is a line that is too long."""
        def play(talk):
            talk.log_in()
            while True:
                tag, verb, rest = talk.command()
                if verb == "LIST":
                    talk.say('* LIST () "/" Du-an\r\n' + "".join(f'* LIST () "/" Du-an/{n:060}\r\n' for n in range(18000)) +
                             '* LIST (\\Drafts) "/" Du-an/Thu\r\n')
                elif verb == "UID SEARCH":
                    talk.say(b"* SEARCH" + b" 4294967295" * 100000 + b"\r\n")
                talk.good(tag, {"LIST": "NOOP", "UID SEARCH": "NOOP"}.get(verb, verb), rest)
        self.play(play)
        session = self.session(CLERK, OFFICE)
        self.assertTrue(session.ask("RENAME Du-an Khac").startswith("NO [UNAVAILABLE]"))
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        removed = self.audit("imap.expunge")
        self.assertTrue(session.ask("EXPUNGE").startswith("OK"))
        wait_until(lambda: len(self.audit("imap.expunge")) == len(removed) + 2, what="begun and done in the audit log")
        self.assertNotIn(b"RENAME", self.store.talks[-1].heard)


if __name__ == "__main__":
    unittest.main()

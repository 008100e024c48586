# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail stores that hang, lie and flood: the gateway stays up and small, says in its log what is wrong, ends in time; and one
that knows REPLACE."""
import json
import re
import signal
import socket
import ssl
import subprocess
import time
import unittest
from dataclasses import replace
from pathlib import Path

import raw
from box import Box, letters, papers, wait_until
from imap_octets import Imap
from odd_store import CAPABILITIES, Messages, OddStore, Talk, opened

KHOA = "khoatb@hatinh.dcs.example"
CLERK = "kienth@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"
DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


def good(talk):
    talk.log_in()
    talk.for_ever()


class OddStoreTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = cls.enterClassContext(OddStore(good))
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no", "--set",
                                            f"imap.store=domain:hatinh.dcs.example imap://127.0.0.1:{cls.store.port}"))

    def setUp(self):
        self.play(good)

    def play(self, play, capabilities=CAPABILITIES):
        self.store.play, self.store.capabilities = play, capabilities

    def session(self, login=KHOA, mailbox=""):
        session = Imap(self.box, login, mailbox)
        self.addCleanup(session.socket.close)
        return session

    def audit(self, act):
        return json.loads(self.box.vanthu("audit", "list", "--act", act, "--most", "500", "--json").stdout)["entries"]

    def log_since(self, before):
        return self.box.log()[before:]


# ---- a store by imaps


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


# ---- a drain while the store is away


def at_login(talk):
    talk.say(f"* OK [CAPABILITY {talk.capabilities} AUTH=PLAIN] ready\r\n")
    talk.until("AUTHENTICATE")
    talk.silent()


def at_select(talk):
    talk.log_in()
    talk.until("SELECT")
    talk.silent()


def at_idle(talk):
    talk.log_in()
    talk.until("IDLE")
    talk.silent()


def idles(talk):
    talk.log_in()
    talk.until("IDLE")
    talk.say("+ idling\r\n")
    talk.silent()


class DrainTest(OddStoreTest):
    """What a session whose store restarts hears when the gateway restarts, too."""

    def idle(self):
        """A client in IDLE, and the session at the store that it has."""
        self.play(idles)
        session = self.session()
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        session.put(b"i IDLE\r\n")
        self.assertEqual(session.until(b"+ idling\r\n")[-10:], b"+ idling\r\n")
        return session, self.store.talks[-1]

    def lose(self, talk, play):
        """Its session ends; the next one goes so far."""
        self.play(play)
        talks = len(self.store.talks)
        talk.link.shutdown(socket.SHUT_RDWR)
        wait_until(lambda: len(self.store.talks) > talks, what="the next session at the store")
        awaited = {at_login: b"AUTHENTICATE", at_select: b"SELECT", at_idle: b"IDLE"}.get(play, b"")
        wait_until(lambda: awaited in self.store.talks[-1].heard, what=f"{awaited} at the store")

    def drain(self):
        self.box.signal_gateway(signal.SIGTERM)
        return time.monotonic()

    def gone(self, begun):
        self.assertTrue(self.box.wait_for_gateway_end(40))
        took = time.monotonic() - begun
        self.box.start_gateway()
        return took

    def test_says_bye_wherever_the_next_session_hangs_and_ends_in_time(self):
        waiting = []
        for play in (Talk.silent, at_login, at_select, at_idle):
            session, talk = self.idle()
            self.lose(talk, play)
            waiting.append((play.__name__, session))
        session, talk = self.idle()  # who has sent something meanwhile
        self.lose(talk, at_select)
        session.put(b"DONE\r\nb NOOP\r\n")
        waiting.append(("with DONE sent", session))
        session, talk = self.idle()  # a store that is not there at all
        self.store.refusing = True
        self.addCleanup(setattr, self.store, "refusing", False)
        talk.link.shutdown(socket.SHUT_RDWR)
        waiting.append(("refusing", session))
        time.sleep(1)
        begun = self.drain()
        for name, session in waiting:
            with self.subTest(name):
                self.assertRegex(session.rest(), rb"^(i (OK|NO) [^\r\n]*\r\n|b NO [^\r\n]*\r\n)*\* BYE \[UNAVAILABLE\] [^\r\n]+\r\n$")
                self.assertLess(time.monotonic() - begun, 15)
        self.store.refusing = False
        self.assertLess(self.gone(begun), 20, "25 s is the drain's limit")

    def test_a_login_that_waits_for_the_store_is_told_so_too(self):
        self.play(Talk.silent)
        talks = len(self.store.talks)
        session = Imap(self.box, None)
        self.addCleanup(session.socket.close)
        session.put(('a LOGIN "%s" "%s"\r\n' % self.box.login(KHOA)).encode())
        wait_until(lambda: len(self.store.talks) > talks, what="the session at the store")
        begun = self.drain()
        self.assertRegex(session.rest(), rb"^(a NO \[UNAVAILABLE\] [^\r\n]+\r\n)?\* BYE \[UNAVAILABLE\] [^\r\n]+\r\n$")
        self.assertLess(self.gone(begun), 20)

    def test_a_reload_does_not_disturb_it(self):
        session, talk = self.idle()
        self.lose(talk, at_login)
        before = len(self.box.log())
        self.box.signal_gateway(signal.SIGHUP)
        wait_until(lambda: "what=imap-backend" in self.log_since(before), what="the reload")
        self.play(idles)
        self.store.talks[-1].link.shutdown(2)
        wait_until(lambda: b"IDLE" in self.store.talks[-1].heard, what="its IDLE at the store")
        session.put(b"DONE\r\n")
        wait_until(lambda: b"DONE" in self.store.talks[-1].heard, what="its DONE at the store")
        self.store.talks[-1].say("i OK done\r\n")
        self.assertEqual(session.until(b"\r\n"), b"i OK done\r\n")


# ---- stores that cannot be believed

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


class HostileTest(OddStoreTest):
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


# ---- REPLACE (RFC 8508)


def paper(number, secrecy=""):
    text = papers.docx(replace(letters.cong_van(secrecy), number=f"Số {number}-CV/VPTU"))
    return raw.message(CLERK, OFFICE, subject=f"bản {number}", attachments=[("van-ban.docx", *DOCX, text)])


class ReplaceTest(OddStoreTest):
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
        secret = paper("1", "MẬT")
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
        octets = paper("2")
        self.assertTrue(self.replace(session, "UID REPLACE 1 INBOX", octets, True).startswith("OK"))
        (record,) = self.box.records_of(octets)
        self.assertEqual(record["direction"], "append")
        self.assertEqual(self.folder.texts, {2: octets})
        entries = self.box.vanthu("audit", "list", "--act", "imap.replace", "--json").stdout.decode()
        self.assertIn('"done"', entries)

    def test_a_store_that_refuses_it_leaves_the_old_letter_and_that_is_known(self):
        session = self.open(b"one")
        self.folder.refuses = True
        octets = paper("3")
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


# ---- letters that leave a folder which is not archived are read from the store


class DraftsTest(OddStoreTest):
    def carry(self, command, body, extra=""):
        """A COPY out of Drafts. @param body  what the store says to a FETCH, by the place where it begins  @param extra  what it
        says beside its folders. @return the tagged answer, whether the store got the command"""
        def play(talk):
            talk.log_in()
            while True:
                tag, verb, rest = talk.command()
                if verb in ("SEARCH", "UID SEARCH"):
                    talk.say(f'* ESEARCH (TAG "{tag}"){" UID" if verb[0] == "U" else ""} ALL 2\r\n{tag} OK done\r\n')
                elif verb in ("FETCH", "UID FETCH"):
                    talk.say(body(int(rest.partition("<")[2].partition(".")[0])))
                    talk.say(f"{tag} OK done\r\n")
                elif verb == "LIST":
                    talk.say(extra)
                    talk.good(tag, verb, rest)
                else:
                    talk.good(tag, verb, rest)
        self.play(play)
        session = self.session(CLERK, OFFICE)
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        said = session.ask(command)
        self.assertTrue(session.ask("NOOP").startswith("OK"))
        return said, command.encode() in self.store.talks[-1].heard

    @staticmethod
    def whole(octets, cut=1 << 30):
        return lambda at: b"* 2 FETCH (UID 2 BODY[]<%d> {%d}\r\n" % (at, len(octets[at:at + cut])) + octets[at:at + cut] + b")\r\n"

    def test_they_are_archived_before_the_store_hears_of_it(self):
        for number, command in (("31", "COPY 2 INBOX"), ("32", "UID COPY 2 INBOX")):
            octets = paper(number)
            self.assertEqual(self.carry(command, self.whole(octets)), ("OK done", True))
            self.assertEqual(len(self.box.records_of(octets)), 1)

    def test_what_comes_among_them_meanwhile_is_not_carried_with_them(self):
        for number, command in (("35", "UID COPY 1:* INBOX"), ("36", "COPY 1:* INBOX"), ("37", "UID MOVE *:1 INBOX")):
            octets = paper(number)
            self.assertEqual(self.carry(command, self.whole(octets)), ("OK done", False))
            self.assertEqual(len(self.box.records_of(octets)), 1)
            self.assertIn(re.sub(r"[1*]:[1*]", "2", command).encode() + b"\r\n", self.store.talks[-1].heard)

    def test_where_none_is_found_none_is_carried(self):
        def play(talk):
            talk.log_in()
            while True:
                tag, verb, rest = talk.command()
                if verb in ("SEARCH", "UID SEARCH"):
                    talk.say(f'* ESEARCH (TAG "{tag}")\r\n')
                talk.good(tag, {"UID SEARCH": "NOOP"}.get(verb, verb), rest)
        self.play(play)
        session = self.session(CLERK, OFFICE)
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask("UID COPY 1:* INBOX").startswith("OK "))
        self.assertTrue(session.ask("COPY 1:* INBOX").startswith("NO "))
        self.assertNotIn(b"COPY", self.store.talks[-1].heard)

    def test_what_a_number_means_must_not_have_changed_meanwhile(self):
        said, passed = self.carry("COPY 2 INBOX", self.whole(paper("33")), extra="* 1 EXPUNGE\r\n")
        self.assertTrue(said.startswith("NO [UNAVAILABLE]"), said)
        self.assertFalse(passed)
        self.assertEqual(self.carry("UID COPY 2 INBOX", self.whole(paper("33")), extra="* 1 EXPUNGE\r\n"), ("OK done", True))

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
        octets = paper("34", "MẬT")
        said, passed = self.carry("UID COPY 2 INBOX", self.whole(octets))
        self.assertTrue(said.startswith("NO [CANNOT]"), said)
        self.assertFalse(passed)
        self.assertEqual(self.box.records_of(octets), [])


# ---- a rule that protects records alone


class RecordsRuleTest(OddStoreTest):
    RULE = """
[[mailboxes.rule]]
id = "test.records"
mailbox_kind = ["unit"]
folder = ["INBOX"]
mode = "organise"
official = true
"""

    def setUp(self):
        super().setUp()
        file = self.box.dir / "rules.toml"
        file.write_text((self.box.dir / "policy.toml").read_text() + self.RULE)
        self.box.vanthu("policy", "apply", "--yes", file)

    def move(self, command, there, records=""):
        """@param there, records  sets that the store finds: of what was asked for, and of records among it. @return the tagged answer"""
        def play(talk):
            talk.log_in()
            while True:
                tag, verb, rest = talk.command()
                if verb in ("SEARCH", "UID SEARCH"):
                    found = records if "Vanthu-Record" in rest else there
                    all_of = f" ALL {found}" if found else ""
                    talk.say(f'* ESEARCH (TAG "{tag}"){" UID" if verb[0] == "U" else ""}{all_of}\r\n{tag} OK done\r\n')
                else:
                    talk.good(tag, verb, rest)
        self.play(play)
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

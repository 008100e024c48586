# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading through the gateway, with three different IMAP clients, and with the store away."""
import imaplib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

import raw
from box import Box

OUTSIDE = "ai-do@elsewhere.example"
KHOA = "khoatb@hatinh.dcs.example"
CLERK = "kienth@hatinh.dcs.example"
HUONG = "huongvtt@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"


class ImapTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box())
        cls.ident = raw.message_id()
        cls.octets = raw.message(OUTSIDE, KHOA, subject="Lịch họp", ident=cls.ident)
        reply = cls.box.send("mx", None, OUTSIDE, [KHOA], cls.octets)
        assert reply.accepted, reply
        assert cls.box.find(KHOA, cls.ident)

    def test_a_whole_session_is_relayed_unchanged(self):
        session = self.box.imap(KHOA)
        self.assertEqual(session.select("INBOX")[0], "OK")
        _, found = session.search(None, "HEADER", "Message-ID", self.ident)
        _, data = session.fetch(found[0].split()[0], "(FLAGS BODY.PEEK[])")
        self.assertTrue(data[0][1].endswith(self.octets))
        self.assertEqual(session.create('"' + "Lưu tạm".encode("utf-7").decode().replace("+", "&") + '"')[0], "OK")
        self.assertEqual(session.append("Drafts", None, None, self.octets)[0], "OK")
        self.assertEqual(session.select("Drafts")[0], "OK")
        _, data = session.fetch("1", "(BODY.PEEK[])")
        self.assertEqual(data[0][1], self.octets)
        self.assertEqual(session.store("1", "+FLAGS", r"(\Deleted)")[0], "OK")
        self.assertEqual(session.expunge()[0], "OK")
        self.assertEqual(session.logout()[0], "BYE")

    def test_starttls_on_the_plain_port_and_no_login_without_it(self):
        session = imaplib.IMAP4("127.0.0.1", self.box.port("imap"), timeout=30)
        self.assertIn("LOGINDISABLED", session.capabilities)
        with self.assertRaises(imaplib.IMAP4.error):
            session.login(*self.box.login(KHOA))
        session = imaplib.IMAP4("127.0.0.1", self.box.port("imap"), timeout=30)
        session.starttls(self.box.trust())
        session.login(*self.box.login(KHOA))
        self.assertEqual(session.select("INBOX")[0], "OK")
        session.logout()

    def test_a_wrong_password_is_no_and_says_nothing_more_than_that(self):
        for login in (KHOA, "khong-co@hatinh.dcs.example"):
            with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED"):
                session = imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.box.trust(), timeout=30)
                session.login(login, "sai")

    def test_a_unit_mailbox_opens_for_its_clerk_and_for_nobody_else(self):
        self.box.imap(CLERK, OFFICE).logout()
        with self.assertRaises(imaplib.IMAP4.error):
            self.box.imap(KHOA, OFFICE)

    def test_the_store_does_not_let_people_in_past_the_gateway(self):
        for login in (self.box.login(KHOA), (KHOA, "x")):
            session = imaplib.IMAP4("127.0.0.1", self.box.port("dovecot_imap"), timeout=30)
            with self.assertRaises(imaplib.IMAP4.error):
                session.login(*login)

    def test_curl_reads_a_letter(self):
        address, password = self.box.login(KHOA)
        done = subprocess.run(["curl", "-s", "--cacert", self.box.facts["ca_file"], "--user", f"{address}:{password}",
                               f"imaps://localhost:{self.box.port('imaps')}/INBOX;MAILINDEX=1"],
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.endswith(self.octets))

    def test_mbsync_copies_the_mailbox(self):
        folder = Path(tempfile.mkdtemp(prefix="vanthu-mbsync-"))
        self.addCleanup(shutil.rmtree, folder)
        address, password = self.box.login(KHOA)
        (folder / "Mail").mkdir()
        (folder / "mbsyncrc").write_text(f"""IMAPAccount box
Host localhost
Port {self.box.port('imaps')}
User {address}
Pass {password}
SSLType IMAPS
CertificateFile {self.box.facts['ca_file']}

IMAPStore far
Account box

MaildirStore near
Path {folder}/Mail/
Inbox {folder}/Mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
SyncState *
""")
        done = subprocess.run(["mbsync", "-c", str(folder / "mbsyncrc"), "-a"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        letters = [path.read_bytes() for path in (folder / "Mail" / "INBOX").glob("*/*") if path.is_file()]
        self.assertTrue(any(self.ident.encode() in letter for letter in letters))


class StoreAway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box())

    def imap_processes(self):
        """Of the box's Dovecot: one a session."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
                if name == "imap" and str(self.box.dir) in Path(f"/proc/{rest.split()[1]}/cmdline").read_text():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def letter_to(self, reader):
        ident = raw.message_id()
        reply = self.box.send("submission", self.box.login(HUONG), HUONG, [reader], raw.message(HUONG, reader, ident=ident))
        self.assertTrue(reply.accepted, reply)
        return ident

    def test_mail_waits_and_imap_says_why_until_dovecot_is_back(self):
        self.box.stop_dovecot()
        ident = self.letter_to(KHOA)
        with self.assertRaisesRegex(imaplib.IMAP4.error, "UNAVAILABLE"):
            self.box.imap(KHOA)
        self.box.start_dovecot()
        self.assertIsNotNone(self.box.find(KHOA, ident, seconds=90))

    def test_who_waits_does_not_notice_that_dovecot_restarts(self):
        for reader in (KHOA, HUONG, CLERK):
            self.assertIsNotNone(self.box.find(reader, self.letter_to(reader)))
        sessions = [(reader, self.box.imap(reader)) for reader in [KHOA] * 8 + [HUONG] * 11 + [CLERK]]
        known = {reader: int(session.untagged_responses["EXISTS"][-1]) for reader, session in sessions}
        sessions[-1][1].select("INBOX")
        idle = sessions[:-1:2]
        for _, session in idle:
            session.send(b"i1 IDLE\r\n")
            self.assertTrue(session.readline().startswith(b"+ "))
        serving = self.imap_processes()
        self.box.stop_dovecot()
        for process in serving:  # they outlive their master, unless the machine restarts
            os.kill(process, signal.SIGTERM)
        maildir = {reader: next(self.box.dir.glob(f"**/{reader}/Maildir")) for reader in (KHOA, CLERK)}
        (maildir[KHOA] / "new" / "1700000000.M1P1.here").write_bytes(raw.message(OUTSIDE, KHOA))
        next((maildir[CLERK] / "cur").glob("*")).unlink()
        self.box.start_dovecot()
        for reader, session in sessions[:-1]:
            there = known[reader] + (1 if reader == KHOA else 0)
            if (reader, session) in idle:
                if reader == KHOA:
                    while session.readline() != b"* %d EXISTS\r\n" % there:
                        pass
                session.send(b"DONE\r\n")
                while not session.readline().startswith(b"i1 OK"):
                    pass
            self.assertEqual(session.noop()[0], "OK")
            self.assertEqual(session.fetch(str(there), "(UID)")[0], "OK")
            session.logout()
        with self.assertRaisesRegex(imaplib.IMAP4.abort, "the folder has changed"):
            for _ in range(2):
                sessions[-1][1].noop()
        self.assertEqual(self.box.log().count('event=imap.backend.again'), 20)
        self.assertEqual(self.box.log().count('result="goes on"'), 19)


WEBMAIL, BALANCER, TERMINATOR = "127.0.0.9", "127.0.0.2", "127.0.0.8"


class PlaintextTest(unittest.TestCase):
    """imap.plaintext-from: a webmail on the same host, a terminator of TLS, and all the others."""

    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", f"imap.plaintext-from={WEBMAIL} {TERMINATOR}",
                                            "--set", f"proxy.hosts={BALANCER} {TERMINATOR}", "--set", "proxy.listeners=imap"))

    def hear(self, mark):
        octets = b""
        while mark not in octets:
            more = self.link.recv(1 << 16)
            self.assertTrue(more, octets)
            octets += more
        return octets

    def come(self, source, before=b""):
        """From that address; the greeting."""
        self.link = socket.create_connection(("127.0.0.1", self.box.port("imap")), timeout=30, source_address=(source, 0))
        self.addCleanup(self.link.close)
        self.link.sendall(before)
        return self.hear(b"\r\n")

    def ask(self, tag, words):
        self.link.sendall(f"{tag} {words}\r\n".encode())
        return self.hear(f"{tag} ".encode())

    def login(self, tag):
        return self.ask(tag, 'LOGIN "%s" "%s"' % self.box.login(KHOA))

    def test_a_login_without_tls_is_taken_from_there(self):
        greeting = self.come(WEBMAIL)
        self.assertNotIn(b"LOGINDISABLED", greeting)
        self.assertIn(b" STARTTLS ", greeting)
        self.assertIn(b" AUTH=PLAIN", greeting)
        self.assertIn(b"a NO [AUTHENTICATIONFAILED]", self.ask("a", f'LOGIN "{KHOA}" "sai"'))
        self.assertIn(b"b OK", self.login("b"))
        self.assertIn(b"c OK", self.ask("c", "SELECT INBOX"))
        self.assertIn(b"d BAD", self.ask("d", "STARTTLS"))  # somebody is logged in
        self.assertIn(b"e OK", self.ask("e", "LOGOUT"))

    def test_and_from_nowhere_else(self):
        self.assertIn(b" LOGINDISABLED]", self.come("127.0.0.1"))
        self.assertIn(b"a NO [PRIVACYREQUIRED]", self.login("a"))
        self.assertIn(b"b NO [PRIVACYREQUIRED]", self.ask("b", "AUTHENTICATE PLAIN"))
        self.assertIn(b"c BAD", self.ask("c", "SELECT INBOX"))

    def test_what_stands_behind_starttls_in_the_clear_never_runs_there_either(self):
        self.come(WEBMAIL)
        address, password = self.box.login(KHOA)
        self.link.sendall(f's STARTTLS\r\nx1 LOGIN "{address}" "{password}"\r\nx2 SELECT INBOX\r\n'.encode())
        self.assertIn(b"s OK", self.hear(b"\r\n"))
        self.link = self.box.trust().wrap_socket(self.link, server_hostname="localhost")
        said = self.ask("y", "NOOP")
        self.assertNotIn(b"x1", said)
        self.assertIn(b"y OK", said)
        self.assertIn(b"z BAD", self.ask("z", "SELECT INBOX"))  # nobody is logged in
        self.assertIn(b"t BAD", self.ask("t", "STARTTLS"))
        self.assertIn(b"u OK", self.login("u"))

    def test_a_balancer_that_names_a_client_is_trusted_only_together_with_it(self):
        def named(client):
            return f"PROXY TCP4 {client} 127.0.0.1 40000 143\r\n".encode()
        for source, client, taken in ((BALANCER, WEBMAIL, False), (TERMINATOR, "192.0.2.5", False),
                                      (TERMINATOR, WEBMAIL, True)):
            with self.subTest(source, client=client):
                self.assertEqual(b"LOGINDISABLED" in self.come(source, named(client)), not taken)
                self.assertIn(b"a OK" if taken else b"a NO [PRIVACYREQUIRED]", self.login("a"))
        self.assertIn(b"LOGINDISABLED", self.come(BALANCER, b"PROXY UNKNOWN\r\n"))


if __name__ == "__main__":
    unittest.main()

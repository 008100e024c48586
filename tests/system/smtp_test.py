# SPDX-License-Identifier: GPL-3.0-or-later
"""The SMTP doors against a peer that does not keep to the rules."""
import base64
import socket
import ssl
import subprocess
import unittest

import raw
from box import Box, wait_until

OUTSIDE = "ai-do@elsewhere.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"
KHOA = "khoatb@hatinh.dcs.example"


class SmtpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.message-octets=1048576"))

    def delivered(self, ident, address=KHOA, seconds=30):
        return self.box.find(address, ident, seconds=seconds) is not None

    # Smuggling: only CRLF.CRLF ends the data, and a bare CR or LF has no place anywhere.

    def test_every_false_end_of_data_is_refused_and_smuggles_nothing(self):
        for name, end in (("LF.LF", b"\n.\n"), ("LF.CRLF", b"\n.\r\n"), ("CR.CR", b"\r.\r"), ("CR.CRLF", b"\r.\r\n"),
                          ("CRLF.LF", b"\r\n.\n"), ("CRLF.CR", b"\r\n.\r"), ("CRLF.CRCRLF", b"\r\n.\r\r\n"),
                          ("CRCRLF.CRLF", b"\r\r\n.\r\n"), ("CRLF.NUL", b"\r\n\0.\r\n")):
            with self.subTest(end=name), raw.Smtp(self.box.port("mx")) as peer:
                ident, smuggled = raw.message_id(), raw.message_id()
                peer.to_data(OUTSIDE, KHOA)
                head = f"From: <{OUTSIDE}>\r\nTo: <{KHOA}>\r\nSubject: a\r\nDate: Mon, 23 Nov 2026 08:00:00 +0700\r\n"
                peer.put((head + f"Message-ID: {ident}\r\n\r\none").encode() + end
                         + f"MAIL FROM:<{OUTSIDE}>\r\nRCPT TO:<{KHOA}>\r\nDATA\r\n{head}Message-ID: {smuggled}\r\n\r\ntwo"
                         .encode() + b"\r\n.\r\n")
                code, text = peer.reply()
                self.assertGreaterEqual(code, 500, text)
                try:  # either it hangs up, or this is the next reply: no second transaction happened
                    self.assertEqual(peer.ask("NOOP")[0], 250)
                except OSError:
                    pass
                self.assertFalse(self.delivered(smuggled, seconds=0))
                self.assertFalse(self.delivered(ident, seconds=0))

    def test_a_bare_line_feed_in_a_command_is_refused(self):
        for octets in (b"NOOP\nNOOP\r\n", b"NO\rOP\r\n"):
            with self.subTest(octets=octets), raw.Smtp(self.box.port("mx")) as peer:
                peer.put(octets)
                code, _ = peer.reply()
                self.assertGreaterEqual(code, 400)

    # TLS and AUTH

    def test_what_was_sent_before_the_handshake_is_not_obeyed_after_it(self):
        with raw.Smtp(self.box.port("submission")) as peer:
            peer.ask("EHLO test.example")
            peer.put(b"STARTTLS\r\nMAIL FROM:<x@elsewhere.example>\r\n")
            code, _ = peer.reply()
            if code != 220:
                self.assertGreaterEqual(code, 500)  # refused altogether: as good
                return
            try:
                peer.socket = self.box.trust().wrap_socket(peer.socket, server_hostname="localhost")
            except (ssl.SSLError, ConnectionError):
                return  # the line was taken as part of the handshake and broke it: as good
            peer.buffer = b""
            code, text = peer.ask("NOOP")
            self.assertEqual(code, 250, text)
            self.assertTrue(peer.silent(), "a reply to the command that was injected before TLS")

    def test_passwords_are_taken_under_tls_only(self):
        with raw.Smtp(self.box.port("submission")) as peer:
            code, text = peer.ask("EHLO test.example")
            self.assertEqual(code, 250)
            self.assertNotIn("AUTH", text)
            self.assertIn("STARTTLS", text)
            login, password = self.box.login(KHOA)
            token = base64.b64encode(f"\0{login}\0{password}".encode()).decode()
            self.assertGreaterEqual(peer.ask(f"AUTH PLAIN {token}")[0], 500)
            self.assertGreaterEqual(peer.ask(f"MAIL FROM:<{KHOA}>")[0], 500)

    def test_a_wrong_password_is_535(self):
        reply = self.box.send("submissions", (KHOA, "sai"), KHOA, [OFFICE], raw.message(KHOA, OFFICE))
        self.assertEqual((reply.step, reply.code), ("auth", 535))

    def test_both_ways_to_submit_announce_what_they_can(self):
        for door in ("submission", "submissions"):
            with self.subTest(door=door):
                plain = socket.create_connection(("127.0.0.1", self.box.port(door)), timeout=20)
                if door == "submissions":
                    plain = self.box.trust().wrap_socket(plain, server_hostname="localhost")
                plain.sendall(b"")
                with plain:
                    self.assertTrue(plain.recv(512).startswith(b"220 "))
                    plain.sendall(b"EHLO test.example\r\n")
                    text = plain.recv(4096).decode()
                    for word in ("PIPELINING", "SIZE 1048576", "8BITMIME", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING"):
                        self.assertIn(word, text)

    def test_a_letter_that_the_store_cannot_carry_is_refused_at_rcpt(self):
        def offered():
            with raw.Smtp(self.box.port("mx")) as peer:
                return peer.ask("EHLO test.example")[1].splitlines()

        wait_until(lambda: "SMTPUTF8" not in offered(), what="the store to be asked: Dovecot's LMTP has no SMTPUTF8")
        self.assertNotIn("BINARYMIME", offered())
        with raw.Smtp(self.box.port("mx")) as peer:
            peer.ask("EHLO test.example")
            for parameter, status in (("SMTPUTF8", "5.6.7"), ("BODY=BINARYMIME", "5.6.1")):
                self.assertEqual(peer.ask(f"MAIL FROM:<{OUTSIDE}> {parameter}")[0], 250)
                code, text = peer.ask(f"RCPT TO:<{KHOA}>")
                self.assertEqual((code, text[:5]), (550, status))
                peer.ask("RSET")

    # Bounds and oddities

    def test_a_message_that_says_it_is_too_big_is_refused_at_mail(self):
        with raw.Smtp(self.box.port("mx")) as peer:
            peer.ask("EHLO test.example")
            code, text = peer.ask(f"MAIL FROM:<{OUTSIDE}> SIZE=1048577")
            self.assertEqual((code, text[:5]), (552, "5.3.4"))
            self.assertEqual(peer.ask(f"MAIL FROM:<{OUTSIDE}> SIZE=1048576")[0], 250)

    def test_a_message_that_is_too_big_without_saying_so_is_refused_at_its_end(self):
        with raw.Smtp(self.box.port("mx")) as peer:
            peer.to_data(OUTSIDE, KHOA)
            peer.put(raw.message(OUTSIDE, KHOA))
            peer.put((b"x" * 998 + b"\r\n") * 1100 + b".\r\n")
            code, text = peer.reply()
            self.assertEqual((code, text[:5]), (552, "5.3.4"))
            self.assertEqual(peer.ask("NOOP")[0], 250)

    def test_a_header_that_is_not_utf8_is_delivered_as_it_came_or_refused_with_a_reason(self):
        ident = raw.message_id()
        octets = raw.message(OUTSIDE, KHOA, ident=ident).replace(b"Subject: ", b"Subject: \xd0\xe6\xe2 ", 1)
        reply = self.box.send("mx", None, OUTSIDE, [KHOA], octets)
        if reply.accepted:
            stored = self.box.find(KHOA, ident)
            self.assertIsNotNone(stored)
            self.assertTrue(stored.endswith(octets), "altered on its way")
        else:
            self.assertEqual(reply.code // 100, 5)
            self.assertRegex(reply.text, r"(?i)header|tiêu đề|tieu de")

    def test_other_programs_can_send_too(self):
        ident = raw.message_id()
        address, password = self.box.login(KHOA)
        done = subprocess.run(
            ["swaks", "--server", "127.0.0.1", "--port", str(self.box.port("submission")), "--tls", "--auth", "PLAIN",
             "--auth-user", address, "--auth-password", password, "--from", KHOA, "--to", KHOA,
             "--header", f"Message-Id: {ident}", "--header", "Subject: swaks"],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(self.delivered(ident))

    def test_mail_for_an_unknown_address_is_refused_without_hints_for_strangers(self):
        reply = self.box.send("mx", None, OUTSIDE, ["khoatbb@hatinh.dcs.example"], raw.message(OUTSIDE, KHOA))
        self.assertEqual((reply.step, reply.code, reply.text[:5]), ("rcpt", 550, "5.1.1"))
        self.assertNotIn(KHOA, reply.text)
        reply = self.box.send("submission", self.box.login(KHOA), KHOA, ["kienhh@hatinh.dcs.example"],
                              raw.message(KHOA, KHOA))
        self.assertEqual((reply.step, reply.code), ("rcpt", 550))
        self.assertIn("kienth@hatinh.dcs.example", reply.text)

    def test_strangers_may_not_relay_through_us(self):
        reply = self.box.send("mx", None, OUTSIDE, ["x@another.example"], raw.message(OUTSIDE, "x@another.example"))
        self.assertEqual(reply.step, "rcpt")
        self.assertEqual(reply.code // 100, 5)

    def test_a_reply_for_each_of_many_pipelined_commands(self):
        with raw.Smtp(self.box.port("mx")) as peer:
            ident = raw.message_id()
            peer.put(f"EHLO test.example\r\nMAIL FROM:<{OUTSIDE}>\r\nRCPT TO:<{KHOA}>\r\nDATA\r\n".encode())
            self.assertEqual([peer.reply()[0] for _ in range(4)], [250, 250, 250, 354])
            peer.put(raw.message(OUTSIDE, KHOA, ident=ident) + b".\r\nQUIT\r\n")
            self.assertEqual([peer.reply()[0] for _ in range(2)], [250, 221])
            wait_until(lambda: self.delivered(ident, seconds=0), what="delivery")


if __name__ == "__main__":
    unittest.main()

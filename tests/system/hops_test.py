# SPDX-License-Identifier: GPL-3.0-or-later
"""What is offered and taken follows what the next hop can carry."""
import unittest

import raw
from box import Box, wait_until
from sinks import Sink

OUTSIDE = "ai-do@elsewhere.example"
KHOA = "khoatb@hatinh.dcs.example"
KIEN = "kienth@hatinh.dcs.example"


class HopsTest(unittest.TestCase):
    def offered(self, box):
        with raw.Smtp(box.port("mx")) as peer:
            return peer.ask("EHLO test.example")[1].splitlines()

    def rcpt(self, peer, parameters, address=KHOA):
        peer.ask("RSET")
        self.assertEqual(peer.ask(f"MAIL FROM:<{OUTSIDE}> {parameters}")[0], 250)
        code, text = peer.ask(f"RCPT TO:<{address}>")
        return code, text.split()[0]

    def test_a_hop_that_carries_all_gets_binary_octets_as_they_came(self):
        with Sink(offers=("8BITMIME", "SMTPUTF8", "PIPELINING", "CHUNKING", "BINARYMIME")) as sink, \
                Box("--next-hop", f"lmtp://127.0.0.1:{sink.port}") as box:
            wait_until(lambda: sink.connections, what="the hop to be asked")
            wait_until(lambda: "BINARYMIME" in self.offered(box), what="the offer")
            self.assertIn("SMTPUTF8", self.offered(box))
            head = raw.message(OUTSIDE, KHOA, text="x").replace(b"Encoding: 7bit", b"Encoding: binary")
            with raw.Smtp(box.port("mx")) as peer:
                peer.ask("EHLO test.example")
                # A line longer than any text's, 8-bit octets, no CRLF at the end: all legal here, and delivered as they are.
                octets = head + b"x" * 20000 + b"\xc4\x83"
                self.assertEqual(self.rcpt(peer, "BODY=BINARYMIME"), (250, "2.1.5"))
                half = len(octets) // 2
                peer.put(b"BDAT %d\r\n" % half + octets[:half] + b"BDAT %d LAST\r\n" % (len(octets) - half) + octets[half:])
                self.assertEqual(peer.reply()[0], 250)
                self.assertEqual(peer.reply()[0], 250)
                wait_until(lambda: sink.letters, what="delivery")
                self.assertTrue(sink.letters[0][2].endswith(octets))
                # A file that is binary and says so holds any octet (RFC 3030 §3).
                octets = (raw.message(OUTSIDE, KHOA).partition(b"Content-Type")[0] + b"MIME-Version: 1.0\r\n"
                          b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\n--b\r\n\r\n"
                          b"x\r\n--b\r\nContent-Type: application/octet-stream; name=du-lieu.dat\r\n"
                          b"Content-Transfer-Encoding: binary\r\n\r\n" + bytes(range(256)) * 300 + b"\r\n--b--\r\n")
                self.assertEqual(self.rcpt(peer, "BODY=BINARYMIME"), (250, "2.1.5"))
                peer.put(b"BDAT %d LAST\r\n" % len(octets) + octets)
                code, text = peer.reply()
                self.assertEqual(code, 250, text)
                wait_until(lambda: len(sink.letters) == 2, what="delivery of the binary file")
                self.assertTrue(sink.letters[1][2].endswith(octets))
                # Bare CR and LF pass the transport, and the rules say what they think of a text read in two ways.
                octets = head + b"a\nb\rc\r\n"
                self.assertEqual(self.rcpt(peer, "BODY=BINARYMIME"), (250, "2.1.5"))
                peer.put(b"BDAT %d LAST\r\n" % len(octets) + octets)
                code, text = peer.reply()
                self.assertEqual((code, text.split()[0]), (554, "5.6.0"))
                self.assertIn("mime.header", text)
                self.assertEqual(self.rcpt(peer, "SMTPUTF8"), (250, "2.1.5"))
                self.assertEqual(self.rcpt(peer, "BODY=8BITMIME"), (250, "2.1.5"))

    def test_a_hop_that_carries_little_is_not_promised_more(self):
        with Sink(offers=("PIPELINING", "SIZE 3000")) as sink, Box("--next-hop", f"smtp://127.0.0.1:{sink.port}") as box:
            wait_until(lambda: "SIZE 3000" in self.offered(box), what="the hop's limit")
            offered = self.offered(box)
            for word in ("8BITMIME", "SMTPUTF8", "BINARYMIME", "REQUIRETLS"):
                self.assertNotIn(word, offered)
            self.assertIn("DSN", offered)  # we report in its stead
            with raw.Smtp(box.port("mx")) as peer:
                peer.ask("EHLO test.example")
                self.assertEqual(self.rcpt(peer, "SIZE=3000"), (250, "2.1.5"))
                self.assertEqual(self.rcpt(peer, "SIZE=3001"), (552, "5.3.4"))
                self.assertEqual(self.rcpt(peer, "BODY=8BITMIME"), (550, "5.6.3"))
                self.assertEqual(self.rcpt(peer, "BODY=BINARYMIME"), (550, "5.6.1"))
                self.assertEqual(self.rcpt(peer, "SMTPUTF8"), (550, "5.6.7"))
                # What had not been said at MAIL is seen in the octets.
                for octets, status in ((raw.message(OUTSIDE, KHOA, text="x" * 70 + "\n") + b"y" * 900 + b"\r\n", None),
                                       (raw.message(OUTSIDE, KHOA) + (b"y" * 900 + b"\r\n") * 4, "5.3.4"),
                                       (raw.message(OUTSIDE, KHOA) + "chữ\r\n".encode(), "5.6.3")):
                    self.assertEqual(self.rcpt(peer, ""), (250, "2.1.5"))
                    self.assertEqual(peer.ask("DATA")[0], 354)
                    peer.put(octets.replace(b"Content-Transfer-Encoding: 8bit\r\n", b"") + b".\r\n")
                    code, text = peer.reply()
                    self.assertEqual((code // 100, status or text.split()[0]), (5 if status else 2, text.split()[0]))


if __name__ == "__main__":
    unittest.main()

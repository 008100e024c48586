# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that are too slow to read or to write, and what they are told; limits are seconds here."""
import socket
import time
import unittest

import raw
from box import Box

OUTSIDE = "ai-do@elsewhere.example"
KHOA = "khoatb@hatinh.dcs.example"


class SlowTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        settings = ("limits.command-seconds=3", "limits.data-seconds=2", "limits.data-rate=50000", "limits.reply-seconds=2")
        cls.box = cls.enterClassContext(Box(*(word for each in settings for word in ("--set", each))))

    def ends(self, peer, within):
        """Seconds until the server hangs up; what it said last."""
        begun, said = time.monotonic(), b""
        peer.socket.settimeout(within)
        try:
            while octets := peer.socket.recv(65536):
                said += octets
        except (ConnectionResetError, BrokenPipeError):
            pass
        return time.monotonic() - begun, (peer.buffer + said).decode(errors="replace")

    def test_a_silent_client_is_told_421_and_let_go(self):
        with raw.Smtp(self.box.port("mx")) as peer:
            seconds, said = self.ends(peer, 30)
            self.assertTrue(said.startswith("421 4.4.2 "), said)
            self.assertGreater(seconds, 2)

    def test_a_command_that_comes_octet_by_octet_has_no_more_time_than_another(self):
        with raw.Smtp(self.box.port("mx")) as peer:
            begun = time.monotonic()
            try:
                for octet in b"EHLO pc.elsewhere.example-and-so-on-and-on-and-on":
                    peer.put(bytes([octet]))
                    time.sleep(0.5)
            except OSError:
                pass
            self.assertLess(time.monotonic() - begun, 20)
            self.assertIn("421 4.4.2 ", self.ends(peer, 30)[1])

    def test_a_message_that_trickles_is_cut_though_each_piece_comes_in_time(self):
        for begin, piece in (("DATA", b"x" * 60 + b"\r\n"), ("BDAT 1000000", b"x" * 60 + b"\r\n")):
            with self.subTest(begin=begin), raw.Smtp(self.box.port("mx")) as peer:
                peer.ask("EHLO test.example")
                peer.ask(f"MAIL FROM:<{OUTSIDE}>")
                peer.ask(f"RCPT TO:<{KHOA}>")
                peer.put(begin.encode() + b"\r\n")
                if begin == "DATA":
                    self.assertEqual(peer.reply()[0], 354)
                begun = time.monotonic()
                try:
                    while time.monotonic() - begun < 25:
                        peer.put(piece)  # 620 octets a second, 50,000 are asked for
                        time.sleep(0.1)
                except OSError:
                    pass
                self.assertLess(time.monotonic() - begun, 20)
                self.assertIn("421 4.4.2 ", self.ends(peer, 30)[1])

    def test_a_message_that_keeps_the_rate_has_the_time_it_needs(self):
        with raw.Smtp(self.box.port("mx")) as peer:
            peer.to_data(OUTSIDE, KHOA)
            peer.put(raw.message(OUTSIDE, KHOA))
            for _ in range(20):  # 4 s, longer than data-seconds
                peer.put((b"x" * 998 + b"\r\n") * 20)
                time.sleep(0.2)
            peer.put(b".\r\n")
            self.assertEqual(peer.reply()[0], 250)

    def test_a_client_that_does_not_read_is_cut_off(self):
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", self.box.port("mx")))
            deaf.settimeout(30)
            deaf.sendall(f"EHLO a\r\nMAIL FROM:<{OUTSIDE}>\r\n".encode())
            begun = time.monotonic()
            with self.assertRaises(OSError):  # answers that nobody takes fill the buffers, then nothing moves
                while time.monotonic() - begun < 40:
                    deaf.sendall(f"RCPT TO:<{KHOA}>\r\n".encode() * 100)
            self.assertLess(time.monotonic() - begun, 30)

    def test_others_are_served_meanwhile(self):
        with raw.Smtp(self.box.port("mx")) as slow, raw.Smtp(self.box.port("mx")) as quick:
            slow.put(b"EHL")
            self.assertEqual(quick.ask("EHLO test.example")[0], 250)


if __name__ == "__main__":
    unittest.main()

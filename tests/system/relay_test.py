# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways out: a real Postfix as next hop, TLS by name and by key, MX look-up, reports to the sender."""
import email
import os
import unittest

import raw
from box import Box, wait_until
from layout import HOSTNAME
from names import Names
from outside import BAN, KHOA, certificate, key_digest, postfix_tls, send
from postfix import Postfix
from sinks import Sink


def body_of(octets):
    return octets.split(b"\r\n\r\n", 1)[1]


@unittest.skipUnless(os.getuid() == 0, "Postfix runs only as root")
class PostfixTest(unittest.TestCase):
    def test_every_octet_arrives_by_chunks_and_by_data(self):
        awkward = b"\r\n".join([b".", b"..", b".a", b"b.", "Thư có dấu".encode(), b"", b"x" * 900, b"." * 70, b"end", b""])
        for settings in ((), ("smtpd_discard_ehlo_keywords = chunking",), ("smtpd_discard_ehlo_keywords = chunking, pipelining",)):
            with self.subTest(settings), Sink() as sink, Postfix(sink.port, settings=settings) as postfix, \
                    Box("--set", f"relay.outside=smtp://127.0.0.1:{postfix.port}") as box:
                octets = raw.message(KHOA, BAN) + awkward
                send(box, BAN, octets)
                wait_until(lambda: sink.letters, 60, "the letter behind Postfix")
                self.assertEqual(body_of(sink.letters[0][2]), body_of(octets))

    def test_one_body_for_many_recipients_each_with_its_own_answer(self):
        with Sink() as sink, Postfix(sink.port, settings=("smtpd_recipient_restrictions = check_recipient_access "
                                                          "inline:{ {nobody@elsewhere.example = 550 5.1.1 nobody} }, permit",)) as postfix, \
                Box("--set", f"relay.outside=smtp://127.0.0.1:{postfix.port}") as box:
            send(box, [BAN, "nobody@elsewhere.example", "ai@elsewhere.example"])
            wait_until(lambda: sink.letters, 60, "the letter behind Postfix")
            self.assertEqual(sorted(a for one in sink.letters for a in one[1]), ["ai@elsewhere.example", BAN])
            self.assertEqual(postfix.log().count("client=localhost[127.0.0.1]"), 1)
            wait_until(lambda: "event=dsn.sent" in box.log(), 60, "a report")

    def test_tls_by_name_and_by_key(self):
        cert, key = certificate(self, "localhost")
        with Sink() as sink, Postfix(sink.port, settings=postfix_tls(cert, key, "encrypt")) as postfix, \
                Box("--set", f"relay.route=default smtp://localhost:{postfix.port} tls=verified ca={cert}") as box:
            send(box, BAN)
            wait_until(lambda: sink.letters, 60, "the letter behind Postfix")
            self.assertIn("TLS connection established", postfix.log())
            pin = key_digest(cert)
            for route, good in (
                    (f"smtp://127.0.0.1:{postfix.port} tls=pinned pin={pin}", True),
                    (f"smtp://127.0.0.1:{postfix.port} tls=pinned pin={'0' * 64}", False),
                    (f"smtp://127.0.0.2:{postfix.port},smtp://localhost:{postfix.port} tls=verified", False)):
                config = box.layout.config.read_text()
                line = next(l for l in config.splitlines() if l.startswith("relay.route"))
                box.layout.config.write_text(config.replace(line, f"relay.route = default {route}"))
                box.kill_gateway()
                box.start_gateway()
                seen, before = len(sink.letters), box.log().count("event=hop.unavailable")
                send(box, BAN)
                if good:
                    wait_until(lambda: len(sink.letters) > seen, 60, route)
                else:
                    wait_until(lambda: box.log().count("event=hop.unavailable") > before, 60, route)
                    self.assertEqual(len(sink.letters), seen)


class MxTest(unittest.TestCase):
    def test_the_next_host_takes_it_when_the_best_is_away(self):
        with Sink() as sink, Names({"elsewhere.example MX": ["10 away.example.", "20 here.example."],
                                    "away.example A": ["127.0.0.2"], "here.example A": ["127.0.0.1"]}) as names, \
                Box("--set", f"dns.server=127.0.0.1:{names.port}", "--set", f"relay.route=default mx port={sink.port}") as box:
            octets = send(box, BAN)
            wait_until(lambda: sink.letters, 60, "the letter")
            self.assertTrue(sink.letters[0][2].endswith(octets))
            names.away.add("silent.example")
            send(box, "ai@silent.example")
            wait_until(lambda: "mx:silent.example" in box.log(), 60, "a first try")
            self.assertIn("status=4.4.3", box.log())
            self.assertNotIn("delivery.failed", box.log())

    def test_domains_that_take_no_mail_are_reported_at_once(self):
        with Sink() as sink, Names({"null.example MX": ["0 ."], "loop.example MX": [f"10 {HOSTNAME}."]}) as names, \
                Box("--set", f"dns.server=127.0.0.1:{names.port}", "--set", f"relay.route=default mx port={sink.port}") as box:
            for domain, status in (("null.example", "5.1.10"), ("nowhere.example", "5.1.2"), ("loop.example", "5.4.6")):
                send(box, f"ai@{domain}")
                wait_until(lambda want=f"status={status}": want in box.log(), 60, f"{domain}: {status}")
            wait_until(lambda: box.log().count("event=dsn.sent") == 3, 60, "three reports")
            self.assertEqual(sink.letters, [])
            session = box.imap(KHOA)
            wait_until(lambda: len(session.search(None, "ALL")[1][0].split()) >= 3, 60, "reports in the mailbox")
            report = email.message_from_bytes(session.fetch("1", "(RFC822)")[1][0][1])
            self.assertEqual(report.get_content_type(), "multipart/report")
            self.assertEqual([part.get_content_type() for part in report.get_payload()],
                             ["text/plain", "message/delivery-status", "text/rfc822-headers"])
            self.assertEqual(report.get_payload(1).get_payload(1)["Action"], "failed")
            session.logout()


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""DANE (RFC 7672): a Postfix behind MX records of a signed zone, and zones that lie, break or say nothing."""
import os
import unittest

import raw
from box import Box, wait_until
from names import Names
from outside import KHOA, certificate, deferred, key_digest, postfix_tls, queued, send
from postfix import Postfix
from sinks import Sink

CLEAR = "127.0.0.4"  # a hop without TLS, at the same port as the Postfix


@unittest.skipUnless(os.getuid() == 0, "Postfix runs only as root")
class DaneTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cert, key = certificate(cls, "a-name-nobody-asks-for.example")  # DANE-EE goes by the key alone (RFC 7672 §3.1.1)
        cls.digest = key_digest(cert)
        cls.behind = cls.enterClassContext(Sink())
        cls.postfix = cls.enterClassContext(Postfix(
            cls.behind.port, "good.example, alias.example, wrong.example, plain.example, bogus.example, odd.example",
            postfix_tls(cert, key)))
        cls.clear = cls.enterClassContext(Sink(address=CLEAR, port=cls.postfix.port))
        cls.names = cls.enterClassContext(Names(signed="example", unsigned=["plain.example"]))
        anchor = cert.parent / "anchor"
        anchor.write_text(cls.names.zone.anchor())
        anchor.chmod(0o644)
        for domain, address, tlsa in (("good", "127.0.0.1", f"3 1 1 {cls.digest}"), ("wrong", "127.0.0.1", "3 1 1 " + "ab" * 32),
                                      ("bogus", "127.0.0.1", f"3 1 1 {cls.digest}"), ("plain", "127.0.0.1", "3 1 1 " + "ab" * 32),
                                      ("odd", "127.0.0.1", "1 1 1 " + "ab" * 32), ("bare", CLEAR, f"3 1 1 {cls.digest}"),
                                      ("half", CLEAR, f"3 1 1 {cls.digest}"), ("forged", CLEAR, ""), ("open", CLEAR, ""),
                                      ("late", CLEAR, f"3 1 1 {cls.digest}")):
            cls.names.table |= {f"{domain}.example MX": [f"10 mx.{domain}.example."], f"mx.{domain}.example A": [address]}
            if tlsa:
                cls.names.table[f"_{cls.postfix.port}._tcp.mx.{domain}.example TLSA"] = [tlsa]
        cls.names.table["alias.example MX"] = ["10 mail.alias.example."]
        cls.names.table["mail.alias.example CNAME"] = ["mx.good.example."]
        cls.names.bogus |= {f"_{cls.postfix.port}._tcp.mx.bogus.example TLSA", "forged.example MX"}
        cls.names.away.add("mx.half.example AAAA")
        cls.box = cls.enterClassContext(Box(
            "--set", f"dns.server=127.0.0.1:{cls.names.port}", "--set", f"dns.trust-anchor={anchor}",
            "--set", f"relay.route=default mx port={cls.postfix.port} dane"))

    def arrived(self, to):
        return any(to in forward for _, forward, _ in self.behind.letters + self.clear.letters)

    def secured(self, domain):
        return [line for line in self.box.log().splitlines() if f"event=hop.secured hop={domain}:" in line]

    def refused(self, domain, status):
        words = deferred(self.box, f"ai@{domain}", status)
        self.assertFalse(self.arrived(f"ai@{domain}"))
        self.assertFalse(any(domain in line for _, line in self.clear.lines), "the message was named in clear")
        self.assertNotIn(f"to=<ai@{domain}>", self.postfix.log())
        return words

    def test_the_key_of_the_signed_record_is_trusted_and_logged(self):
        send(self.box, "ai@good.example")
        wait_until(lambda: self.arrived("ai@good.example"), what="the letter behind Postfix")
        self.assertIn("TLS connection established", self.postfix.log())
        line = self.secured("mx.good.example")[0]
        self.assertIn("by=dane", line)
        self.assertIn('tlsa="3 1 1"', line)

    def test_the_records_of_a_host_stand_where_its_alias_leads(self):
        send(self.box, "ai@alias.example")
        wait_until(lambda: self.arrived("ai@alias.example"), what="the letter behind Postfix")
        self.assertIn("by=dane", self.secured("mail.alias.example")[0])

    def test_another_key_gets_nothing(self):
        send(self.box, "ai@wrong.example")
        self.refused("wrong.example", "4.4.1")
        self.assertEqual(self.secured("mx.wrong.example"), [])

    def test_a_host_that_has_records_and_offers_no_tls_gets_nothing(self):
        send(self.box, "ai@bare.example")
        self.refused("bare.example", "4.7.4")

    def test_tls_required_no_goes_past_what_keeps_other_mail_back(self):
        send(self.box, "one@late.example")
        deferred(self.box, "one@late.example", "4.7.4")
        send(self.box, "two@late.example", b"TLS-Required: No\r\n" + raw.message(KHOA, "two@late.example"))
        wait_until(lambda: self.arrived("two@late.example"), what="the letter whose sender asked for it")
        send(self.box, "three@late.example", b"TLS-Required: Yes\r\n" + raw.message(KHOA, "three@late.example"))
        for name in ("one", "three"):  # behind the domain's records, and by another way than the second
            waiting = queued(self.box, f"{name}@late.example")
            self.assertEqual(waiting["recipients"][0]["destination"], "mx:late.example")
            self.assertFalse(self.arrived(f"{name}@late.example"))
        deferred(self.box, "one@late.example", "4.7.4")

    def test_records_that_fail_validation_stop_the_mail(self):
        send(self.box, "ai@bogus.example")
        self.refused("bogus.example", "4.4.3")
        send(self.box, "ai@forged.example")
        self.refused("forged.example", "4.4.3")

    def test_half_an_answer_about_the_host_is_no_way_around_its_records(self):
        send(self.box, "ai@half.example")
        self.refused("half.example", "4.4.3")

    def test_an_unsigned_zone_binds_nobody(self):
        send(self.box, "ai@plain.example")
        wait_until(lambda: self.arrived("ai@plain.example"), what="the letter behind Postfix")
        self.assertIn("by=nobody", self.secured("mx.plain.example")[0])
        send(self.box, "ai@open.example")  # signed, without TLSA, without TLS
        wait_until(lambda: self.arrived("ai@open.example"), what="the letter in clear")

    def test_records_that_nobody_can_use_still_ask_for_tls(self):
        send(self.box, "ai@odd.example")
        wait_until(lambda: self.arrived("ai@odd.example"), what="the letter behind Postfix")
        self.assertIn("by=nobody", self.secured("mx.odd.example")[0])


if __name__ == "__main__":
    unittest.main()

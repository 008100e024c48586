# SPDX-License-Identifier: GPL-3.0-or-later
"""REQUIRETLS (RFC 8689) by hops that promise it and hops that do not, and hops that begin with TLS (smtps)."""
import email
import signal
import socket
import unittest

from box import Box, wait_until
from names import Names
from outside import KHOA, certificate, deferred, key_digest, routes, send
from sinks import Sink

OFFERS = ("8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES")


class RequireTlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tls = certificate(cls, "localhost")
        cls.promises = cls.enterClassContext(Sink(offers=(*OFFERS, "REQUIRETLS"), tls=cls.tls))
        cls.lacks = cls.enterClassContext(Sink(offers=OFFERS, tls=cls.tls))
        cls.implicit = cls.enterClassContext(Sink(offers=(*OFFERS, "REQUIRETLS"), tls=cls.tls, implicit=True))
        # Two hosts by DANE, the better one without REQUIRETLS, and a third one for a domain of its own.
        cls.better = cls.enterClassContext(Sink(offers=OFFERS, tls=cls.tls, address="127.0.0.5"))
        port = cls.better.port
        cls.worse = cls.enterClassContext(Sink(offers=(*OFFERS, "REQUIRETLS"), tls=cls.tls, address="127.0.0.6", port=port))
        cls.names = cls.enterClassContext(Names({
            "two.example MX": ["10 better.example.", "20 worse.example."], "better.example A": ["127.0.0.5"],
            "worse.example A": ["127.0.0.6"], "one.example MX": ["10 better.example."],
            "away.example MX": ["10 better.example.", "20 down.example."], "down.example A": ["127.0.0.7"],
            **{f"_{port}._tcp.{host}.example TLSA": [f"3 1 1 {key_digest(cls.tls[0])}"] for host in ("better", "worse", "down")}},
            signed="example"))
        anchor = cls.tls[0].parent / "anchor"
        anchor.write_text(cls.names.zone.anchor())
        anchor.chmod(0o644)
        cls.silent = cls.enterClassContext(socket.create_server(("127.0.0.1", 0)))  # takes connections and says nothing
        ways = (f"domain:a-silent.example smtp://127.0.0.1:{cls.silent.getsockname()[1]}",
                f"domain:promises.example smtp://localhost:{cls.promises.port} tls=verified ca={cls.tls[0]}",
                f"domain:lacks.example smtp://localhost:{cls.lacks.port} tls=verified ca={cls.tls[0]}",
                f"domain:unverified.example smtp://localhost:{cls.promises.port}",
                f"domain:implicit.example smtps://localhost:{cls.implicit.port} tls=verified ca={cls.tls[0]}",
                f"domain:stranger.example smtps://localhost:{cls.implicit.port} tls=verified",
                f"domain:strict.example smtps://localhost:{cls.lacks.port}",
                f"default mx port={port} dane")
        cls.box = cls.enterClassContext(Box("--set", f"dns.server=127.0.0.1:{cls.names.port}",
                                            "--set", f"dns.trust-anchor={anchor}", *routes(*ways)))

    def require(self, to):
        send(self.box, to, options=["REQUIRETLS"])

    def taken(self, sink, to):
        wait_until(lambda: any(to in forward for _, forward, _ in sink.letters), what=f"the letter to {to}")
        lines = [line for line in sink.lines if line[1].startswith("MAIL")]
        self.assertTrue(all(secure for secure, _ in lines), lines)
        return lines[-1][1]

    def refusal(self, to):
        """Of the RCPT, where the gateway knows its hop."""
        try:
            self.require(to)
        except Exception as error:  # noqa: BLE001  # SMTPResponseException, with the hop's words
            return f"{error.smtp_code} {error.smtp_error.decode()}"
        return ""

    def report_about(self, to):
        def find():
            session = self.box.imap(KHOA)
            try:
                numbers = session.search(None, "FROM", "MAILER-DAEMON")[1][0].split() or \
                    session.search(None, "ALL")[1][0].split()
                for number in numbers:
                    octets = session.fetch(number, "(BODY.PEEK[])")[1][0][1]
                    if to.encode() in octets and b"multipart/report" in octets:
                        found.append(email.message_from_bytes(octets))
                        return True
                return False
            finally:
                session.logout()
        found = []
        wait_until(find, what=f"a report about {to}")
        return found[0]

    def test_a_hop_that_promises_gets_it_with_the_promise(self):
        self.require("ai@promises.example")
        self.assertIn("REQUIRETLS", self.taken(self.promises, "ai@promises.example"))

    def test_a_hop_that_does_not_promise_or_is_not_known_gets_nothing(self):
        wait_until(lambda: self.refusal("ai@lacks.example").startswith("550 5.7.30"), what="the refusal")
        wait_until(lambda: self.refusal("ai@unverified.example").startswith("550 5.7.30"), what="the refusal")
        for sink in (self.lacks, self.promises):
            self.assertFalse([line for _, line in sink.lines if "lacks.example" in line or "unverified.example" in line])
        send(self.box, "ai@lacks.example")  # without the demand it goes
        self.assertNotIn("REQUIRETLS", self.taken(self.lacks, "ai@lacks.example"))

    def test_the_next_host_is_asked_when_the_best_does_not_promise(self):
        send(self.box, "ai@two.example")
        self.taken(self.better, "ai@two.example")
        self.require("ba@two.example")
        self.assertIn("REQUIRETLS", self.taken(self.worse, "ba@two.example"))
        self.assertFalse([line for _, line in self.better.lines if "ba@two.example" in line])

    def test_what_no_host_promises_comes_back(self):
        self.require("ai@one.example")
        report = self.report_about("ai@one.example")
        fields = report.get_payload(1).get_payload(1)
        self.assertEqual((fields["Action"], fields["Status"]), ("failed", "5.7.30"))
        self.assertFalse([line for _, line in self.better.lines if "ai@one.example" in line])

    def test_a_host_that_cannot_be_asked_yet_is_waited_for(self):
        self.require("ai@away.example")
        deferred(self.box, "ai@away.example", "4.7.30")
        send(self.box, "ba@away.example")  # and holds up nobody else
        self.taken(self.better, "ba@away.example")

    def test_a_hop_that_says_nothing_holds_up_neither_the_look_at_others_nor_the_end(self):
        self.box.signal_gateway(signal.SIGTERM)
        self.assertTrue(self.box.wait_for_gateway_end(10))
        self.box.start_gateway()
        self.box.signal_gateway(signal.SIGTERM)  # at once
        self.assertTrue(self.box.wait_for_gateway_end(10))
        self.box.start_gateway()

    def test_smtps_begins_with_tls_and_knows_its_host(self):
        self.require("ai@implicit.example")
        self.assertIn("REQUIRETLS", self.taken(self.implicit, "ai@implicit.example"))
        send(self.box, "ai@stranger.example")  # a certificate that no authority of this machine vouches for
        deferred(self.box, "ai@stranger.example", "4.4.1")
        send(self.box, "ai@strict.example")  # a hop that speaks SMTP in clear at the port of smtps
        deferred(self.box, "ai@strict.example", "4.4.1")
        for sink in (self.implicit, self.lacks):
            self.assertFalse([line for _, line in sink.lines if "stranger" in line or "strict" in line])


if __name__ == "__main__":
    unittest.main()

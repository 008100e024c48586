# SPDX-License-Identifier: GPL-3.0-or-later
"""SPF, DKIM and DMARC of clients out there, whom a load balancer names: what is found, and what the policy makes of it."""
import re
import socket
import struct
import unittest

import raw
from box import Box
from names import Names

try:
    import dkim
except ImportError:
    dkim = None

KHOA = "khoatb@hatinh.dcs.example"
BALANCER = "127.0.0.2"
V2 = b"\r\n\r\n\x00\r\nQUIT\n\x21"
RIGHT, STRANGER, SIX = "192.0.2.25", "192.0.2.66", "2001:db8::25"
RULES = ("authentication.dmarc-reject", "authentication.spf-fail")


def header(client):
    """PROXY version 2 over TCP."""
    kind, family = (b"\x21", socket.AF_INET6) if ":" in client else (b"\x11", socket.AF_INET)
    local = "::1" if ":" in client else "127.0.0.1"
    octets = socket.inet_pton(family, client) + socket.inet_pton(family, local) + struct.pack(">HH", 40000, 25)
    return V2 + kind + struct.pack(">H", len(octets)) + octets


class Client(raw.Smtp):
    """Speaks to the MX port as if it came from that address."""

    def __init__(self, box, client):
        self.client = client
        super().__init__(box.port("mx"), source=BALANCER)

    def reply(self):
        if self.client:
            self.put(header(self.client))
            self.client = ""
        return super().reply()


@unittest.skipIf(dkim is None, "python3-dkim is not installed")
class OutsideTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.names = cls.enterClassContext(Names({
            "good.example TXT": ['"v=spf1 mx ip6:2001:db8::/64 -all"'], "good.example MX": ["10 mail.good.example."],
            "mail.good.example A": [RIGHT], "mail.good.example TXT": ['"v=spf1 a -all"'],
            "_dmarc.good.example TXT": ['"v=DMARC1; p=reject; adkim=s"'],
            "soft.example TXT": ['"v=spf1 include:good.example ~all"'], "_dmarc.soft.example TXT": ['"v=DMARC1; p=quarantine"'],
            "hard.example TXT": ['"v=spf1 -all"'],
            "list.example TXT": [f'"v=spf1 ip4:{STRANGER} -all"'],
            "deep.example TXT": ['"v=spf1 include:deep.example -all"']}))
        cls.names.away |= {"gone.example", "_dmarc.gone.example"}
        cls.box = cls.enterClassContext(Box("--set", f"dns.server=127.0.0.1:{cls.names.port}",
                                            "--set", "authentication.check=yes", "--set", f"proxy.hosts={BALANCER}",
                                            "--set", "proxy.listeners=mx"))
        # The rules that conf/policy.toml shows behind #.
        policy = cls.box.dir / "policy.toml"
        text = policy.read_text()
        for rule in RULES:
            begin = text.index(f'# [[rule]]\n# id = "{rule}"')
            end = text.index("\n#\n", begin)
            text = text[:begin] + re.sub(r"(?m)^# ?", "", text[begin:end]) + text[end:]
        policy.write_text(text)
        file = cls.box.dir / "tls" / "good.pem"
        told = cls.box.vanthu("dkim", "new", "--type", "rsa", "good.example", "s1", file).stdout.decode()
        cls.names.table["s1._domainkey.good.example TXT"] = [" ".join(re.findall(r'"[^"]*"', told))]
        cls.key = file.read_bytes()
        cls.box.kill_gateway()
        cls.box.start_gateway()

    def send(self, client, reverse, author, helo="test.example", signed=False):
        """(reply code, its words, the topmost Authentication-Results of the letter delivered)"""
        ident = raw.message_id()
        octets = raw.message(author, KHOA, ident=ident)
        if signed:
            octets = dkim.sign(octets, b"s1", b"good.example", self.key) + octets
        with Client(self.box, client) as peer:
            peer.ask(f"EHLO {helo}")
            self.assertEqual(peer.ask(f"MAIL FROM:<{reverse}>")[0], 250)
            self.assertEqual(peer.ask(f"RCPT TO:<{KHOA}>")[0], 250)
            self.assertEqual(peer.ask("DATA")[0], 354)
            peer.put(octets + b".\r\n")
            code, text = peer.reply()
        if code != 250:
            return code, text, ""
        letter = self.box.find(KHOA, ident)
        fields = letter.split(b"\r\n\r\n")[0].decode()
        self.assertIn(f"[{client}]" if ":" not in client else f"[IPv6:{client}]", fields)
        results = re.search(r"^Authentication-Results: ((?:\r\n[ \t]|[^\r])*)", fields, re.M).group(1)
        return code, text, results.replace("\r\n\t", " ")

    def test_the_right_host_passes(self):
        for client in (RIGHT, SIX):
            code, text, results = self.send(client, "ai@good.example", "ai@good.example")
            self.assertEqual(code, 250, text)
            self.assertIn("spf=pass smtp.mailfrom=good.example", results)
            self.assertIn("dkim=none", results)
            self.assertIn("dmarc=pass (p=reject) header.from=good.example", results)

    def test_a_forger_is_refused_where_the_domain_asks_for_it(self):
        code, text, _ = self.send(STRANGER, "ai@good.example", "ai@good.example")
        self.assertEqual((code, text.split()[0]), (550, "5.7.1"), text)
        self.assertIn("DMARC", text)
        # An envelope of his own that passes aligns with nobody else's From.
        code, text, _ = self.send(STRANGER, "ai@list.example", "ai@good.example")
        self.assertEqual((code, text.split()[0]), (550, "5.7.1"), text)
        # A domain without DMARC, by its SPF and the other rule.
        code, text, _ = self.send(STRANGER, "ai@hard.example", "ai@hard.example")
        self.assertEqual((code, text.split()[0]), (550, "5.7.23"), text)

    def test_a_signature_carries_a_letter_over_a_list(self):
        code, text, results = self.send(STRANGER, "list@list.example", "ai@good.example", signed=True)
        self.assertEqual(code, 250, text)
        self.assertIn("spf=pass smtp.mailfrom=list.example", results)
        self.assertRegex(results, r"dkim=pass header\.d=good\.example header\.s=s1")
        self.assertIn("dmarc=pass", results)
        code, text, results = self.send(STRANGER, "ai@good.example", "ai@good.example", signed=True)
        self.assertEqual(code, 250, text)
        self.assertIn("spf=fail smtp.mailfrom=good.example", results)

    def test_what_no_rule_speaks_of_is_told_and_let_in(self):
        for client, reverse, author, helo, wanted in (
                (STRANGER, "ai@soft.example", "ai@soft.example", "x.example", ("spf=softfail", "dmarc=fail (p=quarantine)")),
                (RIGHT, "ai@soft.example", "ai@soft.example", "x.example", ("spf=pass", "dmarc=pass")),
                (RIGHT, "", "mailer@good.example", "mail.good.example", ("spf=pass smtp.helo=mail.good.example",)),
                (STRANGER, "ai@deep.example", "ai@deep.example", "x.example", ("spf=permerror",)),
                (STRANGER, "ai@gone.example", "ai@gone.example", "x.example", ("spf=temperror", "dmarc=temperror"))):
            with self.subTest(reverse=reverse, client=client):
                code, text, results = self.send(client, reverse, author, helo)
                self.assertEqual(code, 250, text)
                for word in wanted:
                    self.assertIn(word, results)
        self.assertRegex(self.box.log(), rf"event=message\.accepted .*client={re.escape(STRANGER)}.*spf=softfail dkim=none dmarc=fail"
                                         rf"|event=message\.accepted .*spf=softfail dkim=none dmarc=fail")

    def test_who_waits_for_names_holds_up_nobody_else(self):
        self.names.silent |= {"slow.example", "_dmarc.slow.example"}
        waiting = [self.enterContext(Client(self.box, STRANGER)) for _ in range(20)]  # more than may be inspected at once
        for peer in waiting:
            peer.to_data("ai@slow.example", KHOA)
            peer.put(raw.message("ai@slow.example", KHOA) + b".\r\n")
        code, text, _ = self.send(RIGHT, "ai@good.example", "ai@good.example")
        self.assertEqual(code, 250, text)
        self.assertTrue(waiting[-1].silent())
        for peer in waiting:
            self.assertEqual(peer.reply()[0], 250)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""DKIM with another implementation at the other end, and what the gateway says about mail from outside."""
import base64
import re
import signal
import socket
import struct
import subprocess
import threading
import unittest

import raw
from box import Box, wait_until
from sinks import Sink

try:
    import dkim
except ImportError:
    dkim = None

KHOA = "khoatb@hatinh.dcs.example"
OUTSIDE = "ai-do@elsewhere.example"
DOMAIN = "hatinh.dcs.example"


class Dns:
    """TXT records over UDP on a free port: `records`, name to text; silence about silent.example, NXDOMAIN to the rest."""

    def __init__(self):
        self.records = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def text(self, name, timeout=5):
        """What dkimpy asks by."""
        name = name if isinstance(name, str) else name.decode()
        return self.records.get(name.rstrip(".").lower(), "").encode()

    def serve(self):
        while True:
            try:
                query, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            if labels[-2:] == ["silent", "example"]:
                continue
            text = self.text(".".join(labels)) if query[at + 1:at + 3] == b"\0\x10" else b""
            strings = b"".join(bytes([len(part)]) + part for part in (text[i:i + 255] for i in range(0, len(text), 255)))
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, len(strings)) + strings if text else b""
            flags = 0x8180 if text or ".".join(labels).lower() in self.records else 0x8183
            self.socket.sendto(query[:2] + struct.pack(">HHHHH", flags, 1, 1 if text else 0, 0, 0) + query[12:at + 5] + answer,
                               peer)


@unittest.skipIf(dkim is None, "python3-dkim is not installed")
class MailauthTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dns = cls.enterClassContext(Dns())
        cls.sink = cls.enterClassContext(Sink())
        cls.box = cls.enterClassContext(Box("--set", f"dns.server=127.0.0.1:{cls.dns.port}",
                                            "--set", "authentication.check=yes",
                                            "--set", f"relay.outside=smtp://127.0.0.1:{cls.sink.port}"))
        rows = []
        for kind, selector in (("rsa", "r2026"), ("ed25519", "e2026")):
            file = cls.box.dir / "tls" / f"{selector}.pem"
            told = cls.box.vanthu("dkim", "new", "--type", kind, DOMAIN, selector, file).stdout.decode()
            cls.dns.records[f"{selector}._domainkey.{DOMAIN}"] = "".join(re.findall(r'"([^"]*)"', told))
            rows += [line for line in told.splitlines() if line.startswith("dkim.key = ")]
        config = cls.box.layout.config
        config.write_text(config.read_text() + "\n".join(rows) + "\n")
        cls.box.signal_gateway(signal.SIGTERM)
        assert cls.box.wait_for_gateway_end()
        cls.box.start_gateway()

    def test_what_leaves_carries_two_signatures_that_others_verify(self):
        ident = raw.message_id()
        octets = raw.message(KHOA, OUTSIDE, ident=ident).rstrip() + b" \r\n.dot  and \t white\r\n\r\n\r\n"
        reply = self.box.send("submission", self.box.login(KHOA), KHOA, [OUTSIDE], octets)
        self.assertTrue(reply.accepted, reply)
        wait_until(lambda: any(ident.encode() in letter for _, _, letter in self.sink.letters), what="the letter outside")
        letter = next(letter for _, _, letter in self.sink.letters if ident.encode() in letter)
        self.assertEqual(letter.count(b"DKIM-Signature:"), 2)
        for index in (0, 1):
            self.assertTrue(dkim.DKIM(letter).verify(idx=index, dnsfunc=self.dns.text), index)
        self.assertFalse(dkim.verify(letter.replace(b"white", b"black"), dnsfunc=self.dns.text))
        self.assertFalse(dkim.verify(letter.replace(b"Subject: ", b"Subject: not "), dnsfunc=self.dns.text))

    def test_what_stays_at_home_is_not_signed(self):
        ident = raw.message_id()
        reply = self.box.send("submission", self.box.login(KHOA), KHOA, [KHOA], raw.message(KHOA, KHOA, ident=ident))
        self.assertTrue(reply.accepted, reply)
        self.assertNotIn(b"DKIM-Signature:", self.box.find(KHOA, ident))

    def results_of(self, octets, ident):
        """The topmost Authentication-Results of the delivered letter, unfolded."""
        reply = self.box.send("mx", None, OUTSIDE, [KHOA], octets)
        self.assertTrue(reply.accepted, reply)
        letter = self.box.find(KHOA, ident)
        self.assertIsNotNone(letter)
        self.assertTrue(letter.replace(b"\r\n", b"\n").endswith(octets.replace(b"\r\n", b"\n")), "altered on its way")
        header = letter.split(b"\r\n\r\n")[0].decode()
        return re.search(r"^Authentication-Results: ((?:\r\n[ \t]|[^\r])*)", header, re.M).group(1).replace("\r\n\t", " ")

    def test_a_letter_that_others_signed_is_verified(self):
        for kind, algorithm in (("rsa", b"rsa-sha256"), ("ed25519", b"ed25519-sha256")):
            file = self.box.dir / "tls" / f"outside-{kind}.pem"
            told = self.box.vanthu("dkim", "new", "--type", kind, "elsewhere.example", kind, file).stdout.decode()
            self.dns.records[f"{kind}._domainkey.elsewhere.example"] = "".join(re.findall(r'"([^"]*)"', told))
            self.dns.records["_dmarc.elsewhere.example"] = "v=DMARC1; p=reject"
            key = file.read_bytes()
            if kind == "ed25519":  # dkimpy wants the 32 octets of the seed
                der = subprocess.run(["openssl", "pkey", "-in", file, "-outform", "DER"], capture_output=True, check=True).stdout
                key = base64.b64encode(der[-32:])
            for form in ((b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple")):
                with self.subTest(kind=kind, form=form):
                    ident = raw.message_id()
                    octets = raw.message(OUTSIDE, KHOA, ident=ident)
                    signature = dkim.sign(octets, kind.encode(), b"elsewhere.example", key, canonicalize=form,
                                          signature_algorithm=algorithm)
                    results = self.results_of(signature + octets, ident)
                    self.assertRegex(results, r"^mail\.hatinh\.dcs\.example;.*dkim=pass header\.d=elsewhere\.example")
                    self.assertRegex(results, r"dmarc=pass \(p=reject\) header\.from=elsewhere\.example")
                    ident = raw.message_id()
                    octets = raw.message(OUTSIDE, KHOA, ident=ident)
                    results = self.results_of(signature + octets, ident)
                    self.assertRegex(results, r"dkim=fail \(")
                    self.assertNotIn("dmarc=pass", results)

    def test_what_was_found_stands_in_the_log_and_our_name_is_on_top(self):
        ident = raw.message_id()
        octets = b"Authentication-Results: mail.hatinh.dcs.example; dkim=pass header.d=bank.example\r\n" \
            + raw.message(OUTSIDE, KHOA, ident=ident)
        self.assertIn("dkim=none", self.results_of(octets, ident))
        self.assertRegex(self.box.log(), r"event=message\.accepted .*spf=none dkim=none dmarc=none")

    def test_silence_of_the_dns_delays_a_letter_and_refuses_nothing(self):
        ident = raw.message_id()
        octets = raw.message("a@silent.example", KHOA, ident=ident)
        self.assertIn("dmarc=temperror header.from=silent.example", self.results_of(octets, ident))

    def test_a_policy_may_act_on_what_was_found(self):
        policy = self.box.dir / "policy.toml"
        kept = policy.read_text()
        try:
            policy.write_text(kept + '\n[[rule]]\nid = "spoof"\nauthentication.forged_results = true\naction = "reject"\n'
                              'text_vi = "giả"\ntext_en = "forged"\n')
            self.box.signal_gateway(signal.SIGHUP)
            wait_until(lambda: self.box.log().count("event=reload.done what=policy"), what="the reload")
            octets = b"Authentication-Results: mail.hatinh.dcs.example; dkim=pass\r\n" + raw.message(OUTSIDE, KHOA)
            reply = self.box.send("mx", None, OUTSIDE, [KHOA], octets)
            self.assertEqual(reply.code, 550, reply)
        finally:
            policy.write_text(kept)
            self.box.signal_gateway(signal.SIGHUP)

    def test_a_key_that_is_there_already_is_not_overwritten(self):
        file = self.box.dir / "tls" / "r2026.pem"
        before = file.read_bytes()
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.box.vanthu("dkim", "new", DOMAIN, "again", file, check=False).returncode, 73)
        self.assertEqual(file.read_bytes(), before)
        told = self.box.vanthu("dkim", "dns").stdout.decode()
        self.assertIn(f"r2026._domainkey.{DOMAIN}. IN TXT", told)
        self.assertIn("k=ed25519", told)


if __name__ == "__main__":
    unittest.main()

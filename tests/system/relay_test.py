# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways out: a real Postfix as next hop, TLS by name and by key, MX look-up, reports to the sender."""
import email
import hashlib
import http.server
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import raw
from box import Box, wait_until
from layout import HOSTNAME
from names import Names
from postfix import Postfix
from sinks import Sink

KHOA = "khoatb@hatinh.dcs.example"
BAN = "ban@elsewhere.example"


def send(box, to, octets=None):
    octets = octets or raw.message(KHOA, to)
    reply = box.send("submission", box.login(KHOA), KHOA, [to] if isinstance(to, str) else to, octets)
    assert reply.accepted, reply
    return octets


def body_of(octets):
    return octets.split(b"\r\n\r\n", 1)[1]


def certificate(test, *names):
    """A certificate that vouches for itself, and its key: two files that go with the test."""
    folder = Path(tempfile.mkdtemp(prefix="vanthu-relay-"))
    test.addCleanup(shutil.rmtree, folder)
    folder.chmod(0o755)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=trial", "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names), "-keyout",
                    folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    (folder / "cert.pem").chmod(0o644)
    return folder / "cert.pem", folder / "key.pem"


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
        settings = (f"smtpd_tls_cert_file = {cert}", f"smtpd_tls_key_file = {key}", "smtpd_tls_security_level = encrypt",
                    "smtpd_tls_loglevel = 1")
        with Sink() as sink, Postfix(sink.port, settings=settings) as postfix, \
                Box("--set", f"relay.route=default smtp://localhost:{postfix.port} tls=verified ca={cert}") as box:
            send(box, BAN)
            wait_until(lambda: sink.letters, 60, "the letter behind Postfix")
            self.assertIn("TLS connection established", postfix.log())
            public = subprocess.run(["openssl", "x509", "-in", str(cert), "-noout", "-pubkey"],
                                    check=True, capture_output=True).stdout
            der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, check=True,
                                 capture_output=True).stdout
            pin = hashlib.sha256(der).hexdigest()
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


class PolicyHost:
    """Serves mta-sts.txt for each domain of `policies` over HTTPS on 127.0.0.3:443."""

    def __init__(self, policies, certificate, key):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                text = policies.get(self.headers["Host"].removeprefix("mta-sts."), "").encode()
                self.send_response(200 if text and self.path == "/.well-known/mta-sts.txt" else 404)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.3", 443), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


@unittest.skipUnless(os.getuid() == 0, "Postfix and port 443 want root")
class MtaStsTest(unittest.TestCase):
    def setUp(self):
        self.certificate, self.key = certificate(self, "mta-sts.elsewhere.example", "mta-sts.other.example",
                                                 "mx.elsewhere.example")

    def test_mail_goes_to_the_hosts_that_the_policy_names_and_no_other(self):
        policies = {domain: f"version: STSv1\nmode: enforce\nmx: {mx}\nmax_age: 86400\n"
                    for domain, mx in (("elsewhere.example", "mx.elsewhere.example"), ("other.example", "mx.other.example"))}
        table = {"mx.elsewhere.example A": ["127.0.0.1"]}
        for domain in policies:
            table[f"{domain} MX"] = ["10 mx.elsewhere.example."]
            table[f"_mta-sts.{domain} TXT"] = ['"v=STSv1; id=1;"']
            table[f"mta-sts.{domain} A"] = ["127.0.0.3"]
        settings = (f"smtpd_tls_cert_file = {self.certificate}", f"smtpd_tls_key_file = {self.key}",
                    "smtpd_tls_security_level = may", "smtpd_tls_loglevel = 1")
        with Sink() as sink, Postfix(sink.port, "elsewhere.example, other.example", settings) as postfix, \
                Names(table) as names, PolicyHost(policies, self.certificate, self.key), \
                Box("--set", f"dns.server=127.0.0.1:{names.port}", "--set",
                    f"relay.route=default mx port={postfix.port} mta-sts ca={self.certificate}") as box:
            send(box, BAN)
            wait_until(lambda: sink.letters, 60, "the letter behind Postfix")
            self.assertIn("TLS connection established", postfix.log())
            send(box, "ai@other.example")
            wait_until(lambda: "event=mta-sts.mismatch" in box.log() and "status=4.7.5" in box.log(), 60, "a refusal")
            self.assertEqual(len(sink.letters), 1)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, logins beyond a password, load balancers, and who asks for too much. Clients come from several loopback
addresses: each is a client of its own to the gateway, 127.0.0.0/24 and 127.0.9.0/24 are networks."""
import base64
import hashlib
import hmac
import imaplib
import json
import os
import secrets
import shutil
import smtplib
import socket
import ssl
import struct
import subprocess
import time
import unittest

import raw
from box import ACCOUNT, Box

OUTSIDE = "ai-do@elsewhere.example"
KHOA = "khoatb@hatinh.dcs.example"
HUONG = "huongvtt@hatinh.dcs.example"
PROXY = "127.0.0.2"
OTHER_NAME = "thu.hatinh.example"
V2 = b"\r\n\r\n\0\r\nQUIT\n"


def openssl(*words):
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True).stdout


def b64(octets):
    return base64.b64encode(octets if isinstance(octets, bytes) else octets.encode()).decode()


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


class Scram:
    """A client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), on nothing but hashlib."""

    def __init__(self, user, password, header="n,,", channel=b""):
        self.password, self.header, self.channel = password, header, channel
        self.bare = f"n={user},r={secrets.token_hex(12)}"

    def first(self):
        return self.header + self.bare

    def last(self, server_first):
        parts = dict(part.split("=", 1) for part in server_first.split(","))
        self.salt = parts["s"]
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), base64.b64decode(parts["s"]), int(parts["i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        without = f"c={b64(self.header.encode() + self.channel)},r={parts['r']}"
        said = f"{self.bare},{server_first},{without}".encode()
        self.server = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), said, "sha256")
        proof = xor(key, hmac.digest(hashlib.sha256(key).digest(), said, "sha256"))
        return f"{without},p={b64(proof)}"


class GuardTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box())
        tls = cls.tls = cls.box.dir / "tls"
        for name, curve in (("users-ca", "Users"), ("other-ca", "Others")):
            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "10", "-subj", f"/O=Vanthu test/CN={curve}",
                    "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", tls / f"{name}.key", "-out", tls / f"{name}.pem")
            for user in ("khoa", "nobody"):
                (tls / "user.ext").write_text(f"extendedKeyUsage=clientAuth\nsubjectAltName=email:{user}@cert.example\n")
                openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={user}", "-keyout",
                        tls / f"{name}-{user}.key", "-out", tls / "user.csr")
                openssl("x509", "-req", "-in", tls / "user.csr", "-CA", tls / f"{name}.pem", "-CAkey", tls / f"{name}.key",
                        "-CAcreateserial", "-days", "5", "-extfile", tls / "user.ext", "-out", tls / f"{name}-{user}.pem")
        for kind, options in (("rsa", ("rsa:2048",)), ("ec", ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"))):
            openssl("req", "-x509", "-newkey", *options, "-nodes", "-days", "10", "-subj", f"/CN={OTHER_NAME}", "-addext",
                    f"subjectAltName=DNS:{OTHER_NAME}", "-keyout", tls / f"other-{kind}.key", "-out", tls / f"other-{kind}.pem")
        for path in tls.iterdir():
            shutil.chown(path, ACCOUNT) if os.getuid() == 0 else None
        with open(cls.box.layout.config, "a", encoding="utf-8") as config:
            for kind in ("rsa", "ec"):
                config.write(f"tls.certificate = {tls}/other-{kind}.pem\ntls.key = {tls}/other-{kind}.key\n")
            config.write(f"tls.client-ca = {tls}/users-ca.pem\nproxy.hosts = {PROXY}\n"
                         "limits.client-unknown-recipients = 8/hour\nlimits.client-messages = 4/hour\n")
        tables = cls.box.dir / "tables"
        shutil.copytree(cls.box.layout.directory, tables)
        (tables / "certificates.csv").write_text(f"certificate,address,valid_from,valid_to\nkhoa@cert.example,{KHOA},,\n")
        if os.getuid() == 0:
            for path in (tables, *tables.iterdir()):
                shutil.chown(path, ACCOUNT)
        cls.box.kill_gateway()
        cls.box.start_gateway()
        cls.box.vanthu("directory", "import", tables)

    def tearDown(self):
        for who in ("127.0.0.1", KHOA):
            self.box.vanthu("guard", "clear", who)

    # Wires

    def link(self, door, source="127.0.0.1", **trust):
        plain = socket.create_connection(("127.0.0.1", self.box.port(door)), timeout=30, source_address=(source, 0))
        return self.context(**trust).wrap_socket(plain, server_hostname="localhost")

    def context(self, certificate="", newest=ssl.TLSVersion.TLSv1_3):
        context = self.box.trust()
        context.maximum_version = newest
        if certificate:
            context.load_cert_chain(self.tls / f"{certificate}.pem", self.tls / f"{certificate}.key")
        return context

    def submission(self, **trust):
        peer = raw.Smtp.__new__(raw.Smtp)
        peer.socket, peer.buffer = self.link("submissions", **trust), b""
        self.addCleanup(peer.socket.close)
        peer.reply()
        return peer, peer.ask("EHLO test.example")[1]

    def mx(self, source="127.0.0.1", before=b""):
        peer = raw.Smtp.__new__(raw.Smtp)
        peer.socket = socket.create_connection(("127.0.0.1", self.box.port("mx")), timeout=30, source_address=(source, 0))
        peer.buffer = b""
        self.addCleanup(peer.socket.close)
        peer.put(before)
        return peer

    # SCRAM

    def scram(self, peer, scram, mechanism="SCRAM-SHA-256"):
        code, text = peer.ask(f"AUTH {mechanism} {b64(scram.first())}")
        if code != 334:
            return code
        code, text = peer.ask(b64(scram.last(base64.b64decode(text).decode())))
        if code != 334:
            return code
        self.assertEqual(base64.b64decode(text).decode(), f"v={b64(scram.server)}")
        return peer.ask("")[0]

    def test_scram_lets_in_who_knows_the_password(self):
        user, password = self.box.login(KHOA)
        peer, offered = self.submission()
        self.assertIn("AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN", offered)
        self.assertEqual(self.scram(peer, Scram(user, password)), 235)
        self.assertEqual(peer.ask(f"MAIL FROM:<{KHOA}>")[0], 250)

    def test_scram_plus_binds_to_the_certificate_and_to_tls_1_2(self):
        user, password = self.box.login(KHOA)
        for newest, kind in ((ssl.TLSVersion.TLSv1_3, "tls-server-end-point"), (ssl.TLSVersion.TLSv1_2, "tls-unique")):
            with self.subTest(kind=kind):
                peer, _ = self.submission(newest=newest)
                channel = (peer.socket.get_channel_binding("tls-unique") if kind == "tls-unique"
                           else hashlib.sha256(peer.socket.getpeercert(True)).digest())
                scram = Scram(user, password, f"p={kind},,", channel)
                self.assertEqual(self.scram(peer, scram, "SCRAM-SHA-256-PLUS"), 235)

    def test_a_man_in_the_middle_of_scram_is_found_out(self):
        user, password = self.box.login(KHOA)
        peer, _ = self.submission()
        other = Scram(user, password, "p=tls-server-end-point,,", hashlib.sha256(b"another certificate").digest())
        self.assertEqual(self.scram(peer, other, "SCRAM-SHA-256-PLUS"), 535)
        self.assertEqual(self.scram(peer, Scram(user, password, "y,,")), 501, "the offer of PLUS was taken out")

    def test_scram_tells_nobody_who_exists(self):
        seen = {}
        for user in (KHOA, "khong-co@hatinh.dcs.example"):
            for turn in range(2):
                peer, _ = self.submission()
                scram = Scram(user, "wrong" + str(turn))
                self.assertEqual(self.scram(peer, scram), 535)
                seen.setdefault(user, set()).add((scram.salt, len(scram.salt)))
        self.assertEqual([len(each) for each in seen.values()], [1, 1], "the same salt for the same name")

    def test_imap_takes_scram(self):
        user, password = self.box.login(KHOA)
        scram = Scram(user, password)
        steps = iter((lambda _: scram.first().encode(), lambda said: scram.last(said.decode()).encode(), lambda _: b""))
        with imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.loose()) as link:
            self.assertIn("AUTH=SCRAM-SHA-256", link.capabilities)
            self.assertEqual(link.authenticate("SCRAM-SHA-256", lambda said: next(steps)(said))[0], "OK")
            self.assertEqual(link.select()[0], "OK")

    def test_imap_takes_a_certificate(self):
        with imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.loose("users-ca-khoa")) as link:
            self.assertIn("AUTH=EXTERNAL", link.capabilities)
            self.assertEqual(link.authenticate("EXTERNAL", lambda _: b"")[0], "OK")
            self.assertEqual(link.select()[0], "OK")

    def test_an_imap_session_ends_with_the_row_of_its_certificate(self):
        table = self.box.dir / "tables" / "certificates.csv"
        rows = table.read_text()
        link = imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.loose("users-ca-khoa"), timeout=20)
        self.addCleanup(link.shutdown)
        self.assertEqual(link.authenticate("EXTERNAL", lambda _: b"")[0], "OK")
        self.assertEqual(link.select()[0], "OK")
        table.write_text(rows.splitlines(keepends=True)[0])
        self.addCleanup(lambda: (table.write_text(rows), self.box.vanthu("directory", "import", table.parent)))
        self.box.vanthu("directory", "import", table.parent)
        with self.assertRaises(imaplib.IMAP4.abort, msg=self.box.log()[-2000:]):
            for _ in range(100):
                link.noop()
                time.sleep(0.2)
        with imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.loose("users-ca-khoa")) as link:
            with self.assertRaises(imaplib.IMAP4.error):
                link.authenticate("EXTERNAL", lambda _: b"")

    def by_certificate(self, name):
        link = imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.loose(name), timeout=20)
        self.addCleanup(link.shutdown)
        self.assertEqual(link.authenticate("EXTERNAL", lambda _: b"")[0], "OK")
        self.assertEqual(link.select()[0], "OK")
        return link

    def ends(self, link, seconds=20):
        def ended():
            try:
                link.noop()
                return False
            except imaplib.IMAP4.abort:
                return True
        self.until(ended, seconds)

    def test_an_imap_session_ends_when_its_certificate_expires(self):
        tls, end = self.tls, time.time() + 12
        self.authority("-batch", "-notext", "-in", tls / "user.csr", "-extfile", self.extensions("khoa"), "-startdate",
                       "260101000000Z", "-enddate", time.strftime("%y%m%d%H%M%SZ", time.gmtime(end)), "-out", tls / "short.pem")
        shutil.copy(tls / "other-ca-nobody.key", tls / "short.key")  # the last request's
        link = self.by_certificate("short")
        self.assertLess(time.time(), end)
        link.noop()
        self.ends(link, 40)
        self.assertGreater(time.time(), end)
        self.assertIn("the certificate has expired", self.box.log())

    def test_an_imap_session_ends_when_its_certificate_is_revoked(self):
        trusted, listed = self.tls / "users-ca.pem", self.tls / "revoked.pem"
        before = trusted.read_bytes()
        self.addCleanup(lambda: (trusted.write_bytes(before), self.reload()))
        link, other = self.by_certificate("users-ca-khoa"), self.box.imap(KHOA)
        self.addCleanup(other.shutdown)
        self.authority("-gencrl", "-crldays", "5", "-out", listed)
        trusted.write_bytes(before + listed.read_bytes())
        self.reload()
        time.sleep(6)  # the list names nobody yet
        self.assertEqual(link.noop()[0], "OK")
        self.authority("-revoke", self.tls / "users-ca-khoa.pem")
        self.authority("-gencrl", "-crldays", "5", "-out", listed)
        trusted.write_bytes(before + listed.read_bytes())
        self.reload()
        self.ends(link)
        self.assertIn("certificate revoked", self.box.log())
        self.assertEqual(other.noop()[0], "OK", "who logged in by a password")

    def authority(self, *options):
        folder = self.tls / "ca"
        if not folder.exists():
            folder.mkdir()
            (folder / "index").touch()
            (folder / "cnf").write_text(f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\nnew_certs_dir={folder}\n"
                                        "default_md=sha256\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n")
        openssl("ca", "-config", folder / "cnf", "-cert", self.tls / "users-ca.pem", "-keyfile", self.tls / "users-ca.key", *options)

    def test_an_imap_session_ends_with_the_authority_of_its_certificate(self):
        trusted, other = self.tls / "users-ca.pem", (self.tls / "other-ca.pem").read_bytes()
        before = trusted.read_bytes()
        self.addCleanup(lambda: (trusted.write_bytes(before), self.reload()))
        link, resting = self.by_certificate("users-ca-khoa"), self.by_certificate("users-ca-khoa")
        self.reload()
        time.sleep(6)  # a reload alone ends nothing
        self.assertEqual(link.noop()[0], "OK")
        resting.send(b"i IDLE\r\n")
        self.assertTrue(resting.readline().startswith(b"+"))
        trusted.write_bytes(other)
        self.reload()
        self.ends(link)
        self.assertTrue(resting.readline().startswith(b"* BYE"))
        self.assertIn("the certificate is good no more", self.box.log())

    def reload(self):
        done = self.box.log().count("event=reload.done what=certificate")
        self.box.signal_gateway(1)
        self.until(lambda: self.box.log().count("event=reload.done what=certificate") > done)

    def extensions(self, user):
        path = self.tls / "user.ext"
        path.write_text(f"extendedKeyUsage=clientAuth\nsubjectAltName=email:{user}@cert.example\n")
        return path

    def loose(self, certificate=""):
        context = self.context(certificate)
        context.check_hostname = False
        return context

    # Certificates

    def test_a_certificate_of_a_user_logs_in_without_a_password(self):
        peer, offered = self.submission(certificate="users-ca-khoa")
        self.assertIn("EXTERNAL", offered)
        self.assertEqual(peer.ask("AUTH EXTERNAL =")[0], 235)
        self.assertEqual(peer.ask(f"MAIL FROM:<{KHOA}>")[0], 250)
        peer, _ = self.submission(certificate="users-ca-khoa")
        self.assertEqual(peer.ask(f"AUTH EXTERNAL {b64(HUONG)}")[0], 535, "not his")

    def test_other_certificates_do_not(self):
        peer, offered = self.submission(certificate="users-ca-nobody")
        self.assertEqual(peer.ask("AUTH EXTERNAL =")[0], 535)
        peer, offered = self.submission(certificate="other-ca-khoa")
        self.assertNotIn("EXTERNAL", offered)
        self.assertEqual(peer.ask("AUTH EXTERNAL =")[0], 504)
        peer, offered = self.submission()
        self.assertNotIn("EXTERNAL", offered)

    def served(self, name, *options):
        said = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.box.port('submissions')}", "-servername",
                               name, *options], input=b"QUIT\r\n", capture_output=True, check=False)
        return said.stdout.decode(errors="replace") + said.stderr.decode(errors="replace")

    def test_the_certificate_is_chosen_by_name_and_by_algorithm(self):
        ours = self.served("localhost")
        self.assertIn("Vanthu demo CA", ours)
        self.assertNotIn(OTHER_NAME, ours)
        self.assertIn("Vanthu demo CA", self.served("nobody.example"))
        ecdsa = self.served(OTHER_NAME, "-sigalgs", "ECDSA+SHA256")
        self.assertIn(f"CN = {OTHER_NAME}", ecdsa)
        self.assertIn("ECDSA", ecdsa)
        rsa = self.served(OTHER_NAME, "-sigalgs", "RSA-PSS+SHA256")
        self.assertIn(f"CN = {OTHER_NAME}", rsa)
        self.assertIn("RSA-PSS", rsa)

    def test_alpn_takes_smtp_and_turns_a_browser_away(self):
        self.assertIn("ALPN protocol: smtp", self.served("localhost", "-alpn", "smtp"))
        self.assertIn("no application protocol", self.served("localhost", "-alpn", "h2,http/1.1"))

    def test_a_session_is_resumed_by_its_ticket(self):
        context = self.context(newest=ssl.TLSVersion.TLSv1_2)
        for door in ("submissions", "submissions"):
            plain = socket.create_connection(("127.0.0.1", self.box.port(door)), timeout=30)
            with context.wrap_socket(plain, server_hostname="localhost", session=getattr(self, "ticket", None)) as link:
                link.recv(100)
                resumed, self.ticket = link.session_reused, link.session
        self.assertTrue(resumed)

    def test_a_reload_takes_all_certificates_or_none(self):
        path = self.tls / "other-ec.key"
        good = path.read_bytes()
        try:
            path.write_bytes((self.tls / "other-rsa.key").read_bytes())
            self.box.signal_gateway(1)
            self.until(lambda: "reload.refused what=certificate" in self.box.log())
            self.assertIn("is not the key of", self.box.log())
            self.assertIn(f"CN = {OTHER_NAME}", self.served(OTHER_NAME, "-sigalgs", "ECDSA+SHA256"))
        finally:
            path.write_bytes(good)

    def until(self, true, seconds=20):
        deadline = time.monotonic() + seconds
        while not true():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    # PROXY

    def test_a_load_balancer_names_its_client(self):
        addresses = socket.inet_aton("192.0.2.77") + socket.inet_aton("127.0.0.1") + struct.pack(">HH", 40000, 25)
        for client, header in (("192.0.2.66", b"PROXY TCP4 192.0.2.66 127.0.0.1 40000 25\r\n"),
                               ("192.0.2.77", V2 + b"\x21\x11\x00\x0c" + addresses)):
            with self.subTest(client=client):
                peer = self.mx(PROXY, header)
                self.assertEqual(peer.reply()[0], 220)
                peer.ask("EHLO test.example")
                peer.ask(f"MAIL FROM:<{OUTSIDE}>")
                peer.ask("RCPT TO:<khong-co@hatinh.dcs.example>")
                self.assertIn(f"client={client}", self.box.log())

    def test_a_load_balancer_that_says_nothing_of_its_client_is_not_served(self):
        for octets in (b"EHLO test.example\r\n", V2 + b"\x31\x11\x00\x00"):
            peer = self.mx(PROXY, octets)
            with self.assertRaises(ConnectionError):
                peer.reply()

    def test_nobody_else_may_say_who_he_is(self):
        peer = self.mx(before=b"PROXY TCP4 192.0.2.99 127.0.0.1 40000 25\r\n")
        self.assertGreaterEqual(peer.reply()[0], 220)
        self.assertNotIn("client=192.0.2.99", self.box.log())

    def test_tls_begins_behind_the_header(self):
        plain = socket.create_connection(("127.0.0.1", self.box.port("submissions")), timeout=30, source_address=(PROXY, 0))
        plain.sendall(b"PROXY TCP4 192.0.2.55 127.0.0.1 40000 25\r\n")
        with self.context().wrap_socket(plain, server_hostname="localhost") as link:
            self.assertTrue(link.recv(100).startswith(b"220"))

    # Limits

    def guess(self, source, user, password):
        link = smtplib.SMTP_SSL("localhost", self.box.port("submissions"), timeout=30, context=self.context(),
                                source_address=(source, 0))
        try:
            link.ehlo()
            link.login(user, password)
            return 235
        except smtplib.SMTPAuthenticationError as error:
            return error.smtp_code
        finally:
            link.close()

    def plain(self, source, user, password):
        peer = raw.Smtp.__new__(raw.Smtp)
        peer.socket, peer.buffer = self.link("submissions", source=source), b""
        self.addCleanup(peer.socket.close)
        peer.reply()
        peer.ask("EHLO test.example")
        return peer.ask("AUTH PLAIN " + b64(f"\0{user}\0{password}"))[0]

    def test_guessing_is_slowed_down_and_locks_nobody_out(self):
        user, password = self.box.login(HUONG)
        self.assertEqual(self.plain("127.0.0.1", user, password), 235)  # the office
        codes = [self.plain("127.0.9.1", user, f"guess {turn}") for turn in range(6)]
        self.assertEqual(codes[:4], [535] * 4)
        self.assertIn(454, codes[4:])
        self.assertEqual(self.plain("127.0.9.1", user, password), 454, "not even with the right one, for a while")
        self.assertEqual(self.plain("127.0.0.1", user, password), 235, "the office does not feel it")
        held = json.loads(self.box.vanthu("guard", "list", "--json").stdout)
        self.assertTrue(any(user in one["who"] and "127.0.9.0/24" in one["who"] for one in held), held)
        self.box.vanthu("guard", "clear", user)
        self.assertEqual(self.plain("127.0.9.1", user, password), 235)

    def test_an_old_password_on_a_telephone_holds_nobody_back(self):
        user, password = self.box.login(KHOA)
        self.assertEqual([self.plain("127.0.8.1", user, "last year's") for _ in range(6)], [535] * 6)
        self.assertEqual(self.plain("127.0.8.1", user, password), 235)

    def test_who_guesses_recipients_waits_and_is_sent_away(self):
        peer = self.mx("127.0.7.1")
        peer.reply()
        peer.ask("EHLO test.example")
        peer.ask(f"MAIL FROM:<{OUTSIDE}>")
        begun = time.monotonic()
        codes = []
        for turn in range(9):
            codes.append(peer.ask(f"RCPT TO:<khong-co-{turn}@hatinh.dcs.example>")[0])
        self.assertEqual(codes, [550] * 8 + [421])
        self.assertGreater(time.monotonic() - begun, 5)
        again = self.mx("127.0.7.1")
        again.reply()
        again.ask("EHLO test.example")
        again.ask(f"MAIL FROM:<{OUTSIDE}>")
        self.assertEqual(again.ask(f"RCPT TO:<{KHOA}>")[0], 250, "who exists still gets mail from there")
        self.assertEqual(again.ask("RCPT TO:<khong-co@hatinh.dcs.example>")[0], 421)

    def test_a_client_that_sends_too_much_is_told_when_to_come_back(self):
        peer = self.mx("127.0.6.1")
        peer.reply()
        peer.ask("EHLO test.example")
        codes = []
        for _ in range(5):
            code, text = peer.ask(f"MAIL FROM:<{OUTSIDE}>")
            codes.append(code)
            peer.ask("RSET")
        self.assertEqual(codes, [250] * 4 + [450])
        self.assertRegex(text, r"4\.7\.1 too many messages, try again in \d+ seconds")
        self.assertIn("event=guard.limited limit=limits.client-messages who=127.0.6.1", self.box.log())


if __name__ == "__main__":
    unittest.main()

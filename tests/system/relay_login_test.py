# SPDX-License-Identifier: GPL-3.0-or-later
"""A smart host that asks who we are: Postfix, with Dovecot to know the passwords."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from box import Box, wait_until
from outside import certificate, deferred, postfix_tls, routes, send
from postfix import Postfix
from sinks import Sink

MECHANISMS = ("SCRAM-SHA-256", "PLAIN", "LOGIN")
USER, PASSWORD = "cong-van", "mật khẩu 49, dài=thật"
DOVECOT = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols =
ssl = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
auth_verbose = yes
passdb {{
  driver = passwd-file
  args = {dir}/users
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}}
service anvil {{
  chroot =
}}
service auth {{
  unix_listener {dir}/auth {{
    mode = 0666
  }}
}}
"""


class DovecotAuth:
    """Dovecot as what knows the passwords of a Postfix, and nothing else."""

    def __init__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="vanthu-sasl-"))
        self.dir.chmod(0o755)
        (self.dir / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (self.dir / "users").chmod(0o644)
        (self.dir / "dovecot.conf").write_text(DOVECOT.format(dir=self.dir, mechanisms=" ".join(MECHANISMS).lower()))

    def __enter__(self):
        self.process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", self.dir / "dovecot.conf"])
        wait_until((self.dir / "auth").exists, what="Dovecot's socket")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def settings(self):
        return ("smtpd_sasl_auth_enable = yes", "smtpd_sasl_type = dovecot", f"smtpd_sasl_path = {self.dir}/auth",
                "smtpd_relay_restrictions = permit_sasl_authenticated, reject", "smtpd_sasl_authenticated_header = yes")


@unittest.skipUnless(os.getuid() == 0, "Postfix runs only as root")
class LoginTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cert, key = certificate(cls, "localhost")
        right, wrong = cert.parent / "right", cert.parent / "wrong"
        right.write_text(PASSWORD + "\n")
        wrong.write_text("not-" + PASSWORD + "\n")
        for file in (right, wrong):
            file.chmod(0o644)
        verified = f"tls=verified ca={cert}"
        cls.behind = cls.enterClassContext(Sink())
        sasl = cls.enterClassContext(DovecotAuth())
        cls.postfix = cls.enterClassContext(Postfix(
            cls.behind.port, settings=(*sasl.settings(), *postfix_tls(cert, key), "smtpd_tls_auth_only = yes"),
            doors=[f"smtpd_sasl_mechanism_filter = {word.lower()}" for word in MECHANISMS]))
        offers = ("PIPELINING", "AUTH PLAIN LOGIN SCRAM-SHA-256")
        cls.clear = cls.enterClassContext(Sink(offers=offers))
        cls.other = cls.enterClassContext(Sink(offers=offers, tls=certificate(cls, "elsewhere.example")))

        def way(domain, port, password, tls=verified):
            return f"domain:{domain}.example smtp://localhost:{port} {tls} user={USER} password-file={password}"
        ways = [way(f"{name}-{word.lower()}", port, password) for word, port in zip(MECHANISMS, cls.postfix.ports)
                for name, password in (("right", right), ("wrong", wrong))]
        cls.box = cls.enterClassContext(Box(*routes(
            *ways, way("clear", cls.clear.port, right), way("other", cls.other.port, right),
            way("pinned", cls.other.port, right, f"tls=pinned pin={'0' * 64}"))))
        cls.loose = [way("loose", 1, right, f"tls={word}") for word in ("none", "opportunistic")]

    def test_the_right_password_delivers_by_each_mechanism_and_the_wrong_one_waits(self):
        for word in MECHANISMS:
            for name in ("right", "wrong"):
                send(self.box, f"ai@{name}-{word.lower()}.example")
        for word in MECHANISMS:
            with self.subTest(word):
                to = f"ai@right-{word.lower()}.example"
                wait_until(lambda to=to: any(to in forward for _, forward, _ in self.behind.letters), what=f"the letter to {to}")
                self.assertIn(f"sasl_method={word}, sasl_username={USER}", self.postfix.log())
                domain = f"wrong-{word.lower()}.example"
                self.assertIn("refuses our login: 535 5.7.8", deferred(self.box, f"ai@{domain}", "4.7.8"))
                self.assertRegex(self.box.log(), rf'event=hop\.unavailable hop=domain:{domain} status=4\.7\.8 '
                                                 r'why="localhost: login refused: 535 5\.7\.8')
                self.assertIn(f"SASL {word} authentication failed", self.postfix.log())
                self.assertFalse(any(f"ai@{domain}" in forward for _, forward, _ in self.behind.letters))
        for log in (self.box.log(), self.postfix.log()):
            self.assertNotIn(PASSWORD, log)

    def test_a_password_never_leaves_in_clear_nor_to_a_stranger(self):
        for domain, status in (("clear", "4.7.4"), ("other", "4.4.1"), ("pinned", "4.4.1")):
            send(self.box, f"ai@{domain}.example")
            deferred(self.box, f"ai@{domain}.example", status)
        for sink in (self.clear, self.other):
            self.assertTrue(sink.lines)
            self.assertFalse([line for _, line in sink.lines if not line.startswith(("EHLO", "STARTTLS", "QUIT"))], sink.lines)

    def test_a_route_that_would_show_its_password_is_refused(self):
        file = self.box.dir / "loose.conf"
        for line in self.loose:
            file.write_text(self.box.layout.config.read_text() + f"relay.route = {line}\n")
            done = self.box.vanthu("config", "check", str(file), check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("a password goes to a host we know", (done.stdout + done.stderr).decode())


if __name__ == "__main__":
    unittest.main()

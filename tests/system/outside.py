# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of ways out have in common: a letter sent, certificates of other people's hosts, the host of a policy."""
import hashlib
import http.server
import json
import shutil
import smtplib
import ssl
import subprocess
import tempfile
import threading
from pathlib import Path

import raw
from box import client, wait_until

KHOA = "khoatb@hatinh.dcs.example"
BAN = "ban@elsewhere.example"


def send(box, to, octets=None, options=(), rcpt_options=()):
    """A letter of KHOA's by the submission port; `options` of MAIL and RCPT as they stand."""
    octets = octets or raw.message(KHOA, to)
    with smtplib.SMTP("127.0.0.1", box.port("submission"), timeout=30, local_hostname="may-tram") as link:
        link.starttls(context=client.trust(box.layout))
        link.login(*box.login(KHOA))
        check(link.mail(KHOA, ["BODY=8BITMIME", *options]))
        for address in [to] if isinstance(to, str) else to:
            check(link.rcpt(address, list(rcpt_options)))
        check(link.data(octets))
    return octets


def check(said):
    if said[0] // 100 != 2:
        raise smtplib.SMTPResponseException(*said)


def routes(*lines):
    """Options of a Box with these lines of relay.route: the quickstart knows each key once."""
    return "--set", "relay.route=" + "\nrelay.route = ".join(lines)


def certificate(test, *names):
    """A certificate that vouches for itself, and its key: two files that go with the test (or the class)."""
    folder = Path(tempfile.mkdtemp(prefix="vanthu-relay-"))
    getattr(test, "addClassCleanup" if isinstance(test, type) else "addCleanup")(shutil.rmtree, folder)
    folder.chmod(0o755)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=trial", "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names), "-keyout",
                    folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    (folder / "cert.pem").chmod(0o644)
    return folder / "cert.pem", folder / "key.pem"


def key_digest(cert):
    """SHA-256 of its SubjectPublicKeyInfo, hexadecimal: a pin, or the data of TLSA 3 1 1."""
    public = subprocess.run(["openssl", "x509", "-in", str(cert), "-noout", "-pubkey"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, check=True, capture_output=True).stdout
    return hashlib.sha256(der).hexdigest()


def postfix_tls(cert, key, level="may"):
    return (f"smtpd_tls_cert_file = {cert}", f"smtpd_tls_key_file = {key}", f"smtpd_tls_security_level = {level}",
            "smtpd_tls_loglevel = 1")


def queued(box, recipient):
    """What `vanthu queue list` and `show` say of the one message that waits for that recipient, or nothing."""
    entries = json.loads(box.vanthu("queue", "list", "--json", "--recipient", recipient).stdout)["entries"]
    return json.loads(box.vanthu("queue", "show", str(entries[0]["id"]), "--json").stdout) if entries else None


def deferred(box, recipient, status, seconds=30):
    """Waits until it is queued after a try that ended with that status; the queue's words about it."""
    def tried():
        entry = queued(box, recipient)
        return entry is not None and status in json.dumps(entry)
    wait_until(tried, seconds, f"{recipient} waiting with {status}")
    return json.dumps(queued(box, recipient), ensure_ascii=False)


class PolicyHost:
    """Serves mta-sts.txt for each domain of `policies` over HTTPS on ADDRESS:443 (each test file its own address: they run
    side by side); the text, or a function of the request
    handler that does something else."""

    def __init__(self, policies, certificate, key, address="127.0.0.3"):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                outer.asked.append((self.headers["Host"], self.path))
                text = policies.get(self.headers["Host"].removeprefix("mta-sts."), "")
                if callable(text):
                    text(self)
                    return
                self.send_response(200 if text and self.path == "/.well-known/mta-sts.txt" else 404)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request, client_address):  # the gateway hangs up on rubbish
                pass

        outer = self
        self.asked = []
        self._server = Server((address, 443), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands at other offices: witnesses (vanthu-witness), and a time-stamping authority that is `openssl ts` behind a
small server. And a log whose tree is made here, to show witnesses what a gateway would never show."""
import base64
import grp
import hashlib
import http.client
import http.server
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from box import ACCOUNT
from format_reader import node, root, sha256


def as_somebody():
    """Words before a command so that it does not run as root: as the box's account, before there is one as nobody."""
    if os.getuid() != 0:
        return "", []
    try:
        name = pwd.getpwnam(ACCOUNT).pw_name
    except KeyError:
        name = "nobody"
    group = grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name
    return name, ["setpriv", "--reuid", name, "--regid", group, "--clear-groups", "--no-new-privs"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Witness:
    """A witness with its folder. Use it in a `with`."""

    def __init__(self, program, folder, name="nhan-chung.luutru.example"):
        self.program, self.folder, self.name, self.port = str(program), Path(folder), name, free_port()
        self.process, self.logs, self.more = None, [], ""
        (self.folder / "state").mkdir(parents=True)
        account, self.before = as_somebody()
        if account:
            for path in (self.folder, self.folder / "state"):
                shutil.chown(path, account)
        self.keys = []
        self.key = self.make_key("key.pem")

    def run(self, *words):
        return subprocess.run([*self.before, self.program, *map(str, words)], capture_output=True, text=True, check=False)

    def make_key(self, file):
        done = self.run("--new-key", self.folder / file, "--name", self.name)
        assert done.returncode == 0, done.stderr
        self.keys.append(file)
        return done.stdout.strip()

    @property
    def config(self):
        return self.folder / "witness.conf"

    def write_config(self):
        self.config.write_text(f"name = {self.name}\nlisten = 127.0.0.1:{self.port}\nstate = {self.folder}/state\n" +
                               "".join(f"key = {self.folder}/{file}\n" for file in self.keys) +
                               "".join(f"log = {key}\n" for key in self.logs) + self.more)

    def start(self, *logs):
        self.logs += [key for key in logs if key not in self.logs]
        self.write_config()
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([*self.before, self.program, "--config", str(self.config)], stdout=log,
                                            stderr=subprocess.STDOUT)
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.02)
        raise AssertionError("the witness does not open its port")

    def stop(self, number=signal.SIGTERM):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def setting(self):
        return f"http://127.0.0.1:{self.port} {self.key}"

    def ask(self, body, method="POST", path="/add-checkpoint", headers=None):
        """Status, content type and text of one answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            link.request(method, path, body, headers or {})
            answer = link.getresponse()
            return answer.status, answer.getheader("Content-Type"), answer.read().decode()
        finally:
            link.close()

    def page(self, language="vi"):
        return self.ask(None, "GET", f"/?lang={language}")[2]

    def evidence(self):
        return sorted(path.name for path in (self.folder / "state" / "evidence").iterdir())


def consistency(leaves, old):
    """RFC 6962 §2.1.2, of the leaves' hashes."""
    def part(size, hashes, whole):
        if size == len(hashes):
            return [] if whole else [root(hashes)]
        split = 1
        while split * 2 < len(hashes):
            split *= 2
        if size <= split:
            return [*part(size, hashes[:split], whole), root(hashes[split:])]
        return [*part(size - split, hashes[split:], False), root(hashes[:split])]
    return part(old, leaves, True) if 0 < old < len(leaves) else []


class Log:
    """A log with its key, as long as one likes."""

    def __init__(self, origin, key=None):
        self.origin, self.private, self.leaves = origin, key or Ed25519PrivateKey.generate(), []
        public = b"\1" + self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.ident = hashlib.sha256(origin.encode() + b"\n" + public).digest()[:4]
        self.key = f"{origin}+{self.ident.hex()}+{base64.b64encode(public).decode()}"

    @classmethod
    def with_key_of(cls, folder, origin):
        """Whoever has stolen the key of a gateway's tree."""
        return cls(origin, serialization.load_pem_private_key((Path(folder) / "key.pem").read_bytes(), None))

    def grow(self, count, flavour="leaf"):
        self.leaves += [sha256(b"\0" + f"{flavour} {len(self.leaves) + i}".encode()) for i in range(count)]
        return self

    def head(self, size=None):
        leaves = self.leaves[:size]
        text = f"{self.origin}\n{len(leaves)}\n{base64.b64encode(root(leaves)).decode()}\n"
        signature = base64.b64encode(self.ident + self.private.sign(text.encode())).decode()
        return f"{text}\n\u2014 {self.origin} {signature}\n"

    def request(self, old, size=None):
        path = consistency(self.leaves[:size], old)
        return f"old {old}\n{''.join(base64.b64encode(one).decode() + chr(10) for one in path)}\n{self.head(size)}".encode()


assert root([sha256(b"a"), sha256(b"b")]) == node(sha256(b"a"), sha256(b"b"))


class Authority:
    """A time-stamping authority on a port, made by the openssl program. Use it in a `with`."""

    def __init__(self, folder):
        self.folder, self.port, self.down = Path(folder), free_port(), False
        self.folder.mkdir()
        (self.folder / "tsa.cnf").write_text(f"""[t]
serial={self.folder}/serial
signer_cert={self.folder}/tsa.pem
certs={self.folder}/ca.pem
signer_key={self.folder}/tsa.key
signer_digest=sha256
default_policy=1.2.3.4
digests=sha256
ess_cert_id_alg=sha256
[e]
extendedKeyUsage=critical,timeStamping
basicConstraints=CA:FALSE
[req]
distinguished_name=d
[d]
[c]
basicConstraints=critical,CA:TRUE
""")
        (self.folder / "serial").write_text("01\n")
        self.openssl("req", "-x509", "-config", "tsa.cnf", "-extensions", "c", "-newkey", "ed25519", "-nodes", "-subj", "/CN=ca",
                     "-keyout", "ca.key", "-out", "ca.pem", "-days", "9")
        self.openssl("req", "-config", "tsa.cnf", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tsa", "-keyout", "tsa.key",
                     "-out", "tsa.csr")
        self.openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "9",
                     "-extfile", "tsa.cnf", "-extensions", "e", "-out", "tsa.pem")
        (self.folder / "ca.pem").chmod(0o644)
        self.folder.chmod(0o755)

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    @property
    def ca(self):
        return self.folder / "ca.pem"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/tsr"

    def __enter__(self):
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                if authority.down or self.headers["Content-Type"] != "application/timestamp-query":
                    return self.send_error(503)
                (authority.folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
                authority.openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "t", "-queryfile", "query", "-out", "reply")
                answer = (authority.folder / "reply").read_bytes()
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                return self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", self.port), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

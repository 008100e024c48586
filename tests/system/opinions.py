# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's clamd with a signature of our own and Debian's rspamd, each in a folder of its own, on loopback."""
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

MALWARE = b"VANTHU-STANDARD-MALWARE-TEST-" + b"0123456789"  # inert: nothing but these letters
SPAM = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"  # rspamd's own test text


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Service:
    """A program in the foreground until the `with` ends."""

    def __init__(self, account):
        self.dir = Path(tempfile.mkdtemp(prefix="vanthu-opinion-"))
        shutil.chown(self.dir, account, account)
        self.dir.chmod(0o755)
        self.process = None

    def start(self, words, answers, seconds=90):
        with open(self.dir / "out.log", "ab") as out:
            self.process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + seconds
        while not answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{words[0]} does not answer:\n{(self.dir / 'out.log').read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)

    def __exit__(self, *_):
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Clamd(Service):
    def __init__(self):
        super().__init__("clamav")

    def __enter__(self):
        database = self.dir / "database"
        database.mkdir()
        (database / "vanthu.ndb").write_text(f"Vanthu.Test:0:*:{MALWARE.hex()}\n")
        self.address = str(self.dir / "clamd.ctl")
        (self.dir / "clamd.conf").write_text(
            f"Foreground yes\nUser clamav\nDatabaseDirectory {database}\nLocalSocket {self.address}\nLocalSocketMode 666\n"
            f"TemporaryDirectory {self.dir}\nStreamMaxLength 1M\nConcurrentDatabaseReload no\n")
        self.start(["/usr/sbin/clamd", "-c", str(self.dir / "clamd.conf")], self.answers)
        return self

    def answers(self):
        try:
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(self.address)
                peer.sendall(b"zPING\0")
                return peer.recv(16).startswith(b"PONG")
        except OSError:
            return False


class Rspamd(Service):
    def __init__(self):
        super().__init__("_rspamd")

    def __enter__(self):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        (self.dir / "rspamd.conf").write_text(f"""
options {{
  pidfile = "{self.dir}/rspamd.pid"; tempdir = "{self.dir}"; url_tld = "/usr/share/rspamd/effective_tld_names.dat";
  filters = ""; control_socket = "{self.dir}/control.sock mode=0600"; dns {{ nameserver = ["127.0.0.1"]; timeout = 1s; }}
  gtube_patterns = "reject";
}}
logging {{ type = "console"; level = "warning"; }}
metric {{ name = "default"; actions {{ reject = 15; "add header" = 6; }} }}
worker "normal" {{ bind_socket = "{self.address}"; count = 1; }}
""")
        self.start(["/usr/bin/rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", "-c", str(self.dir / "rspamd.conf")],
                   self.answers)
        return self

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as peer:
                peer.sendall(b"GET /ping HTTP/1.0\r\n\r\n")
                return b"pong" in peer.recv(4096)
        except OSError:
            return False

# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's Postfix in a folder of its own as the gateway's next hop; it hands everything on to a sink."""
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Postfix:
    """Root only. `settings` are more lines for main.cf; `doors` more ports, each with a setting of its own, in `ports`."""

    def __init__(self, sink_port, domains="elsewhere.example", settings=(), doors=()):
        self.dir = Path(tempfile.mkdtemp(prefix="vanthu-postfix-"))
        self.port, *self.ports = self._free_ports(1 + len(doors))
        self.dir.chmod(0o755)
        (self.dir / "queue").mkdir()
        (self.dir / "data").mkdir()
        shutil.chown(self.dir / "data", "postfix")
        for name in ("main", "master"):
            text = (ROOT / "tests" / "bench" / "postfix" / f"{name}.cf.in").read_text()
            for mark, value in (("@DIR@", self.dir), ("@PORT@", self.port), ("@SINK@", sink_port), ("@MORE@", "")):
                text = text.replace(mark, str(value))
            if name == "main":
                text = "".join(line for line in text.splitlines(True) if not line.startswith("relay_domains"))
                text += "".join(f"{line}\n" for line in (f"relay_domains = {domains}", *settings))
            else:
                text += "".join(f"127.0.0.1:{port} inet n - n - - smtpd\n  -o {{ {setting} }}\n"
                                for port, setting in zip(self.ports, doors))
            (self.dir / f"{name}.cf").write_text(text)

    @staticmethod
    def _free_ports(count):
        probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
        try:
            return [probe.getsockname()[1] for probe in probes]
        finally:
            for probe in probes:
                probe.close()

    def __enter__(self):
        subprocess.run(["postfix", "-c", self.dir, "start"], check=True, capture_output=True)
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return self
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def __exit__(self, kind, *_):
        subprocess.run(["postfix", "-c", self.dir, "stop"], check=False, capture_output=True)
        if kind is None:
            shutil.rmtree(self.dir, ignore_errors=True)

    def log(self):
        try:
            return (self.dir / "maillog").read_text(errors="replace")
        except OSError:
            return ""

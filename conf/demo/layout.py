# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything of a box is: its folder, ports and programs. No side effects."""
import os
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
DOMAIN = "hatinh.dcs.example"
HOSTNAME = "mail.hatinh.dcs.example"

# Port = base + offset; with the usual base 2000 they read like the well-known ones: 2525, 2587, 2465, 2143, 2993.
PORT_OFFSETS = {
    "mx": 525,
    "submission": 587,
    "submissions": 465,
    "imap": 143,
    "imaps": 993,
    "dovecot_imap": 144,
    "dovecot_lmtp": 424,
}


@dataclass(frozen=True)
class Box:
    """A province in a box: one folder, one set of ports."""

    dir: Path
    port_base: int = 2000
    next_hop: str = ""  # smtp://HOST:PORT or lmtp://HOST:PORT; empty: our Dovecot
    overrides: tuple = ()  # extra "key=value" for gateway.conf

    def port(self, name):
        return self.port_base + PORT_OFFSETS[name]

    def endpoint(self, name):
        return f"{HOST}:{self.port(name)}"

    @property
    def share(self):  # scripts and templates, copied here by conf/quickstart
        return self.dir / "share"

    def program(self, name):
        return self.dir / "bin" / name

    @property
    def config(self):
        return self.dir / "gateway.conf"

    @property
    def data(self):  # the gateway's logs and views
        return self.dir / "data"

    @property
    def directory(self):  # CSV files that are imported
        return self.dir / "directory"

    @property
    def ca_file(self):
        return self.dir / "tls" / "ca.pem"

    @property
    def log(self):
        return self.dir / "log"

    @property
    def run(self):
        return self.dir / "run"

    @property
    def endpoints(self):
        return self.dir / "endpoints.json"

    def make_folders(self):
        for name in ("data", "directory", "dovecot", "letters", "log", "mail", "run", "tls"):
            (self.dir / name).mkdir(mode=0o700, parents=True, exist_ok=True)


def write(path, text, mode=0o600):
    """Writes a whole file or nothing: readers never see half of it."""
    draft = path.with_name(path.name + ".new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)

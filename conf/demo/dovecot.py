# SPDX-License-Identifier: GPL-3.0-or-later
"""The box's mail store: Dovecot with its own configuration and data, as the account that runs this script."""
import grp
import os
import pwd
import secrets

import processes
from layout import HOST, write

MASTER_USER = "gateway"
PROGRAM = "/usr/sbin/dovecot"


def master_password_file(box):
    return box.dir / "dovecot" / "master-password"


def configure(box):
    folder = box.dir / "dovecot"
    password = master_password_file(box)
    if not password.exists():
        write(password, secrets.token_urlsafe(24) + "\n")
    write(folder / "master-users", f"{MASTER_USER}:{{PLAIN}}{password.read_text().strip()}\n")
    write(folder / "users", "")
    values = {
        "DIR": box.dir,
        "HOST": HOST,
        "USER": pwd.getpwuid(os.getuid()).pw_name,
        "GROUP": grp.getgrgid(os.getgid()).gr_name,
        "UID": os.getuid(),
        "GID": os.getgid(),
        "PORT_IMAP": box.port("dovecot_imap"),
        "PORT_LMTP": box.port("dovecot_lmtp"),
    }
    text = (box.share / "dovecot" / "demo.conf.in").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    write(folder / "dovecot.conf", text)


def start(box):
    configure(box)
    (box.run / "dovecot").mkdir(mode=0o700, exist_ok=True)
    processes.start(box, "dovecot", [PROGRAM, "-F", "-c", box.dir / "dovecot" / "dovecot.conf"])
    processes.wait_for_ports(box, "dovecot", [box.port("dovecot_imap"), box.port("dovecot_lmtp")])

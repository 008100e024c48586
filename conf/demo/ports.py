# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a port free, and if not, who has it?"""
import os
import re
import socket
from pathlib import Path

from layout import HOST, PORT_OFFSETS
from say import Trouble


def _free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def holder(port):
    """Name and id of the process listening on a port, or "" where the kernel does not tell us."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(fields[9])
    for process in Path("/proc").glob("[0-9]*"):
        try:
            for descriptor in (process / "fd").iterdir():
                found = re.match(r"socket:\[(\d+)\]", os.readlink(descriptor))
                if found and found[1] in inodes:
                    return f"{(process / 'comm').read_text().strip()} ({process.name})"
        except OSError:
            continue
    return ""


def check(box):
    """@raises Trouble  naming the first port that is taken, and by whom if that can be seen"""
    for name in PORT_OFFSETS:
        port = box.port(name)
        if not _free(port):
            who = holder(port)
            raise Trouble(f"cổng {port} ({name}) đang bận" + (f", do {who} giữ" if who else "")
                          + "; hãy chọn --port-base khác hoặc dừng chương trình đó",
                          f"port {port} ({name}) is in use" + (f" by {who}" if who else "")
                          + "; choose another --port-base or stop that program")

# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts programs that outlive this script, and stops exactly those again."""
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from layout import HOST, write
from say import Trouble


def _started(pid):
    """Clock ticks since boot at which the process began, or None if it is gone: tells a re-used id apart."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def start(box, name, command):
    """Runs a command in a session of its own, output to log/NAME.log, id to run/NAME.pid."""
    with open(box.log / f"{name}.log", "ab") as log:
        child = subprocess.Popen([str(word) for word in command], cwd=box.dir, stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=subprocess.STDOUT, start_new_session=True)
    write(box.run / f"{name}.pid", f"{child.pid} {_started(child.pid)}\n")
    return child


def running(box, name):
    """The id of a program that start() began, or None."""
    try:
        pid, began = (box.run / f"{name}.pid").read_text().split()
    except (OSError, ValueError):
        return None
    try:
        os.waitpid(int(pid), os.WNOHANG)  # if it is ours and has ended, let it go
    except ChildProcessError:
        pass
    return int(pid) if _started(pid) == began else None


def stop(box, name, seconds=40):
    """SIGTERM and wait; SIGKILL only when it does not end. True if it was running."""
    pid = running(box, name)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while running(box, name) is not None:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
    (box.run / f"{name}.pid").unlink(missing_ok=True)
    return pid is not None


def tail(box, name, lines=15):
    try:
        return "\n".join((box.log / f"{name}.log").read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def greets(port, seconds=2.0):
    """The first octets a server says by itself, or b"" if there is none (a TLS port says nothing: then b"-")."""
    try:
        with socket.create_connection((HOST, port), timeout=seconds) as link:
            link.settimeout(seconds)
            try:
                return link.recv(512)
            except TimeoutError:
                return b"-"
    except OSError:
        return b""


def wait_for_ports(box, name, ports, silent=(), seconds=60):
    """Until the program answers on all ports. `silent` ports (implicit TLS) only need to accept.

    @raises Trouble  with the end of its log, when it ends or takes too long
    """
    deadline = time.monotonic() + seconds
    for port in (*ports, *silent):
        while not greets(port, 0.05 if port in silent else 5.0):
            if running(box, name) is None or time.monotonic() > deadline:
                raise Trouble(f"{name} không khởi động được; nhật ký {box.log / (name + '.log')}:\n{tail(box, name)}",
                              f"{name} does not come up; its log {box.log / (name + '.log')} ends:\n{tail(box, name)}")
            time.sleep(0.1)

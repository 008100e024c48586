# SPDX-License-Identifier: GPL-3.0-or-later
"""What a connection and a big message cost the gateway, read from /proc: private memory, without the memory file that
holds the message."""
import base64
import os
import re
import resource
import socket
import ssl
import threading
import time
import unittest
from pathlib import Path

import raw
from box import Box

KIB = 1024
IDLE, IDLE_TLS = 5000, 500
OUTSIDE, KHOA = "ai-do@elsewhere.example", "khoatb@hatinh.dcs.example"


def private_octets(pid):
    """Resident memory that is neither a file's nor a memory file's."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^RssAnon:\s+(\d+) kB", text, re.M)[1]) * KIB


class Highest(threading.Thread):
    """The most private memory that was seen while it ran."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.octets, self.over = pid, 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.is_set():
            self.octets = max(self.octets, private_octets(self.pid))
            time.sleep(0.005)

    def stop(self):
        self.over.set()
        self.join()
        return self.octets


def greeted(box, door, context=None):
    link = socket.create_connection(("127.0.0.1", box.port(door)), timeout=60)
    if context:
        link = context.wrap_socket(link, server_hostname="localhost")
    assert link.recv(512).startswith(b"220")
    link.sendall(b"EHLO idle.example\r\n")
    answer = b""
    while not re.search(rb"^250 .*\r\n$", answer, re.M):
        answer += link.recv(4096)
    return link


class MemoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 3 * IDLE), hard))
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", f"limits.sessions={2 * IDLE}"))
        letter = raw.message(OUTSIDE, KHOA, ident=raw.message_id())  # what is made once, at the first letter, is made now
        cls.box.send("mx", None, OUTSIDE, [KHOA], letter)

    def idle(self, count, door, context=None):
        pid = self.box.gateway_pid()
        warm = [greeted(self.box, door, context) for _ in range(20)]
        before = private_octets(pid)
        links = [greeted(self.box, door, context) for _ in range(count)]
        each = (private_octets(pid) - before) / count
        print(f"  {each / KIB:.1f} KiB for each of {count} idle connections ({door})", flush=True)
        letter = raw.message(OUTSIDE, KHOA, ident=raw.message_id())
        self.box.send("mx", None, OUTSIDE, [KHOA], letter)  # the others are no strain
        for link in links + warm:
            link.close()
        return each

    def test_an_idle_plain_connection_costs_at_most_40_kib_and_5000_are_no_strain(self):
        self.assertLessEqual(self.idle(IDLE, "mx"), 40 * KIB)

    def test_an_idle_tls_connection_costs_at_most_80_kib(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.assertLessEqual(self.idle(IDLE_TLS, "submissions", context), 80 * KIB)

    def test_a_message_of_49_mib_costs_its_session_at_most_a_mebibyte_beside_the_memory_file(self):
        block = b"".join(base64.b64encode(os.urandom(57)) + b"\r\n" for _ in range(4096))
        pid = self.box.gateway_pid()
        link = greeted(self.box, "mx")
        before = private_octets(pid)
        link.sendall(f"MAIL FROM:<{OUTSIDE}>\r\nRCPT TO:<{KHOA}>\r\nDATA\r\n".encode())
        answer = b""
        while b"354" not in answer:
            answer += link.recv(4096)
        highest = Highest(pid)
        link.sendall(f"From: <{OUTSIDE}>\r\nTo: <{KHOA}>\r\nSubject: to\r\nMessage-ID: {raw.message_id()}\r\n"
                     "Content-Type: image/jpeg; name=anh.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode())
        link.sendall(base64.b64encode(b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\1\0\x60\0\x60\0\0" + bytes(37)) + b"\r\n")
        for _ in range(49 * KIB * KIB // len(block)):
            link.sendall(block)
        received = highest.stop() - before
        highest = Highest(pid)
        link.settimeout(120)
        link.sendall(b".\r\n")
        answer = link.recv(4096)
        link.close()
        judged = highest.stop() - before
        print(f"  {received / KIB:.0f} KiB while it came, {judged / KIB:.0f} KiB until it was answered", flush=True)
        self.assertTrue(answer.startswith(b"250"), answer)
        self.assertLessEqual(max(received, judged), KIB * KIB)


if __name__ == "__main__":
    unittest.main()

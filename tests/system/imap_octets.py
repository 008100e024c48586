# SPDX-License-Identifier: GPL-3.0-or-later
"""IMAP octet by octet, for tests that say and hear what no library would."""
import socket


class Imap:
    """A session octet by octet; without a login one that has not logged in."""

    def __init__(self, box, login, mailbox="", timeout=60):
        link = socket.create_connection(("127.0.0.1", box.port("imaps")), timeout=timeout)
        self.socket = box.trust().wrap_socket(link, server_hostname="localhost")
        self.buffer = b""
        self.number = 0
        self.line()
        if login is None:
            return
        address, password = box.login(login)
        user = f"{mailbox}*{address}" if mailbox else address
        assert self.ask(f'LOGIN "{user}" "{password}"').startswith("OK"), "no login"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def put(self, octets):
        self.socket.sendall(octets)

    def until(self, mark):
        """All up to it and with it; what has come when the server closes."""
        while mark not in self.buffer:
            octets = self.socket.recv(65536)
            if not octets:
                break
            self.buffer += octets
        end = self.buffer.find(mark)
        end = len(self.buffer) if end < 0 else end + len(mark)
        said, self.buffer = self.buffer[:end], self.buffer[end:]
        return said

    def rest(self):
        """Until the server closes."""
        try:
            while octets := self.socket.recv(65536):
                self.buffer += octets
        except ConnectionError:
            pass
        said, self.buffer = self.buffer, b""
        return said

    def line(self):
        while b"\r\n" not in self.buffer:
            octets = self.socket.recv(65536)
            if not octets:
                raise ConnectionError("closed by the server")
            self.buffer += octets
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode(errors="replace")

    def tag(self):
        self.number += 1
        return f"t{self.number}"

    def answer(self, tag):
        """What stands behind the tag; a "+" first is an answer too."""
        while True:
            line = self.line()
            if line.startswith(f"{tag} "):
                return line[len(tag) + 1:]
            if line.startswith("+") or line.startswith("* BYE"):
                return line

    def ask(self, command):
        tag = self.tag()
        self.put(f"{tag} {command}\r\n".encode())
        return self.answer(tag)

    def append(self, folder, *messages, flags="", unasked=True):
        """One APPEND; each message as a literal sent unasked, or when it is asked for."""
        tag = self.tag()
        head = f"{tag} APPEND {folder}{' ' + flags if flags else ''}".encode()
        for octets in messages:
            self.put(head + b" {%d%s}\r\n" % (len(octets), b"+" if unasked else b""))
            if not unasked:
                said = self.answer(tag)
                if not said.startswith("+"):
                    return said
            self.put(octets)
            head = b""
        self.put(b"\r\n")
        return self.answer(tag)

# SPDX-License-Identifier: GPL-3.0-or-later
"""SMTP octet by octet, for what smtplib rightly does not do; and messages for the tests."""
import secrets
import socket
from email import policy
from email.message import EmailMessage


class Smtp:
    """A connection that sends exactly what it is told and reads whole replies."""

    def __init__(self, port, timeout=30, source=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout,
                                               source_address=(source, 0) if source else None)
        self.buffer = b""
        self.greeting = self.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def line(self):
        while b"\r\n" not in self.buffer:
            octets = self.socket.recv(65536)
            if not octets:
                raise ConnectionError(f"closed by the server; left: {self.buffer!r}")
            self.buffer += octets
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode(errors="replace")

    def reply(self):
        """(code, all lines joined)"""
        lines = [self.line()]
        while lines[-1][3:4] == "-":
            lines.append(self.line())
        return int(lines[-1][:3]), "\n".join(line[4:] for line in lines)

    def put(self, octets):
        self.socket.sendall(octets)

    def ask(self, command):
        self.put(command.encode() + b"\r\n")
        return self.reply()

    def silent(self, seconds=0.5):
        """True if the server says nothing for so long."""
        if self.buffer:
            return False
        self.socket.settimeout(seconds)
        try:
            octets = self.socket.recv(65536)
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(30)
        self.buffer += octets
        return False

    def to_data(self, reverse_path, *forward_paths):
        """EHLO … DATA, up to 354."""
        self.ask("EHLO test.example")
        assert self.ask(f"MAIL FROM:<{reverse_path}>")[0] == 250
        for address in forward_paths:
            assert self.ask(f"RCPT TO:<{address}>")[0] == 250
        assert self.ask("DATA")[0] == 354


def message_id():
    return f"<{secrets.token_hex(8)}@test.example>"


def message(sender, to, subject="thử", text="Nội dung.\n", ident="", attachments=()):
    """Octets of an ordinary letter. Attachments: (name, main type, sub type, octets)."""
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"] = sender
    letter["To"] = to
    letter["Subject"] = subject
    letter["Date"] = "Mon, 23 Nov 2026 08:00:00 +0700"
    letter["Message-ID"] = ident or message_id()
    letter.set_content(text)
    for name, main, sub, octets in attachments:
        letter.add_attachment(octets, maintype=main, subtype=sub, filename=name)
    return letter.as_bytes()

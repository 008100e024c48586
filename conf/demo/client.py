# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain mail client: sends by the gateway's SMTP ports, reads by its imaps port."""
import imaplib
import smtplib
import ssl
import time
from dataclasses import dataclass

from layout import HOST

_SECONDS = 60


@dataclass(frozen=True)
class Reply:
    """What the server said last, and at which step."""

    step: str  # "auth", "mail", "rcpt", "data", "end"
    code: int
    text: str

    @property
    def accepted(self):
        return self.step == "end" and self.code == 250


def trust(box):
    return ssl.create_default_context(cafile=str(box.ca_file))


def send(box, door, login, reverse_path, forward_paths, octets):
    """One letter, octet for octet, by "mx", "submission" or "submissions".

    @param login   (address, password), or None at the MX port
    @param octets  with CRLF line ends, ending in one
    """
    if door == "submissions":
        link = smtplib.SMTP_SSL(HOST, box.port(door), timeout=_SECONDS, context=trust(box), local_hostname="may-tram")
    else:
        link = smtplib.SMTP(HOST, box.port(door), timeout=_SECONDS, local_hostname="may-tram")
    with link:
        link.ehlo()
        if door == "submission":
            link.starttls(context=trust(box))
            link.ehlo()
        if login:
            try:
                link.login(*login)
            except smtplib.SMTPAuthenticationError as error:
                return Reply("auth", error.smtp_code, error.smtp_error.decode(errors="replace"))
        options = ["BODY=8BITMIME"] if link.has_extn("8bitmime") else []
        said = link.mail(reverse_path, options)
        if said[0] != 250:
            return _reply("mail", said)
        for address in forward_paths:
            said = link.rcpt(address)
            if said[0] not in (250, 251):
                return _reply("rcpt", said)
        try:
            said = link.data(octets)
        except smtplib.SMTPDataError as error:
            return Reply("data", error.smtp_code, error.smtp_error.decode(errors="replace"))
        return _reply("end", said)


def _reply(step, said):
    return Reply(step, said[0], " ".join(said[1].decode("utf-8", errors="replace").split("\n")))


def open_mailbox(box, login, password, mailbox=""):
    """An IMAP session on INBOX. `mailbox` opens another one than one's own: "mailbox*login"."""
    session = imaplib.IMAP4_SSL(HOST, box.port("imaps"), ssl_context=trust(box), timeout=_SECONDS)
    session.login(f"{mailbox}*{login}" if mailbox else login, password)
    session.select("INBOX", readonly=True)
    return session


def find(box, login, password, mailbox, message_id, seconds=30):
    """Octets of the letter in that INBOX, waited for; None if it did not come."""
    deadline = time.monotonic() + seconds
    session = open_mailbox(box, login, password, mailbox)
    try:
        while True:
            session.noop()
            _, found = session.search(None, "HEADER", "Message-ID", f'"{message_id}"')
            if found and found[0]:
                _, data = session.fetch(found[0].split()[0], "(BODY.PEEK[])")
                return data[0][1]
            if time.monotonic() > deadline:
                return None
            time.sleep(0.2)
    finally:
        session.logout()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail store on a string: it says what a test wants of it, lies if it shall, and keeps all that it was told. IMAP behind
the gateway, with a master user's AUTHENTICATE PLAIN. And a test with a box before one."""
import re
import socket
import ssl
import threading

from box import Box
from filing import Filing

CAPABILITIES = "IMAP4rev1 SASL-IR LITERAL+ ID IDLE UIDPLUS ENABLE UNSELECT ESEARCH"


class Gone(Exception):
    """The gateway has closed."""


class Talk:
    """One of its sessions."""

    def __init__(self, link, number, capabilities):
        self.link, self.number, self.capabilities = link, number, capabilities
        self.buffer, self.heard = b"", b""

    def say(self, octets):
        try:
            self.link.sendall(octets.encode() if isinstance(octets, str) else octets)
        except OSError as error:
            raise Gone from error

    def take(self, octets):
        while len(self.buffer) < octets:
            self.more()
        taken, self.buffer = self.buffer[:octets], self.buffer[octets:]
        return taken

    def more(self):
        try:
            more = self.link.recv(1 << 16)
        except OSError as error:
            raise Gone from error
        if not more:
            raise Gone
        self.buffer += more
        self.heard += more

    def line(self):
        while b"\r\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode()

    def command(self):
        """Tag, verb in upper case, the rest."""
        tag, _, rest = self.line().partition(" ")
        verb, _, rest = rest.partition(" ")
        if verb.upper() == "UID":
            second, _, rest = rest.partition(" ")
            verb += " " + second
        return tag, verb.upper(), rest

    def until(self, wanted):
        """Answers all that is asked as a good store does, until a command of that name comes; its tag and the rest."""
        while True:
            tag, verb, rest = self.command()
            if verb == wanted:
                return tag, rest
            self.good(tag, verb, rest)

    def good(self, tag, verb, rest):
        del rest
        said = {"CAPABILITY": f"* CAPABILITY {self.capabilities}\r\n", "ID": "* ID NIL\r\n", "LOGOUT": "* BYE good night\r\n",
                "LIST": '* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\HasNoChildren) "/" Drafts\r\n',
                "UID SEARCH": '* ESEARCH (TAG "x") UID\r\n'}.get(verb, "")
        if verb in ("SELECT", "EXAMINE"):
            said = opened()
        self.say(f"{said}{tag} OK done\r\n")
        if verb == "LOGOUT":
            raise Gone

    def log_in(self):
        self.say(f"* OK [CAPABILITY {self.capabilities} AUTH=PLAIN] an odd store\r\n")
        tag, _ = self.until("AUTHENTICATE")
        self.say(f"{tag} OK [CAPABILITY {self.capabilities}] logged in\r\n")

    def for_ever(self):
        """A good store until the gateway goes."""
        while True:
            self.good(*self.command())

    def silent(self):
        """Reads, and says nothing any more."""
        while True:
            self.more()


def opened(messages=3, uid_next=7, validity=5):
    return (f"* FLAGS (\\Seen \\Deleted)\r\n* {messages} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {validity}] v\r\n"
            f"* OK [UIDNEXT {uid_next}] n\r\n")


class OddStore:
    """In a `with`. `play(talk)` is one session; it may be exchanged at any time, for those that begin then."""

    def __init__(self, play, capabilities=CAPABILITIES):
        self.play, self.capabilities = play, capabilities
        self.talks, self.refusing = [], False
        self.tls = None  # an SSLContext: imaps
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.drop()

    def accept(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            if self.refusing:
                link.close()
                continue
            talk = Talk(link, len(self.talks), self.capabilities)
            self.talks.append(talk)
            threading.Thread(target=self.serve, args=(talk,), daemon=True).start()

    def serve(self, talk):
        try:
            if self.tls is not None:
                talk.link = self.tls.wrap_socket(talk.link, server_side=True)
            self.play(talk)
        except (Gone, ssl.SSLError):
            pass
        finally:
            talk.link.close()

    def drop(self):
        """Ends all sessions, as a store that restarts."""
        for talk in self.talks:
            try:
                talk.link.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def heard(self):
        return b"".join(talk.heard for talk in self.talks)


class Messages:
    """A folder with REPLACE (RFC 8508), for Talk sessions: `play` of an OddStore. Message texts by UID, oldest first."""

    def __init__(self, texts):
        self.texts, self.next = dict(enumerate(texts, 1)), len(texts) + 1
        self.refuses = False  # says NO to REPLACE once it has the octets

    def play(self, talk):
        talk.log_in()
        while True:
            tag, verb, rest = talk.command()
            if verb in ("SELECT", "EXAMINE"):
                talk.say(opened(len(self.texts), self.next) + f"{tag} OK [READ-WRITE] done\r\n")
            elif verb.endswith("REPLACE"):
                self.replace(talk, tag, verb, rest)
            else:
                talk.good(tag, verb, rest)

    def replace(self, talk, tag, verb, rest):
        which, _, rest = rest.partition(" ")
        announced = re.search(r"\{(\d+)(\+?)\}$", rest)
        if not announced[2]:
            talk.say("+ come\r\n")
        octets = talk.take(int(announced[1]))
        talk.line()
        uid = int(which) if verb == "UID REPLACE" else list(self.texts)[int(which) - 1]
        if self.refuses:
            talk.say(f"{tag} NO [OVERQUOTA] no room\r\n")
            return
        number = list(self.texts).index(uid) + 1
        new, self.next = self.next, self.next + 1
        self.texts[new] = octets
        del self.texts[uid]
        # RFC 8508 §3: the new one is there before the old one goes
        talk.say(f"* OK [APPENDUID 5 {new}] replaced\r\n* {len(self.texts) + 1} EXISTS\r\n* {number} EXPUNGE\r\n{tag} OK done\r\n")


def good(talk):
    talk.log_in()
    talk.for_ever()


class BeforeOddStore(Filing):
    """Tests with a box whose store is an odd one in `store`: a good one until they `play` something else."""

    @classmethod
    def setUpClass(cls):
        cls.store = cls.enterClassContext(OddStore(good))
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no", "--set",
                                            f"imap.store=domain:hatinh.dcs.example imap://127.0.0.1:{cls.store.port}"))

    def setUp(self):
        self.play(good)

    def play(self, play, capabilities=CAPABILITIES):
        self.store.play, self.store.capabilities = play, capabilities

    def log_since(self, before):
        return self.box.log()[before:]

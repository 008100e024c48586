# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hundred people read at once, half of them rudely: each sees what is theirs. What is sent ahead of LOGIN and STARTTLS,
and clients that close one side."""
import asyncio
import csv
import hashlib
import json
import re
import socket
import ssl
import subprocess
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from box import ACCOUNT, Box, wait_until
from imap_octets import Imap

PEOPLE = 200
KHOA = "khoatb@hatinh.dcs.example"
HUONG = "huongvtt@hatinh.dcs.example"


def own_letter(address):
    """Big enough to come in several pieces, and like nobody else's."""
    mark = hashlib.sha256(address.encode()).hexdigest()
    return (f"Subject: {mark}\r\nMessage-ID: <{mark}@sessions>\r\n\r\n" + f"{mark} của {address}\r\n" * 600).encode()


class HalfTls:
    """A TLS client that can say that it says no more, and go on listening (RFC 8446 §6.1)."""

    def __init__(self, context, port):
        self.link = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        self.carry(self.tls.do_handshake)
        self.until(b"\r\n")

    def carry(self, act):
        while True:
            try:
                done = act()
                self.flush()
                return done
            except ssl.SSLWantReadError:
                self.flush()
                octets = self.link.recv(1 << 16)
                if octets:
                    self.incoming.write(octets)
                else:
                    self.incoming.write_eof()

    def flush(self):
        if octets := self.outgoing.read():
            self.link.sendall(octets)

    def send(self, octets):
        self.carry(lambda: self.tls.write(octets))

    def say_no_more(self):
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self.flush()
        self.link.shutdown(socket.SHUT_WR)

    def until(self, mark):
        octets = b""
        while mark not in octets:
            more = self.carry(lambda: self.tls.read(1 << 16))
            assert more, octets
            octets += more
        return octets

    def until_the_end(self):
        octets = b""
        try:
            while more := self.carry(lambda: self.tls.read(1 << 16)):
                octets += more
        except ssl.SSLZeroReturnError:
            pass
        return octets

    def close(self):
        self.link.close()


class Sessions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes"))
        person = json.loads(cls.box.vanthu("mailbox", "show", HUONG, "--json").stdout)["rows"][0]["person_id"]
        cls.box.vanthu("role", "add", person, "archivist", "")

    # -- two hundred at once

    def prepare(self):
        """Two hundred people with passwords and a letter each."""
        with open(self.box.layout.directory / "mailboxes.csv", encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["person_id"] and row["status"] != "closed"]
        known = {user["address"]: user["password"] for user in self.box.facts["users"]}
        self.people = {row["address"]: known.get(row["address"], f"mat-khau-{index}-{row['person_id']}")
                      for index, row in enumerate(rows[:PEOPLE])}
        assert len(self.people) == PEOPLE

        def prepare(address):
            if address not in known:
                self.box.vanthu("mailbox", "password", address, stdin=self.people[address].encode() + b"\n")
            new = self.box.dir / "mail" / address.lower() / "Maildir" / "new"
            new.mkdir(parents=True, exist_ok=True)
            (new / "1700000000.M1.box").write_bytes(own_letter(address))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(prepare, self.people))
        subprocess.run(["chown", "-R", f"{ACCOUNT}:{ACCOUNT}", self.box.dir / "mail"], check=False)

    async def one(self, address, password, rude):
        """A person's session: everything pipelined behind LOGIN, or politely; or cut off in the middle of the letter."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.box.port("imaps"), ssl=self.context,
                                                       server_hostname="localhost", limit=1 << 22)
        try:
            await reader.readline()
            login = f'a LOGIN "{address}" "{password}"\r\n'.encode()
            rest = b"b SELECT INBOX\r\nc UID FETCH 1:* (UID BODY.PEEK[])\r\nd SEARCH ALL\r\n"
            if rude == "wrong":  # a neighbour's password: what is behind it must not run
                writer.write(f'a LOGIN "{address}" "sai-mat-khau"\r\n'.encode() + rest)
                await writer.drain()
                said = await reader.readuntil(b"a NO [AUTHENTICATIONFAILED]")
                writer.write(b"e LOGOUT\r\n")
                await writer.drain()
                said += await reader.read()
                self.assertNotIn(b"BODY[]", said)
                self.assertIn(b"e OK", said)
                return None
            writer.write(login)
            if rude != "pipelined":
                line = b""
                while not line.startswith(b"a "):
                    line = await reader.readline()
                self.assertIn(b"OK", line)
            writer.write(rest)
            await writer.drain()
            if rude == "cut":
                await reader.readuntil(b"BODY[] {")
                return None
            writer.write(b"e LOGOUT\r\n")
            await writer.drain()
            return await reader.read()
        finally:
            writer.transport.abort()

    async def everybody(self):
        self.context = self.box.trust()
        ways = ("polite", "pipelined", "polite", "pipelined", "cut")
        tasks = {address: asyncio.create_task(self.one(address, password, "wrong" if index % 40 == 0 else ways[index % len(ways)]))
                 for index, (address, password) in enumerate(self.people.items())}
        return {address: await asyncio.wait_for(task, 120) for address, task in tasks.items()}

    def test_two_hundred_at_once_see_nothing_of_one_another(self):
        self.prepare()
        begun = time.monotonic()
        said = asyncio.run(self.everybody())
        answered = {address: octets for address, octets in said.items() if octets is not None}
        self.assertGreaterEqual(len(answered), PEOPLE * 3 // 4)
        marks = {address: hashlib.sha256(address.encode()).hexdigest().encode() for address in self.people}
        everyones = set(marks.values())
        for address, octets in answered.items():
            self.assertIn(own_letter(address), octets, address)
            self.assertEqual(set(re.findall(rb"[0-9a-f]{64}", octets)) & everyones, {marks[address]}, address)
            self.assertIn(b"e OK", octets, address)
        print(f"\n  {len(answered)} sessions read, of {PEOPLE} at once, in {time.monotonic() - begun:.1f} s")
        # What the gateway wrote down agrees: nobody opened another's mailbox.
        for line in self.box.log().splitlines():
            if "event=imap.login" in line and "mailbox=#archive" not in line:
                names = dict(re.findall(r"(user|mailbox)=(\S+)", line))
                self.assertEqual(names["user"], names["mailbox"], line)

    # -- pipelining

    def clear(self):
        link = socket.create_connection(("127.0.0.1", self.box.port("imap")), timeout=30)
        self.addCleanup(link.close)
        return link

    def secure(self):
        link = self.box.trust().wrap_socket(socket.create_connection(("127.0.0.1", self.box.port("imaps")), timeout=30),
                                            server_hostname="localhost")
        self.addCleanup(link.close)
        return link

    @staticmethod
    def until(link, *marks):
        octets = b""
        while not any(mark in octets for mark in marks):
            more = link.recv(1 << 16)
            if not more:
                break
            octets += more
        return octets

    def test_what_stands_behind_starttls_in_the_clear_never_runs(self):
        address, password = self.box.login(KHOA)
        link = self.clear()
        self.until(link, b"\r\n")
        injected = f'x1 LOGIN "{address}" "{password}"\r\nx2 SELECT INBOX\r\n'.encode()
        link.sendall(b"s STARTTLS\r\n" + injected)
        self.assertIn(b"s OK", self.until(link, b"\r\n"))
        secured = self.box.trust().wrap_socket(link, server_hostname="localhost")
        secured.sendall(b"y NOOP\r\n")
        said = self.until(secured, b"y OK", b"y BAD")
        self.assertNotIn(b"x1", said)
        secured.sendall(b"z SELECT INBOX\r\n")  # nobody is logged in
        self.assertNotIn(b"z OK", self.until(secured, b"z "))
        secured.close()

    def test_what_is_sent_on_the_guess_that_a_login_succeeds_is_lost_when_it_does_not(self):
        address, password = self.box.login(KHOA)
        link = self.secure()
        self.until(link, b"\r\n")
        link.sendall(f'a LOGIN "{address}" "sai"\r\nb LOGIN "{address}" "{password}"\r\n'.encode())
        self.assertIn(b"a NO", self.until(link, b"a NO"))
        link.sendall(b"c NOOP\r\n")
        said = self.until(link, b"c OK")
        self.assertNotIn(b"b OK", said)
        self.assertIn(b"c OK", said)

    def test_a_literal_as_password_with_commands_in_it_is_a_password(self):
        address, _ = self.box.login(KHOA)
        link = self.secure()
        self.until(link, b"\r\n")
        inside = b'b LOGIN "x" "y"'
        link.sendall(f'a LOGIN "{address}" {{{len(inside)}+}}\r\n'.encode() + inside + b"\r\n")
        said = self.until(link, b"a NO", b"a BAD")
        self.assertNotIn(b"\r\nb ", b"\r\n" + said)

    # -- half-closed

    def logged_in(self, suffix=""):
        address, password = self.box.login(HUONG if suffix else KHOA)
        link = self.secure()
        self.until(link, b"\r\n")
        link.sendall(f'a LOGIN "{address}{suffix}" "{password}"\r\n'.encode())
        self.assertIn(b"a OK", self.until(link, b"a OK", b"a NO"))
        return link

    def sessions(self):
        """Connections that the gateway holds."""
        here = f":{self.box.port('imaps'):04X}"
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
        return sum(row[1].endswith(here) and row[3] in ("01", "08") for row in rows)  # established, close-wait

    def test_who_says_no_more_is_answered_and_let_go(self):
        for user, suffix in ((KHOA, ""), (HUONG, "#archive")):
            with self.subTest(suffix):
                address, password = self.box.login(user)
                link = HalfTls(self.box.trust(), self.box.port("imaps"))
                self.addCleanup(link.close)
                link.send(f'a LOGIN "{address}{suffix}" "{password}"\r\n'.encode())
                link.until(b"a OK")
                link.send(b'b SELECT INBOX\r\nc LIST "" *\r\nd NOOP\r\n')
                link.say_no_more()
                said = link.until_the_end()
                self.assertRegex(said, rb"c OK [^\r\n]*\r\nd OK")
        wait_until(lambda: self.sessions() == 0, 30, "every connection's end")

    def test_who_is_cut_off_is_let_go(self):
        for suffix in ("", "#archive"):
            link = self.logged_in(suffix)
            link.sendall(b"b SELECT INBOX\r\nc FETCH 1:* (FLAGS BODY.PEEK[])\r\nd NOOP\r\n")
            self.cut(link)
        wait_until(lambda: self.sessions() == 0, 30, "every connection's end")

    @staticmethod
    def cut(link):
        """Closes the TCP connection's one side without a word of TLS, and hears what is still said."""
        half = socket.socket(fileno=socket.dup(link.fileno()))
        half.shutdown(socket.SHUT_WR)
        half.close()
        try:
            while link.recv(1 << 16):
                pass
        except OSError:
            pass
        link.close()

    def test_a_session_ends_with_its_login_or_its_password(self):
        word = self.box.vanthu("mailbox", "app-password", KHOA, "điện thoại").stdout.decode().strip()
        phone = Imap(self.box, None)
        self.addCleanup(phone.socket.close)
        self.assertTrue(phone.ask(f'LOGIN "{KHOA}" "{word}"').startswith("OK"))
        own = Imap(self.box, KHOA)
        self.addCleanup(own.socket.close)
        ident = json.loads(self.box.vanthu("mailbox", "app-passwords", KHOA, "--json").stdout)["app_passwords"][0]["id"]
        self.box.vanthu("mailbox", "revoke", KHOA, ident)
        self.assertIn("* BYE", phone.line())
        self.assertTrue(own.ask("SELECT INBOX").startswith("OK"))
        own.put(b"i IDLE\r\n")
        self.assertTrue(own.line().startswith("+"))
        archive = Imap(self.box, None)
        self.addCleanup(archive.socket.close)
        self.assertTrue(archive.ask(f'LOGIN "{HUONG}#archive" "{self.box.login(HUONG)[1]}"').startswith("OK"))
        try:
            for address in (KHOA, HUONG):
                self.box.vanthu("mailbox", "suspend", address)
            self.assertIn(b"* BYE", own.until(b"* BYE"))  # the store says "Still here" meanwhile
            self.assertIn("* BYE", archive.ask("SELECT INBOX"))
        finally:
            for address in (KHOA, HUONG):
                self.box.vanthu("mailbox", "resume", address)
        with Imap(self.box, KHOA) as again:
            self.assertTrue(again.ask("SELECT INBOX").startswith("OK"))

    def test_half_a_command_or_letter_leaves_nothing(self):
        for words in (b"b APPEND INBOX {100+}\r\nSubject: half\r\n", b"b SELECT", b"b APPEND INBOX {5}\r\n"):
            for suffix in ("", "#archive"):
                link = self.logged_in(suffix)
                link.sendall(words)
                self.cut(link)
        wait_until(lambda: self.sessions() == 0, 30, "every connection's end")
        session = self.box.imap(KHOA)
        self.assertEqual(session.search(None, "SUBJECT", "half")[1], [b""])
        session.logout()

    def test_before_the_login_too(self):
        for words in (b"", b"a CAPABILITY\r\n", b"a LOGIN x {5}\r\n", b"a AUTHENTICATE PLAIN\r\n"):
            link = self.secure()
            self.until(link, b"\r\n")
            link.sendall(words or b"\r\n")
            self.cut(link)
        wait_until(lambda: self.sessions() == 0, 30, "every connection's end")


if __name__ == "__main__":
    unittest.main()

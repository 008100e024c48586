# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive in a mail program: octets, folders, numbers, rights; ENVELOPE and BODYSTRUCTURE beside Dovecot's."""
import base64
import hashlib
import imaplib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import zlib
from pathlib import Path

import odd_mails
import raw
from box import ACCOUNT, Box, as_account, letters, wait_until
from imap_values import fetched

HUONG = "huongvtt@hatinh.dcs.example"
KHOA = "khoatb@hatinh.dcs.example"
THUY = "thuynt@hatinh.dcs.example"
OUTSIDE = "ai-do@elsewhere.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"


def mutf7(name):
    def run(match):
        return "&" + base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"
    return re.sub(r"[^\x20-\x7e]+", run, name.replace("&", "&-"))


class Line:
    """An IMAP session whose answers are octets."""

    def __init__(self, box, login, password):
        context = box.trust()
        self.link = context.wrap_socket(socket.create_connection(("127.0.0.1", box.port("imaps")), timeout=60),
                                        server_hostname="localhost")
        self.buffer, self.count = b"", 0
        self.until(b"\r\n")
        self.greeting = self.ask(f'LOGIN "{login}" "{password}"')

    def until(self, mark):
        while mark not in self.buffer:
            more = self.link.recv(1 << 16)
            if not more:
                raise ConnectionError(self.buffer[-200:])
            self.buffer += more
        octets, found, self.buffer = self.buffer.partition(mark)
        return octets + found

    def ask(self, command):
        self.count += 1
        tag = f"t{self.count}"
        self.link.sendall(f"{tag} {command}\r\n".encode())
        answer = b""
        while True:
            line = self.until(b"\r\n")
            answer += line
            if line.startswith(tag.encode() + b" "):
                return answer
            while (literal := re.search(rb"~?\{(\d+)\}\r\n$", line)) is not None:
                length = int(literal[1])
                while len(self.buffer) < length:
                    self.buffer += self.link.recv(1 << 16)
                answer, self.buffer = answer + self.buffer[:length], self.buffer[length:]
                line = self.until(b"\r\n")
                answer += line
                if line.startswith(tag.encode() + b" "):
                    return answer

    def close(self):
        self.link.close()


class Deflated:
    """The link of a Line after COMPRESS DEFLATE (RFC 4978)."""

    def __init__(self, link):
        self.link, self.came = link, 0
        self.pack = zlib.compressobj(wbits=-15)
        self.unpack = zlib.decompressobj(wbits=-15)

    def sendall(self, octets):
        self.link.sendall(self.pack.compress(octets) + self.pack.flush(zlib.Z_SYNC_FLUSH))

    def recv(self, count):
        while True:
            packed = self.link.recv(count)
            self.came += len(packed)
            plain = self.unpack.decompress(packed)
            if plain or not packed:
                return plain

    def close(self):
        self.link.close()


class Peer:
    """Debian's Dovecot over the same mails, spoken to as it would be behind its login."""

    def __init__(self, mails):
        self.folder = Path(tempfile.mkdtemp(prefix="vanthu-peer-"))
        inbox = self.folder / "mail"
        for name in ("cur", "new", "tmp"):
            (inbox / name).mkdir(parents=True)
        for index, octets in enumerate(mails):
            (inbox / "cur" / f"1700{index:06}.M1.peer:2,S").write_bytes(octets)
        account = ACCOUNT if os.getuid() == 0 else os.environ.get("USER", "nobody")
        (self.folder / "conf").write_text(f"base_dir = {self.folder}/run\nstate_dir = {self.folder}/run\nssl = no\n"
                                          f"mail_location = maildir:{inbox}\nlog_path = {self.folder}/log\n"
                                          "first_valid_uid = 0\nfirst_valid_gid = 0\n"
                                          "namespace inbox {\n  inbox = yes\n}\n")
        (self.folder / "run").mkdir()
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", f"{ACCOUNT}:{ACCOUNT}", self.folder], check=True)
        self.process = subprocess.Popen([*as_account(), "/usr/lib/dovecot/imap", "-c", self.folder / "conf"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        env={"HOME": str(self.folder), "USER": account, "PATH": "/usr/bin:/bin"})
        self.ask("SELECT INBOX")

    def ask(self, command):
        self.process.stdin.write(f"p {command}\r\n".encode())
        self.process.stdin.flush()
        answer = b""
        while not re.search(rb"(^|\r\n)p (OK|NO|BAD) [^\r\n]*\r\n$", answer):
            more = self.process.stdout.read1(1 << 16)
            if not more:
                raise ConnectionError((self.folder / "log").read_text())
            answer += more
        return answer

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def loose(value):
    """What two readers may differ in: the case of types, and white space where a line was folded."""
    if isinstance(value, list):
        return [loose(one) for one in value]
    return value if value is None else re.sub(rb"[ \t]+", b" ", bytes(value)).lower()


def differences(theirs, ours, path=()):
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, (one, other) in enumerate(zip(theirs, ours)):
            yield from differences(one, other, path + (index,))
    elif theirs != ours:
        yield path, theirs, ours


def is_known(theirs, ours):
    """Dovecot counts the line end before a delimiter to a nested message whose own multipart has ended there; RFC 2046
    §5.1.1 counts it to the delimiter."""
    return (isinstance(theirs, bytes) and isinstance(ours, bytes) and theirs.isdigit() and ours.isdigit() and
            int(theirs) - int(ours) in (1, 2))


class ReadingRoomTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "archive.imap-records-per-hour=1000000",
                                            "--set", "archive.imap-octets-per-day=1099511627776"))
        cls.box.vanthu("role", "add", cls.person(HUONG), "archivist", "")
        cls.box.vanthu("role", "add", cls.person(THUY), "archivist", "btctu")
        by_number = {one.number: one for one in letters.compose()}
        for number in (2, 3):
            one = by_number[number]
            assert cls.box.send(one.door, cls.box.login(one.login), one.reverse_path, one.forward_paths, one.octets).accepted
        mails = list(odd_mails.mails())
        source = cls.box.dir / "odd"
        source.mkdir()
        for index, octets in enumerate(mails):
            (source / f"{index:04}.eml").write_bytes(octets)
        # Some have names that the policy takes nowhere; all others are records.
        assert cls.box.vanthu("archive", "import", "--reason", "thử", "--unit", "vptu", source, check=False).returncode in (0, 65)
        digests = {one["sha256"] for one in cls.box.records()}
        cls.mails = {index: octets for index, octets in enumerate(mails) if hashlib.sha256(octets).hexdigest() in digests}
        assert len(cls.mails) >= 500, len(cls.mails)

    @classmethod
    def person(cls, address):
        return json.loads(cls.box.vanthu("mailbox", "show", address, "--json").stdout)["rows"][0]["person_id"]

    def line(self, address=HUONG):
        login, password = self.box.login(address)
        line = Line(self.box, login + "#archive", password)
        self.addCleanup(line.close)
        return line

    def session(self, address=HUONG):
        login, password = self.box.login(address)
        session = imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.box.trust(), timeout=60)
        session.login(login + "#archive", password)
        return session

    def folders(self, line):
        """Names of all that can be opened, UTF-8; the session speaks UTF-8 from then on."""
        line.ask("ENABLE UTF8=ACCEPT")
        answer = line.ask('LIST "" *').decode()
        return [one for flags, one in re.findall(r'\* LIST \(([^)]*)\) "/" "([^"]*)"', answer) if "\\Noselect" not in flags]

    def imported(self, line, items):
        """Of the odd mails, by what stands in X-Odd: what FETCH answers."""
        found = {}
        for name in self.folders(line):
            if not name.startswith("Thư đã nhập/"):
                continue
            self.assertIn(b"[READ-ONLY]", line.ask(f'SELECT "{name}"'))
            answer = line.ask(f"FETCH 1:* (BODY.PEEK[HEADER.FIELDS (X-Odd)] {items})")
            self.assertIn(b" OK ", answer.splitlines()[-1])
            for values in fetched(answer).values():
                head = next(value for name_, value in values.items() if name_.startswith(b"BODY[HEADER.FIELDS"))
                found[int(head.split(b":")[1])] = values
        return found

    def test_folders_have_vietnamese_names_and_octets_are_those_that_came(self):
        line = self.line()
        found = self.imported(line, "BODY.PEEK[] RFC822.SIZE UID")
        self.assertEqual(len(found), len(self.mails))
        for index, octets in self.mails.items():
            self.assertEqual(found[index][b"BODY[]"], octets, index)
            self.assertEqual(int(found[index][b"RFC822.SIZE"]), len(octets))
        names = self.folders(line)
        year = time.strftime("%Y", time.gmtime(time.time() + 7 * 3600))
        self.assertIn("INBOX", names)
        self.assertTrue([one for one in names if one.startswith(f"Văn bản đi/{year}/Văn phòng Tỉnh uỷ/")], names)
        self.assertTrue([one for one in names if one.startswith(f"Văn bản đến/{year}/")], names)
        session = self.session()
        _, listed = session.list()
        self.assertTrue(any(mutf7("Văn bản đi").encode() in one for one in listed), listed)
        session.logout()

    def test_a_compressed_session_says_the_same_in_fewer_octets(self):
        plain, packed = self.line(), self.line()
        self.assertIn(b" OK ", packed.ask("COMPRESS DEFLATE"))
        packed.link = Deflated(packed.link)
        self.addCleanup(packed.close)
        self.assertIn(b"NO [COMPRESSIONACTIVE]", packed.ask("COMPRESS DEFLATE"))
        wanted = "BODY.PEEK[] ENVELOPE"
        found = self.imported(packed, wanted)
        self.assertEqual(found, self.imported(plain, wanted))
        self.assertLess(packed.link.came, 0.7 * sum(len(one[b"BODY[]"]) for one in found.values()))
        packed.link.sendall(b"i IDLE\r\n")
        self.assertTrue(packed.until(b"\r\n").startswith(b"+ "))
        packed.link.sendall(b"DONE\r\n")
        self.assertIn(b"i OK", packed.until(b"i OK"))
        # Who sends on before the answer could have had words of somebody else taken for theirs: the session ends.
        hasty = self.line()
        hasty.link.sendall(b"c COMPRESS DEFLATE\r\nd NOOP\r\n")
        with self.assertRaises(OSError):
            hasty.until(b"d OK")

    def test_envelopes_and_structures_are_dovecots(self):
        peer = Peer(self.mails.values())
        self.addCleanup(peer.close)
        items = ("ENVELOPE BODYSTRUCTURE BODY BODY.PEEK[1] BODY.PEEK[1.1] BODY.PEEK[2] BODY.PEEK[1.MIME] BODY.PEEK[TEXT] "
                 "BODY.PEEK[HEADER]")
        theirs = fetched(peer.ask(f"FETCH 1:* ({items})"))
        ours = self.imported(self.line(), items)
        known = 0
        for place, index in enumerate(self.mails, 1):
            one, other = theirs[place], ours[index]
            for item in (b"ENVELOPE", b"BODYSTRUCTURE", b"BODY"):
                for path, left, right in differences(loose(one[item]), loose(other[item])):
                    if item != b"ENVELOPE" and is_known(left, right):
                        known += 1
                    else:
                        self.fail(f"mail {index}, {item} {path}: Dovecot {left!r}, we {right!r}\n{self.mails[index].decode(errors='replace')}")
            for item in (b"BODY[1]", b"BODY[1.1]", b"BODY[2]", b"BODY[1.MIME]", b"BODY[TEXT]", b"BODY[HEADER]"):
                left, right = one[item] or b"", other[item] or b""
                if item == b"BODY[1.1]" and other[item] is None:
                    continue  # Dovecot takes 1.1 of a part that has none for the part itself
                if left != right:
                    self.assertEqual(left.removesuffix(b"\r\n"), right, f"mail {index}, {item}\n{self.mails[index].decode(errors='replace')}")
                    known += 1
        self.assertLess(known, 200)

    def test_nothing_can_be_changed_and_what_was_tried_leaves_nothing(self):
        line = self.line()
        name = next(one for one in self.folders(line) if one.startswith("Văn bản đi/"))
        line.ask(f'SELECT "{name}"')
        stored = line.ask(r"STORE 1 +FLAGS (\Deleted)")
        self.assertIn(b"* 1 FETCH (FLAGS (\\Seen))", stored)
        self.assertIn(b"NO [NOPERM]", stored)
        for command in ("EXPUNGE", "COPY 1 INBOX", "UID MOVE 1 INBOX", "CREATE x", "DELETE INBOX", "RENAME INBOX y",
                        'APPEND INBOX {3}'):
            self.assertIn(b"NO [NOPERM]", line.ask(command), command)
        self.assertIn(b" OK ", line.ask("CLOSE"))
        self.assertIn(b"* 1 EXISTS", line.ask(f'SELECT "{name}"'))
        with self.assertRaises(imaplib.IMAP4.error):
            session = self.session()
            session.select("INBOX")  # readonly=False: the module sees READ-ONLY

    def test_only_archivists_and_only_their_units(self):
        with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHORIZATIONFAILED"):
            self.session(KHOA)
        with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED"):
            imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.box.trust(), timeout=60).login(
                HUONG + "#archive", "sai")
        mine = self.folders(self.line(THUY))
        self.assertFalse([one for one in mine if one.startswith("Thư đã nhập/")], mine)
        line = self.line(THUY)
        line.ask("ENABLE UTF8=ACCEPT")
        answer = line.ask('SELECT "INBOX"')
        self.assertIn(b"* 1 EXISTS", answer)
        text = base64.b64decode(fetched(line.ask("FETCH 1 BODY[TEXT]"))[1][b"BODY[TEXT]"]).decode()
        self.assertIn("Đọc, không xoá được", text)
        self.assertIn("Ban Tổ chức", text)

    def test_numbers_stay_over_a_restart_and_news_reach_an_idle_client(self):
        line = self.line()
        name = next(one for one in self.folders(line) if one.startswith("Thư đã nhập/"))
        before = line.ask(f'EXAMINE "{name}"')
        uids = line.ask("UID SEARCH ALL").splitlines()[0]
        self.box.signal_gateway(signal.SIGTERM)
        self.assertTrue(self.box.wait_for_gateway_end())
        self.box.start_gateway()
        line = self.line()
        line.ask("ENABLE UTF8=ACCEPT")
        untagged = [re.sub(rb"(?m)^t\d+ ", b"", one) for one in (line.ask(f'EXAMINE "{name}"'), before)]
        self.assertEqual(*untagged)
        self.assertEqual(line.ask("UID SEARCH ALL").splitlines()[0], uids)

        ident = raw.message_id()
        octets = raw.message(OUTSIDE, OFFICE, subject="Thư mới", ident=ident)
        known = set(self.folders(line))
        self.assertTrue(self.box.send("mx", None, OUTSIDE, [OFFICE], octets).accepted)
        wait_until(lambda: self.box.records_of(octets), what="the record")
        wait_until(lambda: set(self.folders(line)) - known or any(one.endswith("Không rõ loại") for one in known), what="a folder")
        name = next(one for one in self.folders(line) if one.startswith("Văn bản đến/") and one.endswith("Văn phòng Tỉnh uỷ/Không rõ loại"))
        line.ask(f'SELECT "{name}"')
        line.link.sendall(b"i IDLE\r\n")
        self.assertEqual(line.until(b"\r\n"), b"+ idling\r\n")
        again = raw.message(OUTSIDE, OFFICE, subject="Thư nữa", ident=raw.message_id())
        self.assertTrue(self.box.send("mx", None, OUTSIDE, [OFFICE], again).accepted)
        self.assertRegex(line.until(b"\r\n"), rb"\* \d+ EXISTS\r\n")
        line.link.sendall(b"DONE\r\n")
        self.assertIn(b"i OK", line.until(b"\r\n"))

    def test_searches_are_answered_like_those_of_the_command_line(self):
        line = self.line()
        name = next(one for one in self.folders(line) if one.startswith("Văn bản đi/"))
        line.ask(f'SELECT "{name}"')
        literal = "thực hiện chương trình công tác".encode()
        everywhere = {one["number"] for one in self.box.records('"thực hiện chương trình công tác"')}
        found = set()
        for one in self.folders(line):
            if not one.startswith("Văn bản đi/"):
                continue
            line.ask(f'SELECT "{one}"')
            line.link.sendall(f"s SEARCH CHARSET UTF-8 TEXT {{{len(literal)}+}}\r\n".encode() + literal + b"\r\n")
            numbers = line.until(b"\r\n").split()[2:]
            line.until(b"\r\n")
            if numbers:
                answer = line.ask("FETCH " + ",".join(n.decode() for n in numbers) + " EMAILID").decode()
                found |= {int(n) for n in re.findall(r"EMAILID \(R(\d+)\)", answer)}
        self.assertEqual(found, everywhere)

    def test_every_fetch_is_in_the_audit_log_and_a_saved_search_is_a_folder(self):
        done = self.box.vanthu_as(HUONG, "archive", "save-search", "Công văn đi", "kind:CV", text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        line = self.line()
        self.assertIn("Tìm kiếm đã lưu/Công văn đi", self.folders(line))
        self.assertIn(b"* 1 EXISTS", line.ask('SELECT "Tìm kiếm đã lưu/Công văn đi"'))
        numbers = re.findall(r"EMAILID \(R(\d+)\)", line.ask("FETCH 1 (EMAILID BODY.PEEK[TEXT])").decode(errors="replace"))
        entries = json.loads(self.box.vanthu("audit", "list", "--act", "archive.imap-fetch", "--json").stdout)["entries"]
        newest = entries[0]
        self.assertEqual(newest["actor"], HUONG)
        self.assertEqual(newest["subject"], f"records {numbers[0]}")
        self.box.vanthu("log", "verify")

    def test_curl_reads_a_record(self):
        login, password = self.box.login(HUONG)
        line = self.line()
        name = next(one for one in self.folders(line) if one.startswith("Thư đã nhập/"))
        line.ask(f'SELECT "{name}"')
        octets = fetched(line.ask("FETCH 1 BODY.PEEK[]"))[1][b"BODY[]"]
        quoted = "/".join(re.sub(r"[^A-Za-z0-9]", lambda m: f"%{ord(m[0]):02X}", part) for part in mutf7(name).split("/")).replace("/", "%2F")
        done = subprocess.run(["curl", "-s", "--cacert", self.box.facts["ca_file"], "--user", f"{login}#archive:{password}",
                               f"imaps://localhost:{self.box.port('imaps')}/{quoted};MAILINDEX=1"],
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, octets)

    def test_mbsync_pulls_everything_once(self):
        login, password = self.box.login(HUONG)
        folder = Path(tempfile.mkdtemp(prefix="vanthu-mbsync-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        (folder / "Mail").mkdir()
        (folder / "mbsyncrc").write_text(f"""IMAPAccount box
Host localhost
Port {self.box.port('imaps')}
User "{login}#archive"
Pass {password}
SSLType IMAPS
CertificateFile {self.box.facts['ca_file']}

IMAPStore far
Account box

MaildirStore near
Path {folder}/Mail/
Inbox {folder}/Mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Near
Sync Pull
SyncState *
""")
        def pull():
            begun = time.monotonic()
            done = subprocess.run(["mbsync", "-c", str(folder / "mbsyncrc"), "-a"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            return time.monotonic() - begun
        pull()
        def pulled():
            return [path for path in (folder / "Mail").rglob("*") if path.is_file() and path.parent.name in ("cur", "new")]
        files = pulled()
        octets = [re.sub(rb"X-TUID: [^\n]*\n", b"", path.read_bytes()) for path in files]
        digests = {hashlib.sha256(one).hexdigest() for one in octets}
        for index, mail in self.mails.items():
            self.assertIn(hashlib.sha256(mail.replace(b"\r\n", b"\n")).hexdigest(), digests, index)
        print(f"\n  mbsync: {len(files)} letters, again in {pull():.1f} s")
        self.assertEqual(len(pulled()), len(files))


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail programs are let loose on: a province in a box with a mailbox behind the relay and letters in the archive,
and what is there, as an IMAP session of our own sees it."""
import base64
import hashlib
import json
import os
import re
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))
import raw  # noqa: E402
from box import Box, letters, papers, wait_until  # noqa: E402,F401

KHOA = "khoatb@hatinh.dcs.example"  # reads his mailbox
HUONG = "huongvtt@hatinh.dcs.example"  # archivist
OUTSIDE = "ai-do@elsewhere.example"
FOLDERS = ("Công văn đến", "Công văn đến/Quý 4 & hồ sơ", "Đảng uỷ xã Kỳ Anh")
FILLED = FOLDERS[1]  # of the mailbox: the one with letters


def mutf7(name):
    """As a folder's name goes over the wire without UTF8=ACCEPT (RFC 9051 §A.1)."""
    def run(match):
        return "&" + base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"
    return re.sub(r"[^\x20-\x7e]+", run, name.replace("&", "&-"))


def from_mutf7(name):
    def run(match):
        digits = match[1].replace(",", "/")
        return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode("utf-16-be") if digits else "&"
    return re.sub(r"&([^-]*)-", run, name)


class Line:
    """An IMAP session under TLS whose answers are octets."""

    def __init__(self, box, login, password, seconds=120):
        self.link = box.trust().wrap_socket(socket.create_connection(("127.0.0.1", box.port("imaps")), timeout=seconds),
                                            server_hostname="localhost")
        self.buffer, self.count = b"", 0
        self.until(b"\r\n")
        self.greeting = self.ask(f'LOGIN "{login}" "{password}"')

    def until(self, mark):
        while mark not in self.buffer:
            self.more()
        octets, found, self.buffer = self.buffer.partition(mark)
        return octets + found

    def more(self):
        octets = self.link.recv(1 << 20)
        if not octets:
            raise ConnectionError(self.buffer[-200:])
        self.buffer += octets

    def ask(self, command, literal=None):
        """All that is said up to the tagged answer. `literal`: octets that follow the command, asked for first."""
        self.count += 1
        tag = f"t{self.count}".encode()
        self.link.sendall(tag + b" " + command.encode() + b"\r\n")
        answer = []
        while True:
            line = self.until(b"\r\n")
            answer.append(line)
            if literal is not None and line.startswith(b"+"):
                self.link.sendall(literal + b"\r\n")
                literal = None
            if line.startswith(tag + b" "):
                return b"".join(answer)
            while (found := re.search(rb"\{(\d+)\}\r\n$", line)) is not None:
                length = int(found[1])
                while len(self.buffer) < length:
                    self.more()
                answer.append(self.buffer[:length])
                self.buffer = self.buffer[length:]
                line = self.until(b"\r\n")
                answer.append(line)

    def folders(self):
        """Names of all that can be opened, as people read them; the session speaks UTF-8 from then on where it can."""
        utf8 = b"UTF8=ACCEPT" in self.ask("ENABLE UTF8=ACCEPT").partition(b"\r\n")[0]
        found = re.findall(r'\* LIST \(([^)]*)\) "/" "?((?:[^"\r\\]|\\.)*)"?\r\n', self.ask('LIST "" *').decode())
        names = (re.sub(r"\\(.)", r"\1", name) for flags, name in found if "\\Noselect" not in flags)
        return sorted(name if utf8 else from_mutf7(name) for name in names)

    def count_in(self, name):
        """How many letters the folder has."""
        return int(re.search(rb"\* (\d+) EXISTS", self.ask(f'EXAMINE "{name}"'))[1])

    def close(self):
        self.link.close()


@dataclass(frozen=True)
class Account:
    """What a mail program is given."""
    name: str  # "relay" or "archive"
    login: str
    password: str
    folder: str  # the one that is opened, read, searched and deleted in
    count: int  # letters in it
    subject: str  # of one of them
    word: str  # in its body, and in no other
    octets: bytes  # of that letter

    @property
    def archive(self):
        return self.name == "archive"


class Place:
    """Use it in a `with`. `settings`: more lines of gateway.conf."""

    def __init__(self, evidence, settings=()):
        self.evidence = Path(evidence)
        self.box = Box(*(word for one in ("archive.imap-records-per-hour=1000000",
                                          "archive.imap-octets-per-day=1099511627776", *settings) for word in ("--set", one)))

    def __enter__(self):
        self.box.__enter__()
        try:
            self.accounts = {"relay": self._fill_mailbox(), "archive": self._fill_archive()}
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *error):
        shutil.copy(self.box.dir / "log" / "gateway.log", self.evidence / "gateway.log")
        self.box.__exit__(*error)

    @property
    def port(self):
        return self.box.port("imaps")

    @property
    def ca_file(self):
        return self.box.facts["ca_file"]

    def line(self, account):
        return Line(self.box, account.login, account.password)

    @staticmethod
    def letter(index, kind):
        """One of a set: its subject and a word that no other has."""
        subject, word = f"{kind} số {index} về đất đai và quy hoạch", f"kýhiệu{index}x"
        text = (f"Kính gửi Văn phòng Tỉnh uỷ,\n\nNội dung thứ {index}: {word}. Đề nghị xem xét việc sử dụng đất.\n\n"
                "Trân trọng,\nPhòng Hành chính\n")
        return subject, word, raw.message(OUTSIDE, KHOA, subject=subject, text=text)

    def _fill_mailbox(self):
        login, password = self.box.login(KHOA)
        line = Line(self.box, login, password)
        for name in FOLDERS:
            for command in ("CREATE", "SUBSCRIBE"):
                assert b" OK " in line.ask(f'{command} "{mutf7(name)}"')
        self.made = [self.letter(index, "Thư") for index in range(12)]
        for folder in ("INBOX", FILLED):
            self._append_all(line, folder)
        line.close()
        subject, word, octets = self.made[5]
        return Account("relay", login, password, FILLED, len(self.made), subject, word, octets)

    def _append_all(self, line, folder):
        for _, _, octets in self.made:
            answer = line.ask(f'APPEND "{mutf7(folder)}" {{{len(octets)}}}', literal=octets)
            assert b" OK " in answer, answer

    def restore(self, account):
        """The mailbox's folder as it was before somebody deleted in it."""
        if account.archive:
            return
        line = self.line(account)
        for command in (f'SELECT "{mutf7(FILLED)}"', r"STORE 1:* +FLAGS.SILENT (\Deleted)", "EXPUNGE"):
            line.ask(command)
        self._append_all(line, FILLED)
        line.close()

    def _fill_archive(self):
        login, password = self.box.login(HUONG)
        person = json.loads(self.box.vanthu("mailbox", "show", HUONG, "--json").stdout)["rows"][0]["person_id"]
        self.box.vanthu("role", "add", person, "archivist", "")
        by_number = {one.number: one for one in letters.compose()}
        for number in (2, 3):
            one = by_number[number]
            assert self.box.send(one.door, self.box.login(one.login), one.reverse_path, one.forward_paths, one.octets).accepted
        made = [self.letter(index, "Văn bản cũ") for index in range(12)]
        source = self.box.dir / "old"
        source.mkdir()
        for index, (_, _, octets) in enumerate(made):
            (source / f"{index:04}.eml").write_bytes(octets)
        self.box.vanthu("archive", "import", "--reason", "thử", "--unit", "vptu", source)
        line = Line(self.box, login + "#archive", password)
        folder = next(name for name in line.folders() if name.startswith("Thư đã nhập/"))
        wait_until(lambda: line.count_in(folder) == len(made), what="the imported letters")
        line.close()
        subject, word, octets = made[5]
        return Account("archive", login + "#archive", password, folder, len(made), subject, word, octets)


class Report:
    """What was seen of one program: a line each, PASS or FAIL, and files that say more."""

    def __init__(self, evidence, name):
        self.folder = Path(evidence) / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name, self.failed, self.passed = name, 0, 0

    def check(self, truth, words, detail=""):
        if truth:
            self.passed += 1
        else:
            self.failed += 1
        extra = f" [{detail}]" if detail not in ("", None) else ""
        print(f"{'PASS' if truth else 'FAIL'}  {self.name}: {words}{extra}", flush=True)
        return bool(truth)

    def note(self, words):
        print(f"      {self.name}: {words}", flush=True)

    def keep(self, file, text):
        path = self.folder / file
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


def folders(place, account):
    """Names of all that can be opened, UTF-8."""
    line = place.line(account)
    names = line.folders()
    line.close()
    return names


def count_in(place, account):
    """How many letters are in the account's folder, by a session of our own."""
    line = place.line(account)
    count = line.count_in(mutf7(account.folder))
    line.close()
    return count


def unchanged(place, account, report):
    """The archive after somebody tried to delete in it."""
    count = count_in(place, account)
    report.check(count == account.count, "what was to be deleted is there, for others too", f"{count} letters")


def digest(octets):
    """Of a letter as a Maildir may keep it: line ends are LF there."""
    return hashlib.sha256(octets.replace(b"\r\n", b"\n")).hexdigest()


def private(folder):
    """An environment whose home is that folder: no settings of ours, none left behind."""
    folder.mkdir(parents=True, exist_ok=True)
    return {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config"), "LC_ALL": "C.UTF-8"}

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mail program files by IMAP is a letter: judged, matched with what was sent, archived. VANTHU_APPEND_KILLS says how often the gateway is killed under a mix of them (30)."""
import hashlib
import json
import mmap
import os
import random
import re
import signal
import ssl
import sys
import threading
import time
import unittest

import raw
from box import Box, wait_until
from filing import CLERK, DOCX, HUONG, KHOA, OFFICE, UNIT, Filing, official, paper, zipped
from imap_octets import Imap

KILLS = int(os.environ.get("VANTHU_APPEND_KILLS", "30"))
SEED = int(os.environ.get("VANTHU_SEED", str(random.randrange(1 << 32))))
PROGRAM = b"MZ" + b"\0" * 58 + (64).to_bytes(4, "little") + b"PE\0\0" + b"\x4c\x01" + b"\0" * 500

def traces(box, word):
    """Files of the gateway and of the store in which it stands."""
    found = []
    for root in ("data", "log", "mail"):
        for path in (box.dir / root).rglob("*"):
            try:
                if not path.is_file() or path.stat().st_size == 0:
                    continue
                with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
                    if octets.find(word.encode()) >= 0:
                        found.append(str(path))
            except FileNotFoundError:
                pass
    return found


class AppendTest(Filing):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no", "--set",
                                            "limits.message-octets=2000000"))

    def stored(self, mailbox, needle):
        """Files of the store in which it stands."""
        folder = self.box.dir / "mail" / mailbox
        return [path for path in folder.rglob("*") if path.parent.name in ("cur", "new") and path.is_file()
                and needle in path.read_bytes()]

    # The forms of literals

    def test_every_form_of_literal_arrives_octet_for_octet(self):
        session = self.session(HUONG)
        with_nul = raw.message(HUONG, HUONG, text="NUL\n").replace(b"NUL", b"N\xe1\xbb\x99i")
        bodies = [raw.message(HUONG, HUONG, text=f"{i} " + "x" * 70 * i + "\n") for i in (1, 40, 9000)]
        for octets in bodies:
            for unasked in (True, False):
                with self.subTest(octets=len(octets), unasked=unasked):
                    said = session.append("Sent", octets, flags=r"(\Seen)", unasked=unasked)
                    self.assertRegex(said, r"^OK \[APPENDUID \d+ \d+\]")
        self.assertRegex(session.append("Sent", *bodies, unasked=False), r"^OK \[APPENDUID \d+ \d+:\d+\]")
        self.assertRegex(session.append("{4+}\r\nSent", bodies[0]), "^OK")
        tag = session.tag()
        session.put(f"{tag} APPEND Sent ~{{{len(with_nul)}+}}\r\n".encode() + with_nul + b"\r\n")
        self.assertTrue(session.answer(tag).startswith("OK"), "binary literal")
        reader = self.box.imap(HUONG)
        self.assertEqual(reader.select("Sent")[0], "OK")
        _, data = reader.fetch("1:*", "(BODY.PEEK[])")
        got = [one[1] for one in data if isinstance(one, tuple)]
        self.assertEqual(got, [o for o in bodies for _ in (1, 2)] + bodies + [bodies[0], with_nul])

    def test_a_message_too_big_is_refused_before_its_octets(self):
        session = self.session()
        tag = session.tag()
        session.put(f"{tag} APPEND Sent {{2000001}}\r\n".encode())
        self.assertTrue(session.answer(tag).startswith("NO [TOOBIG]"))
        self.assertTrue(session.ask("NOOP").startswith("OK"), "the session goes on")
        session.put(b"t99 APPEND Sent {2000001+}\r\n")
        self.assertIn("* BYE [TOOBIG]", session.answer("t99"))

    # What is in it

    def test_a_secret_paper_is_stored_nowhere_and_known_again_by_its_digest(self):
        token = "mauappend" + os.urandom(4).hex()
        octets = raw.message(OFFICE, UNIT, subject=f"về việc {token}", attachments=[
            (f"{token}.docx", *DOCX, paper("77", "MẬT"))])
        digest = hashlib.sha256(octets).hexdigest()
        before = len(self.records())
        session = self.session(CLERK, OFFICE)
        for unasked in (True, False, True, True):
            said = session.append("Drafts", octets, unasked=unasked)
            self.assertTrue(said.startswith("NO [CANNOT]"), said)
            self.assertNotIn(token, said)
        self.assertTrue(session.append("INBOX", raw.message(KHOA, KHOA), octets).startswith("NO [CANNOT]"))
        self.assertEqual(len(self.records()), before)
        self.assertEqual(traces(self.box, token), [])
        lines = [line for line in self.box.log().splitlines() if "event=append.secret-refused" in line and digest in line]
        self.assertEqual(len(lines), 5)
        self.assertIn("times=5", lines[-1])
        times = [one["details"]["times"] for one in self.audit("imap.append") if one["subject"] == f"sha256 {digest}"]
        self.assertEqual(sorted(times), [1, 2, 4])

    def test_programs_are_refused_in_whatever_they_lie_and_nothing_of_the_command_is_stored(self):
        token = "chuongtrinh" + os.urandom(4).hex()
        good = raw.message(KHOA, KHOA, subject=token)
        bad = raw.message(KHOA, KHOA, subject=token, attachments=[
            ("bao-cao.zip", "application", "zip", zipped("bao-cao.pdf", PROGRAM))])
        session = self.session()
        said = session.append("Sent", good, bad, good)
        self.assertTrue(said.startswith("NO [CANNOT]"), said)
        self.assertIn("attachments.executable", said)
        self.assertTrue(said.isascii(), "an IMAP4rev1 client reads ASCII")
        self.assertEqual(self.stored(KHOA, token.encode()), [])
        self.assertTrue(session.append("Sent", good).startswith("OK"))
        self.assertEqual(len(self.stored(KHOA, token.encode())), 1)

    def test_without_an_inspector_it_is_not_now(self):
        over = threading.Event()

        def kill():
            while not over.is_set():
                for pid in self.box.inspectors():
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        try:
            said = self.session().append("Sent", official("991"))
        finally:
            over.set()
            killer.join()
        self.assertTrue(said.startswith("NO [UNAVAILABLE]"), said)
        wait_until(lambda: self.session().append("Sent", raw.message(KHOA, KHOA)).startswith("OK"), what="an inspector")

    # What was sent, and what was not

    def test_the_copy_of_a_letter_that_was_sent_is_its_record(self):
        ident = raw.message_id()
        octets = official("201", ident)
        reply = self.box.send("submission", self.box.login(CLERK), OFFICE, [UNIT], octets)
        self.assertTrue(reply.accepted, reply)
        number = self.records_of(octets)[0]["number"]
        copy = b"X-Mozilla-Status: 0001\r\nBcc: " + KHOA.encode() + b"\r\n" + octets.replace(
            b"Date: Mon, 23 Nov 2026 08:00:00 +0700", b"Date: Mon, 23 Nov 2026 08:00:02 +0700")
        before = len(self.records())
        session = self.session(CLERK, OFFICE)
        for one in (octets, copy):
            self.assertTrue(session.append("Sent", one, flags=r"(\Seen)").startswith("OK"))
        self.assertEqual(len(self.records()), before)
        said = [line for line in self.box.log().splitlines() if "event=imap.append" in line and "folder=Sent" in line]
        self.assertEqual([re.search(r"records=(\S+)", line)[1] for line in said[-2:]], [str(number)] * 2)
        # The same Message-ID over another paper is another letter, and so is the paper under another subject or name.
        for i, other in enumerate((official("202", ident), octets.replace(b"Subject: 201-CV", b"Subject: 210-CV"),
                                   octets.replace(b"From: " + OFFICE.encode(), b"From: " + KHOA.encode())), 1):
            self.assertNotEqual(other, octets)
            said = session.append("Sent", other)
            self.assertTrue(said.startswith("OK"), said)
            self.assertEqual(len(self.records()), before + i)

    def test_a_folder_of_sent_mail_for_reading_takes_copies_of_what_was_sent_and_nothing_else(self):
        rules = self.box.dir / "rules.toml"
        plain = (self.box.dir / "policy.toml").read_text()
        self.addCleanup(lambda: (rules.write_text(plain), self.box.vanthu("policy", "apply", "--yes", rules)))
        rules.write_text(plain + '[[mailboxes.rule]]\nid = "test.sent"\nspecial_use = ["sent"]\nmode = "read-only"\n')
        self.box.vanthu("policy", "apply", "--yes", rules)
        session = self.session(CLERK, OFFICE)
        for octets in (official("211", raw.message_id()), raw.message(OFFICE, UNIT, subject="thư thường", ident=raw.message_id())):
            self.assertIn("NO [NOPERM]", session.append("Sent", octets), "not yet")
            self.assertTrue(self.box.send("submission", self.box.login(CLERK), OFFICE, [UNIT], octets).accepted)
            self.assertTrue(session.append("Sent", b"X-Mozilla-Status: 0001\r\n" + octets, flags=r"(\Seen)").startswith("OK"))
            self.assertIn("NO [NOPERM]", session.append("Sent", octets.replace(b"Subject: ", b"Subject: Re: ", 1)))
            self.assertIn("NO [NOPERM]", self.session(KHOA).append("Sent", octets), "who did not send it")
            # to a folder that is no one's for sent mail it goes as ever
            self.assertTrue(session.append("INBOX", octets).startswith("OK"))
        refused = [one for one in self.audit("imap.append") if one["outcome"] == "no" and one["details"].get("rule") == "test.sent"]
        self.assertEqual(len(refused), 6)

    def test_an_official_paper_that_was_never_sent_is_archived_and_reported(self):
        octets = official("301")
        session = self.session(CLERK, OFFICE)
        said = session.append("INBOX", octets)
        uid = re.match(r"OK \[APPENDUID (\d+ \d+)\]", said)[1]
        (record,) = self.records_of(octets)
        self.assertEqual(record["direction"], "append")
        number = record["number"]
        wait_until(lambda: number in [one["number"] for one in self.records("direction:append")], what="it in the full text")
        self.assertEqual(self.box.vanthu("archive", "get", number).stdout, octets)
        shown = self.box.vanthu("archive", "show", number).stdout.decode()
        for word in ("cất", OFFICE, CLERK, "INBOX"):
            self.assertIn(word, shown)
        wait_until(lambda: self.history(number), what="the store's answer in the record's history")
        (event,) = self.history(number)
        self.assertEqual((event["what"], event["actor"], event["details"]["uid"]), ("append.stored", CLERK, uid))
        (entry,) = [one for one in self.audit("imap.append") if one["subject"] == f"record {number}"]
        self.assertEqual((entry["actor"], entry["details"]["mailbox"], entry["details"]["folder"]), (CLERK, OFFICE, "INBOX"))
        self.assertTrue([line for line in self.box.log().splitlines() if "event=append.archived" in line
                         and f"record={number} " in line])
        # Filed again it is the same record, and says so.
        self.assertTrue(session.append("INBOX", octets).startswith("OK"))
        self.assertEqual(len(self.records_of(octets)), 1)
        wait_until(lambda: len(self.history(number)) == 2, what="the second copy in the history")
        self.assertEqual(self.box.vanthu("archive", "reconcile", check=False).returncode, 0)

    def test_what_the_store_refuses_is_said_to_be_refused(self):
        octets = official("401")
        session = self.session(CLERK, OFFICE)
        said = session.append("Khong-co", octets)
        self.assertTrue(said.startswith("NO [TRYCREATE]"), said)
        (record,) = self.records_of(octets)
        wait_until(lambda: self.history(record["number"]), what="the refusal in the record's history")
        self.assertEqual([one["what"] for one in self.history(record["number"])], ["append.refused"])
        self.assertTrue(session.ask("CREATE Khong-co").startswith("OK"))
        self.assertTrue(session.append("Khong-co", octets, unasked=False).startswith("OK"))
        wait_until(lambda: [one["what"] for one in self.history(record["number"])] == ["append.refused", "append.stored"],
                   what="the second try")
        self.assertEqual(len(self.records_of(octets)), 1)

    def test_it_goes_on_after_a_client_that_went_away_in_the_middle(self):
        session = self.session()
        token = "nuachung" + os.urandom(4).hex()
        octets = raw.message(KHOA, KHOA, subject=token)
        session.put(f"t50 APPEND Sent {{{len(octets)}+}}\r\n".encode() + octets[:-10])
        session.socket.close()
        time.sleep(0.5)
        self.assertEqual(self.stored(KHOA, token.encode()), [])
        self.assertTrue(self.session().append("Sent", octets).startswith("OK"))


class Filer(threading.Thread):
    """Files letters one after another and remembers which were acknowledged."""

    def __init__(self, box, number):
        super().__init__(daemon=True)
        self.box, self.number = box, number
        self.random = random.Random(SEED + number)
        self.acknowledged = []  # (mailbox, marker, SHA-256, official)
        self.forbidden = []  # markers of what must lie nowhere
        self.wrong = []
        self.tried = 0
        self.over = threading.Event()

    def run(self):
        login, mailbox = ((CLERK, OFFICE), (KHOA, KHOA))[self.number % 2]
        while not self.over.is_set():
            try:
                with Imap(self.box, login, "" if mailbox == login else mailbox, timeout=90) as session:
                    while not self.over.is_set():
                        self.one(session, mailbox)
            except (OSError, AssertionError, ssl.SSLError):
                time.sleep(0.05)

    def letter(self, kind):
        self.tried += 1
        marker = f"m{self.number}x{self.tried}x{os.urandom(3).hex()}"
        number = f"{self.number + 1}{self.tried:04d}"
        attachments = {"plain": [], "big": [("anh.bin", "application", "octet-stream", os.urandom(300000))],
                       "official": [(f"{number}.docx", *DOCX, paper(number))],
                       "secret": [(f"{number}.docx", *DOCX, paper(number, "MẬT"))],
                       "program": [("a.zip", "application", "zip", zipped("a.exe", PROGRAM))]}[kind]
        return marker, raw.message(KHOA, UNIT, subject=marker, attachments=attachments)

    def one(self, session, mailbox):
        kinds = self.random.choices(("plain", "official", "secret", "program"), (4, 4, 1, 1),
                                    k=self.random.choice((1, 1, 1, 2, 3)))
        all_of_it = [(kind, *self.letter(kind)) for kind in kinds]
        bad = [kind for kind in kinds if kind in ("secret", "program")]
        if bad:  # all or nothing
            self.forbidden += [marker for _, marker, _ in all_of_it]
        said = session.append(self.random.choice(("INBOX", "Sent")), *[octets for _, _, octets in all_of_it],
                              unasked=self.random.random() < 0.5)
        if said.startswith("OK"):
            if bad:
                self.wrong.append(said)
            self.acknowledged += [(mailbox, marker, hashlib.sha256(octets).hexdigest(), kind == "official")
                                  for kind, marker, octets in all_of_it]
        elif not bad and "[UNAVAILABLE]" not in said:
            self.wrong.append(said)


class AppendKillTest(unittest.TestCase):
    def test_nothing_is_stored_unjudged_and_nothing_acknowledged_is_lost(self):
        luck = random.Random(SEED)
        with Box("--set", "limits.trust-loopback=yes", "--set", "log.level=warning", "--set", "inspector.ocr=no") as box:
            filers = [Filer(box, number) for number in range(8)]
            for filer in filers:
                filer.start()
            try:
                for kill in range(1, KILLS + 1):
                    time.sleep(luck.uniform(0.3, 2.0))
                    box.kill_gateway()
                    before = [one for filer in filers for one in list(filer.acknowledged)]
                    box.start_gateway()
                    if kill % 10 == 0:
                        self.check(box, filers, before, f"kill {kill} of seed {SEED}")
                        print(f"  {kill} kills, {len(before)} letters acknowledged", file=sys.stderr, flush=True)
            finally:
                for filer in filers:
                    filer.over.set()
            for filer in filers:
                filer.join(120)
            everything = [one for filer in filers for one in filer.acknowledged]
            self.assertGreater(len(everything), KILLS, "too little was acknowledged to prove anything")
            self.assertTrue(any(filer.forbidden for filer in filers))
            stored, records = self.check(box, filers, everything, f"the end, seed {SEED}")
            unknown = sum(not json.loads(box.vanthu("record", "history", record["number"], "--json").stdout)["events"]
                          for record in records)
            print(f"  {KILLS} kills, {sum(filer.tried for filer in filers)} letters tried, {len(everything)} acknowledged, "
                  f"{stored} stored, {len(records)} records, of {unknown} it is not known whether the store took them",
                  file=sys.stderr, flush=True)

    def check(self, box, filers, acknowledged, when):
        self.assertEqual([said for filer in filers for said in filer.wrong], [], when)
        stored = {}  # marker -> octets
        for mailbox in (OFFICE, KHOA):
            for path in (box.dir / "mail" / mailbox / "Maildir").rglob("*"):
                if path.parent.name in ("cur", "new") and path.is_file():
                    octets = path.read_bytes().replace(b"\n", b"\r\n")  # Dovecot keeps lines without their CR
                    stored[re.search(rb"Subject: (\S+)\r\n", octets)[1].decode()] = octets
        forbidden = {marker for filer in filers for marker in filer.forbidden}
        self.assertEqual(forbidden & set(stored), set(), f"{when}: stored although it was to be refused")
        self.assertEqual([one for one in acknowledged if one[1] not in stored], [], f"{when}: lost")
        records = box.records("--most", "10000")
        self.assertEqual(sorted(record["number"] for record in records), list(range(1, len(records) + 1)))
        numbers = {}
        for record in records:
            self.assertEqual(record["direction"], "append")
            self.assertNotIn(record["subject"], forbidden, f"{when}: archived although it was refused")
            numbers.setdefault(record["sha256"], []).append(record["number"])
        for _, marker, digest, is_official in acknowledged:
            self.assertEqual(len(numbers.get(digest, ())), 1 if is_official else 0, f"{when}: {marker}")
        for marker, octets in stored.items():  # acknowledged or not: no official paper lies there without its record
            if b"-CV-VPTU" in octets or b".docx" in octets:
                self.assertIn(hashlib.sha256(octets).hexdigest(), numbers, f"{when}: {marker} has no record")
        done = box.vanthu("archive", "reconcile", check=False)
        self.assertEqual(done.returncode, 0, f"{when}: {done.stdout.decode()}")
        return len(stored), records


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mail program files by IMAP is a letter: judged, matched with what was sent, archived; and the rules for mail that
lies in mailboxes. VANTHU_APPEND_KILLS says how often the gateway is killed under a mix of them (30)."""
import hashlib
import imaplib
import io
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
import zipfile
from dataclasses import replace

import raw
from box import Box, letters, papers, wait_until
from imap_octets import Imap

KILLS = int(os.environ.get("VANTHU_APPEND_KILLS", "30"))
SEED = int(os.environ.get("VANTHU_SEED", str(random.randrange(1 << 32))))
KHOA = "khoatb@hatinh.dcs.example"
HUONG = "huongvtt@hatinh.dcs.example"
CLERK = "kienth@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"
UNIT = "vanthu.btctu@hatinh.dcs.example"
DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
PROGRAM = b"MZ" + b"\0" * 58 + (64).to_bytes(4, "little") + b"PE\0\0" + b"\x4c\x01" + b"\0" * 500

RULES = """
[[mailboxes.rule]]
id = "test.old"
mailbox_kind = ["unit"]
folder = ["Cũ"]
mode = "read-only"

[[mailboxes.rule]]
id = "test.free"
mailbox_kind = ["unit"]
special_use = ["trash", "drafts"]
mode = "free"

[[mailboxes.rule]]
id = "test.keep"
mailbox_kind = ["unit"]
mode = "organise"
text_vi = "thư của đơn vị không được xoá"
text_en = "mail of a unit is not deleted"
"""


def zipped(name, octets):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, octets)
    return file.getvalue()


def paper(number, secrecy=""):
    return papers.docx(replace(letters.cong_van(secrecy), number=f"Số {number}-CV/VPTU"))


def official(number, ident="", sender=OFFICE, to=UNIT, secrecy=""):
    return raw.message(sender, to, subject=f"{number}-CV/VPTU", ident=ident,
                       attachments=[(f"{number}-CV-VPTU.docx", *DOCX, paper(number, secrecy))])


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


class AppendTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no", "--set",
                                            "limits.message-octets=2000000"))

    def session(self, login=KHOA, mailbox=""):
        session = Imap(self.box, login, mailbox)
        self.addCleanup(session.socket.close)
        return session

    def stored(self, mailbox, needle):
        """Files of the store in which it stands."""
        folder = self.box.dir / "mail" / mailbox
        return [path for path in folder.rglob("*") if path.parent.name in ("cur", "new") and path.is_file()
                and needle in path.read_bytes()]

    def records(self, *words):
        return self.box.records(*words, "--most", "1000") if words else self.box.records()

    def history(self, number):
        return json.loads(self.box.vanthu("record", "history", number, "--json").stdout)["events"]

    def audit(self, act):
        return [one for one in json.loads(self.box.vanthu("audit", "list", "--act", act, "--most", "500", "--json").stdout)
                ["entries"]]

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
        # The same Message-ID over another paper is another letter.
        self.assertTrue(session.append("Sent", official("202", ident)).startswith("OK"))
        self.assertEqual(len(self.records()), before + 1)

    def records_of(self, octets):
        return self.box.records_of(octets)

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

    def test_drafts_are_judged_and_not_archived(self):
        session = self.session(CLERK, OFFICE)
        before = len(self.records())
        for number in range(3):
            self.assertTrue(session.append("Drafts", official(f"50{number}"), flags=r"(\Draft)").startswith("OK"))
        self.assertEqual(len(self.records()), before)

    def draft(self, session, octets):
        """Its UID in Drafts, where it was judged and not archived."""
        said = session.append("Drafts", octets, flags=r"(\Draft)")
        self.assertEqual(self.records_of(octets), [])
        return re.match(r"OK \[APPENDUID \d+ (\d+)\]", said)[1]

    def test_a_paper_that_leaves_the_drafts_is_archived_before_it_does(self):
        session = self.session(CLERK, OFFICE)
        letters_ = [official(f"51{number}") for number in range(4)]
        uids = [self.draft(session, octets) for octets in letters_]
        plain = raw.message(OFFICE, UNIT, subject="không phải văn bản")
        uids.append(self.draft(session, plain))
        before = len(self.records())
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask(f"UID MOVE {uids[0]},{uids[4]} INBOX").startswith("OK"))
        (record,) = self.records_of(letters_[0])
        self.assertEqual(record["direction"], "append")
        self.assertEqual(self.box.vanthu("archive", "get", record["number"]).stdout, letters_[0])
        shown = self.box.vanthu("archive", "show", record["number"]).stdout.decode()
        for word in (OFFICE, CLERK, "INBOX"):
            self.assertIn(word, shown)
        wait_until(lambda: [one["what"] for one in self.history(record["number"])] == ["append.stored"], what="its history")
        self.assertEqual(len(self.records()), before + 1, "a letter that is no paper is none")

        # By number, copied, as often as one likes: one record.
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        with self.box.imap(CLERK, OFFICE) as reader:
            reader.select("Drafts", readonly=True)
            number = reader.search(None, "UID", uids[1])[1][0].decode()
        for _ in range(2):
            self.assertTrue(session.ask(f"COPY {number} Sent").startswith("OK"))
        self.assertEqual(len(self.records_of(letters_[1])), 1)

        # Thrown away it is no record; taken out of the rubbish it is.
        self.assertTrue(session.ask(f"UID MOVE {uids[2]} Trash").startswith("OK"))
        self.assertEqual(self.records_of(letters_[2]), [])
        self.assertTrue(session.ask("SELECT Trash").startswith("OK"))
        self.assertTrue(session.ask("UID COPY * INBOX").startswith("OK"))
        self.assertEqual(len(self.records_of(letters_[2])), 1)

        # What the store does not take is said to be refused.
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask(f"UID MOVE {uids[3]} Khong-co-thu-muc").startswith("NO [TRYCREATE]"))
        (record,) = self.records_of(letters_[3])
        wait_until(lambda: [one["what"] for one in self.history(record["number"])] == ["append.refused"], what="its history")
        # The folder itself does not become another one.
        self.assertTrue(session.ask("RENAME Drafts Khac").startswith("NO [CANNOT]"))

    def test_a_big_draft_is_read_whole_and_too_many_at_once_are_not_carried(self):
        session = self.session(CLERK, OFFICE)
        big = raw.message(OFFICE, UNIT, subject="520-CV/VPTU", attachments=[
            ("520-CV-VPTU.docx", *DOCX, paper("520")), ("anh.bin", "application", "octet-stream", os.urandom(900000))])
        uid = self.draft(session, big)
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask(f"UID MOVE {uid} INBOX").startswith("OK"))
        self.assertEqual(len(self.records_of(big)), 1)
        small = raw.message(OFFICE, UNIT)
        for _ in range(11):
            self.assertTrue(session.append("Drafts", *[small] * 100).startswith("OK"))
        self.assertTrue(session.ask("SELECT Drafts").startswith("OK"))
        self.assertTrue(session.ask("UID MOVE 1:* INBOX").startswith("NO [LIMIT]"))
        self.assertTrue(session.ask("UID MOVE 1:* Trash").startswith("OK"))

    def test_a_record_that_was_put_among_the_drafts_stays_one_and_is_not_opened_by_the_gateway(self):
        octets = official("530", sender=UNIT, to=OFFICE)
        reply = self.box.send("submission", self.box.login("thuynt@hatinh.dcs.example"), UNIT, [OFFICE], octets)
        self.assertTrue(reply.accepted, reply)
        number = self.records_of(octets)[0]["number"]
        with self.box.imap(CLERK, OFFICE) as reader:
            wait_until(lambda: reader.select("INBOX")[0] == "OK" and
                       reader.search(None, "HEADER", "Vanthu-Record", f'"{number};"')[1][0], what="the letter")
            at = reader.search(None, "HEADER", "Vanthu-Record", f'"{number};"')[1][0].decode()
            self.assertEqual(reader.copy(at, "Drafts")[0], "OK")
            before = len(self.records())
            self.assertEqual(reader.select("Drafts")[0], "OK")
            uid = reader.uid("SEARCH", None, "ALL")[1][0].split()[-1].decode()
            self.assertEqual(reader.uid("MOVE", uid, "Sent")[0], "OK")
        self.assertEqual(len(self.records()), before)
        time.sleep(0.5)
        self.assertNotIn("record.opened", [one["what"] for one in self.history(number)])

    def test_it_goes_on_after_a_client_that_went_away_in_the_middle(self):
        session = self.session()
        token = "nuachung" + os.urandom(4).hex()
        octets = raw.message(KHOA, KHOA, subject=token)
        session.put(f"t50 APPEND Sent {{{len(octets)}+}}\r\n".encode() + octets[:-10])
        session.socket.close()
        time.sleep(0.5)
        self.assertEqual(self.stored(KHOA, token.encode()), [])
        self.assertTrue(self.session().append("Sent", octets).startswith("OK"))


class ModesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no"))
        with Imap(cls.box, CLERK, OFFICE) as session:
            for folder in ("Việc", "Việc/Xong", "Cũ"):
                wire = folder.encode("utf-7").decode().replace("+", "&")
                assert session.ask(f'CREATE "{wire}"').startswith("OK"), folder
            cls.old = '"' + "Cũ".encode("utf-7").decode().replace("+", "&") + '"'
            cls.work = '"' + "Việc".encode("utf-7").decode().replace("+", "&") + '"'
            cls.done = '"' + "Việc/Xong".encode("utf-7").decode().replace("+", "&") + '"'
            for folder in ("INBOX", cls.old):
                for i in range(4):
                    octets = raw.message(KHOA, OFFICE, subject=f"thư {i}")
                    assert session.append(folder, octets).startswith("OK")
        file = cls.box.dir / "rules.toml"
        file.write_text((cls.box.dir / "policy.toml").read_text() + RULES)
        cls.box.vanthu("policy", "apply", "--yes", file)

    def open(self, login=CLERK, mailbox=OFFICE):
        session = imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.box.trust(), timeout=60)
        address, password = self.box.login(login)
        session.login(f"{mailbox}*{address}" if mailbox else address, password)
        self.addCleanup(session.shutdown)
        return session

    def audit(self, act):
        return json.loads(self.box.vanthu("audit", "list", "--act", act, "--most", "500", "--json").stdout)["entries"]

    def no(self, answer):
        kind, said = answer
        self.assertEqual(kind, "NO", said)
        self.assertIn(b"[NOPERM]", said[0])
        return said[0]

    def test_an_organised_folder_is_read_filed_and_never_emptied(self):
        session = self.open()
        self.assertEqual(session.select("INBOX")[0], "OK")
        self.assertEqual(session.store("1", "+FLAGS", r"(\Seen \Flagged)")[0], "OK")
        said = self.no(session.store("1", "+FLAGS", r"(\Deleted)"))
        self.assertIn(b"thu cua don vi khong duoc xoa / mail of a unit is not deleted [test.keep]", said)
        self.no(session.store("1", "FLAGS", r"(\Seen \Deleted)"))
        self.no(session.uid("STORE", "1:*", "+FLAGS.SILENT", r"(\deleted)"))
        self.no(session.expunge())
        self.no(session.uid("EXPUNGE", "1:*"))
        self.no(session.uid("MOVE", "1", "Trash"))
        self.assertEqual(session.copy("1", "Trash")[0], "OK")
        self.assertEqual(session.uid("COPY", "2", self.work)[0], "OK")
        self.assertEqual(session.close()[0], "OK")
        self.assertEqual(session.select("INBOX")[1], [b"4"])
        self.no(session.delete(self.work))
        self.no(session.rename(self.work, "Khac"))
        # to a folder that is protected too it moves
        uid = session.uid("SEARCH", "ALL")[1][0].split()[-1].decode()
        self.assertEqual(session.uid("MOVE", uid, self.done)[0], "OK")
        self.assertEqual(session.select("INBOX")[1], [b"3"])
        # what is free is free
        self.assertEqual(session.select("Trash")[0], "OK")
        self.assertEqual(session.store("1:*", "+FLAGS", r"(\Deleted)")[0], "OK")
        self.assertEqual(session.expunge()[0], "OK")

        moves = [one for one in self.audit("imap.move") if one["outcome"] == "done"]
        self.assertEqual((moves[0]["actor"], moves[0]["subject"]), (CLERK, f"mailbox {OFFICE}"))
        details = moves[0]["details"]
        self.assertEqual((details["folder"], details["to"], details["uids"]), ("INBOX", "Việc/Xong", uid))
        self.assertTrue(details["person"])
        self.assertTrue([one for one in self.audit("imap.move") if one["outcome"] == "no" and
                         one["details"]["rule"] == "test.keep" and one["details"]["to"] == "Trash"])
        (gone,) = [one for one in self.audit("imap.expunge") if one["outcome"] == "done"]
        self.assertEqual((gone["details"]["folder"], gone["details"]["uids"]), ("Trash", "1"))
        self.assertTrue([one for one in self.audit("imap.copy") if one["outcome"] == "done" and
                         one["details"]["to"] == "Việc" and one["details"]["uids"] == "2"])
        for act in ("imap.delete-folder", "imap.rename-folder"):
            self.assertTrue([one for one in self.audit(act) if one["outcome"] == "no"], act)

    def test_a_folder_for_reading_is_only_read(self):
        session = self.open()
        self.assertEqual(session.select(self.old, readonly=True), ("OK", [b"4"]))
        _, data = session.fetch("1", "(BODY[])")
        self.assertIn(b"Subject:", data[0][1])
        self.no(session.store("1", "+FLAGS", r"(\Flagged)"))
        self.no(session.expunge())
        self.no(session.uid("MOVE", "1", self.work))
        self.assertEqual(session.copy("1", self.done)[0], "OK")
        self.no(session.append(self.old, None, None, raw.message(KHOA, OFFICE)))
        self.assertEqual(session.close()[0], "OK")
        with Imap(self.box, CLERK, OFFICE) as plain:  # SELECT is EXAMINE there
            tag = plain.tag()
            plain.put(f"{tag} SELECT {self.old}\r\n".encode())
            said = plain.answer(tag)
            self.assertIn("[READ-ONLY]", said)
            self.assertTrue(plain.ask("FETCH 1 (BODY[])").startswith("OK"))
            self.assertTrue(plain.ask("CLOSE").startswith("OK"))
        self.assertEqual(session.select(self.old, readonly=True), ("OK", [b"4"]))
        self.assertEqual(session.search(None, "SEEN")[1], [b""])

    def test_a_personal_mailbox_is_its_owners(self):
        session = self.open(KHOA, "")
        self.assertEqual(session.append("INBOX", None, None, raw.message(KHOA, KHOA))[0], "OK")
        self.assertEqual(session.select("INBOX")[0], "OK")
        self.assertEqual(session.store("1", "+FLAGS", r"(\Deleted)")[0], "OK")
        self.assertEqual(session.expunge()[0], "OK")
        self.assertEqual([one for one in self.audit("imap.expunge") if one["actor"] == KHOA], [])


class NamesTest(unittest.TestCase):
    """A store whose special folders lie below others."""

    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no"))
        conf = cls.box.dir / "dovecot" / "dovecot.conf"
        text = conf.read_text()
        assert "  mailbox Drafts {" in text
        conf.write_text(text.replace("  mailbox Drafts {", "  mailbox INBOX/Luu {\n    auto = subscribe\n"
                                     "    special_use = \\Archive\n  }\n  mailbox Thu/Nhap {"))
        cls.box.stop_dovecot()
        cls.box.start_dovecot()
        file = cls.box.dir / "rules.toml"
        file.write_text((cls.box.dir / "policy.toml").read_text() + """
[[mailboxes.rule]]
id = "test.archive"
mailbox_kind = ["unit"]
special_use = ["archive"]
mode = "read-only"
""")
        cls.box.vanthu("policy", "apply", "--yes", file)

    def session(self):
        session = Imap(self.box, CLERK, OFFICE)
        self.addCleanup(session.socket.close)
        return session

    def test_a_folder_below_inbox_is_the_same_in_any_case(self):
        session = self.session()
        for name in ("INBOX/Luu", "inbox/Luu", "Inbox/Luu"):
            self.assertIn("NO [NOPERM]", session.append(name, raw.message(KHOA, OFFICE)), name)
            tag = session.tag()
            session.put(f"{tag} SELECT {name}\r\n".encode())
            self.assertIn("[READ-ONLY]", session.answer(tag))
        self.assertTrue(session.ask("RENAME inbox/Luu Khac").startswith("NO [NOPERM]"))

    def test_what_is_refused_may_come_in_its_own_time(self):
        session = self.session()
        for words, said in ((b"APPEND INBOX/Luu {%d+}", "NO [NOPERM]"), (b'SETMETADATA "" (/shared/comment {%d+}', "NO [CANNOT]"),
                            (b"APPEND INBOX/Luu {%d+}", "NO [NOPERM]")):
            octets = raw.message(KHOA, OFFICE)
            tag = session.tag()
            session.put(tag.encode() + b" " + words % len(octets) + b"\r\n")
            for piece in (octets[:10], octets[10:]):
                time.sleep(0.2)
                session.put(piece)
            session.put(b"\r\n")
            self.assertIn(said, session.answer(tag))

    def test_drafts_do_not_become_another_folder_with_the_one_above(self):
        session = self.session()
        octets = official("780")
        self.assertTrue(session.append("Thu/Nhap", octets, flags=r"(\Draft)").startswith("OK"))
        self.assertTrue(session.ask("RENAME Thu Khac").startswith("NO [CANNOT]"))
        self.assertTrue(session.ask(r"CREATE Khac (USE (\Drafts))").startswith("BAD"))
        self.assertTrue(session.ask("CREATE Khac").startswith("OK"))
        self.assertTrue(session.ask("RENAME Khac Nua").startswith("OK"))
        self.assertEqual(self.box.records_of(octets), [])
        self.assertTrue(session.append("Nua", octets).startswith("OK"))
        self.assertEqual(len(self.box.records_of(octets)), 1)


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, terms, holds and disposal as the office does them: by persons who log in, over the control socket of a gateway."""
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import time
import unittest

import csip
import raw
from asking import HUONG, KHOA, KIEN
from box import Box, letters, papers, wait_until
from format_reader import Vault, check_bag, check_log
from held_test import THUY
from sinks import Sink

DAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600))
LATER = "2099-01-01"


class Keepers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(
            Box("--set", "limits.trust-loopback=yes", "--set", "limits.account-messages=none", *cls.options()))
        for address in (HUONG, KIEN, KHOA):
            cls.box.vanthu("role", "add", cls.person(address), "archivist", "")
        cls.box.vanthu("role", "add", cls.person(THUY), "archivist", "btctu")

    @classmethod
    def options(cls):
        return ()

    @classmethod
    def person(cls, address):
        return json.loads(cls.box.vanthu("mailbox", "show", address, "--json").stdout)["rows"][0]["person_id"]

    def login(self, address, *words, code=0):
        done = self.box.vanthu_as(address, *words, text=True)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def ask(self, address, *words):
        return json.loads(self.login(address, *words, "--json"))

    def record(self, subject, fields=(), date=None):
        """A letter to a mailroom, which is official: the number of its record."""
        sender, to = "ai@ngoai.example", "vanthu.vptu@hatinh.dcs.example"
        ident = raw.message_id()
        octets = raw.message(sender, to, ident=ident, subject=subject)
        for name, value in fields:
            octets = f"{name}: {value}\r\n".encode() + octets
        if date:
            lines = [line for line in octets.split(b"\r\n") if not line.lower().startswith(b"date:")]
            octets = f"Date: {date}\r\n".encode() + b"\r\n".join(lines)
        reply = self.box.send("mx", None, sender, [to], octets)
        self.assertTrue(reply.accepted, reply)
        found = self.box.records_of(octets)
        self.assertEqual(len(found), 1, "it is archived by the write that accepted it")
        return found[0]["number"], ident

    def open(self, code, file_class="2-nam", unit="vptu"):
        opened = self.ask(KHOA, "file", "open", "--unit", unit, "--code", code, "--title", f"Hồ sơ {code}", "--class", file_class)
        return f"{unit}/{opened['year']}/{code}"

    def purge(self, number):
        note = self.box.dir / "note.txt"
        note.write_text("niêm phong 05/NP")
        os.chmod(note, 0o644)
        words = ("archive", "purge", "--sealed", "05/NP", "--reason", "lưu nhầm", number, note)
        self.login(THUY, *words, code=77)
        purge = self.ask(HUONG, *words)["purge"]
        self.assertEqual(self.box.vanthu("archive", "get", number, check=False).returncode, 77)
        self.assertNotIn(number, [one["number"] for one in self.box.records()])
        self.login(HUONG, "archive", "purge-confirm", purge, code=77)
        return purge

    def lines(self, book):
        return json.loads(self.box.vanthu("register", "show", "--json", book).stdout)["lines"]

    def nothing_says(self, mark, gone):
        """By nothing but the formats: the frames that are gone are, no key that is left opens one with that word, and the log is
        whole."""
        data = self.box.layout.data
        head = self.box.vanthu("log", "checkpoint").stdout.decode()
        key = json.loads(self.box.vanthu("log", "status", "--json").stdout)["records"]["key"]
        vault = Vault(data / "keys", data / "master.key")
        _, frames = check_log(data / "records", head, key)
        secrets = {frame.sequence: vault.secret(frame.key_file, frame.key_slot) for frame in frames if frame.sealed}
        self.assertEqual([one for one in gone if secrets[one] is not None], [])
        for frame in frames:
            if secrets.get(frame.sequence) is not None:
                self.assertNotIn(mark.encode(), b"".join(frame.open(secrets[frame.sequence])), frame.sequence)
        left = [str(path) for path in sorted(data.rglob("*")) if path.is_file() and mark.encode() in path.read_bytes()]
        self.assertEqual(left, [])


class QueuedPurgeTest(Keepers):
    """A secret that is archived and not yet delivered."""

    @classmethod
    def options(cls):
        cls.sink = cls.enterClassContext(Sink({"vanthu.vptu@hatinh.dcs.example": "451 4.2.1 not now"}))
        return "--next-hop", f"lmtp://127.0.0.1:{cls.sink.port}"

    def test_what_waits_for_its_purge_is_delivered_to_nobody_until_it_is_withdrawn(self):
        number, _ = self.record("Chờ xoá")
        purge = self.purge(number)
        self.sink.rcpt_replies.clear()
        self.box.vanthu("queue", "flush", "--all", check=False)
        queued = json.loads(self.box.vanthu("queue", "list", "--json").stdout)
        self.assertIn(f"archive purge {purge}", json.dumps(queued))
        self.assertEqual(self.sink.letters, [])
        self.login(KIEN, "archive", "purge-withdraw", "--reason", "không phải mật", purge)
        self.box.vanthu("queue", "flush", "--all", check=False)  # it may be on its way already
        wait_until(lambda: self.sink.letters, what="the letter")


class KeepingTest(Keepers):
    def test_a_file_its_term_and_a_forged_date(self):
        number, ident = self.record("Giấy mời họp", date="Fri, 01 Jan 1999 08:00:00 +0700")
        self.assertEqual(self.ask(KHOA, "retention", "explain", number)["fate"], "unfiled")
        file = self.open("01.TH", "5-nam")
        self.login(KHOA, "file", "add", file, number)
        answer, _ = self.record("Trả lời", fields=[("In-Reply-To", ident)])
        self.assertEqual([one["file"] for one in self.ask(KHOA, "file", "suggest", answer)["files"]], [file])
        self.login(KHOA, "file", "add", file, answer)
        self.assertEqual(self.ask(KHOA, "file", "show", file)["records"], sorted([number, answer]))
        self.assertIn(f"nhận ngày {DAY}", self.login(KHOA, "file", "close", "--ended", "1999-12-31", file, code=77))
        self.login(KHOA, "file", "close", "--ended", DAY, file)
        told = self.ask(KHOA, "retention", "explain", number)
        self.assertEqual((told["fate"], told["kept_until"]), ("not-yet", f"{int(DAY[:4]) + 5}-12-31"))
        self.assertIn("seed, not law", self.login(KHOA, "retention", "explain", number))
        self.assertIn("lý do", self.login(KHOA, "file", "reopen", "--reason", "", file, code=64))
        self.login(KHOA, "file", "reopen", "--reason", "thêm văn bản", file)
        self.login(KHOA, "file", "remove", "--reason", "nhầm", file, answer)
        self.login(KHOA, "file", "close", "--ended", DAY, file)
        self.login(KHOA, "file", "handover", "--receipt", "03/BBGN", "--to", "Lưu trữ lịch sử tỉnh", file)
        self.assertEqual(self.ask(KHOA, "retention", "explain", number)["fate"], "handed-over")
        # Who is archivist of another unit does not learn that there is such a file.
        self.login(THUY, "file", "show", file, code=66)
        self.login(THUY, "file", "open", "--unit", "vptu", "--code", "9", "--title", "x", "--class", "2-nam", code=66)
        self.assertEqual(self.ask(THUY, "file", "list")["files"], [])
        self.assertIn(file, [one["id"] for one in json.loads(self.box.vanthu("file", "list", "--json").stdout)["files"]])
        seen = json.loads(self.box.vanthu("archive", "seen", number, "--json").stdout)["seen"]
        self.assertEqual(seen, [])
        self.box.vanthu("archive", "show", number)
        seen = json.loads(self.box.vanthu("archive", "seen", number, "--json").stdout)["seen"]
        self.assertEqual([one["act"] for one in seen], ["archive.show"])

    def test_a_hold_takes_what_comes_and_ends_by_two(self):
        before, _ = self.record("Thanh tra đất đai")
        preview = self.ask(HUONG, "hold", "preview", "thanh", "tra")
        self.assertIn(before, [one["record"] for one in preview["sample"]])
        hold = self.ask(HUONG, "hold", "set", "--owner", "UBKT Tỉnh uỷ", "--reason", "vụ việc", "--review", LATER, "--future",
                        "thanh", "tra")["hold"]
        later, _ = self.record("Kết luận thanh tra")
        self.box.kill_gateway()
        self.box.start_gateway()
        shown = self.ask(HUONG, "hold", "show", hold)
        self.assertEqual(shown["records"], preview["count"] + 1)
        self.assertEqual(self.ask(KHOA, "retention", "explain", later)["fate"], "held")
        self.assertEqual(self.box.vanthu("hold", "release", "--reason", "xong", hold, check=False).returncode, 77,
                         "an account of the machine is no person")
        self.assertFalse(self.ask(HUONG, "hold", "release", "--reason", "xong", hold)["released"])
        self.assertIn("người khác", self.login(HUONG, "hold", "release", "--reason", "xong", hold, code=77))
        self.assertTrue(self.ask(KIEN, "hold", "release", "--reason", "xong", hold)["released"])
        self.assertIn("thời gian chờ", self.ask(KHOA, "retention", "explain", later)["why"])

    def test_nothing_is_proposed_that_may_not_go(self):
        number, _ = self.record("Thư mời")
        file = self.open("07")
        self.login(KHOA, "file", "add", file, number)
        self.assertIn("open-file: 1", self.login(HUONG, "disposal", "propose", "--explanation", "hết giá trị", file, code=77))
        self.login(KHOA, "file", "close", "--ended", DAY, file)
        self.assertIn("not-yet: 1", self.login(HUONG, "disposal", "propose", "--explanation", "hết giá trị", file, code=77))
        self.login(HUONG, "hold", "set", "--owner", "UBKT", "--reason", "vụ việc", "--review", LATER, "--file", file)
        self.assertIn("held: 1", self.login(HUONG, "disposal", "propose", "--explanation", "hết giá trị", file, code=77))
        self.login(KIEN, "disposal", "approve", "--list", "0" * 64, "1", code=66)
        self.assertEqual(self.ask(KHOA, "retention", "due", "vptu")["records"], 0)

    def test_a_table_is_put_in_force_and_kept(self):
        table = self.box.vanthu("retention", "table").stdout.decode()
        other = self.box.dir / "retention.tsv"
        other.write_text(table.replace("Bảo quản 2 năm\t2\t", "Bảo quản 2 năm\t3\t"))
        os.chmod(other, 0o644)
        before = self.ask(HUONG, "retention", "table")["version"]
        self.assertEqual(self.box.vanthu("retention", "adopt", "--reason", "x", other, check=False).returncode, 77)
        version = self.ask(HUONG, "retention", "adopt", "--reason", "bảng của tỉnh", other)["version"]
        self.assertNotEqual(before, version)
        self.assertEqual(self.ask(HUONG, "retention", "table")["version"], version)
        self.assertEqual(hashlib.sha256(other.read_bytes()).hexdigest()[:16], version)

    def test_a_purge_that_is_withdrawn_changes_nothing(self):
        number, _ = self.record("Rút lại")
        self.login(KIEN, "archive", "purge-withdraw", "--reason", "thử", self.purge(number))
        self.box.vanthu("archive", "get", number)
        self.assertEqual(json.loads(self.box.vanthu("archive", "reconcile", "--json").stdout)["faults"], [])

    def test_what_two_persons_purge_nobody_can_read_and_the_proofs_stay(self):
        mark = "dauvet" + os.urandom(8).hex()
        number, _ = self.record(f"Lưu nhầm {mark}")
        after, _ = self.record("Thư sau")
        self.assertEqual([one["number"] for one in self.box.records(mark)], [number])
        head = self.box.vanthu("log", "checkpoint").stdout.decode()
        key = json.loads(self.box.vanthu("log", "status", "--json").stdout)["records"]["key"]
        self.login(KIEN, "archive", "purge-confirm", self.purge(number))
        for verb in ("get", "show", "meta"):
            done = self.box.vanthu("archive", verb, number, check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertNotIn(mark.encode(), done.stdout + done.stderr)
        self.assertEqual(self.box.records(mark), [])
        self.box.vanthu("archive", "get", after)
        for words in (("archive", "verify"), ("archive", "reconcile"), ("log", "verify")):
            self.assertEqual(self.box.vanthu(*words, check=False).returncode, 0, words)
        # The head that was signed before still holds, and the frame cannot be opened with all keys that are left.
        data = self.box.layout.data
        _, frames = check_log(data / "records", head, key)
        vault = Vault(data / "keys", data / "master.key")
        secrets = {frame.ordinal: vault.secret(frame.key_file, frame.key_slot) for frame in frames if frame.ordinal}
        self.assertIsNone(secrets[number])
        self.assertIsNotNone(secrets[after])
        # LMDB and Xapian leave old pages behind until they are written anew, which the gateway does after a while. The audit
        # log, which has what was typed here, is sealed.
        self.box.vanthu("archive", "compact")
        left = [str(path) for path in sorted(data.rglob("*")) if path.is_file() and mark.encode() in path.read_bytes()]
        self.assertEqual(left, [])

    def test_a_purge_takes_along_what_a_mailroom_wrote_about_the_secret(self):
        mark = "maatkhau" + os.urandom(8).hex()
        number, _ = self.record(f"Kế hoạch bố trí lực lượng {mark}")
        self.box.vanthu("register", "enter", "--unit", "vptu", "--to", f"Phòng {mark}", "--note", f"ghi {mark}", number)
        self.box.vanthu("register", "track", "--unit", "vptu", "--instruction", f"giao {mark}", "--answer", f"trả lời {mark}", number)
        book = f"den/vptu/{DAY[:4]}"
        line = next(one["number"] for one in self.lines(book)
                    if number in [despatch["record"] for despatch in one["despatches"]])
        self.box.vanthu("register", "remark", "--text", f"chú {mark}", book, line)
        self.box.vanthu("register", "cancel", "--why", f"vào nhầm {mark}", book, line)
        self.box.vanthu("register", "refuse", "--unit", "vptu", "--cause", "other", "--why", f"trả {mark}", number)
        other, _ = self.record("Việc khác")
        file = self.open("03.TH")
        self.login(KHOA, "file", "add", "--reason", f"về {mark}", file, f"{number},{other}")
        # Whoever asks for the purge is kept from saying in its reason what it is about, and warned of the rest.
        note = self.box.dir / "note.txt"
        note.write_text("niêm phong")
        os.chmod(note, 0o644)
        told = self.login(HUONG, "archive", "purge", "--sealed", "06/NP", "--reason", f"Về kế hoạch bố trí lực lượng {mark}", number,
                          note, code=77)
        self.assertIn("lặp lại trích yếu", told)
        told = self.login(HUONG, "archive", "purge", "--sealed", "06/NP", "--reason", "lưu nhầm", number, note)
        self.assertIn("for ever", told)
        purge = max(one["number"] for one in json.loads(self.box.vanthu("archive", "purges", "--json").stdout)["purges"])
        self.login(KIEN, "archive", "purge-confirm", purge)

        def said():
            return b"".join(self.box.vanthu(*words).stdout for words in (
                ("record", "history", number, "--json"), ("register", "show", "--json", book), ("register", "export", "--as", "csv", book),
                ("register", "show", "--line", line, "--json", book), ("audit", "list", "--most", "1000", "--json"),
                ("archive", "purges", "--json")))

        before = said()
        self.assertNotIn(mark.encode(), before)
        history = json.loads(self.box.vanthu("record", "history", number, "--json").stdout)["events"]
        gone = sorted(frame for one in history if one["what"] == "events.destroyed" for frame in one["details"]["frames"])
        self.assertGreaterEqual(len(gone), 5)
        for words in (("archive", "verify"), ("archive", "reconcile"), ("log", "verify"), ("archive", "compact")):
            self.assertEqual(self.box.vanthu(*words, check=False).returncode, 0, words)
        self.nothing_says(mark, gone)
        # The registers made anew are the same, without the frames that are gone; and so is the file.
        lines = self.lines(book)
        self.box.vanthu("archive", "rebuild")
        self.assertEqual(self.lines(book), lines)
        self.assertEqual(self.ask(KHOA, "file", "show", file)["records"], sorted([number, other]))
        kept = [one["details"]["event"] for one in self.ask(KHOA, "record", "history", other)["events"] if one["what"] == "file.kept"]
        self.assertEqual([(one["what"], one["actor"]) for one in kept], [("file.added", KHOA)])
        self.assertEqual(json.loads(self.box.vanthu("record", "history", number, "--json").stdout)["events"], history)

    def test_two_purges_at_once_of_numbers_that_were_given_together(self):
        mark = "maatkhau" + os.urandom(8).hex()
        office, to = "vanthu.vptu@hatinh.dcs.example", "vanthu.btctu@hatinh.dcs.example"
        given = json.loads(self.box.vanthu("register", "allocate", "--unit", "vptu", "--symbol", "CV/VPTU", "--count", "3", "--subject",
                                           f"Kế hoạch {mark}", "--why", f"cho {mark}", "--json").stdout)
        book, numbers = given["register"], given["numbers"]
        secret = []
        for number in numbers[:2]:
            what = dataclasses.replace(letters.cong_van(), number=f"Số {number}-CV/VPTU", subject=f"Kế hoạch {mark}")
            paper = [("van-ban.docx", "application", "octet-stream", papers.docx(what))]
            for subject in ("Kính gửi", mark):  # the second one again, under the first one's record
                octets = raw.message(office, to, subject=subject, attachments=paper)
                self.assertTrue(self.box.send("submission", self.box.login(KIEN), office, [to], octets).accepted)
                wait_until(lambda: self.box.records_of(octets), what="the record")
                secret.append(self.box.records_of(octets)[0]["number"])
            self.box.vanthu("register", "remark", "--text", f"chú {mark}", book, number)
        self.assertEqual([len(line.get("despatches", [])) for line in self.lines(book)[-3:]], [2, 2, 0])
        note = self.box.dir / "note.txt"
        note.write_text("niêm phong")
        os.chmod(note, 0o644)
        asked = [(KIEN, self.ask(HUONG, "archive", "purge", "--sealed", "06/NP", "--reason", "lưu nhầm", *secret[::2], note)["purge"]),
                 (HUONG, self.ask(KHOA, "archive", "purge", "--sealed", "07/NP", "--reason", "lưu nhầm", *secret[1::2], note)["purge"])]
        with concurrent.futures.ThreadPoolExecutor() as persons:
            for told in [persons.submit(self.login, who, "archive", "purge-confirm", purge) for who, purge in asked]:
                told.result()
        lines = self.lines(book)
        self.assertEqual([(line["number"], line["state"]) for line in lines[-3:]],
                         [(numbers[0], "sent"), (numbers[1], "sent"), (numbers[2], "reserved")])
        for words in (("archive", "verify"), ("archive", "reconcile"), ("log", "verify"), ("archive", "compact")):
            self.assertEqual(self.box.vanthu(*words, check=False).returncode, 0, words)
        gone = sorted(frame for number in secret
                      for one in json.loads(self.box.vanthu("record", "history", number, "--json").stdout)["events"]
                      if one["what"] == "events.destroyed" for frame in one["details"]["frames"])
        self.nothing_says(mark, gone)
        self.box.vanthu("archive", "rebuild")
        self.assertEqual(self.lines(book), lines)


class DisposalTest(Keepers):
    """Years later: a file's term is over, and three persons dispose of it by a decision of the council."""

    YEARS = 4 * 366 * 86400
    ahead = 0

    def today(self):
        return time.strftime("%Y-%m-%d", time.gmtime(time.time() + self.ahead + 7 * 3600))

    def years_later(self):
        type(self).ahead += self.YEARS
        self.box.kill_gateway()
        self.box.start_gateway(ahead=self.ahead)
        return self.today()

    def octets_of(self, address, *words):
        done = self.box.vanthu_as(address, *words)
        done.check_returncode()
        return done.stdout

    def test_the_decision_is_kept_with_the_disposal_and_goes_out_with_it(self):
        numbers = [self.record("Thư mời")[0]]
        both = ["vanthu.vptu@hatinh.dcs.example", "vanthu.btctu@hatinh.dcs.example"]
        octets = raw.message("ai@ngoai.example", ", ".join(both), ident=raw.message_id(), subject="Thư mời hai nơi")
        self.assertTrue(self.box.send("mx", None, "ai@ngoai.example", both, octets).accepted)
        numbers.append(self.box.records_of(octets)[0]["number"])
        file = self.open("01.TH")
        self.login(KHOA, "file", "add", file, *numbers)
        theirs = self.open("02.TH", unit="btctu")
        self.login(KHOA, "file", "add", theirs, numbers[1])
        self.login(KHOA, "file", "close", "--ended", self.today(), theirs)
        then = self.years_later()
        # It goes with the file that keeps it longest.
        self.login(KHOA, "file", "close", "--ended", f"{int(DAY[:4]) + 1}-01-02", file)
        proposed = self.ask(HUONG, "disposal", "propose", "--explanation", "Hết giá trị.", file)
        # Of the one letter there is no other copy, and it is said at each step who has it besides.
        others = {"looked_at": 2, "records": 1, "filed": 1, "units": {"btctu": 1}}
        self.assertEqual(proposed["others"], others)
        self.assertEqual(self.ask(KHOA, "disposal", "show", proposed["disposal"])["others"], others)
        told = self.login(KHOA, "disposal", "execute", "--dry-run", proposed["disposal"])
        self.assertIn("Ít nhất 1 trong 2 bản ghi đã xem do đơn vị khác gửi hoặc đã gửi tới đơn vị khác: Ban Tổ chức", told)
        scan = b"%PDF-1.7\n" + os.urandom(300_000)
        paper = self.box.dir / "quyet-dinh.pdf"
        paper.write_bytes(scan)
        os.chmod(paper, 0o644)
        self.login(HUONG, "disposal", "decide", "--decision", "12-QĐ/VPTU", "--date", then, proposed["disposal"], paper)
        self.assertEqual(self.octets_of(HUONG, "disposal", "decision", proposed["disposal"]), scan)
        self.login(KIEN, "disposal", "approve", "--list", proposed["list_sha256"], proposed["disposal"])
        self.login(KHOA, "disposal", "execute", proposed["disposal"])
        certificate = self.ask(KHOA, "disposal", "certificate", proposed["disposal"])
        self.assertEqual((certificate["destroyed"], certificate["decision_sha256"]), (2, hashlib.sha256(scan).hexdigest()))
        # It lies sealed in the log, and outlives the view.
        data = self.box.layout.data
        self.assertEqual([path for path in data.rglob("*") if path.is_file() and scan[9:99] in path.read_bytes()], [])
        self.box.vanthu("archive", "rebuild")
        self.assertEqual(self.octets_of(KHOA, "disposal", "decision", proposed["disposal"]), scan)
        for words in (("archive", "verify"), ("archive", "reconcile"), ("log", "verify")):
            self.assertEqual(self.box.vanthu(*words, check=False).returncode, 0, words)
        checked = subprocess.run([str(self.box.layout.program("vanthu-verify")), "log", str(data / "records")], capture_output=True,
                                 text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        # Whoever is given what is left of the file is given the decision, once, and can check it alone.
        key = json.loads(self.box.vanthu("log", "status", "--json").stdout)["records"]["key"]
        out = self.box.dir / "out"
        out.mkdir()
        shutil.chown(out, "vanthu", "vanthu")
        self.login(KHOA, "archive", "export", "--to", out / "bag", "--format", "bagit", "--purpose", "thanh tra", "--file", file)
        self.login(KHOA, "archive", "export", "--to", out / "eark", "--format", "eark", "--purpose", "thanh tra", "--file", file)
        self.assertEqual((out / f"bag/data/disposals/{proposed['disposal']}.decision.pdf").read_bytes(), scan)
        self.assertEqual([path.read_bytes() for path in (out / "eark").rglob("*.decision.pdf")], [scan])
        package = json.loads((out / "eark/vanthu-export.json").read_text())["id"]
        csip.check_package(out / "eark" / package, "SIP", letters=False)
        for number in numbers:
            preserved = out / "eark" / package / f"representations/rep1/metadata/preservation/{number}.xml"
            self.assertIn("deletion", csip.premis_types(preserved))
        self.assertEqual(check_bag(out / "bag", key), ([], sorted(numbers)))
        # What proves it to a unit that filed one of the letters, too, tells nothing of the others.
        self.login(THUY, "archive", "export", "--to", out / "theirs", "--format", "bagit", "--purpose", "thanh tra", "--file", theirs)
        self.assertEqual(check_bag(out / "theirs", key), ([], numbers[1:]))
        told = json.loads((out / f"theirs/data/proofs/{numbers[1]}.disposed.meta.json").read_bytes())["events"]
        self.assertEqual([event["record"] for event in told], numbers[1:])

        def verify():
            return subprocess.run([str(self.box.layout.program("vanthu-verify")), "bag", str(out / "bag"), "--key", key],
                                  capture_output=True, text=True, check=False)

        done = verify()
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("decisions:  1 on disposals", done.stdout)
        kept = out / f"bag/data/disposals/{proposed['disposal']}.decision.pdf"
        kept.write_bytes(scan[:-1] + bytes([scan[-1] ^ 1]))
        done = verify()
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"disposal {proposed['disposal']}: its decision: ", done.stderr)

    def test_what_went_by_a_decision_is_purged_later_with_what_registers_kept(self):
        mark = "maatkhau" + os.urandom(8).hex()
        number, _ = self.record(f"Kế hoạch bố trí lực lượng {mark}")
        self.box.vanthu("register", "enter", "--unit", "vptu", "--to", f"Phòng {mark}", number)
        book = f"den/vptu/{self.today()[:4]}"
        file = self.open("02.TH")
        self.login(KHOA, "file", "add", file, number)
        self.login(KHOA, "file", "close", "--ended", self.today(), file)
        then = self.years_later()
        proposed = self.ask(HUONG, "disposal", "propose", "--explanation", "Hết giá trị.", file)
        note = self.box.dir / "note.txt"
        note.write_text("niêm phong")
        os.chmod(note, 0o644)
        paper = self.box.dir / "quyet-dinh-2.pdf"
        paper.write_bytes(b"%PDF-1.7\n")
        os.chmod(paper, 0o644)
        self.login(HUONG, "disposal", "decide", "--decision", "12-QĐ/VPTU", "--date", then, proposed["disposal"], paper)
        self.login(KIEN, "disposal", "approve", "--list", proposed["list_sha256"], proposed["disposal"])
        self.login(KHOA, "disposal", "execute", proposed["disposal"])
        self.assertIn(mark, json.dumps(self.lines(book)), "a register outlives its papers")
        self.login(HUONG, "archive", "purge", "--sealed", "06/NP", "--reason", "lưu nhầm", number, note)
        purge = max(one["number"] for one in json.loads(self.box.vanthu("archive", "purges", "--json").stdout)["purges"])
        self.login(KIEN, "archive", "purge-confirm", purge)
        history = json.loads(self.box.vanthu("record", "history", number, "--json").stdout)["events"]
        gone = sorted(frame for one in history if one["what"] == "events.destroyed" for frame in one["details"]["frames"])
        self.assertGreaterEqual(len(gone), 2)
        for words in (("archive", "verify"), ("archive", "reconcile"), ("log", "verify"), ("archive", "compact")):
            self.assertEqual(self.box.vanthu(*words, check=False).returncode, 0, words)
        self.nothing_says(mark, gone)
        lines = self.lines(book)
        told = self.box.vanthu("archive", "show", number, check=False).stderr.decode()
        self.assertIn("xoá khẩn cấp", told)
        self.assertIn("12-QĐ/VPTU", told)
        self.box.vanthu("archive", "rebuild")
        self.assertEqual(self.lines(book), lines)
        self.assertEqual(json.loads(self.box.vanthu("record", "history", number, "--json").stdout)["events"], history)


if __name__ == "__main__":
    unittest.main()

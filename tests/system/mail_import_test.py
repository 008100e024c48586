# SPDX-License-Identifier: GPL-3.0-or-later
"""Existing mail brought into the archive: every item is told of, its octets are those of the source, nothing is written
twice and nothing is lost, whoever is killed."""
import base64
import hashlib
import json
import os
import random
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import raw
from box import Box, as_account, letters, papers, wait_until
from memory_test import private_octets

KHOA = "khoatb@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"
OUTSIDE = "ai-do@elsewhere.example"
MIB = 1 << 20
DATE = "Mon Nov 23 08:00:00 2026"


def sha256(octets):
    return hashlib.sha256(octets).hexdigest()


def old_letter(ident, text, more=b""):
    field = f"Message-ID: <{ident}>\n".encode() if ident is not None else b""
    return (b"From: =?utf-8?q?L=C3=A3o_Hai?= <hai@cu.example>\nTo: <ba@cu.example>\nDate: Fri, 1 Jan 1999 00:00:00 +0700\n" + field +
            b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n" + more +
            b"Subject: thu cu\n\n" + text + b"\n")


def mboxrd(messages):
    """As its format says, written without the code under test."""
    out = b""
    for message in messages:
        lines = message.split(b"\n")
        quoted = b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)
        out += b"From hai@cu.example " + DATE.encode() + b"\n" + quoted + (b"" if quoted.endswith(b"\n") else b"\n") + b"\n"
    return out


class Highest(threading.Thread):
    """The most private memory that was seen of processes while it ran; one may end meanwhile."""

    def __init__(self, *pids):
        super().__init__(daemon=True)
        self.octets, self.over = dict.fromkeys(pids, 0), threading.Event()
        self.start()

    def run(self):
        while not self.over.is_set():
            for pid in self.octets:
                try:
                    self.octets[pid] = max(self.octets[pid], private_octets(pid))
                except (OSError, TypeError):
                    continue
            time.sleep(0.005)

    def stop(self):
        self.over.set()
        self.join()
        return self.octets


class MailImportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "inspector.ocr=no"))
        cls.folder = Path(tempfile.mkdtemp(prefix="vanthu-old-mail-"))
        cls.folder.chmod(0o777)
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.runs = 0

    # What is asked and told

    def words(self, *words, reason="thư cũ"):
        return [*as_account(), str(self.box.layout.program("vanthu")), "--config", str(self.box.layout.config), "archive",
                "import", "--reason", reason, "--json", *map(str, words)]

    def bring(self, *words, exit=0, env=None):
        """Totals, and the report's lines."""
        type(self).runs += 1
        report = self.folder / f"{self.runs}.jsonl"
        done = subprocess.run(self.words("--report", report, *words), capture_output=True, check=False,
                              env={**os.environ, "XDG_STATE_HOME": str(self.folder / "state"), **(env or {})})
        self.assertEqual(done.returncode, exit, done.stdout.decode() + done.stderr.decode())
        self.told = done.stderr.decode()
        lines = [json.loads(line) for line in report.read_text().splitlines()] if report.exists() else []
        return json.loads(done.stdout) if done.stdout else {}, lines

    def get(self, number):
        return self.box.vanthu("archive", "get", number).stdout

    def last_record(self):
        return json.loads(self.box.vanthu("archive", "status", "--json").stdout)["records"]

    def indexed(self):
        def complete():
            status = json.loads(self.box.vanthu("archive", "status", "--json").stdout)
            return status["index"]["complete_up_to"] >= status["records"]
        wait_until(complete, 120, "the full text")

    def sound(self):
        self.box.vanthu("archive", "verify")
        self.box.vanthu("archive", "reconcile")

    # Tests

    def test_a_thousand_items_of_every_kind(self):
        random.seed(14)
        ordinary = [old_letter(f"o{i}@cu.example", f"Biên bản số hiệu zqv{i:04d}, trang {random.random()}".encode()) for i in range(640)]
        nameless = [old_letter(None, f"không tên {i}".encode()) for i in range(50)]
        empty = [old_letter("", f"tên rỗng {i}".encode()) for i in range(20)]
        long = [old_letter("x" * 3000 + f"{i}@cu.example", f"tên dài {i}".encode()) for i in range(10)]
        others = [old_letter(f"o{i}@cu.example", f"octet khác {i}".encode()) for i in range(50)]
        latin = [old_letter(f"l{i}@cu.example", b"\xe9\xff\xfe 8 bit %d" % i) for i in range(30)]
        nul = [old_letter(f"n{i}@cu.example", b"NUL \0 here %d" % i) for i in range(20)]
        broken = [b"no header %d at all\n" % i for i in range(10)]
        broken += [b"From: a@b.example\nFrom: c@d.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n%d\n" % i for i in range(20)]
        broken += [b"Subject: only a header %d\n" % i for i in range(10)]
        quoted = [old_letter(f"q{i}@cu.example", b"\nFrom now on\n>From then\nFrom a@b %s\n>>From %d" % (DATE.encode(), i)) for i in range(30)]
        secret = [old_letter(f"s{i}@cu.example", f"Về việc báo cáo\n\nTỐI MẬT\n\nbản số {i}".encode()) for i in range(5)]
        program = base64.encodebytes(papers.program_in_zip("bao-cao.exe"))
        programs = [old_letter(f"p{i}@cu.example", b"").replace(b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n",
                    b"Content-Type: application/zip; name=a%d.zip\nContent-Transfer-Encoding: base64\n" % i) + program for i in range(5)]
        kinds = {"new": ordinary + nameless + empty + long + latin + nul + broken + quoted, "same-id": others, "error": secret + programs}
        items = [(what, one) for what, all_of in kinds.items() for one in all_of]
        random.shuffle(items)
        # Of two letters with one Message-ID the second is the one that has "the same": which one that is, is chance here.
        items += [("same-octets", one) for _, one in random.sample([item for item in items if item[0] != "error"], 100)]
        self.assertEqual(len(items), 1000)
        mbox = self.folder / "mixed.mbox"
        mbox.write_bytes(mboxrd([one for _, one in items]))

        before = self.last_record()
        totals, lines = self.bring("--dry-run", mbox, exit=65)
        self.assertEqual((totals["errors"], totals["same_octets"], self.last_record()), (10, 100, before), self.told)

        begun = time.monotonic()
        totals, lines = self.bring(mbox, exit=65)
        print(f"  1,000 items in {time.monotonic() - begun:.1f} s", flush=True)
        self.assertEqual(totals, {"new": 840, "same_octets": 100, "same_id": 50, "errors": 10, "dry_run": False})
        self.assertEqual(len(lines), 1000)
        self.assertEqual(self.last_record(), before + 890)
        records = {}
        for (what, octets), line in zip(items, lines):
            self.assertEqual(line["sha256"], sha256(octets), line)
            if what == "error":
                self.assertEqual(line["outcome"], "error")
                self.assertTrue("[S-1]" in line["why"] or "[attachments.executable]" in line["why"], line)
                self.assertNotIn("record", line)
            elif what == "same-octets":
                self.assertEqual((line["outcome"], line["record"]), ("same-octets", records[line["sha256"]]))
            else:
                records[line["sha256"]] = line["record"]
                if line["outcome"] == "same-id":
                    self.assertIn(line["same_id_as"], records.values())
        for octets in (*latin[:2], *nul[:2], *broken[::10], *quoted[:2], long[0]):
            self.assertEqual(self.get(records[sha256(octets)]), octets)

        number = records[sha256(ordinary[7])]
        shown = json.loads(self.box.vanthu("archive", "show", number, "--json").stdout)
        self.assertEqual(shown["imported"]["reason"], "thư cũ")
        self.assertEqual(shown["imported"]["source"], f"mbox:{mbox}")
        self.assertEqual(shown["imported"]["date"], DATE)
        self.assertEqual(shown["received"][:4], time.strftime("%Y", time.gmtime()), "not 1999: terms begin with the import")
        self.assertIn("Nhập vào lưu trữ", self.box.vanthu("archive", "show", number).stdout.decode())
        self.indexed()
        self.assertEqual([one["number"] for one in self.box.records("zqv0007")], [number])
        self.assertEqual([one["number"] for one in self.box.records("zqv0007", "direction:import")], [number])
        self.assertEqual(self.box.records("zqv0007", "direction:in"), [])
        self.assertEqual([one["number"] for one in self.box.records("--sha256", sha256(ordinary[7]))], [number])
        self.assertEqual(len(self.box.records("--message-id", "o3@cu.example")), 2)
        self.sound()
        self.proven(number, ordinary[7])

        acts = json.loads(self.box.vanthu("audit", "list", "--json", "--most", "200").stdout)
        acts = [one for one in acts.get("entries", acts)]
        text = json.dumps(acts, ensure_ascii=False)
        for word in ("import.begin", "import.end", "--reason=thư cũ", "--new=840", "--errors=10", "import.secret-refused"):
            self.assertIn(word, text)
        self.assertNotIn("TỐI MẬT", text)

        totals, lines = self.bring(mbox, exit=65)
        self.assertEqual(totals, {"new": 0, "same_octets": 990, "same_id": 0, "errors": 10, "dry_run": False})
        self.assertEqual(self.last_record(), before + 890)

    def proven(self, number, octets):
        """By the static program, from the signed tree."""
        kept = {"p": ("log", "proof", number), "m": ("archive", "meta", number), "e": ("archive", "get", number)}
        for name, words in kept.items():
            (self.folder / name).write_bytes(self.box.vanthu(*words).stdout)
        self.assertEqual((self.folder / "e").read_bytes(), octets)
        key = json.loads(self.box.vanthu("log", "status", "--json").stdout)["records"]["key"]
        done = subprocess.run([str(self.box.layout.program("vanthu-verify")), "proof", self.folder / "p", "--key", key, "--eml",
                               self.folder / "e", "--meta", self.folder / "m"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_eml_files_and_one_of_50_mib_in_bounded_memory(self):
        folder = self.folder / "eml"
        (folder / "2019").mkdir(parents=True)
        whole = raw.message(OUTSIDE, KHOA, text="không có dòng cuối").rstrip(b"\r\n")
        (folder / "2019" / "a.eml").write_bytes(whole)
        (folder / "empty.eml").write_bytes(b"")
        block = b"".join(base64.b64encode(os.urandom(57)) + b"\r\n" for _ in range(4096))
        with open(folder / "big.EML", "wb") as out:
            out.write(f"From: <{OUTSIDE}>\r\nSubject: to\r\nMessage-ID: {raw.message_id()}\r\nContent-Type: image/jpeg; name=anh.jpg\r\n"
                      "Content-Transfer-Encoding: base64\r\n\r\n".encode())
            out.write(base64.b64encode(b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\1\0\x60\0\x60\0\0" + bytes(37)) + b"\r\n")
            for _ in range(50 * MIB // len(block)):
                out.write(block)
        big = (folder / "big.EML").read_bytes()
        for path in folder.rglob("*"):
            path.chmod(0o755)
        self.bring(folder / "2019" / "a.eml")  # what is made once is made now
        pid = self.box.gateway_pid()
        before = private_octets(pid)
        report = self.folder / "big.jsonl"
        process = subprocess.Popen(self.words("--state", self.folder / "big.state", "--report", report, folder), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        highest = Highest(pid, process.pid)
        totals = json.loads(process.communicate()[0])
        self.indexed()
        octets = highest.stop()
        own, grown = octets[process.pid], octets[pid] - before
        print(f"  {len(big) / MIB:.0f} MiB: the CLI {own / MIB:.1f} MiB of its own at most, the gateway {grown / MIB:.1f} MiB more", flush=True)
        self.assertEqual(process.returncode, 65)
        self.assertEqual((totals["new"], totals["same_octets"], totals["errors"]), (1, 1, 1))
        self.assertLess(own, 32 * MIB)
        self.assertLess(grown, 32 * MIB)
        lines = {line["item"]: line for line in map(json.loads, report.read_text().splitlines())}
        self.assertEqual(lines["big.EML"]["outcome"], "new")
        self.assertEqual(self.get(lines["big.EML"]["record"]), big)
        self.assertEqual(self.get(lines["2019/a.eml"]["record"]), whole)
        self.assertEqual(lines["empty.eml"]["outcome"], "error")

    def test_a_maildir_with_its_folders_and_a_package(self):
        box = self.folder / "Maildir"
        for half in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
            (box / half).mkdir(parents=True)
        inbox, sent, unseen = (raw.message(OUTSIDE, KHOA, text=f"maildir {i}\n") for i in range(3))
        (box / "cur" / "1700000000.M1P2.h:2,FS").write_bytes(inbox)
        (box / "new" / "1700000001.M1P2.h").write_bytes(unseen)
        (box / "tmp" / "1700000002.M1P2.h").write_bytes(b"half of one")
        (box / ".Sent" / "cur" / "1700000003.M1P2.h:2,S").write_bytes(sent)
        stood = sorted((str(path), path.stat().st_mtime_ns) for path in box.rglob("*"))
        totals, lines = self.bring("--unit", "vptu", "--class", "old-mail", box)
        self.assertEqual((totals["new"], totals["errors"]), (3, 0), self.told)
        self.assertEqual(sorted((str(path), path.stat().st_mtime_ns) for path in box.rglob("*")), stood, "never changed by us")
        told = {line["sha256"]: line for line in lines}
        self.assertEqual(told[sha256(inbox)]["flags"], ["F", "S"])
        self.assertEqual(told[sha256(sent)]["folder"], "Sent")
        number = told[sha256(sent)]["record"]
        [summary] = [one for one in self.box.records("--unit", "vptu") if one["number"] == number]
        self.assertEqual(summary["record_class"], "old-mail")

        bag = self.folder / "bag"
        (bag / "data" / "records").mkdir(parents=True)
        (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        new, wrong = raw.message(OUTSIDE, KHOA, text="gói\n"), raw.message(OUTSIDE, KHOA, text="sai\n")
        for i, octets in enumerate((self.get(number), new, wrong), 1):
            (bag / "data" / "records" / f"{i}.eml").write_bytes(octets)
        (bag / "manifest-sha256.txt").write_text("".join(f"{digest}  data/records/{i}.eml\n" for i, digest in
                                                         enumerate((sha256(sent), sha256(new), "0" * 64), 1)))
        totals, lines = self.bring(bag, exit=65)
        self.assertEqual([line["outcome"] for line in lines], ["same-octets", "new", "error"], "a re-import is identical")
        self.assertEqual(lines[0]["record"], number)
        self.sound()

    def test_what_was_exported_is_imported_identically_elsewhere(self):
        letter = raw.message(OUTSIDE, OFFICE, ident=raw.message_id(), attachments=[
            ("15-CV-VPTU.docx", "application", "octet-stream", papers.docx(letters.cong_van()))])
        self.assertTrue(self.box.send("mx", None, OUTSIDE, [OFFICE], letter).accepted)
        odd = self.folder / "odd.eml"
        odd.write_bytes(b"Subject: odd\nX: \xff\0\n\nno last line end")
        odd.chmod(0o644)
        self.bring(odd)
        first = self.box.records_of(letter)[0]["number"]
        second = self.box.records_of(odd.read_bytes())[0]["number"]
        bag = self.folder / "exported"
        self.box.vanthu("archive", "export", "--to", bag, "--format", "bagit", "--purpose", "chuyển hệ thống", first, second)
        _, lines = self.bring(bag)
        self.assertEqual([(line["outcome"], line["record"]) for line in lines],
                         [("same-octets", number) for number in sorted((first, second))])
        here, type(self).box = self.box, self.enterContext(Box("--set", "inspector.ocr=no"))
        try:
            totals, lines = self.bring(bag)
            self.assertEqual((totals["new"], totals["errors"]), (2, 0), self.told)
            for line in lines:
                self.assertIn(self.get(line["record"]), (letter, odd.read_bytes()))
            [paper] = [line for line in lines if line["sha256"] == sha256(letter)]
            self.assertEqual(self.box.records("15-CV/VPTU")[0]["number"], paper["record"], "found by its symbol")
            self.assertTrue(self.box.records("15-CV/VPTU")[0]["record_class"].startswith("official"))
            self.assertEqual(json.loads(self.box.vanthu("register", "list", "--json").stdout)["registers"], [])
            self.sound()
        finally:
            type(self).box = here

    def test_a_mailbox_over_imap_from_dovecot(self):
        address, password = self.box.login(KHOA)
        sent = [raw.message(OUTSIDE, KHOA, text=f"qua IMAP {i}\n", ident=raw.message_id()) for i in range(12)]
        for octets in sent:
            self.assertTrue(self.box.send("mx", None, OUTSIDE, [KHOA], octets).accepted)
        with self.box.imap(KHOA) as imap:
            imap.create('"C&APQ-ng v&AQM-n"')
            wait_until(lambda: (imap.noop(), int(imap.select("INBOX", readonly=True)[1][0]))[1] >= 12, 60, "delivery")
            imap.append('"C&APQ-ng v&AQM-n"', r"(\Seen)", None, raw.message(KHOA, KHOA, text="trong thư mục\n"))
            imap.select("INBOX", readonly=True)
            uids = imap.uid("SEARCH", None, "ALL")[1][0].split()
            wanted = {sha256(imap.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1]) for uid in uids}
            unseen = imap.uid("SEARCH", None, "UNSEEN")[1][0]
        (self.folder / "pw").write_text(password + "\n")
        (self.folder / "pw").chmod(0o644)
        login = address.replace("@", "%40")
        common = ("--password-file", self.folder / "pw", "--ca", self.box.layout.ca_file)
        url = f"imaps://{login}@localhost:{self.box.port('imaps')}"
        totals, lines = self.bring(*common, "--folder", "INBOX", url)
        self.assertEqual({line["sha256"] for line in lines}, wanted)
        self.assertEqual(totals["errors"], 0)
        self.assertTrue(all("UIDVALIDITY=" in line["item"] and line["date"] for line in lines), lines[0])
        with self.box.imap(KHOA) as imap:
            imap.select("INBOX", readonly=True)
            self.assertEqual(imap.uid("SEARCH", None, "UNSEEN")[1][0], unseen, "nothing was marked as read")

        starttls = f"imap://{login}@localhost:{self.box.port('imap')}"
        totals, lines = self.bring(*common, starttls)
        self.assertEqual(totals["new"], 1, "that of the other folder")
        [other] = [line for line in lines if line["outcome"] == "new"]
        self.assertEqual((other["folder"], other["flags"]), ("Công văn", ["\\Seen"]))
        _, lines = self.bring(*common, "--folder", "Công văn", starttls)
        self.assertEqual([line["outcome"] for line in lines], ["same-octets"])

        # A folder that the server does not open is told, and the others are taken.
        with self.box.imap(KHOA) as imap:
            imap.create('"Kh&APM-a"')
        closed = self.box.layout.dir / "mail" / address / "Maildir" / ".Kh&APM-a"
        closed.chmod(0)
        try:
            totals, lines = self.bring(*common, starttls, exit=65)
            self.assertEqual(totals["errors"], 1)
            self.assertEqual([line["folder"] for line in lines if line["outcome"] == "error"], ["Khóa"])
            self.assertEqual(totals["same_octets"], len(uids) + 1)
            self.bring(*common, "--folder", "Khóa", starttls, exit=66)
        finally:
            closed.chmod(0o700)

        # Killed, it goes on by UIDVALIDITY and UID, without fetching again what is done.
        words = (*common, "--state", self.folder / "imap.state", "--rate", "5/s", "--folder", "INBOX", url)
        process = subprocess.Popen(self.words(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: (self.folder / "imap.state").exists() and (self.folder / "imap.state").read_text().count("\n") > 4, 30)
        process.kill()
        process.wait()
        totals, lines = self.bring(*words)
        self.assertEqual({line["sha256"] for line in lines}, wanted)
        self.assertGreaterEqual(sum("earlier" in line for line in lines), 4)
        self.assertEqual((totals["same_octets"], totals["new"]), (len(uids), 0))

        # A certificate that nobody vouches for, one of another host, a wrong password, no TLS to somewhere else.
        self.bring("--password-file", self.folder / "pw", url, exit=75)
        self.assertIn("certificate", self.told)
        self.bring(*common, url.replace("localhost", "localhost.localdomain"), exit=75)
        self.bring("--ca", self.box.layout.ca_file, url, exit=64, env={"VANTHU_IMAP_PASSWORD": "sai"})
        self.bring(*common, "--imap-plain", "imap://a@mail.example", exit=64)
        self.assertNotIn(password, Path(self.box.dir / "log" / "gateway.log").read_text())

    def test_who_is_killed_goes_on_and_nothing_is_written_twice(self):
        messages = [old_letter(f"k{i}@cu.example", f"bị ngắt {i}".encode()) for i in range(300)]
        mbox = self.folder / "killed.mbox"
        mbox.write_bytes(mboxrd(messages))
        before = self.last_record()
        state = self.folder / "killed.state"
        report = self.folder / "killed.jsonl"
        words = self.words("--state", state, "--report", report, "--rate", "60/s", mbox)
        for _ in range(3):  # the importer, at any moment
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0.4, 1.2))
            process.kill()
            process.wait()
            self.assertFalse(report.exists(), "a report is whole or not there")
        process = subprocess.Popen(words, stdout=subprocess.PIPE)
        time.sleep(1)
        self.box.kill_gateway()
        time.sleep(0.5)
        self.box.start_gateway()
        # Ordinary mail is accepted while it goes on.
        longest = 0
        while process.poll() is None:
            begun = time.monotonic()
            self.assertTrue(self.box.send("mx", None, OUTSIDE, [KHOA], raw.message(OUTSIDE, KHOA)).accepted)
            longest = max(longest, time.monotonic() - begun)
        totals = json.loads(process.stdout.read())
        process.stdout.close()
        print(f"  the slowest letter at the door meanwhile took {longest:.2f} s", flush=True)
        self.assertLess(longest, 5)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(totals, {"new": 300, "same_octets": 0, "same_id": 0, "errors": 0, "dry_run": False})
        self.assertFalse(state.exists(), "it came to its end")
        lines = [json.loads(line) for line in report.read_text().splitlines()]
        self.assertTrue(any(line.get("earlier") for line in lines))
        numbers = [line["record"] for line in lines]
        self.assertEqual(sorted(numbers), list(range(before + 1, before + 301)), "each once, none beside")
        for line, octets in list(zip(lines, messages))[::50]:
            self.assertEqual(self.get(line["record"]), octets)
        self.sound()
        queued = self.box.vanthu("queue", "list", "--json").stdout.decode()
        self.assertNotIn("hai@cu.example", queued, "nothing imported waits to be delivered")

    def test_without_a_gateway_or_a_reason_nothing_happens(self):
        some = self.folder / "some.eml"
        some.write_bytes(raw.message(OUTSIDE, KHOA))
        some.chmod(0o644)
        done = self.box.vanthu("archive", "import", some, check=False)
        self.assertEqual(done.returncode, 64)
        self.assertEqual(self.box.vanthu("archive", "import", "--reason", "x", self.folder / "none", check=False).returncode, 66)
        self.assertEqual(self.box.vanthu("import", "item", "x", check=False).returncode, 64)
        self.bring("--unit", "khong-co-don-vi", some, exit=64)
        state = self.folder / "nothing.state"
        self.bring("--format", "mbox", "--state", state, self.folder / "none", exit=66)
        self.assertFalse(state.exists(), "nothing was taken, there is nothing to go on with")


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers as two mailrooms keep them: one sends, the other registers, the sender sees it; on paper and in files."""
import csv
import dataclasses
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

import raw
from box import Box, letters, papers, wait_until
from format_reader import Wrong, check_volume

DOMAIN = "hatinh.dcs.example"
OFFICE, BTCTU, BNCTU = f"vanthu.vptu@{DOMAIN}", f"vanthu.btctu@{DOMAIN}", f"vanthu.bnctu@{DOMAIN}"
KIEN, THUY, BINH = f"kienth@{DOMAIN}", f"thuynt@{DOMAIN}", f"binhnd@{DOMAIN}"  # serve them
HUONG = f"huongvtt@{DOMAIN}"  # of the office, and of no mailroom
WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


class RegistersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ca = Path(tempfile.mkdtemp(prefix="vanthu-ca-"))
        cls.addClassCleanup(shutil.rmtree, cls.ca)
        cls.ca.chmod(0o755)
        for name in ("ca", "stranger"):
            cls.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj",
                        f"/CN={name}", "-days", "30")
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "limits.account-messages=none",
                                            "--set", f"inspector.trust={cls.ca / 'ca.pem'}"))

    @classmethod
    def openssl(cls, *words):
        subprocess.run(["openssl", *map(str, words)], cwd=cls.ca, check=True, capture_output=True)

    def sign(self, what, name, email="", ca="ca", form="DER"):
        """A certificate for signing, and its signature over a file."""
        (self.ca / "ext").write_text("keyUsage=critical,digitalSignature\n" + (f"subjectAltName=email:{email}\n" if email else ""))
        self.openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj",
                     f"/CN={name}")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", "-extfile",
                     "ext", "-out", f"{name}.pem")
        self.openssl("cms", "-sign", "-binary", "-in", what, "-signer", f"{name}.pem", "-inkey", f"{name}.key", "-outform", form,
                     "-out", f"{name}.p7s")
        (self.ca / f"{name}.p7s").chmod(0o644)
        return self.ca / f"{name}.p7s"

    def as_login(self, address, *words, code=0):
        done = self.box.vanthu_as(address, *words)
        out, err = done.stdout, done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, out.decode(errors="replace") + err)
        return out.decode(errors="replace") + err if b"%PDF" not in out[:8] and b"PK" != out[:2] else out

    def show(self, book, *words):
        return json.loads(self.box.vanthu("register", "show", book, *words, "--json").stdout)

    def registers(self, unit):
        found = json.loads(self.box.vanthu("register", "list", "--unit", unit, "--json").stdout)["registers"]
        return {one["id"]: one for one in found}

    def waiting(self, unit):
        return json.loads(self.box.vanthu("register", "list", "--waiting", "--unit", unit, "--json").stdout)["waiting"]

    def post(self, number, to=(BTCTU, BNCTU), subject="Về việc báo cáo công tác văn thư"):
        """The office sends a paper; its record's number."""
        what = dataclasses.replace(letters.cong_van(), number=f"Số {number}-CV/VPTU", subject=subject)
        octets = raw.message(OFFICE, ", ".join(to), subject=f"{number}-CV/VPTU",
                             attachments=[("van-ban.docx", *WORD, papers.docx(what))])
        reply = self.box.send("submission", self.box.login(KIEN), OFFICE, list(to), octets)
        self.assertTrue(reply.accepted, reply)
        wait_until(lambda: self.box.records_of(octets), what="the record")
        return self.box.records_of(octets)[0]["number"]

    def book(self):
        return next(name for name in self.registers("vptu") if name.endswith("/cv-vptu"))

    def test_what_becomes_of_an_incoming_paper_is_tracked(self):
        record = self.post("91", to=(BTCTU,), subject="Về việc báo cáo sơ kết")
        self.as_login(THUY, "register", "track", "--deadline", "2030-01-02", record, code=77)
        self.as_login(THUY, "register", "enter", record)
        self.as_login(THUY, "register", "track", "--deadline", "2020-01-02", "--instruction", "Giao Phòng Tổ chức", record)
        self.as_login(KIEN, "register", "track", "--unit", "btctu", "--finished", "2026-01-01", record, code=77)
        due = json.loads(self.as_login(THUY, "register", "due", "--late", "--json"))["due"]
        self.assertEqual([(one["record"], one["late"], one["handling"]["instruction"]) for one in due],
                         [(record, True, "Giao Phòng Tổ chức")])
        self.assertEqual(json.loads(self.as_login(KIEN, "register", "due", "--json"))["due"], [])
        self.assertIn("quá hạn", self.as_login(THUY, "register", "due"))
        self.box.vanthu("file", "open", "--unit", "btctu", "--code", "07", "--title", "Báo cáo", "--class", "10-nam")
        year = json.loads(self.box.vanthu("file", "list", "--unit", "btctu", "--json").stdout)["files"][0]["year"]
        self.box.vanthu("file", "add", f"btctu/{year}/07", record)
        self.as_login(THUY, "register", "track", "--finished", "2026-11-01", "--answer", "105-CV/BTCTU", record)
        self.assertEqual(json.loads(self.as_login(THUY, "register", "due", "--json"))["due"], [])
        book = next(name for name in self.registers("btctu") if name.startswith("den/"))
        rows = list(csv.DictReader(io.StringIO(self.box.vanthu("register", "export", "--as", "csv", book).stdout.decode("utf-8-sig"))))
        line = next(row for row in rows if row["Bản ghi"].lstrip("'") == str(record))
        self.assertEqual([line[name] for name in ("Hạn giải quyết", "Ý kiến chỉ đạo", "Tiến độ giải quyết",
                                                  "Số, ký hiệu văn bản trả lời", "Lưu hồ sơ số")],
                         ["02/01/2020" if line["Hạn giải quyết"].startswith("0") else "2/1/2020", "Giao Phòng Tổ chức",
                          line["Tiến độ giải quyết"], "105-CV/BTCTU", f"btctu/{year}/07"])
        self.assertIn("đã xong ngày", line["Tiến độ giải quyết"])

    def test_one_sends_the_other_registers_and_the_sender_sees_it(self):
        record = self.post("41")
        book = self.book()
        line = self.show(book, "--line", "41")
        self.assertEqual((line["state"], line["card"]["symbol"], line["receipts"]["units"]), ("sent", "CV/VPTU", 2))
        self.assertEqual(line["receipts"]["entered"], 0)
        self.assertIn(record, [one["record"] for one in self.waiting("btctu")])

        # Of another unit's mailroom a văn thư neither sees nor writes anything.
        self.assertIn("only who serves", self.as_login(KIEN, "register", "enter", "--unit", "btctu", record, code=77))
        self.as_login(THUY, "register", "show", book, code=66)
        self.assertIn("serves no mailroom", self.as_login(HUONG, "register", "list", code=77))
        self.assertIn("báo cáo công tác văn thư", self.as_login(THUY, "register", "list", "--waiting"))
        entered = json.loads(self.as_login(THUY, "register", "enter", "--to", "Phòng Tổng hợp", record, "--json"))[0]
        self.assertEqual(entered["state"], "entered")
        arrivals = entered["register"]
        self.assertTrue(arrivals.startswith("den/btctu/"), arrivals)
        self.as_login(BINH, "register", "refuse", "--cause", "missing-page", "--why", "thiếu phụ lục", record)
        text = self.as_login(KIEN, "register", "show", book, "--line", "41")
        self.assertIn("đã tiếp nhận 1/2, từ chối 1", text)
        self.assertIn("thiếu phụ lục", text)
        self.assertIn(f"số đến {entered['number']} ({THUY}", text)
        self.as_login(KIEN, "register", "show", arrivals, code=66)
        acts = json.loads(self.box.vanthu("audit", "list", "--json").stdout)
        acts = acts["entries"] if isinstance(acts, dict) else acts
        self.assertTrue(any(one["act"] == "register.enter" and one["outcome"] == "done" and one["actor"] == THUY for one in acts))

        again = self.box.vanthu("register", "enter", "--unit", "btctu", record, check=False)
        self.assertEqual(again.returncode, 77)
        self.assertIn("đã vào sổ".encode(), again.stderr)

        # It is all in the record log: dropped and made again, a kill between, it is the same.
        before = self.show(book), self.show(arrivals)
        self.box.kill_gateway()
        self.box.start_gateway()
        self.box.vanthu("archive", "rebuild")
        self.assertEqual((self.show(book), self.show(arrivals)), before)

    def test_numbers_before_their_papers_and_what_did_not_pass_here(self):
        self.post("51")
        book = self.book()
        given = json.loads(self.as_login(KIEN, "register", "allocate", "--symbol", "CV/VPTU", "--count", "2", "--json"))
        first, second = given["numbers"]
        self.assertEqual(given["register"], book)
        self.assertIn("--why", self.as_login(KIEN, "register", "cancel", book, second, code=64))
        self.as_login(KIEN, "register", "cancel", "--why", "đánh nhầm", book, second)
        self.post(str(first))
        line = self.show(book, "--line", first)
        self.assertEqual((line["state"], line["made"]["by"]), ("sent", KIEN))
        self.post(str(second + 3))
        gaps = json.loads(self.box.vanthu("register", "gaps", book, "--json").stdout)[0]
        self.assertIn({"first": second + 1, "last": second + 2}, gaps["not_sent_through_this_gateway"])
        self.as_login(KIEN, "register", "correct", "--field", "signer", "--now", "Trần Thị B", "--why", "đọc sai", book, first)
        self.assertEqual(self.show(book, "--line", first)["corrections"][0]["hand"]["by"], KIEN)

    def test_files_that_others_read(self):
        self.post("71", subject="=1+1 <b>đậm</b>")
        book = self.book()
        sheet = self.box.vanthu("register", "export", "--as", "csv", book).stdout
        self.assertTrue(sheet.startswith(b"\xef\xbb\xbf"))
        rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
        self.assertEqual(rows[0][:3], ["Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản"])
        self.assertIn("71-CV/VPTU", [row[0] for row in rows])
        spread = self.box.vanthu("register", "export", "--as", "xlsx", book).stdout
        with zipfile.ZipFile(io.BytesIO(spread)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertIn(b"71-CV/VPTU", archive.read("xl/worksheets/sheet1.xml") +
                          (archive.read("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in archive.namelist() else b""))
        printed = self.box.vanthu("register", "export", "--as", "pdf", book).stdout
        self.assertTrue(printed.startswith(b"%PDF-"))
        self.assertTrue(printed.rstrip().endswith(b"%%EOF"))
        self.box.vanthu("register", "close", book)
        self.closed_volume_proves_itself(book)
        late = self.box.vanthu("register", "remark", "--text", "x", book, "71", check=False)
        self.assertEqual(late.returncode, 77)
        self.assertIn("đã khoá sổ".encode(), late.stderr)

    @unittest.skipUnless(shutil.which("soffice"), "LibreOffice is not installed: what it reads of our files is not seen here")
    def test_libreoffice_reads_what_was_exported(self):
        self.post("81", subject="=1+1 Về việc thử uỷ ban")
        book = self.book()
        folder = self.box.dir / "office"
        folder.mkdir()
        for kind in ("csv", "xlsx"):
            (folder / f"in.{kind}").write_bytes(self.box.vanthu("register", "export", "--as", kind, book).stdout)
        wanted = list(csv.reader(io.StringIO((folder / "in.csv").read_text("utf-8-sig"))))
        for kind in ("csv", "xlsx"):
            # Without a person who answers its question it takes a CSV for Latin 1, whatever the byte order mark says.
            reading = ["--infilter=CSV:44,34,76"] if kind == "csv" else []
            done = subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", *reading, "--convert-to",
                                   "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(folder / kind),
                                   str(folder / f"in.{kind}")], capture_output=True, timeout=180, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            rows = list(csv.reader(io.StringIO((folder / kind / "in.csv").read_text("utf-8-sig"))))
            number = next(row for row in rows if row and row[0] == "81-CV/VPTU")
            self.assertIn("=1+1", number[2], "a text, and nothing that was computed")
            self.assertIn("uỷ ban", number[2])
            self.assertEqual([row for row in rows if row and row[0] == wanted[0][0]][0][:10], wanted[0][:10], kind)

    def closed_volume_proves_itself(self, book):
        """By the static program without a network, by the other reader, and on the cover."""
        key = json.loads(self.box.vanthu("log", "status", "--json").stdout)["records"]["key"]
        note, lines = self.box.dir / "volume.note", self.box.dir / "volume.lines"
        note.write_bytes(self.box.vanthu("register", "closing", "--volume", 1, book).stdout)
        lines.write_bytes(self.box.vanthu("register", "export", "--as", "lines", "--volume", 1, book).stdout)

        def verify(*words):
            return subprocess.run(["unshare", "--net", "env", "-i", str(self.box.layout.program("vanthu-verify")), "volume",
                                   str(note), "--key", key, *map(str, words)], capture_output=True, check=False)

        done = verify("--lines", lines)
        self.assertEqual(done.returncode, 0, done.stderr)
        volume = self.registers("vptu")[book]["volumes"][0]
        self.assertEqual(check_volume(note.read_text(), key, lines.read_bytes()),
                         {"book": book, "volume": "1", "lines": str(volume["lines"]), "pages": str(volume["pages"]),
                          "first": str(volume["first"]), "last": str(volume["last"]), "from": volume["from"],
                          "to": volume["to"], "sha256": volume["sha256"]})
        self.assertGreaterEqual(volume["pages"], 1)
        text = note.read_text()
        for bent, code in ((text.replace("\nlines ", "\nlines 1"), 1), (text.replace("vanthu-register-volume/v1", "x"), 65),
                           (text.replace("\nclosed ", "\nclosed 1"), 1), (text[:-3], 65)):
            note.write_text(bent)
            self.assertEqual(verify().returncode, code, bent)
            with self.assertRaises((Wrong, ValueError, IndexError)):
                check_volume(bent, key, lines.read_bytes())
        note.write_text(text)
        whole = lines.read_bytes()
        lines.write_bytes(whole.replace(b"71", b"72", 1))
        self.assertEqual(verify("--lines", lines).returncode, 1)
        self.assertEqual(verify("--lines", self.box.dir / "none").returncode, 66)
        paper = self.box.dir / "register.pdf"
        paper.write_bytes(self.box.vanthu("register", "export", "--as", "pdf", "--volume", 1, book).stdout)
        cover = "".join(subprocess.run(["pdftotext", "-l", "1", str(paper), "-"], capture_output=True, text=True,
                                       check=True).stdout.split())
        self.assertIn(text.splitlines()[3], cover, "the root of the log's tree then")
        self.assertIn(text.splitlines()[-1].split(" ")[2], cover, "the signature")
        pages = subprocess.run(["pdfinfo", str(paper)], capture_output=True, text=True, check=True).stdout
        self.assertEqual(int(re.search(r"Pages:\s+(\d+)", pages)[1]), volume["pages"] + 1, "and the cover")
        self.assertEqual(self.box.vanthu("register", "closing", "--volume", 2, book, check=False).returncode, 66)

    def test_whoever_closed_a_volume_signs_it(self):
        record = self.post("111")
        book = self.book()
        volume = self.registers("vptu")[book]["open_volume"]
        self.as_login(KIEN, "register", "close", book)
        note = self.ca / "volume.note"
        note.write_bytes(self.box.vanthu("register", "closing", "--volume", volume, book).stdout)
        words = ("register", "sign", "--volume", volume, book)
        self.assertIn("chưa có ai ký", self.as_login(KIEN, "register", "closing", "--volume", volume, "--signature", book, code=66))
        own = self.sign(note, "own", KIEN)
        other = self.ca / "other.note"
        other.write_text(note.read_text() + "x")
        for what, code in ((self.sign(note, "somebody", THUY), 77), (self.sign(note, "nameless"), 77),
                           (self.sign(note, "forged", KIEN, "stranger"), 77), (self.sign(other, "of-another", KIEN), 77),
                           (note, 64), (self.ca / "none", 66)):
            self.as_login(KIEN, *words, what, code=code)
        self.assertEqual(self.box.vanthu(*words, own, check=False).returncode, 77, "an account of the machine is no person")
        self.as_login(THUY, *words, own, code=66)
        self.assertIn("CN=own", self.as_login(KIEN, *words, own))
        self.as_login(KIEN, *words, own, code=77)
        self.assertEqual(self.box.vanthu("register", "closing", "--volume", volume, "--signature", book).stdout, own.read_bytes())
        marks = self.registers("vptu")[book]["volumes"][volume - 1]["signatures"]
        self.assertEqual([(mark["signer"], mark["hand"]["by"]) for mark in marks], [("CN=own", KIEN)])
        self.assertIn("đã ký số: CN=own", self.box.vanthu("register", "show", book).stdout.decode())
        paper = self.box.vanthu("register", "export", "--as", "pdf", "--volume", volume, book).stdout
        cover = subprocess.run(["pdftotext", "-l", "1", "-", "-"], input=paper, capture_output=True, check=True).stdout.decode()
        self.assertIn("CN=own", cover)

        # By the static program, by openssl alone, and in a bag.
        key = json.loads(self.box.vanthu("log", "status", "--json").stdout)["records"]["key"]

        def verify(*more, of=note):
            return subprocess.run(["unshare", "--net", "env", "-i", str(self.box.layout.program("vanthu-verify")), "volume", str(of),
                                   "--key", key, "--signature", str(own), *map(str, more)], capture_output=True, text=True, check=False)

        self.assertIn("person:     CN=own", verify("--ca", self.ca / "ca.pem").stdout)
        self.assertIn("NOT CHECKED", verify().stdout)
        self.assertEqual([verify("--ca", self.ca / name).returncode for name in ("ca.pem", "stranger.pem", "own.p7s")], [0, 1, 64])
        self.openssl("cms", "-verify", "-binary", "-inform", "DER", "-in", own, "-content", note, "-CAfile", "ca.pem", "-purpose",
                     "any", "-out", "out")
        out = self.box.dir / "out"
        out.mkdir()
        shutil.chown(out, "vanthu", "vanthu")
        self.box.vanthu("archive", "export", "--to", out / "bag", "--format", "bagit", "--purpose", "thử", record)
        volumes = list((out / "bag/data/registers").glob("r_*"))
        self.assertEqual(sorted(path.read_bytes() for path in volumes), sorted([note.read_bytes(), own.read_bytes()]))

        # A certificate without an address is somebody's by the directory's word; PEM will do.
        self.post("112")
        self.as_login(KIEN, "register", "close", book)
        note.write_bytes(self.box.vanthu("register", "closing", "--volume", volume + 1, book).stdout)
        mark = self.sign(note, "mapped", form="PEM")
        words = ("register", "sign", "--volume", volume + 1, book, mark)
        self.as_login(KIEN, *words, code=77)
        digest = hashlib.sha256(subprocess.run(["openssl", "x509", "-in", str(self.ca / "mapped.pem"), "-outform", "DER"],
                                               capture_output=True, check=True).stdout).hexdigest()
        self.box.vanthu("certificate", "add", f"sha256:{digest}", KIEN)
        self.as_login(KIEN, *words)

    def test_rules_are_set_by_administrators_of_the_whole(self):
        rules = self.box.dir / "registers.toml"
        rules.write_text('[[rule]]\nunits = ["bnctu"]\nin = "none"\n')
        os.chmod(rules, 0o644)
        self.assertIn("administrator of the whole", self.as_login(KIEN, "register", "configure", rules, code=77))
        self.box.vanthu("register", "configure", rules)
        record = self.post("91")
        self.assertNotIn(record, [one["record"] for one in self.waiting("bnctu")])
        self.assertIn(record, [one["record"] for one in self.waiting("btctu")])
        self.assertIn(b"bnctu", self.box.vanthu("register", "rules").stdout)
        rules.write_text('[[rule]]\nout = "month"\n')
        wrong = self.box.vanthu("register", "configure", rules, check=False)
        self.assertEqual(wrong.returncode, 64)
        self.assertIn(b"line 2", wrong.stderr)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What leaves the archive: by every format from a running gateway, checked by who does not trust it, killed in the middle."""
import base64
import csv
import hashlib
import io
import json
import mailbox
import os
import shutil
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import csip
import raw
from asking import HUONG, KHOA, KIEN
from box import Box, as_account, letters, papers, wait_until
from format_reader import Wrong, check_bag
from held_test import THUY
from witness_test import Office

OFFICE = "vanthu.vptu@hatinh.dcs.example"
UNIT = "vanthu.btctu@hatinh.dcs.example"
OTHER = "vanthu.bnctu@hatinh.dcs.example"
OUTSIDE = "ai-do@elsewhere.example"
_KEY = b"\4" + bytes(range(32))
STRANGER = f"w9.example+{hashlib.sha256(b'w9.example' + bytes([10]) + _KEY).hexdigest()[:8]}+{base64.b64encode(_KEY).decode()}"
DAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600))


def footer(to):
    """A letter with two readings: it is delivered in one of them, and archived as it came."""
    letter = raw.message(OUTSIDE, to, "Lịch họp tuần", ident=raw.message_id(),
                         attachments=[("lịch.csv", "text", "csv", b"thu hai;8h\r\n" * 40)])
    head, mark, tail = letter.rpartition(b"\r\n--=")
    return head + b"\r\n\r\n____ footer of a list ____\r\n" + mark + tail


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "inspector.ocr=no", "--set", "limits.trust-loopback=yes"))
        for address in (HUONG, KIEN, KHOA):
            cls.box.vanthu("role", "add", cls.person(address), "archivist", "")
        cls.box.vanthu("role", "add", cls.person(THUY), "archivist", "btctu")
        cls.out = cls.box.dir / "out"
        cls.out.mkdir()
        shutil.chown(cls.out, "vanthu", "vanthu")
        cls.key = json.loads(cls.box.vanthu("log", "status", "--json").stdout)["records"]["key"]
        cls.sent = {}
        paper = papers.docx(letters.cong_van())
        for i in range(12):
            octets = raw.message(OUTSIDE, OFFICE, subject=f"Công văn đợt {i}", ident=raw.message_id(),
                                 text="From here on\n>From there\nHết.\n",
                                 attachments=[("15-CV-VPTU.docx", "application", "octet-stream", paper)])
            cls.give(octets)
        cls.rewritten = cls.give(footer(OFFICE))
        cls.purged = cls.give(raw.message(OUTSIDE, OFFICE, subject="Lưu nhầm", ident=raw.message_id()))
        cls.blind = cls.give(raw.message(OUTSIDE, OFFICE, subject="Có người nhận kín", ident=raw.message_id()), OFFICE, UNIT,
                             OTHER)
        # A card has what happened to its record by then: two exports are alike when nothing happens any more.
        wait_until(lambda: all(cls.has_ended(number) for number in cls.sent), what="the deliveries behind all records")

    @classmethod
    def has_ended(cls, number):
        status = json.loads(cls.box.vanthu("record", "status", number, "--json").stdout)
        return all("delivery" in one for one in status["recipients"])

    @classmethod
    def person(cls, address):
        return json.loads(cls.box.vanthu("mailbox", "show", address, "--json").stdout)["rows"][0]["person_id"]

    @classmethod
    def give(cls, octets, *to):
        reply = cls.box.send("mx", None, OUTSIDE, list(to or (OFFICE,)), octets)
        assert reply.accepted, reply
        number = cls.box.records_of(octets)[0]["number"]
        cls.sent[number] = octets
        return number

    def command(self, *words, login=None):
        program = [*as_account(), str(self.box.layout.program("vanthu")), "--config", str(self.box.layout.config)]
        env = dict(os.environ)
        if login:
            address, password = self.box.login(login)
            program += ["--login", address]
            env |= {"VANTHU_PASSWORD": password, "VANTHU_CODE": ""}
        return subprocess.Popen([*program, *map(str, words)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run_command(self, *words, code=0, login=None):
        process = self.command(*words, login=login)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, code, f"{words}\n{out.decode()}{err.decode()}")
        return out.decode() + err.decode()

    def export(self, name, *what, as_="bagit", code=0, login=None, purpose="Giao nộp thử", rate="1000/s"):
        folder = self.out / name
        self.run_command("archive", "export", "--to", folder, "--format", as_, "--purpose", purpose, "--rate", rate, *what,
                         code=code, login=login)
        return folder

    def verify(self, folder, *more, program=None):
        """By the static program, which gets an empty environment and no network."""
        return subprocess.run(["unshare", "--net", "env", "-i", str(program or self.box.layout.program("vanthu-verify")), "bag",
                               str(folder), "--key", self.key, *more], capture_output=True, check=False)

    def sums(self, folder, *manifests):
        for manifest in manifests or ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            subprocess.run(["sha256sum", "--strict", "--quiet", "-c", manifest], cwd=folder, check=True)

    def acts(self, act):
        return json.loads(self.box.vanthu("audit", "list", "--act", act, "--most", "1000", "--json").stdout)["entries"]

    def test_a_bag_is_whole_and_proves_itself(self):
        folder = self.export("bag", f"1-{self.rewritten}", self.blind)
        self.sums(folder)
        numbers = [*range(1, self.rewritten + 1), self.blind]
        for number in numbers:
            self.assertEqual((folder / f"data/records/{number}.eml").read_bytes(), self.sent[number])
        done = self.verify(folder)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"NOT YET WITNESSED", done.stdout)
        # The program that came along says the same.
        self.assertEqual(self.verify(folder, program=folder / "tools/vanthu-verify").returncode, 2)
        self.assertEqual(check_bag(folder, self.key), (numbers, []))
        self.assertEqual([path.name for path in (folder / "data/delivered").iterdir()], [f"{self.rewritten}.part"])
        # Under another key nothing of it is believed.
        other = json.loads(self.box.vanthu("log", "status", "--json").stdout)["audit"]["key"]
        done = subprocess.run([str(self.box.layout.program("vanthu-verify")), "bag", str(folder), "--key", other],
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)
        # Cards: blind copies, edXML's names, the same in XML.
        card = json.loads((folder / f"data/metadata/{self.blind}.json").read_text())
        self.assertEqual(card["Envelope"]["BlindCopy"], [UNIT, OTHER])
        card = json.loads((folder / "data/metadata/1.json").read_text())
        self.assertEqual(card["MessageHeader"][0]["Code"], {"CodeNumber": "15", "CodeNotation": "CV/VPTU"})
        root = ElementTree.parse(folder / "data/metadata/1.xml").getroot()
        names = {"c": "urn:vanthu:export:1"}
        self.assertEqual(root.findtext("c:MessageHeader/c:Code/c:CodeNotation", namespaces=names), "CV/VPTU")
        rows = list(csv.DictReader(io.StringIO((folder / "data/registers/lines.csv").read_text("utf-8-sig"))))
        self.assertTrue(all(int(row["Bản ghi"]) in numbers for row in rows))
        for readme in ("README.vi.txt", "README.en.txt"):
            self.assertIn(self.key, (folder / readme).read_text())
        self.assertIn("Payload-Oxum: ", (folder / "bag-info.txt").read_text())
        for words in (("archive", "verify"), ("archive", "reconcile"), ("log", "verify")):
            self.box.vanthu(*words)
        # What is done already is not done again.
        before = len(self.acts("archive.export-one"))
        self.export("bag", f"1-{self.rewritten}", self.blind)
        self.assertEqual(len(self.acts("archive.export-one")), before)
        self.export("bag", "1", code=73)

    def test_a_record_is_checked_by_hand_as_the_readme_says(self):
        folder = self.export("hand", self.rewritten, "1")
        for number in (self.rewritten, 1):
            lines = (folder / "README.en.txt").read_text().split("  N=N; P=")[1].split("\nOctets of letters")[0]
            script = f"N={number}; P=" + lines
            done = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=True)
            made, written, leaf, signature = done.stdout.splitlines()
            self.assertEqual(signature, "Signature Verified Successfully")
            self.assertEqual(made, written, done)
            self.assertEqual(len(leaf.split()[0]), 64)

    def test_a_flipped_octet_anywhere_is_found(self):
        folder = self.export("whole", "1-3")
        self.assertEqual(self.verify(folder).returncode, 2)
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = str(path.relative_to(folder))
            whole = path.read_bytes()
            for at in (0, len(whole) // 2, len(whole) - 1):
                bent = bytearray(whole)
                bent[at] ^= 1
                path.write_bytes(bent)
                with self.subTest(name, at=at):
                    done = self.verify(folder)
                    self.assertIn(done.returncode, (1, 65), f"{name}: {done.stdout}{done.stderr}")
                    with self.assertRaises((Wrong, ValueError, KeyError, IndexError), msg=name):
                        check_bag(folder, self.key)
            path.write_bytes(whole)
        self.assertEqual(self.verify(folder).returncode, 2)
        # Nor is one added, left out, or put into another's place with all sums made anew.
        (folder / "data/records/99.eml").write_bytes(b"x")
        self.assertEqual(self.verify(folder).returncode, 1)
        (folder / "data/records/99.eml").unlink()

        def seal_anew():
            for name, pick in (("manifest-sha256.txt", lambda one: one.startswith("data/")),
                               ("tagmanifest-sha256.txt", lambda one: not one.startswith("data/"))):
                names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
                (folder / name).write_text("".join(
                    f"{hashlib.sha256((folder / one).read_bytes()).hexdigest()}  {one}\n" for one in names
                    if pick(one) and one != "tagmanifest-sha256.txt"))

        card = folder / "data/metadata/1.json"
        whole = card.read_bytes()
        card.write_bytes(whole.replace(b"15", b"16"))
        seal_anew()
        self.sums(folder)
        done = self.verify(folder)
        self.assertEqual(done.returncode, 1, "a card that was changed, and every sum with it")
        self.assertIn(b"not the one that was logged", done.stderr)
        with self.assertRaises(Wrong):
            check_bag(folder, self.key)

    def test_without_a_purpose_nothing_goes_out(self):
        folder = self.out / "none"
        told = self.run_command("archive", "export", "--to", folder, "--format", "eml", "1", code=64)
        self.assertIn("--purpose", told)
        self.assertFalse(folder.exists())
        told = self.run_command("archive", "export", "--to", folder, "--format", "eml", "--purpose", "x" * 5000, "1", code=64)
        self.assertIn("usage: vanthu archive export --to", told)
        self.assertNotIn("export-begin", told, "a row that people do not ask for")
        self.assertNotEqual(self.box.vanthu("archive", "export-begin", "--format", "eml", "--purpose", "", "1",
                                            check=False).returncode, 0)
        self.assertNotEqual(self.box.vanthu("archive", "export-one", "1", "--export", "none", check=False).returncode, 0)
        self.export("beyond", "9999", code=66)
        self.export("beyond2", "1-3", "--file", "vptu/2026/99", code=64)

    def test_every_record_that_went_out_is_in_the_audit_log(self):
        folder = self.export("audited", "2-4", as_="eml", purpose="Thanh tra tỉnh", login=KHOA)
        plan = json.loads((folder / "vanthu-export.json").read_text())
        begun = next(one for one in self.acts("archive.export-begin") if one["details"].get("export") == plan["id"])
        self.assertEqual((begun["actor"], begun["details"]["purpose"], begun["details"]["records"], begun["details"]["first"],
                          begun["details"]["last"]), (KHOA, "Thanh tra tỉnh", 3, 2, 4))
        self.assertEqual(begun["details"]["list_sha256"], hashlib.sha256(b"2-4").hexdigest())
        went = [one for one in self.acts("archive.export-one") if one["details"].get("export") == plan["id"]]
        self.assertEqual(sorted(one["subject"].split()[1] for one in went), ["2", "3", "4"])
        closed = next(one for one in self.acts("archive.export-close") if one["details"].get("export") == plan["id"] and
                      one["outcome"] == "done")
        self.assertEqual(closed["details"]["manifest_sha256"],
                         hashlib.sha256((folder / "manifest-sha256.txt").read_bytes()).hexdigest())
        seen = json.loads(self.box.vanthu("archive", "seen", "3", "--json").stdout)["seen"]
        self.assertTrue(any(one["act"] == "archive.export-one" and one["actor"] == KHOA for one in seen))

    def test_letters_are_the_octets_that_came(self):
        folder = self.export("eml", f"1-{self.rewritten}", as_="eml")
        for number in range(1, self.rewritten + 1):
            self.assertEqual((folder / f"{number}.eml").read_bytes(), self.sent[number])
        self.sums(folder, "manifest-sha256.txt")
        self.assertFalse((folder / ".vanthu-partial").exists())

    def test_an_mbox_gives_every_letter_back(self):
        folder = self.export("mbox", f"1-{self.rewritten}", as_="mbox")
        self.sums(folder, "manifest-sha256.txt")
        whole = (folder / "records.mbox").read_bytes()
        for row in (folder / "list.tsv").read_text().splitlines()[1:]:
            number, state, octets, digest, _, offset, length = row.split("\t")
            quoted = whole[int(offset):int(offset) + int(length)]
            lines = [line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line
                     for line in quoted.splitlines(keepends=True)]
            self.assertEqual(b"".join(lines), self.sent[int(number)])
            self.assertEqual((state, int(octets)), ("record", len(self.sent[int(number)])))
            self.assertEqual(digest, hashlib.sha256(self.sent[int(number)]).hexdigest())
        self.assertEqual(len(mailbox.mbox(folder / "records.mbox", create=False)), self.rewritten)

    def test_a_file_with_its_term_and_a_search(self):
        self.box.vanthu("file", "open", "--unit", "vptu", "--code", "07.XK", "--title", "Xuất thử", "--class", "10-nam")
        name = f"vptu/{DAY[:4]}/07.XK"
        self.box.vanthu("file", "add", name, "2", "5")
        self.box.vanthu("file", "close", "--ended", DAY, name)
        folder = self.export("file", "--file", name)
        self.assertEqual(check_bag(folder, self.key), ([2, 5], []))
        card = json.loads((folder / f"data/files/f_vptu_{DAY[:4]}_07.XK.json").read_text())
        self.assertEqual((card["Title"], card["State"], card["KeptUntil"], card["Records"]),
                         ("Xuất thử", "closed", f"{int(DAY[:4]) + 10}-12-31", "2,5"))
        self.assertEqual(ElementTree.parse(folder / f"data/files/f_vptu_{DAY[:4]}_07.XK.xml").getroot().tag,
                         "{urn:vanthu:export:1}File")
        one = json.loads((folder / "data/metadata/2.json").read_text())
        self.assertEqual(one["File"][0]["FileCode"], name)
        self.assertIn("file.added", [event["What"] for event in one["Event"]])
        found = self.export("search", "--search", 'subject:"đợt 7"', login=KIEN)
        self.assertEqual(check_bag(found, self.key), ([8], []))
        self.export("nothing", "--search", "khongcogihet", code=66)

    def test_an_archivist_of_a_unit_takes_out_what_is_the_units(self):
        # In whose files it is besides, and what their registers say of it, is theirs.
        self.box.vanthu("file", "open", "--unit", "vptu", "--code", "08.XK", "--title", "Của Văn phòng", "--class", "10-nam")
        self.box.vanthu("file", "add", f"vptu/{DAY[:4]}/08.XK", self.blind)
        whole, folder = self.export("all-of-it", self.blind), self.export("unit", self.blind, login=THUY)
        self.assertEqual(check_bag(folder, self.key), ([self.blind], []))

        def said(bag):
            return "".join(path.read_text() for path in sorted((bag / "data").rglob("*")) if path.suffix in (".json", ".xml"))

        self.assertIn("vptu/", said(whole))
        self.assertIn("Của Văn phòng", said(whole))
        self.assertNotIn("Của Văn phòng", said(folder))
        self.assertNotIn("08.XK", said(folder))
        self.assertTrue(list(whole.rglob("p_*.json")), "the fonds that the office's file is in")
        self.assertEqual(list(folder.rglob("p_*")), [], "is not theirs")
        # Of the blind copies they are told their own: by the card, and by what they ask the gateway.
        card = json.loads((folder / f"data/metadata/{self.blind}.json").read_text())
        self.assertEqual(card["Envelope"]["BlindCopy"], [UNIT])
        self.assertNotIn(OTHER, json.dumps(card))
        self.assertIn(OTHER, (whole / f"data/metadata/{self.blind}.json").read_text())
        self.export("not-theirs", "1", code=66, login=THUY)
        self.export("not-theirs-2", "1", self.blind, code=66, login=THUY)
        # Nor does a plan help that they wrote themselves: with numbers, or with a file of theirs around them.
        self.box.vanthu("file", "open", "--unit", "btctu", "--code", "09.XK", "--title", "Của Ban", "--class", "10-nam")
        theirs = f"btctu/{DAY[:4]}/09.XK"
        self.box.vanthu("file", "add", theirs, self.blind)
        for name, what in (("forged", (self.blind,)), ("forged-file", ("--file", theirs))):
            folder = self.out / name
            begun = self.command("archive", "export", "--to", folder, "--format", "eml", "--purpose", "x", *what, login=THUY)
            wait_until((folder / "vanthu-export.json").exists)
            begun.send_signal(signal.SIGKILL)
            begun.communicate()
            (folder / ".vanthu-partial").mkdir(exist_ok=True)
            for path in (folder, folder / ".vanthu-partial"):
                shutil.chown(path, "vanthu", "vanthu")
            plan = json.loads((folder / "vanthu-export.json").read_text())
            plan["records"] = f"1,{self.blind}"
            (folder / "vanthu-export.json").write_text(json.dumps(plan))
            self.run_command("archive", "export", "--to", folder, "--format", "eml", "--purpose", "x", *what, code=66, login=THUY)
            self.assertFalse((folder / "1.eml").exists())
        # What somebody else has begun is not theirs to go on with.
        begun = self.command("archive", "export", "--to", self.out / "slow", "--format", "eml", "--purpose", "x", "--rate",
                             "1/s", "1-12")
        wait_until(lambda: (self.out / "slow" / "vanthu-export.json").exists())
        name = json.loads((self.out / "slow" / "vanthu-export.json").read_text())["id"]
        self.run_command("archive", "export-one", "1", "--export", name, code=75, login=KIEN)
        begun.send_signal(signal.SIGKILL)
        begun.communicate()

    def meta_files(self, folder):
        return sorted(path.name for path in folder.rglob("*.meta.*") if not path.name.startswith("export"))

    def test_a_units_bag_names_no_blind_copy_of_another(self):
        # That a unit has registered it says that it has it; the closings of its volumes go with exports of who may see them.
        self.box.vanthu("register", "enter", "--unit", "bnctu", self.blind)
        self.box.vanthu("register", "close", f"den/bnctu/{DAY[:4]}")
        whole = self.export("whole-blind", self.blind)
        self.assertTrue(list(whole.rglob("*bnctu*.note")))
        folder = self.export("unit-blind", self.blind, login=THUY)
        package = self.export("unit-blind-eark", self.blind, as_="eark", login=THUY)
        for path in (path for out in (folder, package) for path in out.rglob("*") if path.is_file()):
            for name in (OTHER.encode(), b"bnctu"):
                self.assertNotIn(name, path.read_bytes(), path)
                self.assertNotIn(name.decode(), path.name)
        self.sums(folder)
        self.sums(package, "manifest-sha256.txt")
        csip.check_package(self.package_in(package), "DIP")
        # The digest of the meta part is enough to prove the record; what it cannot say is said.
        meta = self.box.vanthu("archive", "meta", self.blind).stdout
        told = [f"{self.blind}.meta.sha256"]
        self.assertEqual((self.meta_files(folder), self.meta_files(package)), (told, told))
        digest = folder / f"data/proofs/{self.blind}.meta.sha256"
        self.assertEqual(digest.read_text(), hashlib.sha256(meta).hexdigest() + "\n")
        done = self.verify(folder)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(f"record {self.blind}: its meta part is shown by its digest alone".encode(), done.stdout)
        self.assertEqual(check_bag(folder, self.key), ([self.blind], []))
        lines = (folder / "README.en.txt").read_text().split("  N=N; P=")[1].split("\nOctets of letters")[0]
        done = subprocess.run(["sh", "-c", f"N={self.blind}; P=" + lines], cwd=folder, capture_output=True, text=True, check=True)
        made, written, _, signature = done.stdout.splitlines()
        self.assertEqual((made, signature), (written, "Signature Verified Successfully"))
        # By hand from the package, as its README says.
        rep = next(package.rglob("representations/rep1"))
        subprocess.run([str(self.box.layout.program("vanthu-verify")), "proof", str(rep / f"metadata/other/{self.blind}.tlog-proof"),
                        "--key", self.key, "--eml", str(rep / f"data/{self.blind}.eml"), "--meta-digest",
                        (rep / f"metadata/other/{self.blind}.meta.sha256").read_text().strip()], check=True, capture_output=True)
        # The sheet names nobody, and does not ask for what they cannot have.
        sheet = self.out / "blind.pdf"
        self.run_command("archive", "provenance", self.blind, "--language", "en", "--output", sheet, login=THUY)
        text = subprocess.run(["pdftotext", "-layout", str(sheet), "-"], capture_output=True, text=True, check=True).stdout
        self.assertIn("--meta-digest $H2", text)
        self.assertNotIn(".meta.json", text)
        # It comes back as what it was.
        report = self.out / "again.jsonl"
        self.box.vanthu("archive", "import", "--reason", "thử", "--report", report, folder)
        self.assertEqual([(one["outcome"], one["record"]) for one in map(json.loads, report.read_text().splitlines())
                          if "outcome" in one], [("same-octets", self.blind)])
        # Another digest, both, none: each is a fault of this record, whatever the manifests say.
        whole = digest.read_bytes()
        other = digest.with_name(f"{self.blind}.meta.json")
        for octets, beside, told in ((hashlib.sha256(b"x").hexdigest().encode() + b"\n", None, b"is not the leaf's"),
                                     (whole.strip(), None, b"no SHA-256"), (whole, meta, b"twice"),
                                     (None, None, b"not there")):
            digest.unlink() if octets is None else digest.write_bytes(octets)
            if beside:
                other.write_bytes(beside)
            done = self.verify(folder)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(told, b"".join(line for line in done.stderr.splitlines() if b"meta" in line or b"leaf" in line))
            with self.assertRaises((Wrong, FileNotFoundError)):
                check_bag(folder, self.key)
            other.unlink(missing_ok=True)
        digest.write_bytes(whole)
        self.assertEqual(self.verify(folder).returncode, 2)

    def test_who_may_know_of_all_blind_copies_has_the_meta_part(self):
        whole = self.export("blind-province", self.blind, login=KHOA)
        self.assertEqual(self.meta_files(whole), [f"{self.blind}.meta.json"])
        self.assertIn(OTHER.encode(), (whole / f"data/proofs/{self.blind}.meta.json").read_bytes())
        # The sender's unit knows whom it wrote to.
        octets = raw.message(UNIT, OFFICE, subject="Thư của Ban", ident=raw.message_id(),
                             attachments=[("15-CV-VPTU.docx", "application", "octet-stream", papers.docx(letters.cong_van()))])
        reply = self.box.send("submission", self.box.login(THUY), UNIT, [OFFICE, OTHER], octets)
        self.assertTrue(reply.accepted, reply)
        number = self.box.records_of(octets)[0]["number"]
        whole = self.export("blind-sender", number, login=THUY)
        self.assertEqual(self.meta_files(whole), [f"{number}.meta.json"])
        self.assertEqual(self.verify(whole).returncode, 2)
        self.assertEqual(check_bag(whole, self.key), ([number], []))

    def test_a_kill_at_any_moment_costs_nothing(self):
        whole = self.export("unbroken", "1-12")
        broken = self.out / "broken"
        words = ("archive", "export", "--to", broken, "--format", "bagit", "--purpose", "Giao nộp thử", "--rate", "4/s", "1-12")
        kills = 0
        for wait in (0.02, 0.08, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4):
            process = self.command(*words)
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += process.returncode == -signal.SIGKILL
            for path in broken.rglob("*.eml"):
                self.assertEqual(path.read_bytes(), self.sent[int(path.stem)], "whole under its name, or not there")
            self.assertEqual((broken / "bagit.txt").exists(), False)
            if broken.exists() and (broken / "vanthu-export.json").exists():
                self.assertEqual(self.verify(broken).returncode, 65, "a bag only at its end")
        self.assertGreaterEqual(kills, 4)
        self.run_command(*words)
        self.sums(broken)
        self.assertEqual(self.verify(broken).returncode, 2)
        self.assertEqual(check_bag(broken, self.key), (list(range(1, 13)), []))
        names = {str(path.relative_to(whole)) for path in whole.rglob("*")}
        self.assertEqual(names, {str(path.relative_to(broken)) for path in broken.rglob("*")})
        for name in names:
            if name.startswith(("data/records/", "data/metadata/", "data/registers/", "data/list")) and "/" in name[5:]:
                self.assertEqual((whole / name).read_bytes(), (broken / name).read_bytes(), name)
        # The gateway may go, too: the same command goes on when it is there again.
        folder = self.out / "restarted"
        process = self.command("archive", "export", "--to", folder, "--format", "bagit", "--purpose", "y", "--rate", "10/s",
                               "1-12")
        wait_until(lambda: len(list(folder.glob("data/records/*.eml"))) > 2)
        self.box.kill_gateway()
        process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.box.start_gateway()
        self.run_command("archive", "export", "--to", folder, "--format", "bagit", "--purpose", "y", "1-12")
        self.assertEqual(check_bag(folder, self.key), (list(range(1, 13)), []))

    @staticmethod
    def package_in(folder):
        return folder / json.loads((folder / "vanthu-export.json").read_text())["id"]

    def test_what_was_purged_is_said_to_be_gone(self):
        note = self.box.dir / "note.txt"
        note.write_text("niêm phong")
        os.chmod(note, 0o644)
        self.run_command("archive", "purge", "--sealed", "05/NP", "--reason", "lưu nhầm", self.purged, note, login=HUONG)
        waiting = self.export("waiting", "1", self.purged, code=1)
        self.assertIn(f"{self.purged}\twithheld\t-\t-\t", (waiting / "data/list.tsv").read_text())
        self.assertFalse((waiting / f"data/records/{self.purged}.eml").exists())
        package = self.export("waiting-eark", self.rewritten, self.purged, as_="eark", code=1)
        csip.check_package(self.package_in(package), "DIP")
        self.assertTrue((self.package_in(package) / f"representations/rep1/data/{self.rewritten}.part").exists())
        purge = json.loads(self.box.vanthu("archive", "purges", "--json").stdout)["purges"][0]["number"]
        self.run_command("archive", "purge-confirm", purge, login=KIEN)
        gone = self.export("gone", "1", self.purged)
        self.assertEqual(check_bag(gone, self.key), ([1], [self.purged]))
        self.assertIn(f"{self.purged}\tdisposed\t", (gone / "data/list.tsv").read_text())
        card = json.loads((gone / f"data/metadata/{self.purged}.json").read_text())
        self.assertEqual(card["State"], "disposed")
        package = self.package_in(self.export("gone-eark", self.purged, as_="eark"))
        csip.check_package(package, "DIP", letters=False)
        self.assertIn("deletion", csip.premis_types(package / f"representations/rep1/metadata/preservation/{self.purged}.xml"))
        done = self.verify(gone)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"disposed of, as the log says", done.stdout)
        # A record that somebody just leaves out is no disposed one.
        event = gone / f"data/proofs/{self.purged}.disposed.meta.json"
        event.write_bytes(event.read_bytes().replace(b"record.disposed", b"record.disposes"))
        self.assertEqual(self.verify(gone).returncode, 1)

    def test_what_was_purged_with_others_proves_itself_and_tells_a_unit_of_none(self):
        theirs, other = (self.give(raw.message(OUTSIDE, to, subject="Lưu nhầm nữa", ident=raw.message_id()), to)
                         for to in (UNIT, OFFICE))
        self.run_command("file", "open", "--unit", "btctu", "--code", "09", "--title", "Lưu nhầm", "--class", "2-nam", login=KHOA)
        self.run_command("file", "add", f"btctu/{DAY[:4]}/09", theirs, login=KHOA)
        note = self.box.dir / "note-2.txt"
        note.write_text("niêm phong")
        os.chmod(note, 0o644)
        self.run_command("archive", "purge", "--sealed", "06/NP", "--reason", "lưu nhầm", f"{theirs},{other}", note, login=HUONG)
        purge = json.loads(self.box.vanthu("archive", "purges", "--json").stdout)["purges"][-1]["number"]
        self.run_command("archive", "purge-confirm", purge, login=KIEN)
        for login, whole in ((KHOA, True), (THUY, False)):
            bag = self.export(f"purged-{whole}", "--file", f"btctu/{DAY[:4]}/09", login=login)
            ending = "json" if whole else "sha256"
            self.assertEqual([path.name for path in (bag / "data/proofs").glob("*.disposed.meta.*")], [f"{theirs}.disposed.meta.{ending}"])
            self.assertEqual(check_bag(bag, self.key), ([], [theirs] if whole else []))
            done = self.verify(bag)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(b"disposed of 1" if whole else b"disposed of 0", done.stdout)
            self.assertEqual(b"NOT CHECKED that it was disposed of" in done.stdout, not whole)
        # Another digest is that of no event in the log.
        digest = bag / f"data/proofs/{theirs}.disposed.meta.sha256"
        digest.write_bytes(b"0" * 64 + b"\n")
        self.assertEqual(self.verify(bag).returncode, 1)

    def test_the_sheet_says_what_the_proof_says(self):
        for language in ("vi", "en"):
            file = self.out / f"sheet-{language}.pdf"
            self.run_command("archive", "provenance", "1", "--language", language, "--output", file)
            text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout
            squeezed = "".join(text.split())
            self.assertIn(hashlib.sha256(self.sent[1]).hexdigest(), squeezed)
            self.assertIn("".join(self.key.split()), squeezed)
            self.assertIn("chưacóbênchứngkiến" if language == "vi" else "notyetwitnessed", squeezed)
        self.assertTrue(self.acts("archive.provenance-sheet"))


class WitnessedTest(Office):
    """With a witness at another office."""

    def test_a_bag_that_a_witness_has_seen_says_so(self):
        octets = raw.message(OUTSIDE, OFFICE, subject="Có chứng kiến", ident=raw.message_id())
        self.assertTrue(self.box.send("mx", None, OUTSIDE, [OFFICE], octets).accepted)
        out = self.box.dir / "out"
        out.mkdir()
        shutil.chown(out, "vanthu", "vanthu")
        self.box.vanthu("archive", "export", "--to", out / "bag", "--format", "bagit", "--purpose", "thử", "1")
        self.assertEqual(check_bag(out / "bag", self.log_key), ([1], []))
        for words, code in ((("--witness", self.others[0].key), 0), ((), 2), (("--witness", STRANGER), 2)):
            done = subprocess.run(["unshare", "--net", "env", "-i", str(self.box.layout.program("vanthu-verify")), "bag",
                                   str(out / "bag"), "--key", self.log_key, *words], capture_output=True, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
        self.box.vanthu("archive", "provenance", "1", "--language", "en", "--output", out / "1.pdf")
        text = subprocess.run(["pdftotext", "-layout", str(out / "1.pdf"), "-"], capture_output=True, text=True, check=True).stdout
        self.assertIn(self.others[0].name, text)
        self.assertNotIn("not yet witnessed", text)


if __name__ == "__main__":
    unittest.main()

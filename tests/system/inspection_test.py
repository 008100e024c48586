# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gateway makes of mail that can be read in two ways: refused from our own users, brought to one reading from
outside; the sample messages by both doors; and the inspector under damaged files of every kind."""
import csv
import hashlib
import io
import json
import os
import random
import re
import tarfile
import unittest
import zipfile

from PIL import Image, ImageDraw, ImageFont

import raw
from box import ROOT, Box

DOMAIN = "hatinh.dcs.example"
KHOA = f"khoatb@{DOMAIN}"
OFFICE = f"vanthu.vptu@{DOMAIN}"  # a registry: what it gets is official
CLERK = f"kienth@{DOMAIN}"
OUTSIDE = "snv@nghean.example"
FIXTURES = ROOT / "tests" / "fixtures" / "mime"


def manifest():
    with open(FIXTURES / "manifest.tsv", encoding="utf-8") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def as_sent_by(octets, author):
    """The sample's author and its Message-ID made ours, so that only the trick is judged."""
    head, gap, body = octets.partition(b"\r\n\r\n")
    head = re.sub(rb"(?mi)^From:[^\r]*", b"From: <" + author.encode() + b">", head, count=1)
    head = re.sub(rb"(?mi)^(Message-ID|Sender|Reply-To):[^\r]*\r\n", b"", head + b"\r\n")[:-2]
    return head + gap + body


class InspectionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes"))

    def give(self, octets, sender, to, login=None):
        """(code, words) of the answer to the octets, as they are but for dots."""
        if login:
            reply = self.box.send("submissions", self.box.login(login), sender, [to], octets)
            return reply.code, reply.text
        with raw.Smtp(self.box.port("mx")) as peer:
            peer.to_data(sender, to)
            peer.put(re.sub(rb"(?m)^\.", b"..", octets))
            if not octets.endswith(b"\r\n"):
                peer.put(b"\r\n")
            peer.put(b".\r\n")
            return peer.reply()

    def inspect(self, octets):
        file = self.box.dir / "looked-at.eml"
        file.write_bytes(octets)
        return json.loads(self.box.vanthu("inspect", "--jsonl", file).stdout)

    def test_the_samples_from_our_own_users_are_refused_or_pass_as_the_manifest_says(self):
        for row in manifest():
            octets = as_sent_by((FIXTURES / row["file"]).read_bytes(), KHOA)
            with self.subTest(row["file"]):
                code, words = self.give(octets, KHOA, KHOA, KHOA)
                self.assertEqual(code == 250, row["expectation"] == "must_pass", f"{row['technique']}: {code} {words}")

    def test_the_samples_from_outside_are_refused_brought_to_one_reading_or_pass(self):
        for row in manifest():
            octets = as_sent_by((FIXTURES / row["file"]).read_bytes(), OUTSIDE)
            ident = raw.message_id()
            octets = b"Message-ID: " + ident.encode() + b"\r\n" + octets
            with self.subTest(row["file"]):
                code, words = self.give(octets, OUTSIDE, KHOA)
                if row["expectation"] == "must_pass":
                    self.assertEqual(code, 250, words)
                elif code == 250:
                    self.assertNotEqual(row["expectation"], "must_block", row["technique"])
                    got = self.box.find(KHOA, ident)
                    self.assertIsNotNone(got)
                    self.assertFalse([one for one in self.inspect(got)["findings"] if one["blocks"]], row["technique"])

    def test_every_sample_that_must_be_blocked_has_a_finding_of_its_class(self):
        for row in manifest():
            if row["expectation"] == "must_pass":
                continue
            with self.subTest(row["file"]):
                look = self.inspect((FIXTURES / row["file"]).read_bytes())
                named = {one["class"] for one in look["findings"] if one["blocks"]}
                self.assertTrue(named or look["facts"]["secrecy"] != "none", row["technique"])
                if row["class"] in ("header", "boundary", "inline", "sender", "archive") and look["facts"]["secrecy"] == "none":
                    self.assertTrue(named, row["technique"])

    # A mailing list put its footer behind the base64: harmless, and two readings.
    def footer(self, ident, to):
        letter = raw.message(f"Sở Nội vụ <{OUTSIDE}>", to, "Lịch họp tuần", ident=ident,
                             attachments=[("lịch.csv", "text", "csv", b"thu hai;8h\r\n" * 40)])
        head, mark, tail = letter.rpartition(b"\r\n--=")
        return head + b"\r\n\r\n____ footer of a list ____\r\n" + mark + tail

    def test_mail_from_outside_goes_on_in_its_one_reading_and_is_archived_as_it_came(self):
        ident = raw.message_id()
        octets = self.footer(ident, OFFICE)
        code, words = self.give(octets, OUTSIDE, OFFICE)
        self.assertEqual(code, 250, words)
        number = int(re.search(r"record (\d+)", words)[1])
        got = self.box.find(CLERK, ident, OFFICE)
        self.assertIsNotNone(got)
        look = self.inspect(got)
        self.assertEqual([one["id"] for one in look["findings"]], [])
        names = [part["name"] for part in look["facts"]["parts"]]
        self.assertIn("lịch.csv", names)
        digest = hashlib.sha256(b"thu hai;8h\r\n" * 40).hexdigest()
        self.assertIn(digest, [part["sha256"] for part in look["facts"]["parts"]], "the file is what was sent")
        self.assertEqual(self.box.vanthu("archive", "get", number).stdout, octets, "the archive keeps what came")
        shown = self.box.vanthu("archive", "show", number).stdout.decode()
        self.assertIn("mime.ambiguous", shown)
        self.assertEqual(self.box.vanthu("archive", "verify").returncode, 0)

    def test_what_was_rewritten_survives_a_kill_before_it_is_delivered(self):
        ident = raw.message_id()
        self.box.stop_dovecot()
        try:
            octets = self.footer(ident, OFFICE)
            code, words = self.give(octets, OUTSIDE, OFFICE)
            self.assertEqual(code, 250, words)
            self.box.kill_gateway()
            self.box.start_gateway()
        finally:
            self.box.start_dovecot()
        self.box.vanthu("queue", "flush", "--all")
        got = self.box.find(CLERK, ident, OFFICE, seconds=90)
        self.assertIsNotNone(got)
        self.assertEqual(self.inspect(got)["findings"], [])

    def test_our_own_user_is_told_to_write_it_anew_and_nothing_is_kept(self):
        before = len(self.box.records())
        octets = self.footer(raw.message_id(), KHOA).replace(OUTSIDE.encode(), KHOA.encode())
        code, words = self.give(octets, KHOA, KHOA, KHOA)
        self.assertEqual(code, 554, words)
        self.assertIn("mime.ambiguous", words)
        self.assertEqual(len(self.box.records()), before)


class ScanTest(unittest.TestCase):
    """Papers that are pictures: what stands on them counts as if it were typed."""

    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes"))

    def scan(self, marking, angle=0, pages=1):
        """A page as a scanner makes it, black and white; with a frame around the marking."""
        font = lambda size: ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf", size)
        image = Image.new("L", (1654, 2339), 255)
        draw = ImageDraw.Draw(image)
        draw.text((200, 160), "TỈNH UỶ HÀ TĨNH", 0, font(36))
        draw.text((900, 160), "ĐẢNG CỘNG SẢN VIỆT NAM", 0, font(36))
        draw.text((220, 260), "Số 12-NQ/TU", 0, font(36))
        if marking:
            draw.rectangle((240, 330, 570, 410), outline=0, width=4)
            draw.text((270, 345), marking, 0, font(40))
        draw.text((640, 500), "NGHỊ QUYẾT", 0, font(44))
        for line in range(12):
            draw.text((200, 620 + 60 * line), "Các đơn vị báo cáo kết quả thực hiện nhiệm vụ trong tháng.", 0, font(36))
        image = image.rotate(angle, fillcolor=255, resample=Image.BICUBIC).point(lambda v: 255 if v > 140 else 0).convert("1")
        out = io.BytesIO()
        image.save(out, "TIFF", compression="group4", dpi=(200, 200), save_all=True, append_images=[image] * (pages - 1))
        return out.getvalue()

    def send(self, octets):
        letter = raw.message(KHOA, CLERK, attachments=[("quet.tif", "image", "tiff", octets)])
        return self.box.send("submissions", self.box.login(KHOA), KHOA, [CLERK], letter)

    def test_a_scan_with_a_marking_is_refused(self):
        for angle in (0, -2.5):
            reply = self.send(self.scan("TỐI MẬT", angle))
            self.assertEqual(reply.code, 550, reply.text)
            self.assertIn("S-1", reply.text)

    def test_a_scan_without_one_goes_on(self):
        reply = self.send(self.scan("", 1.5))
        self.assertEqual(reply.code, 250, reply.text)

    def test_what_a_scan_says_is_shown(self):
        file = self.box.dir / "quet.tif"
        file.write_bytes(self.scan("TỐI MẬT", pages=2))
        row = json.loads(self.box.vanthu("inspect", "--papers", "--jsonl", file).stdout)
        self.assertEqual(row["secrecy"], "toi-mat")
        self.assertTrue(row["readable"])


class DamagedFilesTest(unittest.TestCase):
    """No damage may cost the gateway a process, and none may make a file clean that was not looked into."""
    ROUNDS = int(os.environ.get("VANTHU_MUTANTS", "200"))

    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes"))
        cls.random = random.Random(int(os.environ.get("VANTHU_SEED", "7")))

    def damaged(self, octets):
        octets = bytearray(octets)
        how = self.random.randrange(5)
        at = self.random.randrange(len(octets))
        if how == 0:
            octets[at] ^= 1 << self.random.randrange(8)
        elif how == 1:
            octets[at:at + self.random.randrange(1, 9)] = self.random.randbytes(self.random.randrange(1, 9))
        elif how == 2:
            del octets[at:]
        elif how == 3:
            octets[at:at] = octets[self.random.randrange(len(octets)):][:self.random.randrange(1, 200)]
        else:
            for _ in range(20):
                octets[self.random.randrange(len(octets))] = self.random.randrange(256)
        return bytes(octets)

    def samples(self):
        """Name -> octets of a file that holds a program: whoever looks into it finds that."""
        program = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + b"\x90" * 400
        text = b"xin chao\r\n" * 50
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.txt", text)
            archive.writestr("setup.bin", program)
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as archive:
            info = tarfile.TarInfo("setup.bin")
            info.size = len(program)
            archive.addfile(info, io.BytesIO(program))
        packed_tar = io.BytesIO()
        with tarfile.open(fileobj=packed_tar, mode="w:gz") as archive:
            info = tarfile.TarInfo("setup.bin")
            info.size = len(program)
            archive.addfile(info, io.BytesIO(program))
        office = io.BytesIO()
        with zipfile.ZipFile(office, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/"
                             "content-types'><Default Extension='bin' ContentType='application/octet-stream'/></Types>")
            archive.writestr("word/document.xml", "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/"
                             "2006/main'><w:body><w:p><w:r><w:t>x</w:t></w:r></w:p></w:body></w:document>")
            archive.writestr("word/embeddings/oleObject1.bin", program)
        letter = raw.message("a@b.example", "c@d.example", attachments=[("setup.bin", "application", "octet-stream", program)])
        return {"a.zip": packed.getvalue(), "a.tar": tar.getvalue(), "a.tgz": packed_tar.getvalue(),
                "a.docx": office.getvalue(), "a.eml": letter}

    def test_damaged_files_are_never_clean_by_accident_and_cost_no_gateway(self):
        pid = self.box.gateway_pid()
        folder = self.box.dir / "damaged"
        folder.mkdir()
        for name, octets in self.samples().items():
            files = []
            for number in range(self.ROUNDS):
                file = folder / f"{number}-{name}"
                file.write_bytes(self.damaged(octets))
                files.append(file)
            done = self.box.vanthu("inspect", "--jsonl", *files, check=False)
            looks = [json.loads(line) for line in done.stdout.splitlines()]
            with self.subTest(name):
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                self.assertEqual(len(looks), len(files))
                for look in looks:
                    seen = [part["sha256"] for part in look["facts"]["parts"]]
                    self.assertTrue(seen)
                    if any(one["blocks"] for one in look["findings"]):
                        continue
                    # Clean: then the program is really not there any more for any reader.
                    with open(look["file"], "rb") as file:
                        left = file.read()
                    self.assertFalse(self.holds_a_program(name, left), f"{look['file']}: {look['findings']}")
        self.assertEqual(self.box.gateway_pid(), pid)
        # By the real door, too: the pool serves on.
        for number in range(40):
            octets = raw.message("x@out.example", KHOA, attachments=[
                (f"{number}.zip", "application", "zip", self.damaged(self.samples()["a.zip"]))])
            with raw.Smtp(self.box.port("mx")) as peer:
                peer.to_data("x@out.example", KHOA)
                peer.put(re.sub(rb"(?m)^\.", b"..", octets) + b".\r\n")
                self.assertIn(peer.reply()[0], (250, 451, 550, 554))
        self.assertEqual(self.box.gateway_pid(), pid)

    def test_damaged_files_of_every_other_format_are_answered_too(self):
        pid = self.box.gateway_pid()
        folder = self.box.dir / "damaged-seeds"
        folder.mkdir()
        corpus = ROOT / "tests" / "fuzz" / "corpus"
        for kind in ("archive", "ole", "tnef", "package", "pdf", "cms", "zip", "text"):
            seeds = [seed.read_bytes() for seed in sorted((corpus / f"inspect_{kind}_fuzz").iterdir())]
            files = []
            for number in range(self.ROUNDS):
                file = folder / f"{kind}-{number}"
                file.write_bytes(self.damaged(seeds[number % len(seeds)] or b"x"))
                files.append(file)
            done = self.box.vanthu("inspect", "--jsonl", *files, check=False)
            with self.subTest(kind):
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                looks = [json.loads(line) for line in done.stdout.splitlines()]
                self.assertEqual(len(looks), len(files))
                dead = [look["file"] for look in looks if any(one["id"] == "inspect.failed" for one in look["findings"])]
                self.assertEqual(dead, [], "a reader died")
                for look in looks:
                    self.assertTrue(look["facts"]["parts"])
        self.assertEqual(self.box.gateway_pid(), pid)

    @staticmethod
    def holds_a_program(name, octets):
        """By another reader than ours."""
        try:
            if name.endswith((".zip", ".docx")):
                with zipfile.ZipFile(io.BytesIO(octets)) as archive:
                    return any(archive.read(one)[:2] == b"MZ" for one in archive.namelist())
            if name.endswith((".tar", ".tgz")):
                with tarfile.open(fileobj=io.BytesIO(octets)) as archive:
                    return any(archive.extractfile(one).read()[:2] == b"MZ" for one in archive if one.isfile())
        except Exception:  # noqa: BLE001  what it cannot read it does not hold
            return False
        return False

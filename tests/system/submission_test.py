# SPDX-License-Identifier: GPL-3.0-or-later
"""Nộp lưu: closed files go to the historical archive as a bag with minutes; the archive checks the bag with nothing of ours but
the verifier, signs its manifest, and the signature comes back into the log."""
import base64
import hashlib
import json
import re
import shutil
import subprocess
import time
import unittest
from xml.etree import ElementTree

import csip
import raw
from asking import HUONG, KHOA, KIEN
from box import Box, letters, papers
from format_reader import Vault, check_bag, check_log

OFFICE = "vanthu.vptu@hatinh.dcs.example"
OUTSIDE = "ai-do@elsewhere.example"
ARCHIVE = "Lưu trữ lịch sử tỉnh"
DAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600))


class Receiver:
    """The historical archive: it has a folder, a certificate, and the key of the log from elsewhere."""

    def __init__(self, folder, verifier, key, name="ca"):
        self.folder, self.verifier, self.key = folder / name, verifier, key
        self.folder.mkdir()
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA",
                     "-days", "30")
        self.openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "own.key", "-out", "own.csr", "-utf8", "-subj",
                     f"/CN={ARCHIVE}")
        self.openssl("x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "own.pem")

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], cwd=self.folder, check=True, capture_output=True)

    def receive(self, bag):
        """Checks what came, keeps a copy, and signs for it."""
        kept = self.folder / bag.name
        shutil.copytree(bag, kept)
        subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt"], cwd=kept, check=True)
        done = subprocess.run(["unshare", "--net", "env", "-i", str(self.verifier), "bag", str(kept), "--key", self.key],
                              capture_output=True, check=False)
        assert done.returncode in (0, 2), done.stderr
        self.openssl("cms", "-sign", "-binary", "-in", kept / "manifest-sha256.txt", "-signer", "own.pem", "-inkey", "own.key",
                     "-outform", "DER", "-out", f"{bag.name}.p7s")
        return kept / "manifest-sha256.txt", self.folder / f"{bag.name}.p7s", self.folder / "ca.pem"


class SubmissionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "inspector.ocr=no", "--set", "limits.trust-loopback=yes"))
        person = json.loads(cls.box.vanthu("mailbox", "show", HUONG, "--json").stdout)["rows"][0]["person_id"]
        cls.box.vanthu("role", "add", person, "archivist", "")
        cls.key = json.loads(cls.box.vanthu("log", "status", "--json").stdout)["records"]["key"]
        paper = papers.docx(letters.cong_van())
        cls.said = []
        for i in range(3):
            octets = raw.message(OUTSIDE, OFFICE, subject=f"Công văn {i}", ident=raw.message_id(),
                                 attachments=[("15-CV-VPTU.docx", "application", "octet-stream", paper)])
            reply = cls.box.send("mx", None, OUTSIDE, [OFFICE], octets)
            assert reply.accepted
            cls.said.append((reply.text, cls.box.records_of(octets)[0]["number"]))
        cls.out = cls.box.dir / "out"
        cls.out.mkdir()
        shutil.chown(cls.out, "vanthu", "vanthu")
        cls.receiver = Receiver(cls.box.dir, cls.box.layout.program("vanthu-verify"), cls.key)
        cls.stranger = Receiver(cls.box.dir, cls.box.layout.program("vanthu-verify"), cls.key, "stranger")

    def ask(self, *words, code=0, who=HUONG):
        done = self.box.vanthu_as(who, *words)
        self.assertEqual(done.returncode, code, f"{words}: {done.stdout[:2000]!r}{done.stderr.decode()}")
        return done

    def closed_file(self, code, *records):
        self.ask("file", "open", "--unit", "vptu", "--code", code, "--title", f"Hồ sơ {code}", "--class", "10-nam")
        name = f"vptu/{DAY[:4]}/{code}"
        self.ask("file", "add", name, *records)
        self.ask("file", "close", "--ended", DAY, name)
        return name

    def test_a_round_trip_with_the_archive_that_signs_for_it(self):
        file, other = self.closed_file("01", 1, 2), self.closed_file("02", 3)
        paper = self.out / "minutes.pdf"
        paper.write_bytes(self.ask("file", "minutes", "--to", ARCHIVE, file, other).stdout)
        text = "".join(subprocess.run(["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True,
                                      check=True).stdout.split())
        for part in ("BIÊNBẢN", "giaonhậntàiliệulưutrữđiệntử", "2hồsơ", "3bảnghi", "".join(ARCHIVE.split()), file, other,
                     json.loads(self.box.vanthu("log", "status", "--json").stdout)["records"]["key"].split("+")[0]):
            self.assertIn(part, text)

        # A bag that was made before the last paper came is none of the whole file.
        part = self.out / "part"
        self.box.vanthu("archive", "export", "--to", part, "--format", "bagit", "--purpose", "nộp lưu", "--file", other)
        self.ask("file", "reopen", "--reason", "còn văn bản", other)
        self.ask("file", "add", other, "1")
        self.ask("file", "close", "--ended", DAY, other)
        half = self.receiver.receive(part)
        for path in half:
            path.chmod(0o644)
        self.box.dir.chmod(0o755)
        told = self.ask("file", "handover", "--receipt", "12/BB-LTLS", "--to", ARCHIVE, other, *half, code=77)
        self.assertIn("bản ghi 1 ", told.stderr.decode())
        self.ask("file", "reopen", "--reason", "đưa ra", other)
        self.ask("file", "remove", "--reason", "đưa ra", other, "1")
        self.ask("file", "close", "--ended", DAY, other)

        bags = {}
        for name, one in (("one", file), ("two", other)):
            bags[name] = self.out / name
            self.box.vanthu("archive", "export", "--to", bags[name], "--format", "bagit", "--purpose", "nộp lưu", "--file", one)
        manifest, signature, ca = self.receiver.receive(bags["one"])
        self.assertEqual(check_bag(manifest.parent, self.key), ([1, 2], []))
        for path in (manifest, signature, ca):
            path.chmod(0o644)
        self.box.dir.chmod(0o755)

        handover = ("file", "handover", "--receipt", "12/BB-LTLS", "--to", ARCHIVE)
        second, of_second, _ = self.receiver.receive(bags["two"])
        _, forged, wrong_ca = self.stranger.receive(bags["one"])
        for what in ((file, manifest, forged, ca), (file, manifest, of_second, ca), (file, second, of_second, ca),
                     (file, manifest, signature, wrong_ca)):
            self.ask(*handover, *what, code=77)
        self.ask(*handover, file, manifest, signature, code=64)
        self.ask(*handover, file, manifest, manifest, ca, code=64)
        self.assertEqual(json.loads(self.ask("file", "show", file, "--json").stdout)["state"], "closed")

        done = self.ask(*handover, file, manifest, signature, ca)
        self.assertIn(f"CN={ARCHIVE}", done.stdout.decode())
        shown = json.loads(self.ask("file", "show", file, "--json").stdout)
        self.assertEqual((shown["state"], shown["receipt"], shown["to"]), ("handed-over", "12/BB-LTLS", ARCHIVE))
        self.assertEqual(self.ask("file", "receipt", file).stdout, signature.read_bytes())
        self.ask("file", "receipt", other, code=66)
        # Without a signature it is as it was before, and says so.
        self.ask(*handover, other)
        self.ask("file", "receipt", other, code=66)

        # In thirty years: the event in the log by the formats alone, and what was signed by openssl alone.
        folder = self.out / "records"
        folder.mkdir()
        (self.out / "note").write_bytes(self.box.vanthu("log", "checkpoint").stdout)
        for path in (self.box.layout.data / "records").glob("*.seg"):
            shutil.copy(path, folder)
        _, frames = check_log(folder, (self.out / "note").read_text(), self.key)
        vault = Vault(self.box.layout.data / "keys", self.box.layout.data / "master.key")
        events = [event for frame in frames if frame.kind == 4
                  for event in json.loads(frame.open(vault.secret(frame.key_file, frame.key_slot))[0])["events"]
                  if event["what"] == "file.handed-over"]
        self.assertEqual([event["details"]["file"] for event in events], [file, other])
        (self.out / "old.p7s").write_bytes(base64.b64decode(events[0]["details"]["signature"]))
        subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(self.out / "old.p7s"), "-content",
                        str(manifest), "-CAfile", str(ca), "-purpose", "any", "-out", "/dev/null"], check=True,
                       capture_output=True)

    def told(self, *words, who=HUONG):
        return json.loads(self.ask(*words, "--json", who=who).stdout)

    def test_the_250_says_which_record_it_is(self):
        # What a sender's program writes down is enough to ask for the proof, and to find the record again.
        for text, number in self.said:
            ident = re.search(r"(\S+) accepted, record (\d+)$", text)
            self.assertEqual(int(ident[2]), number)
            self.assertEqual(self.told("record", "status", ident[1])["record"], number)
            self.assertEqual(self.told("record", "history", ident[1]), self.told("record", "history", ident[2]))
            self.assertIn(b"c2sp.org/tlog-proof", self.ask("log", "proof", ident[2]).stdout)
        self.ask("record", "status", "nobody", code=66)

    def test_an_eark_package_is_handed_over_like_a_bag(self):
        file = self.closed_file("21", 1, 3)
        folder = self.out / "eark"
        words = ("archive", "export", "--to", folder, "--format", "eark", "--purpose", "nộp lưu", "--file", file)
        self.box.vanthu(*words)
        subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt"], cwd=folder, check=True)
        plan = json.loads((folder / "vanthu-export.json").read_text())
        package = folder / plan["id"]
        csip.check_package(package, "SIP")
        rep = package / "representations/rep1"
        self.assertEqual({path.name for path in (rep / "data").iterdir()}, {"1.eml", "3.eml"})
        types = csip.premis_types(rep / "metadata/preservation/1.xml")
        self.assertEqual((types[0], types[-1]), ("ingestion", "fixity check"))
        self.assertIn("metadata modification", types)
        cards = [*package.glob("metadata/descriptive/*.xml"), *rep.glob("metadata/descriptive/*.xml")]
        self.assertEqual(len(cards), 4)
        subprocess.run(["xmllint", "--noout", "--nonet", "--schema", str(package / "schemas/vanthu-export-1.xsd"), *map(str, cards)],
                       check=True, capture_output=True)
        # Its proofs are those of a bag, and so is what the log says of it.
        for number in (1, 3):
            other = rep / "metadata/other"
            done = subprocess.run(["unshare", "--net", "env", "-i", str(self.receiver.verifier), "proof",
                                   str(other / f"{number}.tlog-proof"), "--key", self.key, "--eml", str(rep / f"data/{number}.eml"),
                                   "--meta", str(other / f"{number}.meta.json")], capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        digest = hashlib.sha256((folder / "manifest-sha256.txt").read_bytes()).hexdigest()
        self.assertIn(f'"manifest_sha256":"{digest}"', (folder / "export.meta.json").read_text())
        self.assertIn(b"complete", self.box.vanthu(*words).stdout, "the same command has nothing left to do")
        self.assertNotEqual(self.box.vanthu(*words[:5], "bagit", *words[6:], check=False).returncode, 0)
        # Whatever is changed, the checker sees: it is no checker else.
        for name, what, other in (("METS.xml", b' SIZE="', b' SIZE="1'), ("METS.xml", b' CHECKSUM="', b' CHECKSUM="0'),
                                  ("METS.xml", b' LABEL="Metadata"', b' LABEL="metadata"'), ("METS.xml", b"<agent ", b"<agents "),
                                  ("representations/rep1/METS.xml", b"1", b"2"), ("representations/rep1/data/1.eml", b"1", b"2"),
                                  ("representations/rep1/metadata/preservation/1.xml", b"1", b"2"),
                                  ("documentation/list.tsv", b"1", b"2")):
            whole = (package / name).read_bytes()
            self.assertIn(what, whole)
            (package / name).write_bytes(whole.replace(what, other, 1))
            with self.assertRaises((csip.Wrong, OSError, ElementTree.ParseError), msg=name):
                csip.check_package(package, "SIP")
            (package / name).write_bytes(whole)
        (package / "more").write_text("x")
        with self.assertRaises(csip.Wrong):
            csip.check_package(package, "SIP")
        (package / "more").unlink()
        # So does xmllint alone, of what it is asked: the schemas are none else.
        mets, premis = (package / "METS.xml").read_text(), (rep / "metadata/preservation/1.xml").read_text()
        broken = self.out / "broken.xml"
        for schema, whole, what, other in (
                ("mets.rng", mets, r'LOCTYPE="URL"', 'LOCTYPE="FILE"'), ("mets.rng", mets, r'MDTYPE="OTHER"', 'MDTYPE="XML"'),
                ("mets.rng", mets, r'CHECKSUMTYPE="SHA-256"', 'CHECKSUMTYPE="SHA256"'), ("mets.rng", mets, r' SIZE="\d+"', ""),
                ("mets.rng", mets, r' CREATED="[^"]+"', f' CREATED="{DAY}"'), ("mets.rng", mets, r'ROLE="CREATOR"', 'ROLE="AUTHOR"'),
                ("mets.rng", mets, r'DMDID="[^"]+"', 'DMDID=""'), ("mets.rng", mets, r' ID="file-sec"', ' ID="1"'),
                ("mets.rng", mets, r"(<metsHdr .*</metsHdr>)\s*(<dmdSec .*</dmdSec>)", r"\2\1"),
                ("mets.rng", mets, r"(<fileGrp [^>]+>)\s*(<file .*</file>\s*)+</fileGrp>", r"\1</fileGrp>"),
                ("mets.rng", mets, r"<structMap .*</structMap>", ""), ("mets.rng", mets, r"</mets>", "<more/></mets>"),
                ("premis.rng", premis, r' version="3.0"', ' version="2.2"'), ("premis.rng", premis, r' version="3.0"', ""),
                ("premis.rng", premis, r"premis:file", "premis:letter"), ("premis.rng", premis, r"<premis:size>", "<premis:size>-"),
                ("premis.rng", premis, r"<premis:eventType>[^<]+</premis:eventType>", ""),
                ("premis.rng", premis, r"(<premis:object .*?</premis:object>)(.*)(</premis:premis>)", r"\2\1\3"),
                ("premis.rng", premis, r"<premis:messageDigest>.", "<premis:messageDigest>"),
                ("premis.rng", premis, r"<premis:eventDateTime>", "<premis:eventDateTime>hôm ")):
            changed, times = re.subn(what, other, whole, count=1, flags=re.DOTALL)
            self.assertEqual(times, 1, what)
            broken.write_text(changed)
            with self.assertRaises(csip.Wrong, msg=what):
                csip.check_schema(schema, broken)
        # A search is for a reader.
        self.box.vanthu("archive", "export", "--to", self.out / "dip", "--format", "eark", "--purpose", "đọc", "1-3")
        name = json.loads((self.out / "dip/vanthu-export.json").read_text())["id"]
        csip.check_package(self.out / "dip" / name, "DIP")
        # The archive signs the manifest, and the signature comes back.
        self.receiver.openssl("cms", "-sign", "-binary", "-in", folder / "manifest-sha256.txt", "-signer", "own.pem", "-inkey",
                              "own.key", "-outform", "PEM", "-out", "eark.pem")
        for path in (folder / "manifest-sha256.txt", self.receiver.folder / "eark.pem", self.receiver.folder / "ca.pem"):
            path.chmod(0o644)
        self.box.dir.chmod(0o755)
        self.ask("file", "handover", "--receipt", "13/BB-LTLS", "--to", ARCHIVE, file, folder / "manifest-sha256.txt",
                 self.receiver.folder / "eark.pem", self.receiver.folder / "ca.pem")
        (self.out / "eark.der").write_bytes(self.ask("file", "receipt", file).stdout)
        self.receiver.openssl("cms", "-verify", "-binary", "-inform", "DER", "-in", self.out / "eark.der", "-content",
                              folder / "manifest-sha256.txt", "-CAfile", "ca.pem", "-purpose", "any", "-out", "out")

    def test_fonds_of_units_that_are_and_that_were(self):
        file = self.closed_file("11", 1, 2)
        before = self.told("fonds", "show", "vptu")
        self.assertFalse(before["described"], "nobody has opened it")
        self.ask("fonds", "close", "--reason", "x", "vptu", code=77)
        self.ask("fonds", "open", "--unit", "vptu", "--code", "P-07", "--history", "Thành lập năm 1930.", "--backup", "hai bản")
        self.ask("fonds", "change", "--plan", "cơ cấu, thời gian", "P-07")
        shown = self.told("fonds", "show", "P-07")
        self.assertIn(file, shown["file_ids"])
        self.assertEqual((shown["from"], shown["to"], shown["plan"], shown["state"]), (DAY, DAY, "cơ cấu, thời gian", "open"))
        self.assertEqual(shown["files"]["all"], before["files"]["all"])
        self.assertEqual(self.told("file", "show", file)["fonds"], "P-07")
        found = json.loads(self.box.vanthu("archive", "search", "--json", "fonds:P-07").stdout)
        self.assertEqual(len(found["records"]), shown["records"])
        self.box.vanthu("archive", "search", "fonds:P-99", check=False)
        text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=self.ask("file", "minutes", "--to", ARCHIVE, file).stdout,
                              capture_output=True, check=True).stdout.decode()
        self.assertRegex(text, r"Phông:?\s+P-07, Văn phòng")

        bag = self.out / "fonds"
        self.box.vanthu("archive", "export", "--to", bag, "--format", "bagit", "--purpose", "nộp lưu", "--file", file)
        card = json.loads((bag / "data/fonds/p_P-07.json").read_text())
        self.assertEqual((card["FondsCode"], card["History"], card["State"], card["ExportedDoc"]), ("P-07", "Thành lập năm 1930.", "open", 2))
        self.assertIn("Vanthu-Fonds: P-07\n", (bag / "bag-info.txt").read_text())
        self.assertEqual(json.loads((bag / "data/metadata/1.json").read_text())["Document"][0]["FondsCode"], ["P-07"])
        self.assertEqual(check_bag(bag, self.key), ([1, 2], []))

        # A district that was abolished in 2025: its fonds is described, filled, closed, by who looks after its successor.
        successor = json.loads(self.box.vanthu("mailbox", "show", KIEN, "--json").stdout)["rows"][0]["person_id"]
        self.ask("fonds", "open", "--unit", "hcanloc", "--code", "P-30", code=77, who=KIEN)
        self.box.vanthu("role", "add", successor, "archivist", "xcanloc25")
        self.ask("fonds", "open", "--unit", "hcanloc", "--code", "P-07", code=77, who=KIEN)
        self.ask("fonds", "open", "--unit", "hcanloc", "--code", "P-30", who=KIEN)
        opened = ("file", "open", "--unit", "hcanloc", "--year", "2025", "--title", "Hồ sơ", "--class", "10-nam", "--code")
        self.ask(*opened, "01", who=KIEN)
        self.ask("fonds", "close", "--ended", "2025-06-30", "--reason", "giải thể", "P-30", code=77, who=KIEN)
        self.ask("file", "close", "--ended", "2025-06-30", "hcanloc/2025/01", who=KIEN)
        self.ask("fonds", "close", "--ended", "2025-06-30", "--reason", "giải thể", "P-30", who=KIEN)
        self.ask(*opened, "02", code=77, who=KIEN)
        self.ask(*opened, "02", "--fonds", "P-30", code=77, who=KIEN)
        self.ask("file", "reopen", "--reason", "x", "hcanloc/2025/01", code=77, who=KIEN)
        self.assertEqual([one["code"] for one in self.told("fonds", "list", who=KIEN)["fonds"]], ["P-30"])
        self.ask("fonds", "show", "P-07", code=66, who=KIEN)
        self.ask("fonds", "show", "P-07", code=77, who=KHOA)
        self.assertEqual([one["state"] for one in self.told("fonds", "list", "--state", "closed")["fonds"]], ["closed"])


if __name__ == "__main__":
    unittest.main()

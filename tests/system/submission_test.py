# SPDX-License-Identifier: GPL-3.0-or-later
"""Nộp lưu: closed files go to the historical archive as a bag with minutes; the archive checks the bag with nothing of ours but
the verifier, signs its manifest, and the signature comes back into the log."""
import base64
import json
import os
import shutil
import subprocess
import time
import unittest

import raw
from asking import HUONG
from box import Box, as_account, letters, papers
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
        for i in range(3):
            octets = raw.message(OUTSIDE, OFFICE, subject=f"Công văn {i}", ident=raw.message_id(),
                                 attachments=[("15-CV-VPTU.docx", "application", "octet-stream", paper)])
            assert cls.box.send("mx", None, OUTSIDE, [OFFICE], octets).accepted
            cls.box.records_of(octets)
        cls.out = cls.box.dir / "out"
        cls.out.mkdir()
        shutil.chown(cls.out, "vanthu", "vanthu")
        cls.receiver = Receiver(cls.box.dir, cls.box.layout.program("vanthu-verify"), cls.key)
        cls.stranger = Receiver(cls.box.dir, cls.box.layout.program("vanthu-verify"), cls.key, "stranger")

    def ask(self, *words, code=0):
        address, password = self.box.login(HUONG)
        done = subprocess.run([*as_account(), str(self.box.layout.program("vanthu")), "--config", str(self.box.layout.config),
                               "--login", address, *map(str, words)],
                              env={**os.environ, "VANTHU_PASSWORD": password, "VANTHU_CODE": ""}, capture_output=True, check=False)
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


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the archive proves to somebody who does not trust it: by vanthu-verify and by a reader of the formats alone, and
what both say, and the gateway at its start, to a log that was tampered with."""
import base64
import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import raw
from box import Box, as_account, letters, papers
from format_reader import Vault, Wrong, check_log, root, sha256

OFFICE = "vanthu.vptu@hatinh.dcs.example"
UNIT = "vanthu.btctu@hatinh.dcs.example"
KHOA = "khoatb@hatinh.dcs.example"
OUTSIDE = "ai-do@elsewhere.example"


class ProofTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "inspector.ocr=no"))
        paper = papers.docx(letters.cong_van())
        cls.sent = []
        for i in range(5):
            octets = raw.message(OUTSIDE, OFFICE, subject=f"bí danh {i}", ident=raw.message_id(),
                                 attachments=[("15-CV-VPTU.docx", "application", "octet-stream", paper)])
            assert cls.box.send("mx", None, OUTSIDE, [OFFICE], octets).accepted
            cls.sent.append(octets)
        assert cls.box.send("mx", None, OUTSIDE, [KHOA], raw.message(OUTSIDE, KHOA)).accepted
        cls.folder = Path(tempfile.mkdtemp(prefix="vanthu-proof-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / "old.note").write_bytes(cls.box.vanthu("log", "checkpoint").stdout)
        cls.key = json.loads(cls.box.vanthu("log", "status", "--json").stdout)["records"]["key"]

    def verify(self, *words):
        """By the static program, which gets an empty environment and no network."""
        program = self.box.layout.program("vanthu-verify")
        return subprocess.run(["unshare", "--net", "env", "-i", str(program), *map(str, words)], capture_output=True, check=False)

    def keep(self, name, *words):
        path = self.folder / name
        path.write_bytes(self.box.vanthu(*words).stdout)
        return path

    def copy_of_records(self):
        """As they lie on the disk now, with a head that covers them."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        note = self.keep(f"{folder.name}.note", "log", "checkpoint")
        for path in (self.box.layout.data / "records").glob("*.seg"):
            shutil.copy(path, folder)
        return folder, note

    def log(self, folder, note):
        return self.verify("log", folder, "--checkpoint", note, "--key", self.key)

    def test_a_record_is_proven_to_whoever_has_the_key_alone(self):
        proof = self.keep("1.tlog-proof", "log", "proof", 1)
        eml = self.keep("1.eml", "archive", "get", 1)
        meta = self.keep("1.json", "archive", "meta", 1)
        self.assertEqual(eml.read_bytes(), self.sent[0])
        self.assertEqual(json.loads(meta.read_bytes())["sha256"], sha256(self.sent[0]).hex())
        done = self.verify("proof", proof, "--key", self.key, "--eml", eml, "--meta", meta)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"this record is the one that was accepted", done.stdout)
        for name, change in (("eml", eml), ("meta", meta)):
            bent = self.folder / f"bent.{name}"
            octets = bytearray(change.read_bytes())
            octets[len(octets) // 2] ^= 1
            bent.write_bytes(octets)
            done = self.verify("proof", proof, "--key", self.key, "--eml", bent if name == "eml" else eml, "--meta",
                               bent if name == "meta" else meta)
            self.assertEqual(done.returncode, 1, name)
            self.assertIn(b"WRONG", done.stderr)
        other = self.keep("2.tlog-proof", "log", "proof", 2)
        self.assertEqual(self.verify("proof", other, "--key", self.key, "--eml", eml, "--meta", meta).returncode, 1)
        forged = proof.read_text().replace("index ", "index 1", 1)
        (self.folder / "forged.tlog-proof").write_text(forged)
        self.assertEqual(self.verify("proof", self.folder / "forged.tlog-proof", "--key", self.key).returncode, 1)
        self.assertEqual(self.verify("proof", proof).returncode, 64)
        self.assertEqual(self.verify("proof", self.folder / "none", "--key", self.key).returncode, 66)
        self.assertEqual(self.verify("proof", eml, "--key", self.key).returncode, 65)

    def test_a_head_that_another_key_signed_is_not_believed(self):
        note = self.folder / "old.note"
        lines = note.read_text().splitlines()
        signature = bytearray(base64.b64decode(lines[-1].split(" ")[-1]))
        signature[-1] ^= 1
        forged = self.folder / "forged.note"
        forged.write_text("\n".join(lines[:-1]) + "\n" + " ".join(lines[-1].split(" ")[:-1]) + " " +
                          base64.b64encode(signature).decode() + "\n")
        folder, _ = self.copy_of_records()
        self.assertEqual(self.log(folder, forged).returncode, 1)
        audit_key = json.loads(self.box.vanthu("log", "status", "--json").stdout)["audit"]["key"]
        self.assertEqual(self.verify("log", folder, "--checkpoint", note, "--key", audit_key).returncode, 1)

    def test_two_readers_agree_on_the_whole_log_and_on_every_way_to_tamper_with_it(self):
        folder, note = self.copy_of_records()
        done = self.log(folder, note)
        self.assertEqual(done.returncode, 0, done.stderr)
        origin, frames = check_log(folder, note.read_text(), self.key)
        self.assertEqual(origin, "mail.hatinh.dcs.example/records")
        self.assertEqual([frame.ordinal for frame in frames if frame.ordinal], [1, 2, 3, 4, 5])
        everything = b"".join(path.read_bytes() for path in folder.glob("*.seg"))
        self.assertFalse("bí danh".encode() in everything, "the records are sealed")

        segment = next(folder.glob("*.seg"))
        whole = segment.read_bytes().rstrip(b"\0") + bytes(64)  # what is allocated ahead is zero octets
        ways = {
            "an octet of a body": (whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:], 1),
            "an octet of a head": (whole[:64 + 20] + bytes([whole[64 + 20] ^ 1]) + whole[64 + 21:], 1),
            "the tail": (whole[:len(whole) // 2], 1),
            "nothing": (whole, 0),
        }
        for what, (octets, code) in ways.items():
            segment.write_bytes(octets)
            self.assertEqual(self.log(folder, note).returncode, code, what)
            if code:
                with self.assertRaises(Wrong, msg=what):
                    check_log(folder, note.read_text(), self.key)
            else:
                check_log(folder, note.read_text(), self.key)

    def test_the_formats_are_enough_to_read_a_record_in_thirty_years(self):
        folder, note = self.copy_of_records()
        _, frames = check_log(folder, note.read_text(), self.key)
        vault = Vault(self.box.layout.data / "keys", self.box.layout.data / "master.key")
        records = {}
        for frame in frames:
            self.assertTrue(frame.sealed)
            meta, body = frame.open(vault.secret(frame.key_file, frame.key_slot))
            if frame.ordinal:
                records[frame.ordinal] = (json.loads(meta), body)
        self.assertEqual([records[i + 1][1] for i in range(5)], self.sent)
        self.assertEqual(records[1][0]["sha256"], sha256(self.sent[0]).hex())
        self.assertEqual(self.box.vanthu("archive", "get", 3).stdout, self.sent[2])

    def test_the_audit_log_is_sealed_and_proves_itself_without_a_key(self):
        typed = "lý do gõ tay về ông Nguyễn Văn Mẫu"
        self.box.vanthu("archive", "search", "--purpose", typed, "15-CV/VPTU")
        self.box.vanthu("hold", "set", "--reason", typed, "--owner", "Thanh tra", "--review", "2030-01-01", "--records", "1")
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        note = self.keep(f"{folder.name}.note", "log", "checkpoint", "--audit")
        for path in (self.box.layout.data / "audit").glob("*.seg"):
            shutil.copy(path, folder)
        self.assertNotIn(typed.encode(), b"".join(path.read_bytes() for path in folder.glob("*.seg")))
        key = json.loads(self.box.vanthu("log", "status", "--json").stdout)["audit"]["key"]
        done = self.verify("log", folder, "--checkpoint", note, "--key", key)
        self.assertEqual(done.returncode, 0, done.stderr)
        _, frames = check_log(folder, note.read_text(), key)
        vault = Vault(self.box.layout.data / "keys", self.box.layout.data / "master.key")
        read = []
        for frame in frames:
            self.assertTrue(frame.sealed, frame.sequence)
            meta, body = frame.open(vault.secret(frame.key_file, frame.key_slot))
            self.assertEqual(body, b"")
            read.append(json.loads(meta))
            # Of an entry that can be guessed word for word the leaf says nothing without the blinding.
            self.assertNotIn(sha256(meta), frame.leaf())
            self.assertNotIn(frame.commitment, (bytes(32), sha256(meta), sha256(b"rec1" + sha256(b"") + sha256(meta))))
        self.assertTrue(any(typed in json.dumps(entry, ensure_ascii=False) for entry in read), "what is sealed was typed")
        listed = json.loads(self.box.vanthu("audit", "list", "--most", "1000", "--json").stdout)["entries"]
        self.assertFalse(any(entry["sealed"] for entry in listed))
        self.assertEqual({entry["number"] for entry in listed} >= {frame.ordinal for frame in frames if frame.ordinal}, True)

    def test_the_audit_logs_root_stands_in_the_record_log(self):
        """So who rewrites the one has to rewrite both, and what witnesses saw of it."""
        self.box.kill_gateway()
        self.box.start_gateway()
        key = json.loads(self.box.vanthu("log", "status", "--json").stdout)["audit"]["key"]
        note = self.keep("audit.note", "log", "checkpoint", "--audit")
        _, entries = check_log(self.box.layout.data / "audit", note.read_text(), key)
        leaves = [sha256(b"\0" + frame.leaf()) for frame in entries]
        folder, note = self.copy_of_records()
        _, frames = check_log(folder, note.read_text(), self.key)
        vault = Vault(self.box.layout.data / "keys", self.box.layout.data / "master.key")
        told = []
        for frame in frames:
            if frame.kind == 4:
                meta, _ = frame.open(vault.secret(frame.key_file, frame.key_slot))
                told += [event["details"] for event in json.loads(meta)["events"] if event["what"] == "audit.root"]
        self.assertTrue(told)
        for one in told:
            self.assertEqual(one["origin"], key.split("+")[0])
            self.assertEqual(base64.b64decode(one["root"]), root(leaves[:one["size"]]), one)

    def test_the_tree_continues_what_was_signed_before(self):
        new = self.keep("new.note", "log", "checkpoint")
        sizes = [int(path.read_text().splitlines()[1]) for path in (self.folder / "old.note", new)]
        path = self.keep("path", "log", "consistency", *sizes)
        words = ("consistency", self.folder / "old.note", new, path, "--key", self.key)
        done = self.verify(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        if sizes[0] != sizes[1]:
            path.write_text(base64.b64encode(bytes(32)).decode() + "\n" + path.read_text())
            self.assertEqual(self.verify(*words).returncode, 1)

    def test_the_gateway_says_what_its_own_log_proves(self):
        done = self.box.vanthu("log", "verify", "--json")
        report = json.loads(done.stdout)
        self.assertEqual(report["records"]["faults"], [])
        self.assertEqual(report["audit"]["faults"], [])
        self.assertGreaterEqual(report["records"]["checked"], 5)
        self.assertIn("AES-256-GCM", self.box.vanthu("key", "status").stdout.decode())
        self.box.vanthu("key", "rotate")
        self.assertEqual(self.box.vanthu("archive", "get", 2).stdout, self.sent[1])


class TamperedTest(unittest.TestCase):
    """The gateway does not sign a second history."""

    def setUp(self):
        self.box = self.enterContext(Box("--set", "inspector.ocr=no"))
        paper = papers.docx(letters.cong_van())
        self.backup = self.box.dir / "backup"
        for i in range(2):
            octets = raw.message(OUTSIDE, OFFICE, subject=f"thư {i}", ident=raw.message_id(),
                                 attachments=[("15-CV-VPTU.docx", "application", "octet-stream", paper)])
            self.assertTrue(self.box.send("mx", None, OUTSIDE, [OFFICE], octets).accepted)
            self.box.vanthu("log", "checkpoint")
            if i == 0:
                shutil.copytree(self.box.layout.data / "records", self.backup)
        self.box.kill_gateway()

    def refuses(self):
        done = subprocess.run([*as_account(), str(self.box.layout.program("vanthu-gateway")), "--config",
                               str(self.box.layout.config)], cwd=self.box.dir, capture_output=True, timeout=60, check=False)
        self.assertNotEqual(done.returncode, 0)
        return (done.stderr + done.stdout).decode()

    def test_an_older_backup_keeps_it_from_starting_even_without_its_views(self):
        records = self.box.layout.data / "records"
        shutil.rmtree(records)
        shutil.copytree(self.backup, records)
        for path in records.iterdir():
            shutil.chown(path, "vanthu", "vanthu")
        shutil.chown(records, "vanthu", "vanthu")
        for view in ("archive.lmdb", "archive.lmdb-lock", "archive.lmdb.open"):
            (self.box.layout.data / view).unlink(missing_ok=True)
        said = self.refuses()
        self.assertTrue("was signed over" in said or "--accept-loss" in said, said)


if __name__ == "__main__":
    unittest.main()

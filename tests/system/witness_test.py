# SPDX-License-Identifier: GPL-3.0-or-later
"""Witnesses at other offices, time stamps, and keys that change: what they say of a log that is honest, and of one that
was rewritten by somebody who has its key."""
import base64
import concurrent.futures
import hashlib
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

import raw
from box import ROOT, Box, as_account, letters, papers, wait_until
from format_reader import TlogProof, Wrong, check_bag, check_log, checkpoint, signed_by
from witnesses import Authority, Log, Witness

OFFICE = "vanthu.vptu@hatinh.dcs.example"
OUTSIDE = "ai-do@elsewhere.example"
PROGRAM = Path(os.environ.get("VANTHU_BUILD", ROOT / "build" / "release")) / "bin" / "vanthu-witness"


class DaemonTest(unittest.TestCase):
    """The wire, the state, the page; without a gateway."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="vanthu-witness-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        shutil.copy(PROGRAM, self.folder / "vanthu-witness")
        self.witness = self.enterContext(Witness(self.folder / "vanthu-witness", self.folder / "w"))
        self.log = Log("mail.example/records").grow(40)

    def test_the_protocol_is_spoken_as_it_is_written(self):
        witness, log = self.witness.start(self.log.key), self.log
        status, _, text = witness.ask(log.request(0, 10))
        self.assertEqual(status, 200, text)
        name, seconds = signed_by(log.head(10) + text, witness.key)
        self.assertEqual(name.splitlines()[0], "mail.example/records")
        self.assertLess(abs(seconds - time.time()), 5)
        self.assertEqual(witness.ask(log.request(0, 20)), (409, "text/x.tlog.size", "10\n"))
        self.assertEqual(witness.ask(log.request(10, 20))[0], 200)
        self.assertEqual(witness.ask(log.request(20, 20))[0], 200)
        stranger = Log("mail.example/records").grow(30)
        cases = {
            "unknown log": (Log("other.example/records").grow(3).request(0), 404),
            "another's signature": (stranger.request(20, 30), 403),
            "no path": (log.request(0, 30).replace(b"old 0", b"old 20"), 422),
            "old size greater": (log.request(0, 10).replace(b"old 0", b"old 11"), 400),
            "no request": (b"hello", 400),
            "nothing": (b"", 400),
            "64 lines": (b"old 20\n" + (base64.b64encode(bytes(32)) + b"\n") * 64 + b"\n" + log.head(30).encode(), 400),
            "too long": (b"old 20\n" + b"x" * 200000, 413),
        }
        for what, (body, wanted) in cases.items():
            self.assertEqual(witness.ask(body)[0], wanted, what)
        self.assertEqual(witness.ask(None, "GET", "/add-checkpoint")[0], 405)
        self.assertEqual(witness.ask(None, "GET", "/x")[0], 404)
        self.assertEqual(witness.ask(log.request(20, 40))[0], 200, "and goes on")

    def test_what_is_no_http_or_too_slow_keeps_nobody_waiting(self):
        self.witness.more = "sessions = 8\nsessions-per-client = 8\n"
        witness = self.witness.start(self.log.key)
        held = [socket.create_connection(("127.0.0.1", witness.port)) for _ in range(4)]
        for link in held:
            link.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nold")
        with socket.create_connection(("127.0.0.1", witness.port)) as link:
            link.sendall(b"\x16\x03\x01 no http at all\r\n\r\n")
            self.assertIn(b"400", link.recv(100))
        with socket.create_connection(("127.0.0.1", witness.port)) as link:
            link.sendall(b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 20000 + b"\r\n\r\n")
            self.assertIn(b"400", link.recv(100))
        self.assertEqual(witness.ask(self.log.request(0, 5))[0], 200)
        for link in held:
            link.close()

    def test_a_rewritten_log_is_refused_and_the_officer_sees_it(self):
        witness, log = self.witness.start(self.log.key), self.log
        self.assertEqual(witness.ask(log.request(0, 10))[0], 200)
        self.assertIn("Đã xác nhận tới khung 10", witness.page())
        self.assertIn("Cosigned up to frame 10", witness.page("en"))
        self.assertEqual(witness.ask(None, "GET", "/alarms")[0], 200)
        forged = Log(log.origin, log.private).grow(30, "forged")
        self.assertEqual(witness.ask(forged.request(10, 10))[0], 409)
        self.assertEqual(witness.ask(forged.request(10, 30))[0], 422)
        kinds = [name.rsplit("-", 2)[0] for name in witness.evidence()]
        self.assertEqual(kinds, ["not-continued", "two-roots"])
        place = next((witness.folder / "state" / "evidence").glob("two-roots-*"))
        for name in ("kept.note", "shown.note"):
            self.assertEqual(checkpoint((place / name).read_text(), log.key)[1], 10)
        self.assertIn("BÁO ĐỘNG", witness.page())
        self.assertIn("ALARM", witness.page("en"))
        status, _, lines = witness.ask(None, "GET", "/alarms")
        self.assertEqual((status, [line.split()[0] for line in lines.split("\n") if line]), (503, ["not-continued", "two-roots"]))
        self.assertIn("event=witness.evidence", (witness.folder / "log").read_text())
        witness.stop()
        witness.start()
        self.assertIn("ALARM", witness.page("en"), "after a restart, too")
        self.assertEqual(witness.ask(log.request(10, 40))[0], 200)

    def test_requests_that_race_never_roll_it_back(self):
        witness, log = self.witness.start(self.log.key), self.log
        self.assertEqual(witness.ask(log.request(0, 1))[0], 200)
        for old in (1, 11, 21):
            with concurrent.futures.ThreadPoolExecutor(9) as pool:
                answers = list(pool.map(lambda size, old=old: (size, witness.ask(log.request(old, size))[0]),
                                        range(old + 1, old + 11)))
            self.assertLessEqual({status for _, status in answers}, {200, 409})
            cosigned = [size for size, status in answers if status == 200]
            self.assertEqual(len(cosigned), 1, answers)
            self.assertEqual(witness.ask(log.request(0, 40))[2], f"{cosigned[0]}\n")
            if cosigned[0] < old + 10:
                self.assertEqual(witness.ask(log.request(cosigned[0], old + 10))[0], 200)

    def test_kill_9_at_any_time_forgets_nothing_that_was_answered(self):
        witness, log = self.witness.start(self.log.key), self.log
        log.grow(400)
        known, kills = 0, 0
        for _ in range(15):
            killer = concurrent.futures.ThreadPoolExecutor(1)
            killed = killer.submit(lambda: (time.sleep(random.uniform(0.01, 0.15)), witness.stop(signal.SIGKILL)))
            try:
                while known < len(log.leaves):
                    status, _, text = witness.ask(log.request(known, known + 1))
                    if status == 409:
                        known = int(text)  # kept, and killed before the answer
                        continue
                    self.assertEqual(status, 200, text)
                    known += 1
            except (OSError, Exception) as error:  # noqa: BLE001: the connection breaks in many ways
                if isinstance(error, AssertionError):
                    raise
            killed.result()
            killer.shutdown()
            kills += 1
            witness.start()
            size = int(witness.ask(log.request(0, 440))[2]) if known else 0
            self.assertIn(size, (known, known + 1), "what was answered is kept, and at most one more")
            known = size
        self.assertEqual(kills, 15)
        self.assertGreater(known, 15)

    def test_it_does_not_start_over_a_damaged_state_or_twice(self):
        witness = self.witness.start(self.log.key)
        self.assertEqual(witness.ask(self.log.request(0, 10))[0], 200)
        done = subprocess.run([*witness.before, witness.program, "--config", str(witness.config)], capture_output=True, text=True,
                              timeout=30, check=False)
        self.assertEqual(done.returncode, 78, "one folder, one witness")
        witness.stop()
        note = next((witness.folder / "state").glob("*.note"))
        octets = note.read_text()
        for bent in (octets[:40], octets.replace("\n10\n", "\n11\n"), ""):
            note.write_text(bent)
            done = witness.run("--config", witness.config)
            self.assertEqual(done.returncode, 78)
            self.assertIn("damaged", done.stderr)
        note.write_text(octets)
        witness.start()
        self.assertEqual(witness.ask(self.log.request(10, 12))[0], 200)

    def test_it_speaks_https_where_it_has_a_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout",
                        str(self.folder / "tls.key"), "-out", str(self.folder / "tls.pem")], check=True, capture_output=True)
        (self.folder / "tls.key").chmod(0o644)
        self.witness.more = f"[tls]\ncertificate = {self.folder}/tls.pem\nkey = {self.folder}/tls.key\n"
        witness = self.witness.start(self.log.key)
        trust = ssl.create_default_context(cafile=str(self.folder / "tls.pem"))
        with urllib.request.urlopen(f"https://127.0.0.1:{witness.port}/?lang=en", context=trust, timeout=20) as answer:
            self.assertIn("Witness", answer.read().decode())


class Office(unittest.TestCase):
    """A province in a box with witnesses beside it."""

    witnesses = 1
    more = ""

    def setUp(self):
        self.box = self.enterContext(Box("--set", "inspector.ocr=no"))
        self.paper = papers.docx(letters.cong_van())
        self.status = lambda: json.loads(self.box.vanthu("log", "status", "--json", check=False).stdout)
        keys = [self.status()[name]["key"] for name in ("records", "audit")]
        self.others = [self.enterContext(Witness(self.box.layout.program("vanthu-witness"), self.box.dir / f"w{i}",
                                                 f"w{i}.example").start(*keys)) for i in range(self.witnesses)]
        self.log_key, self.origin = keys[0], "mail.hatinh.dcs.example/records"
        self.first_config = self.box.layout.config.read_text()
        self.configure()

    def configure(self, lab="archive.lab = yes\n", more=""):
        """Writes the witnesses into the configuration and starts the gateway by it."""
        self.box.layout.config.write_text(self.first_config + lab + self.more + more +
                                          "".join(f"archive.witness = {one.setting}\n" for one in self.others))
        self.restart()

    def end(self):
        self.box.signal_gateway(signal.SIGTERM)
        self.assertTrue(self.box.wait_for_gateway_end())

    def restart(self):
        self.end()
        self.box.start_gateway()

    def refused(self, *words):
        """What a gateway says that does not start."""
        done = subprocess.run([*as_account(), str(self.box.layout.program("vanthu-gateway")), "--config",
                               str(self.box.layout.config), *words], cwd=self.box.dir, capture_output=True, text=True, timeout=90,
                              check=False)
        self.assertEqual(done.returncode, 78, done.stderr[-2000:])
        return done.stderr

    def send(self, count=1):
        for _ in range(count):
            octets = raw.message(OUTSIDE, OFFICE, subject="thư", ident=raw.message_id(),
                                 attachments=[("15-CV-VPTU.docx", "application", "octet-stream", self.paper)])
            self.assertTrue(self.box.send("mx", None, OUTSIDE, [OFFICE], octets).accepted)

    def witnessed(self):
        return self.status()["records"]["witnessed"]

    def keep(self, name, *words):
        path = self.box.dir / name
        path.write_bytes(self.box.vanthu(*words).stdout)
        return path

    def verify(self, *words):
        program = self.box.layout.program("vanthu-verify")
        return subprocess.run(["unshare", "--net", "env", "-i", str(program), *map(str, words)], capture_output=True, text=True,
                              check=False)


class WitnessedTest(Office):
    witnesses = 2

    def test_heads_are_cosigned_and_proofs_stand_on_them(self):
        self.send(2)
        wait_until(lambda: self.witnessed()["standing"] == "verified" and
                   self.witnessed()["size"] == self.status()["records"]["frames"], what="the witness's word")
        self.assertIn("ĐÃ XÁC NHẬN", self.box.vanthu("log", "status").stdout.decode())
        note = self.keep("head.note", "log", "checkpoint")
        for witness in self.others:
            self.assertIsNotNone(signed_by(note.read_text(), witness.key), witness.name)
        proof = self.keep("1.tlog-proof", "log", "proof", 1)
        eml, meta = self.keep("1.eml", "archive", "get", 1), self.keep("1.json", "archive", "meta", 1)
        trust = ("--key", self.log_key, "--witness", self.others[0].key, "--witness", self.others[1].key)
        done = self.verify("proof", proof, *trust, "--quorum", 2, "--eml", eml, "--meta", meta)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("signed by:  w1.example", done.stdout)
        segments = self.box.dir / "segments"
        segments.mkdir()
        for path in (self.box.layout.data / "records").glob("*.seg"):
            shutil.copy(path, segments)
        self.assertEqual(self.verify("log", segments, "--checkpoint", note, *trust).returncode, 0)
        check_log(segments, note.read_text(), self.log_key)
        checkpoint(note.read_text(), self.log_key, [one.key for one in self.others], 2)

        # Whoever has the key signs another history: the log alone says yes, the quorum no.
        forged = Log.with_key_of(self.box.layout.data / "tree", self.origin).grow(50, "forged")
        note.write_text(forged.head())
        path = self.box.dir / "empty"
        path.write_text("")
        self.assertEqual(self.verify("consistency", note, note, path, "--key", self.log_key).returncode, 0)
        done = self.verify("consistency", note, note, path, *trust)
        self.assertEqual(done.returncode, 1)
        self.assertIn("only 0 of the witnesses", done.stderr)
        with self.assertRaises(Wrong):
            checkpoint(note.read_text(), self.log_key, [one.key for one in self.others], 2)
        size = self.witnessed()["size"]
        self.assertEqual(self.others[0].ask(forged.request(size, 50))[0], 422)
        self.assertEqual(self.others[0].ask(forged.request(size, size))[0], 409)
        self.assertIn("ALARM", self.others[0].page("en"))
        self.assertEqual(self.verify("proof", proof, "--key", self.log_key, "--witness", self.others[0].key, "--quorum",
                                     2).returncode, 64)

    def test_an_outage_is_told_after_a_minute_and_made_up_for(self):
        self.send()
        wait_until(lambda: self.witnessed()["size"] > 0, what="a first cosignature")
        self.others[1].stop()
        began = time.monotonic()
        self.send(2)
        done = self.box.vanthu("log", "checkpoint")
        self.assertIn("chưa được xác nhận", done.stderr.decode())
        self.assertIsNone(signed_by(done.stdout.decode(), self.others[0].key))
        self.assertEqual(self.verify("proof", self.keep("2.tlog-proof", "log", "proof", 2), "--key", self.log_key).returncode, 0)
        peers = {peer["name"]: peer for peer in self.witnessed()["witnesses"]}
        self.assertEqual(peers["w1.example"]["last"], "unreachable")
        wait_until(lambda: self.witnessed()["standing"] == "not-yet-witnessed", 90, "the alarm")
        self.assertGreater(time.monotonic() - began, 55)
        wait_until(lambda: "event=witness.late" in self.box.log(), what="the event")
        self.assertEqual(self.box.vanthu("log", "status", check=False).returncode, 1)
        self.send()
        self.others[1].start()
        wait_until(lambda: self.witnessed()["standing"] == "verified", 90, "the witness's return")
        self.assertEqual(self.box.vanthu("log", "status").returncode, 0)
        self.assertIn("event=witness.caught-up", self.box.log())

    def test_a_witness_on_this_machine_is_none_and_one_that_must_answer_must(self):
        self.end()
        self.box.layout.config.write_text(self.box.layout.config.read_text().replace("archive.lab = yes\n", ""))
        self.assertIn("is this machine", self.refused())
        self.box.layout.config.write_text(self.first_config + "archive.lab = yes\narchive.witness-required = yes\n" +
                                          "".join(f"archive.witness = {one.setting}\n" for one in self.others))
        for one in self.others:
            one.stop()
        self.assertIn("witness-required", self.refused())
        for one in self.others:
            one.start()
        self.box.start_gateway()


class LostTailTest(Office):
    def test_a_restored_backup_is_refused_and_a_loss_begins_a_new_tree(self):
        self.send(2)
        self.box.vanthu("log", "checkpoint")
        self.end()
        backup = self.box.dir / "backup"
        shutil.copytree(self.box.layout.data, backup, ignore=shutil.ignore_patterns("*.sock"))
        self.box.start_gateway()
        self.send(3)
        note = self.keep("before.note", "log", "checkpoint")
        self.assertIsNotNone(signed_by(note.read_text(), self.others[0].key))
        self.end()
        # Everything is put back, as it was: nothing on this machine knows better.
        shutil.rmtree(self.box.layout.data)
        shutil.copytree(backup, self.box.layout.data)
        subprocess.run(["chown", "-R", "--reference", str(self.box.layout.config), str(self.box.layout.data)], check=True)
        subprocess.run(["chmod", "700", str(self.box.layout.data)], check=True)
        said = self.refused()
        self.assertIn("has cosigned", said)
        self.assertIn("--accept-loss", said)
        self.assertIn("shorter log", self.others[0].page("en"))
        self.assertIn("has cosigned", self.refused(), "as often as one tries")

        process = subprocess.Popen([*as_account(), str(self.box.layout.program("vanthu-gateway")), "--config",
                                    str(self.box.layout.config), "--accept-loss"], cwd=self.box.dir, stderr=subprocess.DEVNULL,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.box.process = process
        self.box.wait_for_port("mx", greeting=b"220")
        status = self.status()
        self.assertEqual(status["records"]["epoch"], 2)
        self.others[0].stop()
        self.others[0].start(status["records"]["key"], status["audit"]["key"])
        self.send()
        wait_until(lambda: self.witnessed()["standing"] == "verified" and self.witnessed()["size"] > 0, 90, "the new tree's witness")
        numbers = [record["number"] for record in self.box.records()]
        self.assertEqual(numbers.count(max(numbers)), 1)
        self.assertGreater(max(numbers), 5, "numbers of lost records are not given again")


class StampTest(Office):
    def setUp(self):
        self.authority_folder = Path(tempfile.mkdtemp(prefix="vanthu-tsa-"))
        self.addCleanup(shutil.rmtree, self.authority_folder)
        self.authority_folder.chmod(0o755)
        self.authority = self.enterContext(Authority(self.authority_folder / "tsa"))
        self.more = f"archive.timestamp = {self.authority.url}\narchive.timestamp-ca = {self.authority.ca}\n"
        super().setUp()

    def other_authority(self):
        ca = self.authority_folder / "other.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(ca) + ".key", "-out", str(ca),
                        "-subj", "/CN=Other"], check=True, capture_output=True)
        return ca

    def stamps(self):
        return json.loads(self.box.vanthu("log", "timestamps", "--json").stdout)["stamps"]

    def test_heads_are_stamped_and_openssl_alone_says_so(self):
        self.send()
        wait_until(lambda: self.stamps(), 60, "the first stamp")
        self.box.vanthu("log", "checkpoint")
        self.box.vanthu("log", "stamp")
        stamp = self.stamps()[-1]
        self.assertEqual(stamp["fault"], "")
        # Later stamps are over the audit log, which tells of this one: so it outlives its certificate.
        told = [one["details"] for one in json.loads(self.box.vanthu("audit", "list", "--act", "stamp.kept", "--json").stdout)["entries"]]
        self.assertIn((hashlib.sha256(Path(stamp["note"]).read_bytes()).hexdigest(),
                       hashlib.sha256(Path(stamp["answer"]).read_bytes()).hexdigest(), stamp["certificate_until"]),
                      [(one["note_sha256"], one["answer_sha256"], one["certificate_until"]) for one in told])
        note = Path(stamp["note"]).read_text()
        self.assertIsNotNone(signed_by(note, self.others[0].key), "the witnessed head is what is stamped")
        self.assertEqual(checkpoint(note, self.log_key)[1], stamp["size"])
        words = ("openssl", "ts", "-verify", "-data", stamp["note"], "-in", stamp["answer"], "-CAfile", stamp["ca"])
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        self.assertIn("Verification: OK", done.stdout + done.stderr)
        self.assertIn("dấu thời gian", self.box.vanthu("log", "status").stdout.decode())

        Path(stamp["note"]).write_text(note.replace("\n", "\n\n", 1))
        self.assertEqual(self.box.vanthu("log", "timestamps", check=False).returncode, 1)
        Path(stamp["note"]).write_text(note)
        self.authority.down = True
        done = self.box.vanthu("log", "stamp", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("503", done.stderr.decode())
        self.assertEqual(self.box.vanthu("log", "status", check=False).returncode, 1)
        self.send()
        self.authority.down = False
        self.box.vanthu("log", "stamp")
        self.assertEqual(self.box.vanthu("log", "status").returncode, 0)
        self.restart()
        self.assertEqual(self.status()["records"]["stamped"]["size"], self.stamps()[-1]["size"])


    def test_stamps_are_on_the_sheet_and_beside_every_exported_record(self):
        self.send()
        wait_until(lambda: self.stamps(), 60, "the first stamp")
        self.box.vanthu("log", "checkpoint")
        self.box.vanthu("log", "stamp")
        wait_until(lambda: all("delivery" in one for one in json.loads(
            self.box.vanthu("record", "status", 1, "--json").stdout)["recipients"]), 60, "the end of its delivery")
        out = self.box.dir / "out"
        out.mkdir()
        shutil.chown(out, "vanthu", "vanthu")
        self.box.vanthu("archive", "export", "--to", out / "bag", "--format", "bagit", "--purpose", "thử", "1")
        self.assertEqual(check_bag(out / "bag", self.log_key), ([1], []))
        proofs = out / "bag/data/proofs"
        card = json.loads((out / "bag/data/metadata/1.json").read_text())
        proof = TlogProof((proofs / "1.stamped.tlog-proof").read_text())
        proof.check((out / "bag/data/records/1.eml").read_bytes(), (proofs / "1.meta.json").read_bytes(), self.log_key)
        self.assertEqual(checkpoint(proof.checkpoint, self.log_key, [self.others[0].key], 1)[1],
                         int(card["TimeStamp"]["TreeSize"]))
        stamped = out / "C"
        stamped.write_text(proof.checkpoint)

        def openssl(data):
            return subprocess.run(("openssl", "ts", "-verify", "-data", str(data), "-in", str(proofs / "1.tsr"), "-CAfile",
                                   str(proofs / card["TimeStamp"]["Authorities"])), capture_output=True, check=False)

        self.assertEqual(openssl(stamped).returncode, 0)
        self.assertNotEqual(openssl(proofs / "checkpoint" if (proofs / "checkpoint").read_text() != proof.checkpoint
                                    else proofs / "1.meta.json").returncode, 0)
        self.assertTrue(any(self.others[0].name in one for one in card["TimeStamp"]["SignedBy"]), card["TimeStamp"])
        self.assertEqual(card["Envelope"]["Delivery"][0]["Ended"], "delivered")
        # By the static program: with the authority's certificates the tokens, too; under others they are wrong.
        for words, code, said in (((), 2, "NOT CHECKED"), (("--tsa-ca", self.authority.ca), 2, "beside 1 records, checked"),
                                  (("--tsa-ca", self.other_authority()), 1, "time stamp")):
            done = subprocess.run(["unshare", "--net", "env", "-i", str(self.box.layout.program("vanthu-verify")), "bag",
                                   str(out / "bag"), "--key", self.log_key, *map(str, words)], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(said, done.stdout + done.stderr)
        # What no stamp covers yet is said to be so.
        self.send()
        done = self.box.vanthu("archive", "export", "--to", out / "late", "--format", "bagit", "--purpose", "thử", "--language",
                               "en", "1-2")
        self.assertIn("No time stamp covers 1 records yet", done.stderr.decode())
        self.assertIn("\tno time stamp covers it yet\n", (out / "late/data/list.tsv").read_text())
        self.assertIn("Missing", json.loads((out / "late/data/metadata/2.json").read_text())["TimeStamp"])
        self.assertEqual(check_bag(out / "late", self.log_key), ([1, 2], []))
        # On paper: time, serial number, and the token itself, to the last octet.
        self.box.vanthu("archive", "provenance", "1", "--language", "en", "--output", out / "1.pdf")
        text = subprocess.run(["pdftotext", "-layout", str(out / "1.pdf"), "-"], capture_output=True, text=True, check=True).stdout
        self.assertIn(card["TimeStamp"]["Time"], text)
        self.assertIn(card["TimeStamp"]["Serial"], "".join(text.split()))
        self.assertIn("over this very head", text)
        token = text.split("Time stamp T (TimeStampResp, DER, base64)")[1].split("Printed by")[0]
        token = "".join(line.strip() for line in token.splitlines() if "·" not in line)
        self.assertEqual(base64.b64decode(token), (proofs / "1.tsr").read_bytes())


class KeyTest(Office):
    def test_the_logs_key_changes_and_old_proofs_stay_right(self):
        self.send()
        old_proof = self.keep("old.tlog-proof", "log", "proof", 1)
        stolen = Log.with_key_of(self.box.layout.data / "tree", self.origin)
        following = self.box.vanthu("key", "rotate", "--log", "--prepare").stdout.decode().strip()
        self.assertEqual(self.status()["records"]["key"], self.log_key)
        self.others[0].stop()
        self.others[0].start(following)
        self.box.vanthu("key", "rotate", "--log")
        status = self.status()["records"]
        self.assertEqual((status["key"], status["first_key"], status["rotations"]), (following, self.log_key, 1))
        self.send()
        new_proof = self.keep("new.tlog-proof", "log", "proof", 2)
        rotations = self.keep("rotations", "log", "rotations")
        trust = ("--key", self.log_key, "--rotations", rotations, "--witness", self.others[0].key)
        for proof in (old_proof, new_proof):
            done = self.verify("proof", proof, *trust)
            self.assertEqual(done.returncode, 0, done.stderr)
            note = proof.read_text().split("\n\n", 1)[1]
            checkpoint(note, self.log_key, [self.others[0].key], 1, rotations.read_text())
        self.assertEqual(self.verify("proof", old_proof, "--key", self.log_key).returncode, 0)
        unled = self.verify("proof", new_proof, "--key", self.log_key)
        self.assertEqual(unled.returncode, 1)
        for part in (following.split("+")[1], "--rotations FILE", "vanthu log rotations"):
            self.assertIn(part, unled.stderr, "what is missing, and how to give it")

        # The old key, stolen later, signs a greater head: it is none any more, here and there.
        forged = self.box.dir / "forged.note"
        forged.write_text(stolen.grow(400, "forged").head())
        empty = self.box.dir / "empty"
        empty.write_text("")
        self.assertEqual(self.verify("consistency", forged, forged, empty, "--key", self.log_key).returncode, 0)
        done = self.verify("consistency", forged, forged, empty, "--key", self.log_key, "--rotations", rotations)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("--rotations", done.stderr, "there is none that would make it right")
        with self.assertRaises(Wrong):
            checkpoint(forged.read_text(), self.log_key, rotations=rotations.read_text())
        # A thief cannot name the next key alone, nor can one be left out.
        bent = self.box.dir / "bent"
        bent.write_text(re.sub(r"\n\d+\n", "\n1\n", rotations.read_text(), count=1))
        self.assertEqual(self.verify("proof", new_proof, "--key", self.log_key, "--rotations", bent).returncode, 1)

        self.restart()
        self.box.vanthu("key", "rotate", "--log")
        self.box.vanthu("key", "rotate", "--log", "--audit")
        self.send()
        self.restart()
        self.assertEqual(self.status()["records"]["rotations"], 2)
        self.assertEqual(self.status()["audit"]["rotations"], 1)
        newest = self.keep("newest.tlog-proof", "log", "proof", 3)
        unled = self.verify("proof", newest, "--key", self.log_key, "--rotations", rotations)
        self.assertEqual(unled.returncode, 1)
        self.assertIn("newer", unled.stderr, "rotations of before lead to the key of before")
        rotations = self.keep("rotations", "log", "rotations")
        for proof in (old_proof, new_proof, newest):
            self.assertEqual(self.verify("proof", proof, "--key", self.log_key, "--rotations", rotations).returncode, 0)
        self.assertEqual(json.loads(self.box.vanthu("log", "verify", "--json").stdout)["records"]["faults"], [])
        events = [path for path in (self.box.layout.data / "tree").glob("*key*.pem")]
        self.assertEqual([path.name for path in events], ["key.pem"], "no private key of before is left")

    def test_a_witness_changes_its_key_without_a_gap(self):
        self.send()
        self.keep("a.note", "log", "checkpoint")
        witness = self.others[0]
        old, witness.key = witness.key, f"{witness.key} {witness.make_key('next.pem')}"
        self.configure()
        witness.stop()
        witness.start()
        self.send()
        note = self.keep("b.note", "log", "checkpoint").read_text()
        new = witness.key.split(" ")[1]
        self.assertIsNotNone(signed_by(note, old))
        self.assertIsNotNone(signed_by(note, new))
        done = self.verify("proof", self.keep("1.tlog-proof", "log", "proof", 1), "--key", self.log_key, "--witness", old,
                           "--witness", new, "--quorum", 2)
        self.assertEqual(done.returncode, 64, "two keys of one witness are one vote")
        witness.keys, witness.key = ["next.pem"], new
        witness.stop()
        witness.start()
        self.configure()
        self.send()
        self.assertIsNotNone(signed_by(self.keep("c.note", "log", "checkpoint").read_text(), new))


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory's file and its ways in, treated badly: a full disk, kills, lost pages, groups that go in circles, requests
that are too big."""
import csv
import json
import os
import random
import shutil
import signal
import smtplib
import socket
import struct
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import raw
from box import ROOT, Box, as_account, wait_until

DOMAIN = "hatinh.dcs.example"
KHOA, HUONG = f"khoatb@{DOMAIN}", f"huongvtt@{DOMAIN}"
PAGE = 4096


class ImportTest(unittest.TestCase):
    def setUp(self):
        self.box = self.enterContext(Box())

    def tables(self, extra):
        """The demonstration's folder with so many mailboxes more."""
        folder = Path(tempfile.mkdtemp(prefix="vanthu-test-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        tables = folder / "directory"
        shutil.copytree(ROOT / "conf" / "demo" / "directory", tables)
        with open(tables / "mailboxes.csv", "a", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            for i in range(extra):
                rows.writerow([f"may.{i}@{DOMAIN}", "role", "vptu", "", "", "active", "2020-01-01", "", "", "100", "yes", "no"])
        for path in (folder, tables, *tables.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
        return tables

    def state(self):
        shown = json.loads(self.box.vanthu("directory", "show", "--json").stdout)
        return shown["generation"], json.loads(self.box.vanthu("directory", "resolve", f"may.0@{DOMAIN}", "--json",
                                                               check=False).stdout)["kind"]

    def stop(self):
        self.box.signal_gateway(signal.SIGTERM)
        self.assertTrue(self.box.wait_for_gateway_end())

    def rcpt(self, *addresses):
        with smtplib.SMTP("127.0.0.1", self.box.port("submission"), timeout=60) as link:
            link.ehlo("test.example")
            link.starttls()
            link.ehlo("test.example")
            link.login(*self.box.login(KHOA))
            link.mail(KHOA)
            return [(code, text.decode()) for code, text in map(link.rcpt, addresses)]

    @unittest.skipUnless(os.getuid() == 0, "only root can mount a small disk")
    def test_a_disk_that_fills_up_in_an_import_changes_nothing(self):
        tables = self.tables(60_000)
        self.stop()
        data, away = self.box.dir / "data", self.box.dir / "data.real"
        data.rename(away)
        data.mkdir()
        # What is there already, as far as it is written, and ten megabytes.
        used = sum(file.stat().st_blocks * 512 for file in away.rglob("*") if file.is_file())
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={used + (10 << 20)}", "tmpfs", str(data)],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode:
            self.skipTest(f"cannot mount here: {mounted.stderr.strip()}")
        try:
            subprocess.run(["cp", "-a", "--sparse=always", f"{away}/.", str(data)], check=True)
            before = self.state()
            full = self.box.vanthu("directory", "import", tables, check=False)
            self.assertNotEqual(full.returncode, 0)
            self.assertIn("No space left on device", full.stderr.decode())
            self.assertEqual(self.state(), before)
            subprocess.run(["mount", "-o", f"remount,size={used + (600 << 20)}", str(data)], check=True)
            self.box.vanthu("directory", "import", tables)
            self.assertEqual(self.state(), (before[0] + 1, "mailbox"))
            self.box.start_gateway()
            self.assertEqual(self.rcpt(f"may.59999@{DOMAIN}")[0][0], 250)
            self.box.process.terminate()
            self.box.process.wait()
        finally:
            subprocess.run(["umount", str(data)], check=True)
            data.rmdir()
            away.rename(data)

    def test_an_import_that_is_killed_is_done_or_not_begun(self):
        tables = self.tables(30_000)
        self.stop()
        seed = int(os.environ.get("VANTHU_SEED", "0")) or random.randrange(1 << 30)
        print(f"VANTHU_SEED={seed}")
        chance = random.Random(seed)
        generation, kind = self.state()
        there = kind == "mailbox"
        self.assertFalse(there)
        command = [*as_account(), str(self.box.layout.program("vanthu")), "--config", str(self.box.layout.config), "directory",
                   "import"]
        done = killed = 0
        for turn in range(12):
            folder = ROOT / "conf" / "demo" / "directory" if there else tables
            importer = subprocess.Popen([*command, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if turn % 4 == 3:
                importer.wait()
            else:
                time.sleep(chance.uniform(0.02, 1.5))
                importer.kill()
                importer.wait()
                killed += 1
            now, found = self.state()
            self.assertIn(now, (generation, generation + 1))
            self.assertEqual(found == "mailbox", there if now == generation else not there, "the old state or the new one")
            last = json.loads(self.box.vanthu("directory", "resolve", f"may.29999@{DOMAIN}", "--json", check=False).stdout)
            self.assertEqual(last["kind"], found, "all or nothing")
            done += now != generation
            generation, there = now, found == "mailbox"
        self.assertTrue(done)
        self.assertTrue(killed)
        self.box.start_gateway()

    def test_lost_pages_are_an_outage_and_not_a_no(self):
        file = self.box.dir / "data" / "directory.lmdb"
        kept = file.read_bytes()
        self.assertEqual([code for code, _ in self.rcpt(HUONG, f"khongcoai@{DOMAIN}")], [250, 550])
        pid = self.box.gateway_pid()
        link = smtplib.SMTP("127.0.0.1", self.box.port("mx"), timeout=60)
        self.addCleanup(link.close)
        link.ehlo("test.example")
        try:
            with open(file, "r+b") as pages:  # as a disk that gives back nothing but zeros
                pages.seek(2 * PAGE)
                pages.write(b"\0" * (len(kept) - 2 * PAGE))
            link.mail("x@elsewhere.example")
            for address in (HUONG, f"khongcoai@{DOMAIN}", f"g.bandang@{DOMAIN}"):
                code, text = link.rcpt(address)
                self.assertEqual((code, text[:5]), (451, b"4.3.0"), text)
            with self.assertRaises(smtplib.SMTPAuthenticationError) as refused:
                self.rcpt(HUONG)
            self.assertEqual(refused.exception.smtp_code, 454)
            told = self.box.vanthu_as(KHOA, "unit", "list", password="x", text=True)
            self.assertEqual(told.returncode, 75, told.stderr)
            self.assertIn("LMDB", self.box.vanthu("directory", "resolve", HUONG, check=False).stderr.decode())
        finally:
            with open(file, "r+b") as pages:
                pages.write(kept)
        self.assertEqual(self.box.gateway_pid(), pid)
        os.kill(pid, 0)
        self.assertEqual([code for code, _ in self.rcpt(HUONG, f"khongcoai@{DOMAIN}")], [250, 550], "it goes on by itself")

    def test_groups_in_groups_without_end_are_answered_at_once(self):
        tables = self.tables(0)
        levels = 50
        with open(tables / "groups.csv", "a", encoding="utf-8", newline="") as file:
            for i in range(levels):
                file.write(f"tang-{i},g.tang{i}@{DOMAIN},Tầng {i},static,,2020-01-01,,\n")
                file.write(f"vong-{i},g.vong{i}@{DOMAIN},Vòng {i},static,,2020-01-01,,\n")
        with open(tables / "group-members.csv", "a", encoding="utf-8", newline="") as file:
            for i in range(levels):
                file.write(f"tang-{i},g.tang{i + 1}@{DOMAIN},,\n" if i + 1 < levels else f"tang-{i},{HUONG},,\n")
                file.write(f"tang-{i},{KHOA},,\n")
                for j in range(levels):  # each in each, itself too
                    file.write(f"vong-{i},g.vong{j}@{DOMAIN},,\n")
                file.write(f"vong-{i},{HUONG},,\n")
        self.box.vanthu("directory", "import", tables)
        begun = time.monotonic()
        deep, circle = self.rcpt(f"g.tang0@{DOMAIN}", f"g.vong0@{DOMAIN}")
        self.assertEqual((deep[0], circle[0]), (250, 250))
        self.assertLess(time.monotonic() - begun, 5)
        found = json.loads(self.box.vanthu("directory", "resolve", f"g.tang0@{DOMAIN}", "--json").stdout)
        self.assertEqual([one["address"] for one in found["targets"]], [KHOA])
        self.assertEqual(found["skipped"], [f"g.tang17@{DOMAIN}"], "what lies deeper is named, here and by directory check")
        checked = json.loads(self.box.vanthu("directory", "check", "--json", check=False).stdout)["findings"]
        self.assertTrue([one for one in checked if "g.tang17@" in json.dumps(one)])
        found = json.loads(self.box.vanthu("directory", "resolve", f"g.vong7@{DOMAIN}", "--json").stdout)
        self.assertEqual([one["address"] for one in found["targets"]], [HUONG])
        ident = raw.message_id()
        sent = self.box.send("submission", self.box.login(KHOA), KHOA, [f"g.vong3@{DOMAIN}", f"g.tang0@{DOMAIN}"],
                             raw.message(KHOA, f"g.vong3@{DOMAIN}", ident=ident))
        self.assertTrue(sent.accepted, sent)
        self.assertIsNotNone(self.box.find(HUONG, ident))

    def control(self, octets, closing=False):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(40)
            link.connect(str(self.box.dir / "data" / "control.sock"))
            try:
                link.sendall(octets)
            except BrokenPipeError:
                pass
            if closing:
                link.shutdown(socket.SHUT_WR)
            answer = b""
            while True:
                try:
                    got = link.recv(65536)
                except ConnectionResetError:
                    break
                if not got:
                    break
                answer += got
            return answer

    def test_a_control_request_that_is_too_big_is_told_so(self):
        huge = self.control(struct.pack(">I", 0xFFFFFFFF) + b"x" * 4_000_000)
        self.assertIn(b"head too long", huge)
        self.assertIn(b"closed", self.control(struct.pack(">I", 100) + b"{}", closing=True) or b"closed")
        nonsense = self.control(struct.pack(">I", 2) + b"{]")
        self.assertIn(b"request", nonsense)
        with tempfile.NamedTemporaryFile(suffix=".ldif") as file:
            os.chmod(file.name, 0o644)
            file.truncate((512 << 20) + 1)
            refused = self.box.vanthu("directory", "import", file.name, check=False)
            self.assertIn("more than 536870912 octets", refused.stderr.decode())
            self.assertNotEqual(refused.returncode, 0)
        if os.getuid() == 0:  # a stranger may send less, and is told so before it is read
            with tempfile.NamedTemporaryFile(suffix=".ldif") as file:
                file.write(b"dn: x\n" * 1_000_000)
                file.flush()
                os.chmod(file.name, 0o644)
                for path in (self.box.dir, self.box.dir / "data", self.box.dir / "data" / "control.sock"):
                    self.addCleanup(path.chmod, path.stat().st_mode & 0o7777)
                    path.chmod(path.stat().st_mode | 0o777)
                config = self.box.dir / "stranger.conf"
                config.write_text(f"hostname = x.example\ndomain = {DOMAIN}\ndata = {self.box.dir / 'data'}\n")
                config.chmod(0o644)
                told = subprocess.run(["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups",
                                       str(self.box.layout.program("vanthu")), "--config", str(config), "--login", KHOA,
                                       "directory", "import", file.name], capture_output=True, text=True, check=False,
                                      env={**os.environ, "VANTHU_PASSWORD": "x", "VANTHU_CODE": ""})
                self.assertNotEqual(told.returncode, 0)
                self.assertIn("may send", told.stderr)
        wait_until(lambda: self.box.vanthu("directory", "show", check=False).returncode == 0)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator does to the directory, and what the next letter meets: acts by hand, a reorganisation, imports
beside them, unit administrators who log in."""
import base64
import hmac
import json
import os
import smtplib
import struct
import tempfile
import time
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from box import ROOT, Box

DOMAIN = "hatinh.dcs.example"
NOW = datetime.now(timezone(timedelta(hours=7)))  # the directory's days are those of Viet Nam
TODAY = NOW.date().isoformat()
TOMORROW = (NOW.date() + timedelta(days=1)).isoformat()
YESTERDAY = (NOW.date() - timedelta(days=1)).isoformat()
SAMPLE = ROOT / "conf" / "demo" / "directory"


def totp(secret):
    """What a phone shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    return f"{struct.unpack_from('>I', digest, digest[-1] & 15)[0] % (1 << 31) % 1000000:06d}"


def at(name):
    return f"{name}@{DOMAIN}"


class Directory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box())
        cls.clerk = cls.box.user("staff")["address"]

    def rcpt(self, address):
        """What the door says to a recipient, asked by one of our users."""
        with smtplib.SMTP("127.0.0.1", self.box.port("submission")) as link:
            link.ehlo("test.example")
            link.starttls()
            link.ehlo("test.example")
            link.login(*self.box.login(self.clerk))
            link.mail(self.clerk)
            code, text = link.rcpt(address)
            return code, text.decode()

    def ask(self, *words, check=True):
        done = self.box.vanthu(*words, "--json", check=check)
        return json.loads(done.stdout)

    def as_login(self, address, *words, password=None, code=""):
        return self.box.vanthu_as(address, *words, password=password, code=code, text=True)

    def test_a_change_holds_with_the_next_letter(self):
        self.assertIn("5.1.1", self.rcpt(at("toxay"))[1])
        self.box.vanthu("mailbox", "add", at("toxay"), "--kind", "role", "--unit", "vptu")
        begun = time.monotonic()
        self.assertEqual(self.rcpt(at("toxay"))[0], 250)
        self.assertLess(time.monotonic() - begun, 1)
        self.box.vanthu("mailbox", "suspend", at("toxay"))
        self.assertIn("5.2.1", self.rcpt(at("toxay"))[1])
        self.box.vanthu("mailbox", "resume", at("toxay"))
        self.assertEqual(self.rcpt(at("toxay"))[0], 250)
        self.box.vanthu("alias", "add", at("to.xay"), f"target={at('toxay')}")
        self.assertEqual(self.rcpt(at("to.xay"))[0], 250)
        self.box.vanthu("alias", "close", at("to.xay"), "--on", TOMORROW)
        self.assertEqual(self.rcpt(at("to.xay"))[0], 250, "today is its last day")
        changes = self.ask("directory", "history")["changes"]
        self.assertEqual(changes[0]["generation"], changes[4]["generation"] + 4, "five changes")
        self.assertIn(f"event=directory.generation generation={changes[0]['generation']}", self.box.log())
        rows = self.ask("directory", "history", "mailbox", at("toxay"))["changes"]
        self.assertEqual([one["act"] for one in rows], ["mailbox status", "mailbox status", "mailbox put"])

    def test_a_misspelt_address_is_answered_with_its_neighbours(self):
        code, text = self.rcpt(at("vanthu.vptuu"))
        self.assertEqual(code, 550)
        self.assertIn(at("vanthu.vptu"), text)

    def test_a_reorganisation_is_one_step(self):
        plan = ("act,unit,into,name_vi,short_name,symbol,unit_kind,place,mail_stem,registry,people_to,note\n"
                f"create,xmoi26,tinhuy,Đảng uỷ xã Kỳ Mới,ĐU Kỳ Mới,ĐU,du-xa,Kỳ Mới,kymoi,{at('vanthu.kymoi')},,\n"
                "merge,xkyhoa25,xmoi26,,,,,,,,xmoi26,\n"
                "merge,xkyanh25,xmoi26,,,,,,,,xmoi26,\n")
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write(plan)
            file.flush()
            os.chmod(file.name, 0o644)
            group = self.ask("directory", "resolve", at("g.xaphuong"))["targets"]
            looked = self.ask("directory", "reorganise", file.name, "--on", TODAY, "--dry-run")
            self.assertFalse(looked["stored"])
            self.assertEqual(self.ask("directory", "resolve", at("g.xaphuong"))["targets"], group)
            done = self.ask("directory", "reorganise", file.name, "--on", TODAY)
        self.assertTrue(done["stored"])
        self.assertEqual(done["differences"], looked["differences"])
        closing = [row["key"] for row in done["differences"] if row["table"] == "mailboxes" and row["act"] == "changed"
                   and row["fields"].get("status", {}).get("after") == "closed"]
        self.assertTrue(closing)
        code, text = self.rcpt(closing[0])
        self.assertEqual(code, 550)
        self.assertIn("5.1.6", text)
        self.assertIn(at("vanthu.kymoi"), text)
        after = self.ask("directory", "resolve", at("g.xaphuong"))["targets"]
        self.assertEqual(len(after), len(group) + 1 - 2)
        self.assertEqual(self.ask("directory", "resolve", closing[0], "--at", YESTERDAY)["kind"], "mailbox")
        then = self.ask("directory", "resolve", at("g.xaphuong"), "--at", YESTERDAY)["targets"]
        self.assertEqual([one["address"] for one in then], [one["address"] for one in group])

    def test_an_export_is_the_directory_again(self):
        with tempfile.TemporaryDirectory() as folder:
            for file in sorted(SAMPLE.glob("*.csv")):
                (Path(folder) / file.name).write_bytes(self.box.vanthu("directory", "export", file.name).stdout)
            os.chmod(folder, 0o755)
            looked = self.ask("directory", "import", folder, "--dry-run")
        self.assertEqual(looked["differences"], [])
        self.assertEqual(looked["faults"], [])

    def test_a_faulty_import_names_its_line_and_changes_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            for file in SAMPLE.glob("*.csv"):
                (Path(folder) / file.name).write_bytes(file.read_bytes())
            broken = Path(folder) / "people.csv"
            broken.write_text(broken.read_text() + "n999,,x,active,\r\n")
            os.chmod(folder, 0o755)
            done = self.box.vanthu("directory", "import", folder, check=False)
        self.assertEqual(done.returncode, 65)
        self.assertIn(b"people.csv:", done.stderr)
        self.assertIn(b"full_name is empty", done.stderr)

    def test_a_right_is_explained(self):
        own = self.ask("directory", "may-send", self.clerk, self.clerk)
        self.assertTrue(own["allowed"])
        self.assertEqual(own["because"], "own mailbox")
        other = self.box.vanthu("directory", "may-send", self.clerk, at("bithu"), check=False)
        self.assertEqual(other.returncode, 1)
        self.assertIn("not own, no position, no delegation", other.stdout.decode())

    def test_an_application_password_logs_in_until_it_is_taken_back(self):
        word = self.box.vanthu("mailbox", "app-password", self.clerk, "điện thoại").stdout.decode().strip()

        def login():
            with smtplib.SMTP("127.0.0.1", self.box.port("submission")) as link:
                link.ehlo("test.example")
                link.starttls()
                link.ehlo("test.example")
                link.docmd("AUTH", "PLAIN " + base64.b64encode(f"\0{self.clerk}\0{word}".encode()).decode())
                return link.mail(self.clerk)[0]

        self.assertEqual(login(), 250)
        listed = self.ask("mailbox", "app-passwords", self.clerk)["app_passwords"]
        self.assertEqual(listed[0]["label"], "điện thoại")
        self.box.vanthu("mailbox", "revoke", self.clerk, listed[0]["id"])
        self.assertNotEqual(login(), 250)

    def test_the_age_of_the_last_import_is_told(self):
        self.assertTrue(self.ask("directory", "show")["imported"].startswith("20"))

    def test_hygiene_is_told(self):
        found = self.ask("directory", "check", check=False)["findings"]
        self.assertTrue({"group.dormant-member", "name.same", "mailbox.dormant"} <= {one["id"] for one in found})

    def test_who_guesses_at_the_control_socket_waits_and_the_owner_does_not(self):
        admin = self.box.user("staff", 1)["address"]
        person = self.ask("mailbox", "show", admin)["rows"][0]["person_id"]
        self.box.vanthu("role", "add", person, "administrator", "")
        secret = self.box.vanthu("mailbox", "totp", admin).stdout.decode().split("secret=")[1].split("&")[0]
        for turn in range(4):  # the password is known, the code is guessed
            done = self.as_login(admin, "unit", "list", code=f"00000{turn}")
            self.assertEqual(done.returncode, 77, done.stderr)
        done = self.as_login(admin, "unit", "list", code=totp(secret))
        self.assertEqual(done.returncode, 75, "held back: " + done.stderr)
        self.assertRegex(done.stderr, r"try again in \d+ seconds")
        held = self.ask("guard", "list")
        self.assertTrue([one for one in held if one["who"].endswith(admin)], held)
        with smtplib.SMTP("127.0.0.1", self.box.port("submission")) as link:  # it holds back the guesser, not the account
            link.ehlo("test.example")
            link.starttls()
            link.ehlo("test.example")
            link.login(*self.box.login(admin))
        time.sleep(int(done.stderr.split("try again in ")[1].split()[0]) + 0.1)
        self.assertEqual(self.as_login(admin, "unit", "list", code=totp(secret)).returncode, 0, "it passes by itself")
        for turn in range(4):
            self.as_login(admin, "unit", "list", password=f"guess {turn}")
        self.assertEqual(self.as_login(admin, "unit", "list", password="guess 5").returncode, 75)
        self.box.vanthu("guard", "clear", admin)
        self.assertEqual(self.as_login(admin, "unit", "list", password="guess 6").returncode, 77)
        self.box.vanthu("mailbox", "totp", admin, "--remove")

    def test_a_unit_administrator_has_their_subtree_and_no_more(self):
        refused = self.as_login(self.clerk, "unit", "list")
        self.assertEqual(refused.returncode, 77, "nobody yet: " + refused.stderr)
        person = self.ask("mailbox", "show", self.clerk)["rows"][0]["person_id"]
        self.box.vanthu("role", "add", person, "unit-administrator", "vptu")
        self.assertEqual(self.as_login(self.clerk, "unit", "list", password="wrong").returncode, 77)
        seen = json.loads(self.as_login(self.clerk, "unit", "list", "--json").stdout)["rows"]
        self.assertIn("vptu-vtlt", {row["unit_id"] for row in seen})
        self.assertNotIn("btctu", {row["unit_id"] for row in seen})
        done = self.as_login(self.clerk, "unit", "add", "vptu-moi", "name=Phòng mới", "kind=van-phong-tu", "parent=vptu")
        self.assertEqual(done.returncode, 0, done.stderr)
        for words in (["unit", "set", "btctu", "place=X"], ["mailbox", "suspend", at("bithu")],
                      ["role", "add", person, "administrator", ""], ["unit", "move", "btctu", "vptu"]):
            done = self.as_login(self.clerk, *words)
            self.assertIn(done.returncode, (65, 77), (words, done.stdout, done.stderr))
        self.assertEqual(self.as_login(self.clerk, "queue", "list").returncode, 77)
        uri = self.box.vanthu("mailbox", "totp", self.clerk).stdout.decode()
        self.assertEqual(self.as_login(self.clerk, "unit", "list").returncode, 77, "the code is missing")
        code = totp(uri.split("secret=")[1].split("&")[0])
        self.assertEqual(self.as_login(self.clerk, "unit", "list", code=code).returncode, 0)
        self.assertEqual(self.as_login(self.clerk, "unit", "list", code=code).returncode, 77, "a code is good once")
        self.box.vanthu("mailbox", "totp", self.clerk, "--remove")
        self.assertEqual(self.ask("directory", "history", "unit", "vptu-moi")["changes"][0]["actor"], self.clerk)
        acts = self.box.vanthu("audit", "list").stdout.decode()
        self.assertIn(self.clerk, acts)


if __name__ == "__main__":
    unittest.main()

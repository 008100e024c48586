# SPDX-License-Identifier: GPL-3.0-or-later
"""A letter with blind copies, and who is told of them: by what is searched for, counted, listed, held, read by IMAP. The same before
and after view and full text are made anew."""
import dataclasses
import imaplib
import json
import re
import unittest

import raw
from box import Box, letters, papers, wait_until

DOMAIN = "hatinh.dcs.example"
OFFICE, BTCTU, BNCTU, UBKTTU = (f"vanthu.{unit}@{DOMAIN}" for unit in ("vptu", "btctu", "bnctu", "ubkttu"))
KIEN = f"kienth@{DOMAIN}"  # serves the office's mailroom
ALL, SENDER, NAMED, BLIND = (f"{name}@{DOMAIN}" for name in ("dunghtt", "khoatb", "huongvtt", "thuynt"))
WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
WHO = {ALL: {"bnctu", "ubkttu"}, SENDER: {"bnctu", "ubkttu"}, NAMED: set(), BLIND: {"bnctu"}}  # told to have it blindly


class BlindTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "limits.account-messages=none"))
        for address, unit in ((SENDER, "vptu"), (NAMED, "btctu"), (BLIND, "bnctu")):
            person = json.loads(cls.box.vanthu("mailbox", "show", address, "--json").stdout)["rows"][0]["person_id"]
            cls.box.vanthu("role", "add", person, "archivist", unit)
        cls.number = cls.post("61", [BTCTU], [BNCTU, UBKTTU])
        cls.open = cls.post("62", [BTCTU, BNCTU], [])

    @classmethod
    def post(cls, number, to, bcc):
        what = dataclasses.replace(letters.cong_van(), number=f"Số {number}-CV/VPTU", subject="Về việc sáp nhập chi bộ")
        octets = raw.message(OFFICE, ", ".join(to), subject=f"{number}-CV/VPTU",
                             attachments=[("van-ban.docx", *WORD, papers.docx(what))])
        assert cls.box.send("submission", cls.box.login(KIEN), OFFICE, [*to, *bcc], octets).accepted
        wait_until(lambda: cls.box.records_of(octets), what="the record")
        return cls.box.records_of(octets)[0]["number"]

    def ask(self, address, *words, code=0):
        done = self.box.vanthu_as(address, *words)
        self.assertEqual(done.returncode, code, (words, done.stdout[:500], done.stderr.decode(errors="replace")))
        return done.stdout.decode() if code == 0 else done.stderr.decode()

    def search(self, address, *words):
        return json.loads(self.ask(address, "archive", "search", "--json", *words))

    def found(self, address, *words):
        return self.number in [one["number"] for one in self.search(address, *words)["records"]]

    def tells_as_the_rule_says(self):
        for address, told in WHO.items():
            for unit in ("btctu", "bnctu", "ubkttu"):
                knows = unit == "btctu" or unit in told
                for words in ((f"unit:{unit}",), ("--unit", unit), (f"to:{unit}",), (f"to:vanthu.{unit}@{DOMAIN}",),
                              (f"sáp nhập to:{unit} unit:{unit}",)):
                    self.assertEqual(self.found(address, *words), knows, (address, words))
                self.assertEqual(self.found(address, f"NOT to:{unit}"), not knows, (address, unit))
            answer = self.search(address, "--facets", f"record:{self.number}")
            self.assertEqual([set(one["units"]) for one in answer["records"]], [{"vptu", "btctu"} | told], address)
            self.assertEqual({one["value"]: one["records"] for one in answer["facets"]["unit"]},
                             {unit: 1 for unit in {"vptu", "btctu"} | told}, address)
            self.assertFalse(answer["without_full_text"])
            shown = self.ask(address, "archive", "show", self.number)
            for unit, name in (("bnctu", "Ban Nội chính"), ("ubkttu", "Uỷ ban Kiểm tra")):
                self.assertEqual(unit in shown, unit in told, (address, unit))
                # The policy found both to be none of those that the paper names: to whom that is told is told of all.
                self.assertEqual(name in shown, told == {"bnctu", "ubkttu"}, (address, name, shown))

    def test_searching_tells_what_showing_tells_also_after_a_rebuild(self):
        self.tells_as_the_rule_says()
        self.box.vanthu("archive", "rebuild")
        self.box.vanthu("archive", "rebuild", "--index")
        self.tells_as_the_rule_says()

    def test_a_preview_of_a_hold_knows_no_more(self):
        for address, unit in ((SENDER, "vptu"), (NAMED, "btctu"), (BLIND, "bnctu")):
            for other in ("bnctu", "ubkttu"):
                taken = json.loads(self.ask(address, "hold", "preview", "--json", "--unit", unit, "--search",
                                            f"to:{other} record:{self.number}"))
                self.assertEqual(taken["count"], 1 if other in WHO[address] else 0, (address, other))
        self.ask(NAMED, "hold", "preview", "--json", "--unit", "bnctu", "--search", f"record:{self.number}", code=77)

    def test_saved_searches_keep_what_their_reader_finds(self):
        for of in ((), ("--of", NAMED)):
            words = ("archive", "save-search", *of, "kín", "to:bnctu")
            said = self.box.vanthu(*words).stdout.decode() if of else self.ask(NAMED, *words)
            self.assertIn(": 1 văn bản", said)  # the letter that names it

    def test_registers_and_files_are_those_of_ones_own_units(self):
        self.box.vanthu("register", "enter", "--unit", "bnctu", self.number)
        book = json.loads(self.box.vanthu("register", "list", "--unit", "bnctu", "--json").stdout)["registers"][0]["id"]
        self.assertTrue(self.found(BLIND, f"register:{book}"))
        self.assertTrue(self.found(ALL, f"register:{book}"))
        self.assertEqual(self.ask(NAMED, "archive", "search", f"register:{book}", code=64),
                         self.ask(NAMED, "archive", "search", "register:den/khongco/2026", code=64).replace("den/khongco/2026", book))
        plan = self.box.dir / "danh-muc.csv"
        plan.write_text("mã,tiêu đề,nhóm,người lập\n05,Công tác nội chính,10-nam,Văn phòng\n")
        self.box.vanthu("file", "plan", "--unit", "bnctu", "--decision", "12-QĐ/BNCTU", plan)
        self.box.vanthu("file", "open", "--unit", "bnctu", "--code", "05")
        file = json.loads(self.box.vanthu("file", "list", "--json").stdout)["files"][0]
        file = f"bnctu/{file['year']}/05"
        self.box.vanthu("file", "add", file, self.number)
        self.assertTrue(self.found(BLIND, f"file:{file}"))
        self.ask(NAMED, "archive", "search", f"file:{file}", code=64)
        self.ask(NAMED, "archive", "search", "file:bnctu", code=64)
        hold = json.loads(self.box.vanthu("hold", "set", "--owner", "UBKT", "--reason", "kiểm tra", "--review", "2030-01-01", "--file",
                                          file, "--json").stdout)["hold"]
        self.assertTrue(self.found(BLIND, f"held:{hold}"))
        self.assertTrue(self.found(BLIND, "held:yes"))
        self.assertFalse(self.found(NAMED, "held:yes"))
        self.assertTrue(self.found(NAMED, "held:no"))
        self.assertEqual(self.ask(NAMED, "archive", "search", f"held:{hold}", code=64),
                         self.ask(NAMED, "archive", "search", "held:99", code=64).replace("99", str(hold)))
        self.assertFalse([one for one in self.folders(self.room(NAMED)) if "Nội chính" in one and one.startswith("Hồ sơ/")])
        self.assertTrue([one for one in self.folders(self.room(BLIND)) if "Nội chính" in one and one.startswith("Hồ sơ/")])
        self.assertNotIn(f"Giữ lại/{hold}", self.folders(self.room(NAMED)))
        self.assertIn(f"Giữ lại/{hold}", self.folders(self.room(BLIND)))

    def room(self, address):
        login, password = self.box.login(address)
        session = imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.box.trust(), timeout=60)
        self.addCleanup(session.logout)
        session.login(login + "#archive", password)
        session.capabilities = tuple(session.capability()[1][0].decode().split())  # those behind the login
        session.enable("UTF8=ACCEPT")
        return session

    def folders(self, session):
        return [re.search(r'"/" "([^"]*)"', one.decode())[1] for one in session.list()[1] if b"\\Noselect" not in one]

    def test_the_archive_in_a_mail_program_has_no_folder_and_finds_nothing_more(self):
        for address, told in WHO.items():
            session = self.room(address)
            folders = self.folders(session)
            for unit, name in (("bnctu", "Ban Nội chính Tỉnh uỷ"), ("ubkttu", "Uỷ ban Kiểm tra Tỉnh uỷ")):
                theirs = [one for one in folders if one.startswith("Văn bản đến/") and f"/{name}/" in one]
                many = sum(int(session.select(f'"{one}"', readonly=True)[1][0]) for one in theirs)
                self.assertEqual(many, (unit in told) + (unit == "bnctu"), (address, name, folders))
            sent = next(one for one in folders if one.startswith("Văn bản đi/") and "/Văn phòng Tỉnh uỷ/" in one)
            session.select(f'"{sent}"', readonly=True)
            for unit in ("bnctu", "ubkttu"):
                found = session.uid("SEARCH", "FUZZY", "TO", f'"{unit}"')[1][0].split()
                self.assertEqual(len(found), (unit in told) + (unit == "bnctu"), (address, unit))
                self.assertEqual(len(session.uid("SEARCH", "TO", f'"{unit}"')[1][0].split()), unit == "bnctu")


if __name__ == "__main__":
    unittest.main()

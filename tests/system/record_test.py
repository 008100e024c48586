# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a record, and who may read it: deliveries behind it, archivists within their scope, auditors who see
that all is there and nothing of what it says, files and registers asked for in a search."""
import dataclasses
import json
import os
import unittest

import raw
from box import Box, letters, papers, wait_until

DOMAIN = "hatinh.dcs.example"
OFFICE, BTCTU, BNCTU = f"vanthu.vptu@{DOMAIN}", f"vanthu.btctu@{DOMAIN}", f"vanthu.bnctu@{DOMAIN}"
KIEN = f"kienth@{DOMAIN}"  # serves the office's mailroom
ARCHIVIST, AUDITOR = f"dunghtt@{DOMAIN}", f"huongvtt@{DOMAIN}"
WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


class RecordTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "limits.account-messages=none"))

    def as_login(self, address, *words, code=0):
        done = self.box.vanthu_as(address, *words)
        self.assertEqual(done.returncode, code, (words, done.stdout[:500], done.stderr.decode(errors="replace")))
        return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def numbers(self, *words, login=None):
        out = (self.as_login(login, "archive", "search", "--json", *words)[0] if login else
               self.box.vanthu("archive", "search", "--json", *words).stdout)
        return sorted(one["number"] for one in json.loads(out)["records"])

    def post(self, number, to, subject="Về việc báo cáo công tác văn thư"):
        what = dataclasses.replace(letters.cong_van(), number=f"Số {number}-CV/VPTU", subject=subject)
        octets = raw.message(OFFICE, ", ".join(to), subject=f"{number}-CV/VPTU",
                             attachments=[("van-ban.docx", *WORD, papers.docx(what))])
        reply = self.box.send("submission", self.box.login(KIEN), OFFICE, list(to), octets)
        self.assertTrue(reply.accepted, reply)
        wait_until(lambda: self.box.records_of(octets), what="the record")
        return self.box.records_of(octets)[0]["number"]

    def status(self, record):
        return json.loads(self.box.vanthu("record", "status", record, "--json").stdout)["recipients"]

    def all_delivered(self, record):
        return all(one.get("delivery", {}).get("delivered") for one in self.status(record))

    def endings(self, record):
        events = json.loads(self.box.vanthu("record", "history", record, "--json").stdout)["events"]
        return sorted(index for event in events if event["what"] == "delivery.ended"
                      for index in event["details"]["deliveries"])

    def test_who_got_it_and_when_stands_behind_the_record_once(self):
        record = self.post("61", (BTCTU, BNCTU))
        wait_until(lambda: self.all_delivered(record), what="the deliveries behind the record")
        units = sorted(one["unit"] for one in self.status(record))
        self.assertEqual(units, ["bnctu", "btctu"])
        self.assertEqual(self.endings(record), [0, 1])
        said = self.box.vanthu("record", "status", record).stdout.decode()
        self.assertIn("đã chuyển tới 2 trong 2 người nhận", said)
        self.assertIn("chưa vào sổ", said)
        self.box.vanthu("register", "enter", "--unit", "btctu", record)
        self.assertIn("số đến 1", self.box.vanthu("record", "status", record).stdout.decode())
        # No address and no word of a next hop stands in the event: it outlives the record.
        events = self.box.vanthu("record", "history", record, "--json").stdout.decode()
        self.assertNotIn(BTCTU, events)

        # Killed at once after the answer, again and again: whatever was told twice stands there once.
        for turn in range(4):
            record = self.post(str(62 + turn), (BTCTU, BNCTU))
            self.box.kill_gateway()
            self.box.start_gateway()
            wait_until(lambda: self.all_delivered(record), what="the deliveries after a kill")
            self.assertEqual(self.endings(record), [0, 1])
        self.assertEqual(self.box.vanthu("archive", "verify").returncode, 0)

    def test_archivists_read_within_their_scope_and_auditors_nothing(self):
        both = self.post("71", (BTCTU, BNCTU), subject="Về việc sáp nhập chi bộ thôn")
        other = self.post("72", (BNCTU,), subject="Về việc sáp nhập trường tiểu học")
        self.assertEqual(self.numbers("sáp nhập", login=ARCHIVIST), sorted([both, other]))
        self.as_login(ARCHIVIST, "archive", "get", other)
        self.as_login(ARCHIVIST, "queue", "list", code=77)

        self.as_login(AUDITOR, "archive", "verify", code=77)
        self.box.vanthu("role", "add", "n010", "auditor", "", "valid_from=2021-02-15")
        for words in (("archive", "get", both), ("archive", "search", "sáp nhập"), ("log", "proof", both)):
            self.as_login(AUDITOR, *words, code=77)
        self.as_login(AUDITOR, "archive", "verify")
        self.as_login(AUDITOR, "log", "status")
        self.assertIn("archive.get", self.as_login(AUDITOR, "audit", "list")[0])
        self.assertIn(ARCHIVIST, self.as_login(AUDITOR, "archive", "seen", other)[0])

        self.box.vanthu("role", "add", "n010", "archivist", "btctu", "valid_from=2021-02-15")
        self.assertEqual(self.numbers("sáp nhập", login=AUDITOR), [both])
        self.assertEqual(self.numbers("--unit", "bnctu", login=AUDITOR).count(other), 0)
        facets = json.loads(self.as_login(AUDITOR, "archive", "search", "--json", "--facets", "sáp nhập")[0])["facets"]
        self.assertEqual(sum(one["records"] for one in facets["kind"]), 1)
        self.as_login(AUDITOR, "archive", "get", both)
        absent = self.as_login(AUDITOR, "archive", "show", 999999, code=66)[1]
        for verb in (("archive", "show"), ("archive", "get"), ("archive", "meta"), ("record", "status"), ("record", "history"),
                     ("log", "proof")):
            self.assertEqual(self.as_login(AUDITOR, *verb, other, code=66)[1], absent.replace("999999", str(other)), verb)
        # Nor by the id in the 250 that somebody has seen of it: it sounds as one of no letter.
        queue_id = json.loads(self.box.vanthu("archive", "show", other, "--json").stdout)["id"]
        for verb in ("status", "history"):
            self.assertIn(str(other), self.as_login(ARCHIVIST, "record", verb, queue_id, "--json")[0])
            absent = self.as_login(AUDITOR, "record", verb, "nobody999", code=66)
            beyond = self.as_login(AUDITOR, "record", verb, queue_id, code=66)
            self.assertEqual(beyond, tuple(said.replace("nobody999", queue_id) for said in absent))

        kept = [json.dumps(one, ensure_ascii=False) for one in
                json.loads(self.box.vanthu("audit", "list", "--act", "archive.search", "--json").stdout)["entries"]]
        self.assertTrue(kept)
        self.assertFalse([one for one in kept if "sáp nhập" in one], "words that were searched for stand in the audit log")

    def test_files_holds_and_registers_are_fields_of_a_search(self):
        first, second = self.post("81", (BTCTU,)), self.post("82", (BTCTU,))
        book = next(one["id"] for one in json.loads(self.box.vanthu("register", "list", "--unit", "vptu", "--json").stdout)
                    ["registers"] if one["id"].endswith("/cv-vptu"))
        self.assertEqual(self.numbers(f'register:"{book} 81"'), [first])
        self.assertLessEqual({first, second}, set(self.numbers(f"register:{book}")))
        plan = self.box.dir / "danh-muc.csv"
        plan.write_text('mã,tiêu đề,nhóm,người lập\n05,"Công tác văn thư, lưu trữ",10-nam,Phòng Hành chính\n06,Nhân sự,70-nam,\n')
        self.box.vanthu("file", "plan", "--unit", "vptu", "--decision", "12-QĐ/VPTU", plan)
        self.box.vanthu("file", "open", "--unit", "vptu", "--code", "05")
        shown = json.loads(self.box.vanthu("file", "plan", "--unit", "vptu", "--json").stdout)
        self.assertEqual([(row["code"], row["state"]) for row in shown["rows"]], [("05", "open"), ("06", "planned")])
        year = self.status(first) and json.loads(self.box.vanthu("file", "list", "--json").stdout)["files"][0]["year"]
        self.box.vanthu("file", "add", f"vptu/{year}/05", first)
        self.assertEqual(self.numbers(f"file:vptu/{year}/05"), [first])
        self.assertEqual(self.numbers(f"file:vptu/{year}/05 -has:attachment"), [])
        self.assertIn(second, self.numbers(f"-file:vptu/{year}/05"))
        wrong = self.box.vanthu("archive", "search", "file:vptu/1999/99", check=False)
        self.assertEqual(wrong.returncode, 64)
        self.assertIn("no file is called", wrong.stderr.decode())
        self.assertEqual(self.numbers("held:yes"), [])
        self.box.vanthu("hold", "set", "--owner", "UBKT", "--reason", "kiểm tra", "--review", "2030-01-01", "--file", f"vptu/{year}/05")
        self.assertEqual(self.numbers("held:yes"), [first])
        self.assertIn(second, self.numbers("held:no"))


    def test_zz_what_rots_is_found_before_somebody_needs_it(self):
        record = self.post("95", (BTCTU,))
        place = json.loads(self.box.vanthu("archive", "show", record, "--json").stdout)["position"]
        segment = next(one for one in (self.box.layout.data / "records").iterdir() if one.name.startswith(f"{place['segment']:020d}"))

        def bend():
            with open(segment, "r+b") as file:
                file.seek(place["offset"] + 400)
                octet = file.read(1)[0]
                file.seek(-1, os.SEEK_CUR)
                file.write(bytes([octet ^ 1]))

        clean = self.box.vanthu("archive", "fixity", "--check", 1000)
        self.assertIn("Không có bản ghi nào sai", clean.stdout.decode())
        bend()
        bent = self.box.vanthu("archive", "fixity", "--check", 1000, "--json", check=False)
        self.assertEqual(bent.returncode, 1)
        self.assertEqual([one["record"] for one in json.loads(bent.stdout)["faults"]], [record])
        told = json.loads(self.box.vanthu("audit", "list", "--actor", "gateway", "--json").stdout)["entries"]
        self.assertIn(f"record {record}", [one["subject"] for one in told if one["act"] == "archive.fixity"])
        bend()
        mended = self.box.vanthu("archive", "fixity", "--check", 1000, "--json")
        self.assertEqual(json.loads(mended.stdout)["faults"], [])


if __name__ == "__main__":
    unittest.main()

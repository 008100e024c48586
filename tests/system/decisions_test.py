# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters that wait for somebody's word: asked by mail, answered by mail, over kills, time-outs and wrong hands."""
import contextlib
import csv
import json
import re
import shutil
import signal
import tempfile
import time
import unittest
from pathlib import Path

import raw
from asking import HUONG, KHOA, KIEN, Asking
from box import ROOT, Box, wait_until

GROUP, OFFICE = "g.bandang@hatinh.dcs.example", "vanthu.vptu@hatinh.dcs.example"
CONFIRM = """
[[rule]]
id = "test.confirm"
direction = "out"
recipient_kind = ["person"]
action = "confirm"
text_vi = "thư gửi cá nhân"
text_en = "to a person"
"""


class DecisionsTest(Asking, unittest.TestCase):
    @contextlib.contextmanager
    def confirming(self, *options, more=""):
        with Box(*options) as box:
            self.set_policy(box, CONFIRM + more)
            yield box

    def test_a_letter_goes_when_its_sender_has_confirmed_it(self):
        with self.confirming() as box:
            ident, octets, reply = self.letter(box)
            self.assertIn("waits for your confirmation", reply.text)
            question = self.question(box, KHOA, ident)
            self.assertEqual(question["Auto-Submitted"], "auto-generated")
            self.assertEqual(question["Return-Path"] or "<>", "<>")
            self.assertIn("xac-nhan@hatinh.dcs.example", question["From"])
            text = question.get_content()
            for piece in (HUONG, "Giấy mời họp", "thư gửi cá nhân", "ĐỒNG Ý", "mailto:"):
                self.assertIn(piece, text)
            self.assertIsNone(box.find(HUONG, ident, seconds=1), "it went without a word")
            entries = self.waits(box)
            self.assertEqual(len(entries), 1)
            self.assertRegex(entries[0]["hold"], r"confirm: khoatb@hatinh.dcs.example until 2")
            shown = json.loads(box.vanthu("queue", "show", entries[0]["id"], "--json").stdout)
            self.assertEqual([(q["kind"], q["decider"], q["answer"]) for q in shown["questions"]], [("confirm", KHOA, "")])

            address = self.reply_to(question)
            unclear = self.answer(box, KHOA, address, "Tôi chưa rõ\n> ĐỒNG Ý")
            self.assertEqual((unclear.step, unclear.code), ("end", 554), unclear)
            said = self.answer(box, KHOA, address, "\nĐồng ý, gửi ngay.\n\n> KHÔNG\n> " + text.splitlines()[0])
            self.assertTrue(said.accepted, said)
            got = box.find(HUONG, ident)
            self.assertIsNotNone(got, "it did not go")
            self.assertTrue(got.endswith(octets))
            again = self.answer(box, KHOA, address, "ĐỒNG Ý")
            self.assertEqual((again.step, again.code), ("rcpt", 550), again)
            self.assertIn("5.7.1", again.text)
            self.assertEqual(self.search(box, KHOA, "Subject", "Xin =?", 0.1), [], "an answer was delivered to somebody")
            acts = json.loads(box.vanthu("audit", "list", "--json").stdout)
            acts = acts["entries"] if isinstance(acts, dict) else acts
            mine = [(one["actor"], one["outcome"], one["details"]["answer"]) for one in acts if one["act"] == "queue.decide"]
            self.assertEqual(mine, [(KHOA, "done", "yes"), (KHOA, "begun", "yes")])

    def test_the_two_addresses_say_yes_and_no(self):
        with self.confirming() as box:
            for word, delivered in (("no", False), ("yes", True)):
                ident, _, _ = self.letter(box)
                question = self.question(box, KHOA, ident)
                links = re.findall(r"mailto:([^?>]+)\?", question.get_content())
                address = next(link for link in links if f".{word}@" in link).replace("%2B", "+")
                other = self.answer(box, KHOA, address, "KHÔNG" if word == "yes" else "YES")
                self.assertEqual((other.step, other.code), ("end", 554), "address and letter disagree")
                self.assertTrue(self.answer(box, KHOA, address).accepted)
                if delivered:
                    self.assertIsNotNone(box.find(HUONG, ident))
                    continue
                reports = self.search(box, KHOA, "Subject", "undelivered mail")
                self.assertEqual(len(reports), 1)
                status = reports[0].as_string()
                self.assertIn("Status: 5.7.1", status)
                self.assertIn(f"not approved by {KHOA}", status)
                self.assertIsNone(box.find(HUONG, ident, seconds=1))
            wait_until(lambda: not json.loads(box.vanthu("queue", "list", "--json").stdout)["entries"], what="an empty queue")

    def test_nobody_else_can_answer(self):
        with self.confirming() as box:
            ident, _, _ = self.letter(box)
            address = self.reply_to(self.question(box, KHOA, ident))
            wrong = self.answer(box, KIEN, address, "ĐỒNG Ý")
            self.assertEqual((wrong.step, wrong.code), ("rcpt", 550), wrong)
            self.assertIn("event=decision.wrong-login", box.log())
            octets = raw.message("x@elsewhere.example", address)
            outside = box.send("mx", None, "x@elsewhere.example", [address], octets)
            self.assertEqual((outside.step, outside.code), ("rcpt", 550), outside)
            for tag in ("", "+", "+abc", "+" + "0" * 32, "+" + "0" * 32 + ".yes"):
                guess = self.answer(box, KHOA, f"xac-nhan{tag}@hatinh.dcs.example", "ĐỒNG Ý")
                self.assertEqual(guess.step, "rcpt", (tag, guess))
            both = box.send("submission", box.login(KHOA), KHOA, [KIEN, address], raw.message(KHOA, address))
            self.assertEqual((both.step, both.code), ("rcpt", 550), both)
            self.assertTrue(self.answer(box, KHOA, address.upper(), "OK").accepted, "case is nothing")
            self.assertIsNotNone(box.find(HUONG, ident))

    def test_kills_between_the_steps_lose_neither_the_question_nor_the_answer(self):
        with self.confirming() as box:
            first, _, _ = self.letter(box)
            box.kill_gateway()  # perhaps before it was asked
            box.start_gateway()
            address = self.reply_to(self.question(box, KHOA, first))
            second, _, _ = self.letter(box)
            other = self.reply_to(self.question(box, KHOA, second))
            before = [entry["hold"] for entry in self.waits(box)]
            for number in (signal.SIGKILL, signal.SIGTERM):
                box.signal_gateway(number)
                self.assertTrue(box.wait_for_gateway_end())
                box.start_gateway()
                self.assertEqual([entry["hold"] for entry in self.waits(box)], before, "who is asked, and until when")
            self.assertTrue(self.answer(box, KHOA, address, "ĐỒNG Ý").accepted)
            self.assertTrue(self.answer(box, KHOA, other, "KHÔNG").accepted)
            box.kill_gateway()
            box.start_gateway()
            self.assertIsNotNone(box.find(HUONG, first))
            # One report is made, whenever the kill came. The store may have it twice, as any letter (RFC 5321 §6.1).
            self.search(box, KHOA, "Subject", "undelivered mail")
            time.sleep(2)
            reports = self.search(box, KHOA, "Subject", "undelivered mail")
            self.assertEqual(len({report["Message-ID"] for report in reports}), 1)
            self.assertIsNone(box.find(HUONG, second, seconds=1))
            for used in (address, other):
                self.assertEqual(self.answer(box, KHOA, used, "ĐỒNG Ý").code, 550)

    def test_what_nobody_answers_in_time_goes_back(self):
        with self.confirming("--set", "decision.longest-seconds=6") as box:
            ident, _, _ = self.letter(box)
            address = self.reply_to(self.question(box, KHOA, ident))
            reports = self.search(box, KHOA, "Subject", "undelivered mail", 40)
            self.assertEqual(len(reports), 1)
            self.assertIn("nobody approved it in time", reports[0].as_string())
            self.assertIsNone(box.find(HUONG, ident, seconds=1))
            late = self.answer(box, KHOA, address, "ĐỒNG Ý")
            self.assertEqual((late.step, late.code), ("rcpt", 550), late)

    def test_a_deadline_that_passes_while_the_gateway_is_down_holds(self):
        with self.confirming("--set", "decision.longest-seconds=6") as box:
            ident, _, _ = self.letter(box)
            self.question(box, KHOA, ident)
            box.kill_gateway()
            time.sleep(6)
            box.start_gateway()
            self.assertEqual(len(self.search(box, KHOA, "Subject", "undelivered mail", 40)), 1)

    def moderate(self, box, group, moderators, on_timeout):
        """The demonstration's directory, but that group has moderators."""
        folder = Path(tempfile.mkdtemp(prefix="vanthu-test-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        tables = folder / "directory"
        shutil.copytree(ROOT / "conf" / "demo" / "directory", tables)
        with open(tables / "groups.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            mine = row["group_id"] == group
            row.update(may_post="", moderated="yes" if mine else "no", moderators=";".join(moderators) if mine else "",
                       decide_hours="24" if mine else "", on_timeout=on_timeout if mine else "", unit_id="")
        with open(tables / "groups.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        for path in (folder, tables, *tables.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
        box.vanthu("directory", "import", tables)

    def test_a_groups_moderators_are_asked_one_after_the_other(self):
        with Box("--set", "decision.longest-seconds=8") as box:
            self.moderate(box, "ban-dang", [HUONG, KIEN], "next")
            ident, octets, reply = self.letter(box, to=(GROUP, HUONG))
            self.assertIn("waits for a moderator", reply.text)
            self.assertIsNotNone(box.find(HUONG, ident), "who is not of the group does not wait for it")
            first = self.reply_to(self.question(box, HUONG, ident))
            other = self.answer(box, KHOA, first, "ĐỒNG Ý")
            self.assertEqual((other.step, other.code), ("rcpt", 550), "its sender does not moderate it")
            second = self.question(box, KIEN, ident)
            self.assertIn(GROUP, second.get_content())
            self.assertEqual(self.answer(box, HUONG, first, "ĐỒNG Ý").code, 550, "his time is over")
            self.assertIsNone(box.find(KIEN, ident, OFFICE, seconds=0.5))
            self.assertTrue(self.answer(box, KIEN, self.reply_to(second), "Đồng ý").accepted)
            self.assertTrue(box.find(KIEN, ident, OFFICE).endswith(octets))

            ident, _, _ = self.letter(box, to=(GROUP,))
            question = self.reply_to(self.question(box, HUONG, ident))
            self.assertTrue(self.answer(box, HUONG, question, "KHÔNG").accepted)
            report = self.search(box, KHOA, "Subject", "undelivered mail")[-1].as_string()
            self.assertIn(f"not approved by {HUONG}", report)
            self.assertIsNone(box.find(KIEN, ident, OFFICE, seconds=0.5))

    def test_an_administrator_can_decide(self):
        with self.confirming() as box:
            ident, _, _ = self.letter(box)
            address = self.reply_to(self.question(box, KHOA, ident))
            (entry,) = self.waits(box)
            box.vanthu("queue", "flush", entry["id"], check=False)
            box.vanthu("queue", "release", entry["id"], check=False)
            self.assertIsNone(box.find(HUONG, ident, seconds=1), "flush and release are no answers")
            box.vanthu("queue", "decide", entry["id"], "yes")
            self.assertIsNotNone(box.find(HUONG, ident))
            self.assertEqual(self.answer(box, KHOA, address, "KHÔNG").code, 550)
            self.assertNotEqual(box.vanthu("queue", "decide", entry["id"], "yes", check=False).returncode, 0)


if __name__ == "__main__":
    unittest.main()

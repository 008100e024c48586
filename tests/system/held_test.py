# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters that a rule holds: looked at, released, rejected, put to their sender, by administrators of the right units."""
import json
import time
import unittest

import raw
from asking import HUONG, KHOA, KIEN, Asking
from box import Box, wait_until

THUY = "thuynt@hatinh.dcs.example"  # of another unit than KHOA, HUONG
RULES = """
[[rule]]
id = "test.one"
direction = "out"
name_extension = ["one"]
action = "hold"
text_vi = "tệp .one cần xem lại"
text_en = ".one files are looked at"

[[rule]]
id = "test.two"
direction = "out"
name_extension = ["two"]
action = "hold"
release_by = 2

[[rule]]
id = "test.in"
direction = "in"
name_extension = ["one"]
action = "hold"
"""


class HeldTest(Asking, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "limits.account-messages=none"))
        cls.box.add_rules(RULES)
        for address in (HUONG, KIEN):
            person = json.loads(cls.box.vanthu("mailbox", "show", address, "--json").stdout)["rows"][0]["person_id"]
            cls.box.vanthu("role", "add", person, "unit-administrator", "vptu")
        person = json.loads(cls.box.vanthu("mailbox", "show", THUY, "--json").stdout)["rows"][0]["person_id"]
        cls.box.vanthu("role", "add", person, "unit-administrator", "btctu")

    def as_login(self, address, *words, code=0):
        done = self.box.vanthu_as(address, *words, text=True)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def held(self, extension, sender=KHOA, to=HUONG):
        """Sends a letter that is held: its ids and octets."""
        ident = raw.message_id()
        octets = raw.message(sender, to, ident=ident, subject="Kế hoạch tuần",
                             attachments=[(f"a.{extension}", "text", "plain", b"x\r\n")])
        reply = self.box.send("submission", self.box.login(sender), sender, [to], octets)
        self.assertTrue(reply.accepted, reply)
        self.assertIn("held for review", str(reply))
        return reply.text.split()[1], ident

    def listed(self):
        return [one["id"] for one in json.loads(self.box.vanthu("held", "list", "--json").stdout)["letters"]]

    def test_a_unit_administrator_looks_and_releases(self):
        queue_id, ident = self.held("one")
        self.assertIn(queue_id, self.as_login(HUONG, "held", "list"))
        shown = json.loads(self.as_login(HUONG, "held", "show", queue_id, "--json"))
        self.assertEqual((shown["rules"], shown["units"], shown["sender"]), (["test.one"], ["vptu"], KHOA))
        self.assertTrue(any(step["matched"] and step["step"].startswith("test.one") for step in shown["steps"]))
        # Who administers another unit does not learn that it is there.
        self.assertNotIn(queue_id, self.as_login(THUY, "held", "list"))
        self.as_login(THUY, "held", "show", queue_id, code=66)
        self.as_login(THUY, "held", "release", queue_id, code=66)
        self.as_login(HUONG, "queue", "release", queue_id, code=77)
        self.assertEqual(self.box.vanthu("queue", "release", queue_id, check=False).returncode, 1, "not held by hand")
        self.assertEqual(self.box.vanthu("queue", "decide", queue_id, "yes", check=False).returncode, 77)
        notice = self.question(self.box, KHOA, ident)  # the sender hears why
        self.assertIn("tệp .one cần xem lại", notice.get_content())
        self.as_login(HUONG, "held", "release", queue_id)
        self.assertIsNotNone(self.box.find(HUONG, ident))
        self.assertNotIn(queue_id, self.listed())
        self.as_login(HUONG, "held", "release", queue_id, code=66)
        acts = json.loads(self.box.vanthu("audit", "list", "--json").stdout)
        acts = acts["entries"] if isinstance(acts, dict) else acts
        self.assertTrue(any(one["act"] == "held.release" and one["actor"] == HUONG and one["outcome"] == "done" for one in acts))

    def test_nobody_releases_his_own_letter(self):
        queue_id, _ = self.held("one", sender=HUONG, to=KHOA)
        self.assertIn("own letter", self.as_login(HUONG, "held", "release", queue_id, code=77))
        self.as_login(KIEN, "held", "reject", "--why", "không cần", queue_id)

    def test_two_persons_over_a_kill(self):
        queue_id, ident = self.held("two")
        self.assertIn("noted", self.as_login(HUONG, "held", "release", queue_id))
        self.assertIn("already", self.as_login(HUONG, "held", "release", queue_id, code=77))
        self.box.kill_gateway()
        self.box.start_gateway()
        shown = json.loads(self.box.vanthu("held", "show", queue_id, "--json").stdout)
        self.assertEqual(shown["reviews"][0]["released"], [HUONG], "the first word is not lost")
        self.as_login(KIEN, "held", "release", queue_id)
        self.assertIsNotNone(self.box.find(HUONG, ident))

    def test_a_rejected_letter_comes_back_with_the_reason(self):
        queue_id, ident = self.held("one")
        self.as_login(HUONG, "held", "reject", queue_id, code=64)
        self.as_login(HUONG, "held", "reject", "--why", "sai nơi nhận", "--why-en", "wrong recipient", queue_id)
        deadline = time.monotonic() + 30
        while True:
            texts = [part.get_content() for report in self.search(self.box, KHOA, "Auto-Submitted", "auto-replied")
                     for part in report.walk() if part.get_content_type() == "text/plain"]
            found = [text for text in texts if "sai nơi nhận / wrong recipient" in text]
            if found or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        self.assertTrue(found, texts)
        self.assertIn(HUONG, found[0])
        self.assertIsNone(self.box.find(HUONG, ident, seconds=1))

    def test_the_sender_is_asked_and_answers(self):
        for answer, goes in (("ĐỒNG Ý", True), ("KHÔNG", False)):
            queue_id, ident = self.held("one")
            self.as_login(HUONG, "held", "ask", "--why", "có đúng người nhận không", queue_id)
            self.assertIn("asked", self.as_login(HUONG, "held", "ask", queue_id, code=64))
            self.box.kill_gateway()  # what is asked stands over a kill
            self.box.start_gateway()
            question = None
            deadline = time.monotonic() + 30
            while question is None and time.monotonic() < deadline:
                letters = self.search(self.box, KHOA, "References", ident)
                question = next((one for one in letters if one["Reply-To"]), None)
            self.assertIsNotNone(question)
            self.assertIn("có đúng người nhận không", question.get_content())
            self.assertTrue(self.answer(self.box, KHOA, self.reply_to(question), answer).accepted)
            if goes:
                self.assertIsNotNone(self.box.find(HUONG, ident))
            wait_until(lambda: queue_id not in self.listed(), what="an end")  # pylint: disable=cell-var-from-loop
            if not goes:
                self.assertIsNone(self.box.find(HUONG, ident, seconds=1))

    def test_mail_from_outside_belongs_to_its_recipients_units(self):
        ident = raw.message_id()
        octets = raw.message("x@out.example", f"{KHOA}, {THUY}", ident=ident,
                             attachments=[("a.one", "text", "plain", b"x\r\n")])
        reply = self.box.send("mx", None, "x@out.example", [KHOA, THUY], octets)
        self.assertTrue(reply.accepted, reply)
        queue_id = reply.text.split()[1]
        self.assertIn(queue_id, self.as_login(HUONG, "held", "list"))
        self.assertIn(queue_id, self.as_login(THUY, "held", "list"))
        self.assertIn("not yours too", self.as_login(HUONG, "held", "release", queue_id, code=77))
        self.assertEqual(self.box.vanthu("held", "ask", queue_id, check=False).returncode, 64, "strangers are not asked")
        self.box.vanthu("held", "release", queue_id)
        self.assertIsNotNone(self.box.find(KHOA, ident))
        self.assertIsNotNone(self.box.find(THUY, ident))

    def test_a_blind_copy_is_told_to_its_own_unit_alone(self):
        ident = raw.message_id()
        octets = raw.message("x@out.example", KHOA, ident=ident, attachments=[("a.one", "text", "plain", b"x\r\n")])
        reply = self.box.send("mx", None, "x@out.example", [KHOA, THUY], octets)
        self.assertTrue(reply.accepted, reply)
        queue_id = reply.text.split()[1]
        for address, recipients, units in ((HUONG, [KHOA], ["vptu"]), (THUY, [KHOA, THUY], ["vptu", "btctu"])):
            shown = json.loads(self.as_login(address, "held", "show", queue_id, "--json"))
            self.assertEqual((shown["recipients"], shown["units"]), (recipients, units), address)
            listed = self.as_login(address, "held", "list", "--json") + self.as_login(address, "held", "list")
            self.assertEqual(THUY in listed or "btctu" in listed, address == THUY, listed)
        self.assertIn("not yours too", self.as_login(HUONG, "held", "release", queue_id, code=77))
        self.box.vanthu("held", "release", queue_id)
        self.assertIsNotNone(self.box.find(KHOA, ident))

    def test_held_by_hand_is_released_here_too(self):
        self.box.stop_dovecot()
        try:
            ident = raw.message_id()
            reply = self.box.send("submission", self.box.login(KHOA), KHOA, [HUONG], raw.message(KHOA, HUONG, ident=ident))
            queue_id = reply.text.split()[1]
            wait_until(lambda: b'"done":1' in self.box.vanthu("queue", "hold", queue_id, "--json", check=False).stdout,
                       what="a hold")
        finally:
            self.box.start_dovecot()
        self.assertIn(queue_id, self.listed())
        self.box.vanthu("held", "release", queue_id)
        self.assertIsNotNone(self.box.find(HUONG, ident))


if __name__ == "__main__":
    unittest.main()

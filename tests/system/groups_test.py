# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups that somebody watches, rules with dates, printed recipients that are told or asked about: by real clients, read
in the store."""
import subprocess
import tempfile
import time
import unittest
from datetime import datetime, timedelta, timezone

import raw
from asking import HUONG, KHOA, KIEN, Asking
from box import Box
from recipients_test import BTCTU, DOMAIN, OFFICE, letter, paper

GROUP, HEAD = f"g.bandang@{DOMAIN}", f"cvp@{DOMAIN}"
HUONG_ID, KIEN_ID = "n010", "n015"
POST = "Chánh Văn phòng"
NOW = datetime.now(timezone(timedelta(hours=7)))


def day(offset):
    return (NOW.date() + timedelta(days=offset)).isoformat()


class Groups(Asking):
    def moderate(self, moderators, on_timeout, hours=24):
        self.box.vanthu("group", "set", "ban-dang", "moderated=yes", f"moderators={';'.join(moderators)}",
                        f"decide_hours={hours}", f"on_timeout={on_timeout}")

    def stored(self, address, ident):
        """How often it lies in that mailbox of the store."""
        return sum(ident.encode() in file.read_bytes()
                   for file in (self.box.dir / "mail" / address / "Maildir").glob("*/*") if file.is_file()
                   and file.parent.name in ("new", "cur"))

    def comes(self, address, ident, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.stored(address, ident):
                return True
            time.sleep(0.1)
        return False

    def swaks(self, login, to, *words):
        address, password = self.box.login(login)
        return subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(self.box.port("submission")), "--tls",
                               "--auth", "PLAIN", "--auth-user", address, "--auth-password", password, "--from", login,
                               "--to", to, *words], capture_output=True, text=True, check=False)


class GroupsTest(Groups, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box())

    def setUp(self):
        self.box.vanthu("group", "set", "ban-dang", "moderated=no", "moderators=", "may_post=")

    def test_a_moderator_by_position_is_who_holds_it_today(self):
        self.moderate([HEAD], "return")
        self.box.vanthu("position", "move", "vptu", POST, HUONG_ID)
        first, octets, reply = self.letter(self.box, to=(GROUP,))
        self.assertIn("waits for a moderator", reply.text)
        asked = self.reply_to(self.question(self.box, HUONG, first, mailbox=HEAD))
        self.assertFalse(self.stored(BTCTU, first))
        self.assertTrue(self.answer(self.box, HUONG, asked, "Đồng ý").accepted, "by her own login")
        self.assertTrue(self.comes(BTCTU, first))
        second, _, _ = self.letter(self.box, to=(GROUP,))
        asked = self.reply_to(self.question(self.box, HUONG, second, mailbox=HEAD))
        self.box.vanthu("position", "move", "vptu", POST, KIEN_ID)
        late = self.answer(self.box, HUONG, asked, "Đồng ý")
        self.assertEqual((late.step, late.code), ("rcpt", 550), "she held it when it was asked, and no more")
        self.assertTrue(self.answer(self.box, KIEN, asked, "Đồng ý").accepted)
        self.assertTrue(self.comes(BTCTU, second))
        own, _, reply = self.letter(self.box, sender=KIEN, to=(GROUP,))
        self.assertNotIn("waits", reply.text, "what the moderator writes waits for nobody")
        self.assertTrue(self.comes(BTCTU, own))

    def test_a_moderated_group_inside_another(self):
        self.moderate([HUONG], "return")
        outer, around = f"g.ngoai@{DOMAIN}", f"g.vongngoai@{DOMAIN}"
        for ident, address, member in (("ngoai", outer, GROUP), ("vong-ngoai", around, outer)):
            self.box.vanthu("group", "add", ident, f"address={address}", f"name=Nhóm {ident}", "kind=static")
            self.box.vanthu("member", "add", ident, member)
        self.box.vanthu("member", "add", "ngoai", around)  # a circle
        for address in (outer, around):
            ident, _, reply = self.letter(self.box, to=(address,))
            self.assertNotIn("waits", reply.text, "the sender wrote to the outer group, and its word holds")
            self.assertTrue(self.comes(BTCTU, ident))
            self.assertEqual(self.stored(BTCTU, ident), 1)
        inner, _, reply = self.letter(self.box, to=(GROUP, outer))
        self.assertIn("waits for a moderator", reply.text)
        self.assertFalse(self.comes(BTCTU, inner, seconds=1), "named first by the group that is moderated")
        self.assertTrue(self.answer(self.box, HUONG, self.reply_to(self.question(self.box, HUONG, inner)), "YES").accepted)
        self.assertTrue(self.comes(BTCTU, inner))
        self.box.vanthu("group", "set", "ban-dang", "moderated=no")
        self.box.vanthu("group", "set", "ngoai", "moderated=yes", f"moderators={HUONG}", "on_timeout=return")
        ident, _, reply = self.letter(self.box, to=(outer,))
        self.assertIn("waits for a moderator", reply.text)
        self.assertFalse(self.comes(BTCTU, ident, seconds=1))

    def test_who_may_post_by_position(self):
        self.box.vanthu("position", "move", "vptu", POST, HUONG_ID)
        self.box.vanthu("group", "set", "ban-dang", f"may_post=position:{POST}")
        refused = self.swaks(KHOA, GROUP)
        self.assertEqual(refused.returncode, 24, refused.stdout)
        self.assertRegex(refused.stdout, r"550 5\.7\.1 .*Chanh Van phong.*\[addressing\.may-post\]")
        allowed = self.swaks(HUONG, GROUP, "--header", f"From: <{HUONG}>")
        self.assertEqual(allowed.returncode, 0, allowed.stdout)
        asked = self.box.vanthu("directory", "may-send", HUONG, HEAD).stdout.decode()
        self.assertIn(POST, asked)
        self.box.vanthu("position", "move", "vptu", POST, KIEN_ID)
        self.assertEqual(self.swaks(HUONG, GROUP, "--header", f"From: <{HUONG}>").returncode, 24, "a post that is over")
        told = self.box.vanthu("policy", "check", "--from", HUONG, "--to", GROUP, "-", stdin=raw.message(HUONG, GROUP),
                               check=False)
        self.assertIn("addressing.may-post", told.stdout.decode())

    def test_rules_hold_on_their_days(self):
        rule = ('\n[[addressing.rule]]\nid = "test.{id}"\nfrom_kind = ["person"]\nto_kind = ["{kind}"]\naction = "reject"\n'
                'text_vi = "không"\ntext_en = "no"\nvalid_from = {begin}\nvalid_to = {end}\n')
        rules = "".join(rule.format(id=ident, kind=kind, begin=day(begin), end=day(end)) for ident, kind, begin, end in (
            ("over", "role", -9, -1), ("coming", "role", 1, 9), ("today", "position", 0, 0), ("long", "group", -9, 9)))
        self.with_policy(lambda kept: kept + rules)
        self.box.vanthu("mailbox", "add", f"hoidap@{DOMAIN}", "--kind", "role", "--unit", "vptu")
        self.assertEqual(self.swaks(KHOA, f"hoidap@{DOMAIN}", "--quit-after", "RCPT").returncode, 0)
        for to, ident in ((HEAD, "today"), (GROUP, "long")):
            refused = self.swaks(KHOA, to, "--quit-after", "RCPT")
            self.assertRegex(refused.stdout, rf"550 5\.7\.1 .*\[test\.{ident}\]")

    def with_policy(self, change):
        policy = self.box.dir / "policy.toml"
        kept = policy.read_text()

        def put(text):
            policy.write_text(text)
            self.set_policy(self.box, "")

        self.addCleanup(put, kept)
        put(change(kept))

    def policy_says(self, noi_nhan):
        self.with_policy(lambda kept: kept.replace('noi_nhan = "notice"', f'noi_nhan = "{noi_nhan}"'))

    def paper_by_swaks(self, *lines):
        """The office's own paper with these recipients, to one of them. @return its Message-ID and what swaks said"""
        octets = letter([BTCTU], "15-CV/VPTU", paper(recipients=lines))
        ident = next(line for line in octets.decode().split("\r\n") if line.startswith("Message-ID:")).split(" ", 1)[1]
        with tempfile.NamedTemporaryFile(suffix=".eml") as file:
            file.write(octets)
            file.flush()
            return ident, self.swaks(KIEN, BTCTU, "--from", OFFICE, "--data", f"@{file.name}")

    def test_printed_recipients_are_told_to_the_sender(self):
        self.policy_says("notice")
        ident, done = self.paper_by_swaks("Như trên;", "Ban Nội chính Tỉnh uỷ;", "Công ty Hoa Sen;", "Lưu VPTU.")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertTrue(self.comes(BTCTU, ident), "it goes, whatever is remarked")
        notices = self.search(self.box, KIEN, "References", ident, mailbox=OFFICE)
        self.assertEqual(len(notices), 1)
        text = notices[0].get_content()
        for piece in ("Đối chiếu Nơi nhận của văn bản 15-CV/VPTU", "thư chưa gửi tới: “Ban Nội chính Tỉnh uỷ”",
                      "Không hiểu: “Công ty Hoa Sen”", "Printed, but not served"):
            self.assertIn(piece, text)
        self.assertEqual(notices[0]["Auto-Submitted"], "auto-generated")
        self.assertEqual(len(self.box.records("--message-id", ident)), 1)
        ident, done = self.paper_by_swaks("Như trên;", "Lưu VPTU.")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertTrue(self.comes(BTCTU, ident))
        self.assertEqual(self.search(self.box, KIEN, "References", ident, seconds=1, mailbox=OFFICE), [], "all is served")

    def test_printed_recipients_hold_the_letter_until_the_sender_confirms(self):
        self.policy_says("hold")
        for word in ("ĐỒNG Ý", "KHÔNG"):
            ident, done = self.paper_by_swaks("Như trên;", "Ban Nội chính Tỉnh uỷ;", "Lưu VPTU.")
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("waits for your confirmation", done.stdout)
            self.assertEqual(len(self.box.records("--message-id", ident)), 1, "archived by the write that took it")
            question = self.question(self.box, KIEN, ident, mailbox=OFFICE)
            self.assertIn("thư chưa gửi tới: “Ban Nội chính Tỉnh uỷ”", question.get_content())
            self.assertFalse(self.stored(BTCTU, ident))
            other = self.answer(self.box, HUONG, self.reply_to(question), word)
            self.assertEqual((other.step, other.code), ("rcpt", 550), "only who sent it")
            self.assertTrue(self.answer(self.box, KIEN, self.reply_to(question), word).accepted)
            if word == "ĐỒNG Ý":
                self.assertTrue(self.comes(BTCTU, ident))
                continue
            report = self.search(self.box, KIEN, "Subject", "undelivered mail", mailbox=OFFICE)[-1].as_string()
            self.assertIn(f"not approved by {OFFICE}", report)
            self.assertFalse(self.comes(BTCTU, ident, seconds=1))
        ident, done = self.paper_by_swaks("Như trên;", "Lưu VPTU.")
        self.assertNotIn("waits", done.stdout)
        self.assertTrue(self.comes(BTCTU, ident))


class ModeratorsInTimeTest(Groups, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "decision.longest-seconds=6"))

    def test_what_no_moderator_answers_goes_or_comes_back_as_the_group_says(self):
        self.moderate([HUONG], "release")
        ident, _, _ = self.letter(self.box, to=(GROUP,))
        asked = self.reply_to(self.question(self.box, HUONG, ident))
        self.assertTrue(self.comes(BTCTU, ident))
        self.assertEqual(self.answer(self.box, HUONG, asked, "KHÔNG").code, 550, "too late")
        self.moderate([HUONG], "return")
        ident, _, _ = self.letter(self.box, to=(GROUP,))
        reports = self.search(self.box, KHOA, "Subject", "undelivered mail")
        self.assertEqual(len(reports), 1)
        self.assertIn("nobody approved it in time", reports[0].as_string())
        self.assertFalse(self.stored(BTCTU, ident))

    def test_a_deputy_is_asked_at_once_where_the_moderator_cannot_be(self):
        self.moderate([HEAD, HUONG], "next")
        self.box.vanthu("mailbox", "suspend", HEAD)
        self.addCleanup(self.box.vanthu, "mailbox", "resume", HEAD)
        begun = time.monotonic()
        ident, _, _ = self.letter(self.box, to=(GROUP,))
        self.question(self.box, HUONG, ident)
        self.assertLess(time.monotonic() - begun, 5)
        report = self.search(self.box, KHOA, "Subject", "undelivered mail", 40)[-1].as_string()
        self.assertIn("nobody approved it in time", report, "after the last of them it comes back")


if __name__ == "__main__":
    unittest.main()

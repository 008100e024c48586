# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may write as whom: display names, on behalf of, Reply-To, Resent-*, and every published trick with author fields."""
import csv
import re
import signal
import smtplib
import subprocess
import unittest

import raw
from box import ROOT, Box, wait_until

DOMAIN = "hatinh.dcs.example"
KHOA = f"khoatb@{DOMAIN}"  # Trần Bá Khoa, Chuyên viên Tổng hợp, Văn phòng Tỉnh uỷ
NGAN = f"nganptm@{DOMAIN}"  # may write as bithu, and on behalf of cvp
CHIEF = f"cvp@{DOMAIN}"  # Đặng Khắc Đạt, Chánh Văn phòng
SECRETARY = f"bithu@{DOMAIN}"  # Nguyễn Hữu Đông
CLERK = f"kienth@{DOMAIN}"
OFFICE = f"vanthu.vptu@{DOMAIN}"
OUTSIDE = "first@attack.example"


def unescaped(text):
    """As tests/fixtures/senders/README.md says."""
    def one(match):
        kind = match[0][1]
        if kind == "u":
            return chr(int(match[0][2:], 16)).encode()
        if kind == "x":
            return bytes([int(match[0][2:], 16)])
        return {"r": b"\r", "n": b"\n", "0": b"\0", "\\": b"\\"}[kind]

    octets, at = b"", 0
    for match in re.finditer(r"\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[rn0\\])", text):
        octets += text[at:match.start()].encode() + one(match)
        at = match.end()
    return octets + text[at:].encode()


def tricks():
    with open(ROOT / "tests" / "fixtures" / "senders" / "tricks.tsv", encoding="utf-8") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


class SendersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes"))

    # One letter: the lines of its author fields as octets, the rest is the same for all.

    @staticmethod
    def letter(header, to=OFFICE, ident=""):
        header = header if isinstance(header, bytes) else header.encode()
        return (header + f"\r\nTo: <{to}>\r\nSubject: x\r\nDate: Mon, 23 Nov 2026 08:00:00 +0700\r\n"
                f"Message-ID: {ident or raw.message_id()}\r\n\r\nN\u1ed9i dung.\r\n".encode())

    def own(self, header, login=KHOA, reverse_path=None, to=KHOA, ident=""):
        octets = self.letter(header, to, ident)
        return self.box.send("submissions", self.box.login(login), reverse_path or login, [to], octets)

    def outside(self, header, to=OFFICE, ident=""):
        return self.box.send("mx", None, OUTSIDE, [to], self.letter(header, to, ident))

    def assert_refused(self, reply, rule):
        self.assertEqual((reply.step, reply.code // 100), ("end", 5), reply.text)
        self.assertIn(f"[{rule}]", reply.text)

    def assert_accepted(self, reply):
        self.assertTrue(reply.accepted, f"{reply.step} {reply.code} {reply.text}")

    # Display names

    def test_display_names_of_our_users(self):
        for name, accepted in (("Trần Bá Khoa", True), ("TRAN BA KHOA", True), ("Trần Bá Khoa (VPTU)", True),
                               ("Trần Bá Khoa - Chuyên viên Tổng hợp, Văn phòng Tỉnh uỷ", True),
                               ("Tổ giúp việc chuyển đổi số", True), ("Nguyễn Hữu Đồng", True),
                               ("Nguyễn Hữu Đông", False), ("Võ Thị Tuyết Hương", False), ("nguyen huu dong", False), ("Nguуễn Hữu Đông", False),
                               ("Nguуễn Hữu Đồng", False), ("Nguyễn\u200b Hữu Đông", False), ("Bí thư Tỉnh uỷ", False),
                               ("Thường trực Tỉnh uỷ - Trần Bá Khoa", False), ("Trần Bá Khoa, Chánh Văn phòng", False),
                               ("Ban Tổ chức Tỉnh ủy", False), (f"<{SECRETARY}>", False), ("ai@khac.example", False)):
            with self.subTest(name=name):
                reply = self.own(f'From: "{name}" <{KHOA}>')
                if accepted:
                    self.assert_accepted(reply)
                else:
                    self.assert_refused(reply, "addressing.display-name")

    def test_another_program_shows_anothers_name(self):
        address, password = self.box.login(KHOA)
        for name, code in (("Tran Ba Khoa", 0), ("Bi thu Tinh uy", 26)):
            done = subprocess.run(
                ["swaks", "--server", "127.0.0.1", "--port", str(self.box.port("submission")), "--tls", "--auth", "PLAIN",
                 "--auth-user", address, "--auth-password", password, "--from", KHOA, "--to", KHOA,
                 "--header", f"From: {name} <{KHOA}>", "--header", f"Message-Id: {raw.message_id()}"],
                capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)

    def test_strangers_under_our_names_are_noted_and_held_where_a_rule_says_so(self):
        names = ("Bí thư Tỉnh uỷ", "BI THU TINH UY", "Ві thu Tinh uy", "Văn phòng Tỉnh uỷ")
        for name in names:
            self.assert_accepted(self.outside(f'From: "{name}" <{OUTSIDE}>'))
        policy = self.box.dir / "policy.toml"
        good = policy.read_text()

        def take(text, held):
            policy.write_text(text)
            self.box.signal_gateway(signal.SIGHUP)
            wait_until(lambda: ("held" in self.outside(f'From: "{names[0]}" <{OUTSIDE}>').text) == held,
                       what="the new policy")

        self.addCleanup(take, good, False)
        begin = good.index('# [[rule]]\n# id = "addressing.familiar-name"')
        rule = good[begin:good.index("\n\n", begin)]
        take(good.replace(rule, rule.replace("# ", "")), True)
        for name in names:
            with self.subTest(name=name):
                reply = self.outside(f'From: "{name}" <{OUTSIDE}>')
                self.assert_accepted(reply)
                self.assertIn("held for review", reply.text)
        reply = self.outside(f'From: "Lê Văn Tám" <{OUTSIDE}>')
        self.assertNotIn("held", reply.text)
        reply = self.outside("From: <x@h\u0430tinh.dcs.example>")
        self.assertIn("held for review", reply.text)

    # On behalf

    def test_on_behalf_of_another_adds_sender_and_keeps_both_persons(self):
        ident = raw.message_id()
        header = f'From: "Đặng Khắc Đạt" <{CHIEF}>'
        self.assert_accepted(self.own(header, NGAN, CHIEF, OFFICE, ident))
        stored = self.box.find(CLERK, ident, mailbox=OFFICE)
        self.assertIsNotNone(stored)
        fields = stored.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
        self.assertEqual(fields.count(f"Sender: <{NGAN}>".encode()), 1)
        self.assertTrue(stored.endswith(self.letter(header, OFFICE, ident)), "the octets themselves were altered")
        record, = [one for one in self.box.records() if one["id"] and one["from"] == CHIEF]
        shown = self.box.vanthu("archive", "show", record["number"]).stdout.decode()
        self.assertRegex(shown, rf"Phan Thị Mai Ngân <{NGAN}> .* Đặng Khắc Đạt, Chánh Văn phòng, .*<{CHIEF}>")

    def test_on_behalf_of_another_with_a_sender_of_ones_own(self):
        ident = raw.message_id()
        self.assert_accepted(self.own(f"From: <{CHIEF}>\r\nSender: <{NGAN}>", NGAN, NGAN, KHOA, ident))
        stored = self.box.find(KHOA, ident)
        self.assertEqual(stored.count(b"Sender:"), 1)

    def test_a_sender_that_is_somebody_else_is_refused(self):
        self.assert_refused(self.own(f"From: <{CHIEF}>\r\nSender: <{CHIEF}>", NGAN, CHIEF), "addressing.sender")
        self.assert_refused(self.own(f"From: <{CHIEF}>\r\nSender: <{KHOA}>", NGAN, CHIEF), "addressing.sender")
        self.assert_refused(self.own(f"From: <{KHOA}>\r\nSender: <{SECRETARY}>"), "addressing.sender")

    def test_who_has_the_right_to_send_as_needs_no_sender(self):
        ident = raw.message_id()
        self.assert_accepted(self.own(f'From: "Bí thư Tỉnh uỷ" <{SECRETARY}>', NGAN, SECRETARY, KHOA, ident))
        self.assertNotIn(b"\r\nSender:", self.box.find(KHOA, ident))

    def test_without_a_right_neither_envelope_nor_author_may_be_anothers(self):
        reply = self.own(f"From: <{KHOA}>", reverse_path=SECRETARY)
        self.assertEqual((reply.step, reply.code), ("mail", 550), reply.text)
        self.assert_refused(self.own(f"From: <{SECRETARY}>"), "addressing.author")
        self.assert_refused(self.own(f"From: <{SECRETARY}>\r\nResent-From: <{KHOA}>"), "addressing.author")

    # Answers and what is sent on

    def test_answers_go_to_oneself_or_the_registry(self):
        for address, accepted in ((KHOA, True), (OFFICE, True), (f"huongvtt@{DOMAIN}", False),
                                  (f"vanthu.btctu@{DOMAIN}", False), ("khoa@khac.example", False)):
            with self.subTest(address=address):
                reply = self.own(f"From: <{KHOA}>\r\nReply-To: <{address}>")
                if accepted:
                    self.assert_accepted(reply)
                else:
                    self.assert_refused(reply, "addressing.reply-to")

    def test_who_sends_on_names_itself_in_each_block(self):
        own = f"Resent-From: <{KHOA}>\r\nResent-To: <{OFFICE}>\r\n"
        self.assert_accepted(self.own(f"{own}From: <{KHOA}>"))
        self.assert_accepted(self.own(f"{own}Received: from a by b; Mon, 23 Nov 2026 08:00:00 +0700\r\n{own}From: <{KHOA}>"))
        for wrong in (f"Resent-From: <{SECRETARY}>\r\n", f"Resent-To: <{OFFICE}>\r\n", f"{own}Resent-From: <{CLERK}>\r\n",
                      f"Resent-From: <{KHOA}>\r\nResent-Sender: <{CLERK}>\r\n",
                      f"Resent-From: <{KHOA}>, <{CLERK}>\r\n"):
            with self.subTest(fields=wrong):
                self.assert_refused(self.own(f"{wrong}From: <{KHOA}>"), "addressing.resent")

    # The published tricks, over the wire

    def outcome(self, trick, side):
        octets = unescaped(trick["octets"])
        for mark, value in side["names"].items():
            octets = octets.replace(b"{" + mark.encode() + b"}", value.encode())
        try:
            with side["link"]() as link:
                options = ["BODY=8BITMIME", "SMTPUTF8"] if trick["place"] == "envelope" and not octets.isascii() else []
                path = octets if trick["place"] == "envelope" else side["names"]["me"].encode()
                link.putcmd("MAIL", "FROM:<" + path.decode("latin-1") + "> " + " ".join(options or ["BODY=8BITMIME"]))
                if link.getreply()[0] != 250:
                    return "refuse"
                self.assertEqual(link.rcpt(OFFICE)[0], 250)
                header = octets if trick["place"] == "header" else f"From: <{side['names']['me']}>".encode()
                code, text = link.data(self.letter(header))
                self.assertIn(code // 100, (2, 5), text)
                return "accept" if code == 250 else "refuse"
        except smtplib.SMTPServerDisconnected:
            return "refuse"

    def test_every_published_trick_is_refused_or_is_what_it_says(self):
        def submission():
            link = smtplib.SMTP_SSL("127.0.0.1", self.box.port("submissions"), context=self.box.trust(), timeout=60)
            link.ehlo("test.example")
            link.login(*self.box.login(KHOA))
            return link

        def exchange():
            link = smtplib.SMTP("127.0.0.1", self.box.port("mx"), timeout=60)
            link.ehlo("test.example")
            return link

        common = {"ours": DOMAIN}
        sides = {"own": {"link": submission, "names": common | {"me": KHOA, "ME": KHOA.upper(), "legit": SECRETARY,
                                                                "d": DOMAIN, "name": "Trần Bá Khoa"}},
                 "outside": {"link": exchange, "names": common | {"me": OUTSIDE, "ME": OUTSIDE.upper(),
                                                                  "legit": "admin@legitimate.example",
                                                                  "d": "attack.example", "name": "Attila Hun"}}}
        for trick in tricks():
            for column, side in sides.items():
                with self.subTest(trick=trick["id"], origin=trick["origin"], side=column):
                    wanted = "refuse" if trick[column] == "refuse" else "accept"  # noted and found are accepted
                    self.assertEqual(self.outcome(trick, side), wanted)


if __name__ == "__main__":
    unittest.main()

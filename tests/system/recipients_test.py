# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may write to whom, and the recipients that a paper prints, by clients' own words and what the archive keeps."""
import csv
import dataclasses
import json
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import raw
from box import ROOT, Box, letters, papers, wait_until

DOMAIN = "hatinh.dcs.example"
KHOA, KIENTH, OFFICE = f"khoatb@{DOMAIN}", f"kienth@{DOMAIN}", f"vanthu.vptu@{DOMAIN}"
BTCTU, BNCTU = f"vanthu.btctu@{DOMAIN}", f"vanthu.bnctu@{DOMAIN}"
WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
RULE = """
[[addressing.rule]]
id = "test.thuong-truc"
from_kind = ["person"]
to_unit = ["tinhuy"]
to_thuong_truc = true
action = "reject"
text_vi = "thư gửi Thường trực phải qua văn thư"
text_en = "mail to the Thường trực goes through the registry"
"""


def paper(**changes):
    return dataclasses.replace(letters.cong_van(), **changes)


def letter(to, subject, what, sender=OFFICE):
    return raw.message(sender, ", ".join(to), subject=subject, attachments=[("van-ban.docx", *WORD, papers.docx(what))])


class RecipientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        box = Box("--set", "relay.outside=smtp://127.0.0.1:9")
        cls.box = box.__enter__()
        cls.addClassCleanup(box.__exit__, None, None, None)

    def with_policy(self, change):
        policy = self.box.dir / "policy.toml"
        kept = policy.read_text()

        def put(text):
            done = self.box.log().count("event=reload.done what=policy")
            policy.write_text(text)
            self.box.signal_gateway(signal.SIGHUP)
            wait_until(lambda: self.box.log().count("event=reload.done what=policy") > done, what="the reload")

        self.addCleanup(put, kept)
        put(change(kept))

    def send(self, login, reverse_path, to, octets):
        return self.box.send("submission", self.box.login(login), reverse_path, to, octets)

    def steps(self, octets):
        """Of the verdict that the record of this message keeps: rule → reasons."""
        records = self.box.records_of(octets)
        self.assertEqual(len(records), 1)
        shown = json.loads(self.box.vanthu("archive", "show", records[0]["number"], "--json").stdout)
        found = {}
        for step in shown["verdict"]["steps"]:
            found.setdefault(step["rule"], []).append(step["because"])
        return found

    def test_printed_recipients_are_compared_and_the_record_tells_what_differs(self):
        what = paper(recipients=("Như trên;", "Ban Nội chính Tỉnh uỷ (để biết);", "UBND tỉnh (để phối hợp);",
                                 "Công ty Hoa Sen;", "Lưu Văn phòng Tỉnh uỷ."))
        octets = letter([BTCTU, f"vanthu.ubkttu@{DOMAIN}"], "15-CV/VPTU", what)
        reply = self.send(KIENTH, OFFICE, [BTCTU, f"vanthu.ubkttu@{DOMAIN}"], octets)
        self.assertTrue(reply.accepted, reply)
        steps = self.steps(octets)
        prefix = "addressing.recipient-lines"
        self.assertIn("đã gửi 1, chưa gửi 1, thừa 1, không hiểu 1, ngoài hệ thống 1, lưu 1", steps[prefix][0])
        self.assertIn("“Ban Tổ chức Tỉnh uỷ”", steps[f"{prefix}.served"][0])  # through Như trên
        self.assertIn("“Ban Nội chính Tỉnh uỷ”", steps[f"{prefix}.unserved"][0])
        self.assertIn("vanthu.ubkttu", steps[f"{prefix}.extra"][0])
        self.assertIn("“Công ty Hoa Sen”", steps[f"{prefix}.not-understood"][0])
        self.assertIn("“UBND tỉnh”", steps[f"{prefix}.external"][0])

    def test_policy_check_tells_the_same_before_anything_is_sent(self):
        octets = letter([BTCTU], "15-CV/VPTU", paper(recipients=("Như trên;", "Ban Nội chính Tỉnh uỷ;", "Lưu VPTU.")))
        done = self.box.vanthu("policy", "check", "--from", OFFICE, "--to", BTCTU, "-", stdin=octets)
        text = done.stdout.decode()
        self.assertIn("addressing.recipient-lines.unserved: “Ban Nội chính Tỉnh uỷ”", text)
        self.assertIn(f"{BTCTU} → direct → không quy tắc nào cấm", text)

    def test_closed_unknown_and_suspended_are_told_apart(self):
        plain = raw.message(KHOA, KHOA)
        closed = self.send(KHOA, KHOA, [f"vanthu.hu.kyanh@{DOMAIN}"], plain)
        self.assertEqual((closed.step, closed.code, closed.text[:5]), ("rcpt", 550, "5.1.6"))
        self.assertIn(f"vanthu.kyanh@{DOMAIN}", closed.text)
        unknown = self.send(KHOA, KHOA, [f"huongvt@{DOMAIN}"], plain)
        self.assertEqual((unknown.code, unknown.text[:5]), (550, "5.1.1"))
        self.assertIn(f"huongvtt@{DOMAIN}", unknown.text)
        self.box.vanthu("mailbox", "suspend", f"huongvtt@{DOMAIN}")
        self.addCleanup(self.box.vanthu, "mailbox", "resume", f"huongvtt@{DOMAIN}")
        suspended = self.send(KHOA, KHOA, [f"huongvtt@{DOMAIN}"], plain)
        self.assertEqual((suspended.code, suspended.text[:5]), (550, "5.2.1"))

    def test_a_rule_may_keep_people_from_writing_to_the_thuong_truc(self):
        self.with_policy(lambda text: text.replace("\n[[addressing.rule]]", RULE + "\n[[addressing.rule]]", 1))
        address, password = self.box.login(KHOA)
        swaks = ["swaks", "--server", "127.0.0.1", "--port", str(self.box.port("submission")), "--tls", "--auth", "PLAIN",
                 "--auth-user", address, "--auth-password", password, "--from", KHOA]
        refused = subprocess.run([*swaks, "--to", f"bithu@{DOMAIN}"], capture_output=True, text=True, check=False)
        self.assertEqual(refused.returncode, 24, refused.stdout + refused.stderr)  # no recipient was taken
        self.assertRegex(refused.stdout, r"550 5\.7\.1 .*\[test\.thuong-truc\]")
        office = self.send(KIENTH, OFFICE, [f"bithu@{DOMAIN}"], raw.message(OFFICE, f"bithu@{DOMAIN}"))
        self.assertTrue(office.accepted, office)

    def test_a_group_says_who_may_post(self):
        folder = Path(tempfile.mkdtemp(prefix="vanthu-test-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        tables = folder / "directory"
        shutil.copytree(ROOT / "conf" / "demo" / "directory", tables)
        with open(tables / "groups.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row.update(may_post="members" if row["group_id"] == "ban-dang" else "", moderated="no", moderators="",
                       decide_hours="", on_timeout="", unit_id="")
        with open(tables / "groups.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        for path in (folder, tables, *tables.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
        self.box.vanthu("directory", "import", tables)
        self.addCleanup(self.box.vanthu, "directory", "import", ROOT / "conf" / "demo" / "directory")
        group = f"g.bandang@{DOMAIN}"
        stranger = self.send(KHOA, KHOA, [group], raw.message(KHOA, group))
        self.assertEqual((stranger.step, stranger.code, stranger.text[:5]), ("rcpt", 550, "5.7.1"))
        self.assertIn("[addressing.may-post]", stranger.text)
        member = self.send(KIENTH, OFFICE, [group], raw.message(OFFICE, group))
        self.assertTrue(member.accepted, member)

    def test_papers_never_go_to_public_webmail(self):
        octets = letter(["ai.do@gmail.com"], "15-CV/VPTU", paper())
        refused = self.send(KIENTH, OFFICE, ["ai.do@gmail.com"], octets)
        self.assertEqual((refused.step, refused.code, refused.text[:5]), ("end", 550, "5.7.1"))
        self.assertIn("[official.webmail]", refused.text)
        self.assertEqual(self.box.records_of(octets), [])

    def test_size_times_recipients_has_a_bound(self):
        self.with_policy(lambda text: text.replace("size_times_recipients_mb = 20000", "size_times_recipients_mb = 3", 1))
        octets = raw.message(OFFICE, BTCTU, attachments=[("a.txt", "text", "plain", b"khong co gi\r\n" * 120_000)])
        one = self.send(KIENTH, OFFICE, [BTCTU], octets)
        self.assertTrue(one.accepted, one)
        two = self.send(KIENTH, OFFICE, [BTCTU, BNCTU], octets)
        self.assertEqual((two.step, two.code, two.text[:5]), ("end", 552, "5.3.4"))
        self.assertIn("x 2", two.text)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""conf/quickstart as a newcomer runs it: eight letters, then again."""
import json
import re
import shutil
import tempfile
import unittest
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

from box import Box, free_port_base, letters, quickstart


class Letters(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="vanthu-test-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.addCleanup(quickstart, "--stop", "--dir", self.dir, check=False)
        self.base = free_port_base()

    def run_once(self):
        done = quickstart("--once", "--dir", self.dir, "--port-base", self.base, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(re.findall(r"^✓ (\d)", done.stdout, re.M), list("12345678"), done.stdout)
        self.assertNotIn("✗", done.stdout)
        return done.stdout

    def test_all_eight_rows_are_right_and_a_second_run_does_nothing_over_again(self):
        first = self.run_once()
        self.assertIn("Importing the directory", first)
        second = self.run_once()
        for done_once in ("Importing", "Setting the passwords", "Making", "Building", "Installing"):
            self.assertNotIn(done_once, second)

    def test_nothing_runs_after_once_and_the_ports_are_free_again(self):
        self.run_once()
        self.run_once()
        self.assertFalse((self.dir / "endpoints.json").exists())


class Headers(unittest.TestCase):
    """What stands between two encoded words is not shown (RFC 2047 §6.2)."""

    def test_every_reader_sees_the_spaces(self):
        shown = {}
        for letter in letters.compose():
            message = message_from_bytes(letter.octets)
            shown[letter.number] = {name: str(make_header(decode_header(message[name]))) for name in ("From", "To", "Subject")}
        self.assertEqual(shown[2]["Subject"], "15-CV/VPTU: V/v chuẩn bị tài liệu hội nghị chuyển đổi số")
        self.assertEqual(shown[3]["Subject"], "07-TB/TU: Thông báo về việc sử dụng Hệ thống thư điện tử của Đảng bộ tỉnh")
        self.assertEqual(shown[3]["To"], "Các ban Đảng, UBKT, Văn phòng Tỉnh uỷ <g.bandang@hatinh.dcs.example>")
        self.assertRegex(shown[4]["Subject"], "^Văn bản mau-[0-9a-f]{8}$")
        self.assertEqual(shown[8]["Subject"], "112-TB/TU: Thông báo lịch làm việc của đoàn công tác")
        self.assertEqual(shown[8]["From"], "Văn phòng Tỉnh uỷ Nghệ An <vanphong@nghean.dcs.example>")


class Endpoints(unittest.TestCase):
    def test_endpoints_json_names_every_door_program_and_role(self):
        with Box() as box:
            facts = json.loads((box.dir / "endpoints.json").read_text())
            self.assertEqual(set(facts["endpoints"]), {"mx", "submission", "submissions", "imap", "imaps", "dovecot_imap",
                                                       "dovecot_lmtp"})
            for path in (facts["ca_file"], facts["config"], facts["programs"]["vanthu"], facts["programs"]["vanthu-gateway"]):
                self.assertTrue(Path(path).is_file(), path)
            roles = {role for user in facts["users"] for role in user["roles"]}
            self.assertLessEqual({"staff", "registry", "position", "secretary", "administrator", "unit-administrator",
                                  "archivist"}, roles)
            staff = [user for user in facts["users"] if user["roles"] == ["staff"]]
            self.assertEqual(len(staff), 2)
            self.assertEqual(staff[0]["unit"], staff[1]["unit"])
            for user in facts["users"]:  # everybody can log in, and open what is said to be theirs
                box.imap(user["address"]).logout()
                for mailbox in user["mailboxes"]:
                    box.imap(user["address"], mailbox).logout()

    def test_a_second_start_beside_a_running_one_is_told_so(self):
        with Box() as box:
            again = quickstart("--once", "--dir", box.dir, "--port-base", box.base, check=False)
            self.assertEqual(again.returncode, 1)
            self.assertIn("is running already", again.stderr)
            other = Path(tempfile.mkdtemp(prefix="vanthu-test-"))
            self.addCleanup(shutil.rmtree, other, ignore_errors=True)
            taken = quickstart("--once", "--dir", other, "--port-base", box.base, check=False)
            self.assertEqual(taken.returncode, 1)
            self.assertRegex(taken.stderr, rf"port {box.port('mx')} \(mx\) is in use by \S+ \(\d+\)")

    def test_a_folder_with_somebodys_files_is_left_alone(self):
        folder = Path(tempfile.mkdtemp(prefix="vanthu-test-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        (folder / "luan-van.docx").write_text("mine")
        refused = quickstart("--once", "--dir", folder, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("not empty", refused.stderr)


if __name__ == "__main__":
    unittest.main()

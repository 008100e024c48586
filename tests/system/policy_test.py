# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy's life: tried, tested, applied in the running gateway, taken back; over kills and restarts."""
import json
import os
import shutil
import signal
import threading
import time
import unittest

import raw
from box import Box, wait_until

OUTSIDE = "ai-do@elsewhere.example"
KHOA = "khoatb@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"  # a registry: what it gets is official
CSV = ('\n[[rule]]\nid = "test.csv"\nname_extension = ["csv"]\naction = "reject"\n'
       'text_vi = "khong nhan csv"\ntext_en = "no csv"\n')
TEST = ('\n[[test]]\nname = "csv"\nfacts.parts = [{path = "2", name = "a.csv", type = "text/csv"}]\nexpect = "reject"\n'
        'rule = "test.csv"\n\n[[test]]\nname = "letter"\nmessage = "samples/letter.eml"\n'
        f'from = "{OUTSIDE}"\nto = "{KHOA}"\nexpect = "reject"\nrule = "test.csv"\n')


class PolicyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes"))
        cls.seed = (cls.box.dir / "policy.toml").read_text()
        cls.seed_tests = cls.seed.count("\n[[test]]\n")  # the product's own: they pass on any site
        cls.octets = raw.message(OUTSIDE, KHOA, attachments=[("a.csv", "text", "csv", b"a,b\r\n")])
        samples = cls.box.dir / "samples"
        samples.mkdir()
        (samples / "letter.eml").write_bytes(cls.octets)

    def file(self, text, name="new.toml"):
        path = self.box.dir / name
        path.write_text(text)
        if os.getuid() == 0:
            shutil.chown(path, "vanthu", "vanthu")
        return path

    def taken(self):
        return self.box.send("mx", None, OUTSIDE, [KHOA], self.octets).accepted

    def policy(self, *words, code=0):
        done = self.box.vanthu("policy", *words, check=False)
        self.assertEqual(done.returncode, code, done.stdout.decode() + done.stderr.decode())
        return done.stdout.decode() + done.stderr.decode()

    def history(self):
        return json.loads(self.policy("history", "--json"))

    def back_to_seed(self):
        if self.history()["applied"] and self.history()["changes"][-1]["version"] != self.history()["changes"][0]["version"]:
            self.policy("rollback", "1")
        self.assertTrue(self.taken())

    def test_a_policy_is_shown_tested_and_applied_without_a_restart(self):
        self.back_to_seed()
        pid = self.box.gateway_pid()
        new = self.file(self.seed + CSV + TEST)
        self.assertIn("+ rule test.csv", self.policy("diff", new, code=1))
        self.assertIn(f"{self.seed_tests + 2} tests passed", self.policy("test", new))
        self.assertIn("add --yes", self.policy("apply", new, code=1))
        self.assertTrue(self.taken(), "nothing was applied")
        said = self.policy("apply", "--yes", "--why", "không nhận csv", new)
        self.assertIn("+ rule test.csv", said)
        self.assertFalse(self.taken())
        self.assertEqual(self.box.gateway_pid(), pid)
        last = self.history()["changes"][-1]
        self.assertEqual((last["act"], last["why"], last["in_force"]), ("apply", "không nhận csv", True))
        self.assertIn("test.csv", self.policy("show"))
        checked = self.box.vanthu("policy", "check", "--from", OUTSIDE, "--to", KHOA, self.box.dir / "samples" / "letter.eml",
                                  check=False)
        self.assertEqual(checked.returncode, 1, "policy check goes by what is in force")
        acts = self.box.vanthu("audit", "list", "--json").stdout.decode()
        self.assertIn("policy.apply", acts)
        # The configuration's file does not come back by itself.
        self.box.signal_gateway(signal.SIGHUP)
        wait_until(lambda: "event=policy.kept" in self.box.log(), what="a word that the applied policy stays")
        self.assertFalse(self.taken())
        self.assertIn(last["version"], self.box.vanthu("config", "check", self.box.layout.config).stdout.decode())
        self.policy("rollback", "--why", "thử xong")
        self.assertTrue(self.taken())

    def test_a_policy_whose_tests_fail_is_not_applied(self):
        self.back_to_seed()
        new = self.file(self.seed + TEST)
        said = self.policy("apply", "--yes", new, code=65)
        self.assertIn("expected", said)
        self.assertIn("nothing was applied", said)
        self.assertIn(f"2 of {self.seed_tests + 2} tests failed", self.policy("test", new, code=1))
        self.assertIn("unknown key", self.policy("apply", "--yes", self.file(self.seed + "\n[[rul]]\nid = 1\n"), code=65))
        self.assertTrue(self.taken())

    def test_a_trial_that_nobody_confirms_ends_by_itself(self):
        self.back_to_seed()
        new = self.file(self.seed + CSV)
        self.policy("apply", "--yes", "--confirm", "3s", new)
        self.assertFalse(self.taken())
        wait_until(self.taken, what="the old policy")
        self.assertEqual(self.history()["changes"][-1]["act"], "timeout")
        self.assertIn("policy.timeout", self.box.vanthu("audit", "list", "--json").stdout.decode())
        self.policy("confirm", code=66)
        self.policy("apply", "--yes", "--confirm", "1h", new)
        self.policy("confirm")
        self.assertFalse(self.taken())
        self.policy("rollback")
        self.assertTrue(self.taken())

    def test_a_trial_ends_although_the_gateway_was_killed(self):
        self.back_to_seed()
        self.policy("apply", "--yes", "--confirm", "8s", self.file(self.seed + CSV))
        self.box.kill_gateway()
        self.box.start_gateway()
        self.assertFalse(self.taken(), "it is on trial still")
        self.box.kill_gateway()
        wait_until(lambda: json.loads((self.box.dir / "data" / "policy" / "state.json").read_text())["trial"]["until"] / 1e6
                   < time.time(), what="the deadline")
        self.box.start_gateway()
        self.assertTrue(self.taken(), "over when the gateway came back")

    def test_archived_letters_are_judged_by_another_policy_before_it_is_applied(self):
        self.back_to_seed()
        octets = raw.message(OUTSIDE, OFFICE, attachments=[("a.csv", "text", "csv", b"a,b\r\n")])
        reply = self.box.send("mx", None, OUTSIDE, [OFFICE], octets)
        self.assertTrue(reply.accepted, reply)
        number = int(reply.text.split("record ")[1].split()[0])
        new = self.file(self.seed + CSV)
        for more in ((), ("--inspect",)):
            said = json.loads(self.policy("replay", "--json", *more, new, code=1))
            changed = {one["record"]: one for one in said["changed"]}
            self.assertEqual(changed[number]["before"]["outcome"], "accept")
            self.assertEqual((changed[number]["after"]["outcome"], changed[number]["after"]["rule"]), ("reject", "test.csv"))
            self.assertIn({"rule": "test.csv", "before": 0, "after": len(said["changed"])}, said["rules"])
        self.assertIn("test.csv", self.policy("replay", "--limit", "1", new, code=1))
        self.policy("replay", "--since", "2020-01-01", self.file(self.seed + "# the same\n"))
        self.policy("replay", "--until", "2020-01-01", new)
        # Why it was judged so: by its number, by its queue id, and for a file as it would be.
        told = self.policy("explain", number)
        for piece in (f"bản ghi {number}", "attachments.executable", self.history()["version"]):
            self.assertIn(piece, told)
        self.assertIn(f"bản ghi {number}", self.policy("explain", reply.text.split()[1]))
        self.assertEqual(json.loads(self.policy("explain", "--json", number))["verdict"]["action"], "accept")
        self.assertIn("a.csv", self.policy("explain", self.box.dir / "samples" / "letter.eml"))
        self.policy("explain", "nothing-of-that-name", code=66)

    def test_kills_in_the_middle_leave_the_old_policy_or_the_new_one(self):
        self.back_to_seed()
        for number in range(6):
            before = self.history()["version"]
            new = self.file(self.seed + CSV + f"# {number}\n")
            killer = threading.Timer(0.01 * number, self.box.kill_gateway)
            killer.start()
            self.box.vanthu("policy", "apply", "--yes", new, check=False)
            killer.join()
            self.box.start_gateway()
            now = self.history()
            changes = [one for one in now["changes"] if one["in_force"]]
            if now["version"] != before:
                self.assertFalse(self.taken())
                self.assertEqual(changes[-1]["version"], now["version"])
            self.policy("show")


if __name__ == "__main__":
    unittest.main()

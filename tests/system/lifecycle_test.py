# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, reload, drain, and an inspector that dies; and every configuration one can get wrong."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import raw
from box import Box, as_account, certificates, letters, wait_until
from format_reader import frames

OUTSIDE = "ai-do@elsewhere.example"
KHOA = "khoatb@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"


def serial(box):
    with socket.create_connection(("127.0.0.1", box.port("imaps")), timeout=20) as plain:
        with box.trust().wrap_socket(plain, server_hostname="localhost") as tls:
            return tls.getpeercert()["serialNumber"]


def own(path):
    if os.getuid() == 0:
        shutil.chown(path, "vanthu", "vanthu")


class Running(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # An inspector with OCR takes longer to start than the time between two kills below.
        cls.box = cls.enterClassContext(Box("--set", "inspector.ocr=no"))

    def test_sighup_takes_a_new_certificate_without_cutting_sessions(self):
        session = self.box.imap(KHOA)
        before = serial(self.box)
        (self.box.dir / "tls" / "gateway.pem").unlink()
        certificates.ensure(self.box.layout)
        for path in (self.box.dir / "tls").iterdir():
            own(path)
        self.box.signal_gateway(signal.SIGHUP)
        wait_until(lambda: serial(self.box) != before, what="the new certificate")
        self.assertEqual(session.noop()[0], "OK")
        session.logout()

    def test_sighup_takes_a_new_policy_and_keeps_the_old_one_if_the_new_is_wrong(self):
        policy = self.box.dir / "policy.toml"
        good = policy.read_text()
        self.addCleanup(policy.write_text, good)
        octets = raw.message(OUTSIDE, KHOA, attachments=[("a.csv", "text", "csv", b"a,b\r\n")])
        self.assertTrue(self.box.send("mx", None, OUTSIDE, [KHOA], octets).accepted)
        policy.write_text(good + '\n[[rule]]\nid = "test.csv"\nname_extension = ["csv"]\naction = "reject"\n'
                                 'text_vi = "khong nhan csv"\ntext_en = "no csv"\n')
        self.box.signal_gateway(signal.SIGHUP)
        wait_until(lambda: not self.box.send("mx", None, OUTSIDE, [KHOA], octets).accepted, what="the new rule")
        policy.write_text(good.replace("\n[[rule]]", "\n[[rulez]]", 1))
        self.box.signal_gateway(signal.SIGHUP)
        wait_until(lambda: "rulez" in self.box.log(), what="a line in the log that names the wrong key")
        self.assertFalse(self.box.send("mx", None, OUTSIDE, [KHOA], octets).accepted)

    def test_an_inspector_killed_in_the_middle_of_a_message_costs_one_4yz_at_most(self):
        def letter():
            return self.box.send("mx", None, OUTSIDE, [KHOA], raw.message(OUTSIDE, KHOA))

        for _ in range(3):
            stopped = self.box.inspectors()
            self.assertTrue(stopped)
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            replies = []
            sender = threading.Thread(target=lambda: replies.append(letter()))  # pylint: disable=cell-var-from-loop
            sender.start()
            time.sleep(1)
            self.assertEqual(replies, [], "answered without an inspector")
            for pid in stopped:
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: all(self.box.gone(pid) for pid in stopped), what="the end of those killed")
            sender.join(60)
            self.assertIn(replies[0].code, (250, 451), replies)
            self.assertTrue(letter().accepted)

    def test_inspectors_killed_all_the_time_never_cost_more_than_that(self):
        replies = []

        def send():
            for _ in range(200):
                replies.append(self.box.send("mx", None, OUTSIDE, [KHOA], raw.message(OUTSIDE, KHOA)))

        sender = threading.Thread(target=send)
        sender.start()
        killed = 0
        while sender.is_alive():
            for pid in self.box.inspectors():
                try:
                    os.kill(pid, signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    pass
            time.sleep(0.1)
        sender.join()
        self.assertGreater(killed, 0)
        self.assertFalse([reply for reply in replies if reply.code >= 500], replies)
        self.assertLessEqual(len([reply for reply in replies if not reply.accepted]), killed)
        self.assertTrue(self.box.send("mx", None, OUTSIDE, [KHOA], raw.message(OUTSIDE, KHOA)).accepted)


class Drain(unittest.TestCase):
    def test_sigterm_lets_a_message_end_and_delivers_it_after_the_next_start(self):
        with Box() as box:
            ident = raw.message_id()
            octets = raw.message(OUTSIDE, KHOA, ident=ident)
            with raw.Smtp(box.port("mx")) as busy, raw.Smtp(box.port("mx")) as idle:
                busy.to_data(OUTSIDE, KHOA)
                busy.put(octets[:100])
                idle.ask("EHLO test.example")
                box.signal_gateway(signal.SIGTERM)
                time.sleep(0.5)
                busy.put(octets[100:] + b".\r\n")
                code, text = busy.reply()
                self.assertIn(code, (250, 421), text)
                with self.assertRaises(OSError):  # no new sessions
                    raw.Smtp(box.port("mx"))
            self.assertTrue(box.wait_for_gateway_end(), "still running")
            box.start_gateway()
            if code == 250:
                self.assertIsNotNone(box.find(KHOA, ident))


class WrongInput(unittest.TestCase):
    """Each with a message that names place and remedy."""

    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box())

    def gateway(self, config):
        return subprocess.run([*as_account(), str(self.box.layout.program("vanthu-gateway")), "--config", str(config)],
                              capture_output=True, text=True, check=False, timeout=60)

    def changed_config(self, change):
        file = self.box.dir / "changed.conf"
        file.write_text(change((self.box.dir / "gateway.conf").read_text()))
        own(file)
        return file

    def assert_refuses(self, done, *words):
        self.assertNotEqual(done.returncode, 0)
        said = done.stdout + done.stderr
        for word in words:
            self.assertIn(word, said)
        self.assertNotIn("terminate called", said)

    def test_a_configuration_that_cannot_be_read(self):
        self.assert_refuses(self.gateway(self.box.dir / "nowhere.conf"), "nowhere.conf", "cannot be read")

    def test_an_unknown_key_with_its_line_and_the_nearest_known_one(self):
        file = self.changed_config(lambda text: text + "limits.recipient = 5\n")
        line = len(file.read_text().splitlines())
        self.assert_refuses(self.gateway(file), f"changed.conf:{line}", "limits.recipient", "limits.recipients")

    def other_data(self, text):
        other = self.box.dir / "other-data"
        other.mkdir(exist_ok=True)
        own(other)
        return text.replace(f"data = {self.box.layout.data}", f"data = {other}")

    def without_doors(self, text):
        return "".join(line for line in text.splitlines(True) if not line.startswith("listen."))

    def test_a_port_in_use_by_somebody_else(self):
        self.assert_refuses(self.gateway(self.changed_config(self.other_data)), f"listen.mx = 127.0.0.1:{self.box.port('mx')}",
                            "another program has this port")

    def test_a_data_folder_in_use_by_a_running_gateway(self):
        self.assert_refuses(self.gateway(self.changed_config(self.without_doors)), str(self.box.layout.data))

    def test_a_policy_with_a_wrong_key(self):
        policy = self.box.dir / "wrong.toml"
        policy.write_text((self.box.dir / "policy.toml").read_text().replace("registry_mailboxes", "registry_mailbox", 1))
        own(policy)
        file = self.changed_config(
            lambda text: self.other_data(self.without_doors(text)).replace("policy.toml", "wrong.toml"))
        self.assert_refuses(self.gateway(file), "wrong.toml", "registry_mailbox", "registry_mailboxes")

    def test_a_directory_with_faults_names_all_of_them_and_changes_nothing(self):
        folder = Path(tempfile.mkdtemp(prefix="vanthu-test-"))
        self.addCleanup(shutil.rmtree, folder)
        for source in (self.box.dir / "directory").glob("*.csv"):
            shutil.copy(source, folder)
        people = (folder / "people.csv").read_text().splitlines()
        people[1] = people[1].replace("active", "acting")
        (folder / "people.csv").write_text("\n".join(people) + "\n")
        with open(folder / "mailboxes.csv", "a", encoding="utf-8") as file:
            file.write("moi@hatinh.dcs.example,person,khong-co,n001,,active,2026-01-01,,,1024,yes,no\n\"half a row\n")
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755)
        lines = len((folder / "mailboxes.csv").read_text().splitlines())
        done = self.box.vanthu("directory", "import", folder, check=False)
        said = (done.stdout + done.stderr).decode()
        self.assertNotEqual(done.returncode, 0)
        for word in ("people.csv:2", "acting", f"mailboxes.csv:{lines - 1}", "khong-co"):
            self.assertIn(word, said)
        self.assertEqual(self.box.vanthu("directory", "resolve", "moi@hatinh.dcs.example", check=False).returncode != 0, True)
        self.box.imap(KHOA).logout()  # the old directory still serves


class LostEnd(unittest.TestCase):
    def start_by_hand(self, box, *words):
        return subprocess.Popen([*as_account(), str(box.layout.program("vanthu-gateway")), "--config", str(box.layout.config),
                                 *words], cwd=box.dir, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def test_a_record_log_without_its_end_is_refused_even_when_the_archive_view_is_gone_too(self):
        with Box("--set", "journal.segment-octets=1048576") as box:
            letter = {one.number: one for one in letters.compose()}[3]
            folder = box.layout.data / "records"

            def send():
                reply = box.send(letter.door, box.login(letter.login), letter.reverse_path, letter.forward_paths, letter.octets)
                self.assertTrue(reply.accepted, reply)

            while len(list(folder.glob("*.seg"))) < 2:
                send()
            send()
            wait_until(lambda: not json.loads(box.vanthu("queue", "list", "--json").stdout)["entries"], what="an empty queue")
            last = max(record["number"] for record in box.records())
            box.signal_gateway(signal.SIGTERM)
            self.assertTrue(box.wait_for_gateway_end())
            lost = max(folder.glob("*.seg"))
            first = min(frame.ordinal for frame in frames(folder) if frame.ordinal and frame.sequence >= int(lost.stem))
            lost.unlink()
            for view in box.layout.data.glob("archive.lmdb*"):
                view.unlink()

            for _ in range(2):  # being asked again does not help
                refused = self.start_by_hand(box)
                said = refused.communicate(timeout=60)[0]
                self.assertEqual(refused.returncode, 78, said)
                for words in (f"ends at {first - 1}", f"records {first} to {last} are lost", "--accept-loss"):
                    self.assertIn(words, said)

            accepted = self.start_by_hand(box, "--accept-loss")
            box.wait_for_port("mx", greeting=b"220")
            accepted.terminate()
            accepted.communicate(timeout=60)
            box.start_gateway()
            send()
            self.assertEqual(max(record["number"] for record in box.records()), last + 1)
            verified = box.vanthu("archive", "verify", check=False)
            self.assertEqual(verified.returncode, 1)
            self.assertIn(f"records {first} to {last}: missing", (verified.stdout + verified.stderr).decode())


class Archivist(unittest.TestCase):
    def test_an_archivist_finds_a_record_by_its_number_and_gets_the_octets_that_were_sent(self):
        with Box() as box:
            sent = {letter.number: letter for letter in letters.compose()}[3]
            reply = box.send(sent.door, box.login(sent.login), sent.reverse_path, sent.forward_paths, sent.octets)
            self.assertTrue(reply.accepted, reply)
            for words in (("--symbol", "07-TB/TU"), ("thong", "bao", "thu", "dien", "tu"), ("--unit", "btctu")):
                with self.subTest(words=words):
                    records = box.records(*words)
                    self.assertEqual(len(records), 1, records)
                    number = records[0]["number"]
                    self.assertEqual(box.vanthu("archive", "get", number).stdout, sent.octets)
            shown = box.vanthu("archive", "show", number).stdout.decode()
            self.assertIn("cvp@hatinh.dcs.example", shown)
            self.assertEqual(box.vanthu("archive", "verify").returncode, 0)
            self.assertEqual(box.vanthu("archive", "reconcile").returncode, 0)
            box.signal_gateway(signal.SIGTERM)
            box.wait_for_gateway_end()
            self.assertEqual(box.vanthu("archive", "get", number).stdout, sent.octets)  # without a gateway too


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at random instants under load. VANTHU_KILLS says how often (200), VANTHU_BENCH_KILLS how often under the load
of tests/bench (20)."""
import hashlib
import json
import os
import random
import smtplib
import socket
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

import raw
from box import ROOT, Box, client, letters, papers, wait_until

KILLS = int(os.environ.get("VANTHU_KILLS", "200"))
BENCH_KILLS = int(os.environ.get("VANTHU_BENCH_KILLS", "20"))
SEED = int(os.environ.get("VANTHU_SEED", str(random.randrange(1 << 32))))
SENDERS = 24
OUTSIDE = "ai-do@elsewhere.example"
KHOA = "khoatb@hatinh.dcs.example"
HUONG = "huongvtt@hatinh.dcs.example"
CLERK = "kienth@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"
UNIT = "vanthu.btctu@hatinh.dcs.example"
PAUSE = 0.5  # seconds at most between a sender's letters
WAITING = 400  # letters that may wait for delivery: a store that is slower than the senders would be waited for ever longer


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sender(threading.Thread):
    """Sends letters one after another, each once, and remembers which were acknowledged."""

    def __init__(self, box, number, paper, may_send):
        super().__init__(daemon=True)
        self.box, self.number, self.paper, self.may_send = box, number, paper, may_send
        self.random = random.Random(SEED + number)
        self.acknowledged = []  # (message id, SHA-256, mailbox, official)
        self.tried = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.is_set():
            try:
                self.session()
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)  # it was killed; come back

    def session(self):
        staff = self.number % 3 == 0
        with smtplib.SMTP("127.0.0.1", self.box.port("submission" if staff else "mx"), timeout=60) as link:
            if staff:
                link.starttls(context=client.trust(self.box.layout))
                link.login(*self.box.login(CLERK if self.number % 2 else KHOA))
            while not self.over.is_set():
                if self.may_send():
                    self.letter(link, staff)
                time.sleep(self.random.random() * PAUSE)

    def letter(self, link, staff):
        official = self.number % 2 == 1
        sender = (OFFICE if official else KHOA) if staff else OUTSIDE
        mailbox = (UNIT if staff else OFFICE) if official else HUONG if staff else KHOA
        ident = raw.message_id()
        attachments = [("15-CV-VPTU.docx", "application", "octet-stream", self.paper)] if official else []
        octets = raw.message(sender, mailbox, ident=ident, subject=f"thư {self.tried}", attachments=attachments)
        self.tried += 1
        link.ehlo_or_helo_if_needed()
        for code, _ in (link.mail(sender), link.rcpt(mailbox)):
            if code != 250:
                link.rset()
                return
        code, _ = link.data(octets)
        if code == 250:
            self.acknowledged.append((ident, hashlib.sha256(octets).hexdigest(), mailbox, official))


class Store:
    """Which Message-IDs came to the mailboxes. A letter is taken out of Dovecot's Maildir when it has been read: Dovecot
    and this test would both get slower with every ten thousand of them."""

    def __init__(self, box):
        self.folder = box.dir / "mail"
        self.letters = {mailbox: {} for mailbox in (KHOA, HUONG, OFFICE, UNIT)}  # mailbox -> {message id: copies}

    def refresh(self):
        for mailbox, copies in self.letters.items():
            for path in (self.folder / mailbox / "Maildir").glob("[nc][eu][wr]/*"):
                with open(path, "rb") as file:
                    for line in file:
                        if line.lower().startswith(b"message-id:"):
                            ident = line.split(b":", 1)[1].strip().decode()
                            copies[ident] = copies.get(ident, 0) + 1
                            break
                path.unlink()

    def lacks(self, acknowledged):
        self.refresh()
        return [one for one in acknowledged if one[0] not in self.letters[one[2]]]

    def count(self):
        return sum(map(len, self.letters.values()))


class Records:
    """Numbers of the records by the digest of their octets; asks for what is new only."""

    def __init__(self, box):
        self.box = box
        self.digests = {}  # number -> SHA-256
        self.numbers = {}  # SHA-256 -> {number}

    def refresh(self):
        most = 500
        while True:
            newest = self.box.records("--most", most)
            if len(newest) < most or newest[-1]["number"] <= len(self.digests) + 1:
                break
            most *= 2
        for record in newest:
            before = self.digests.setdefault(record["number"], record["sha256"])
            assert before == record["sha256"], f"record {record['number']} has become another one"
            self.numbers.setdefault(record["sha256"], set()).add(record["number"])
        assert sorted(self.digests) == list(range(1, len(self.digests) + 1)), "record numbers have gaps"


class KillTest(unittest.TestCase):
    def test_nothing_acknowledged_is_lost_and_nothing_official_is_archived_twice(self):
        paper = papers.docx(letters.cong_van())
        luck = random.Random(SEED)
        with Box("--set", "limits.trust-loopback=yes", "--set", "log.level=warning", "--set", "inspector.ocr=no") as box:
            store, records = Store(box), Records(box)
            senders = []

            def may_send():
                return sum(len(sender.acknowledged) for sender in senders) - store.count() < WAITING

            senders += [Sender(box, number, paper, may_send) for number in range(SENDERS)]
            for sender in senders:
                sender.start()
            try:
                for kill in range(1, KILLS + 1):
                    time.sleep(luck.uniform(0.1, 1.0))
                    box.kill_gateway()
                    before = [one for sender in senders for one in list(sender.acknowledged)]
                    box.start_gateway()
                    self.check(box, store, records, before, f"kill {kill} of seed {SEED}")
                    if kill % 20 == 0:
                        print(f"  {kill} kills, {len(before)} letters acknowledged", file=sys.stderr, flush=True)
            finally:
                for sender in senders:
                    sender.over.set()
            for sender in senders:
                sender.join(90)
            everything = [one for sender in senders for one in sender.acknowledged]
            self.assertGreater(len(everything), KILLS, "too little was acknowledged to prove anything")
            self.check(box, store, records, everything, f"the end, seed {SEED}")
            twice = sum(copies - 1 for mailbox in store.letters.values() for copies in mailbox.values())
            print(f"  {KILLS} kills, {sum(sender.tried for sender in senders)} letters tried, {len(everything)} acknowledged, "
                  f"{sum(one[3] for one in everything)} of them official; {twice} delivered twice (RFC 5321 §6.1 allows it)",
                  file=sys.stderr, flush=True)

    def check(self, box, store, records, acknowledged, when):
        missing = acknowledged

        def delivered():
            nonlocal missing
            missing = store.lacks(missing)
            return not missing

        wait_until(delivered, 120, f"{when}: delivery of everything acknowledged")
        records.refresh()
        for ident, digest, _, official in acknowledged:
            self.assertEqual(len(records.numbers.get(digest, ())), 1 if official else 0, f"{when}: {ident}")
        done = box.vanthu("archive", "reconcile", check=False)
        self.assertEqual(done.returncode, 0, f"{when}: {done.stdout.decode()}")


class BenchKillTest(unittest.TestCase):
    """The same over the bench's traffic: 50 sessions as fast as they can, half of the letters official."""

    def test_the_next_hop_gets_everything_acknowledged_under_full_load(self):
        luck = random.Random(SEED)
        sink = free_port()
        program = Path(os.environ.get("VANTHU_BUILD", ROOT / "build" / "release")) / "bin" / "smtp_bench"
        with Box("--set", "limits.trust-loopback=yes", "--set", "log.level=warning", "--set", "inspector.ocr=no", "--next-hop",
                 f"smtp://127.0.0.1:{sink}", "--set", "queue.first-retry-seconds=1") as box:
            accepted = delivered = again = 0
            kills = 0
            while kills < BENCH_KILLS:
                letters_each = 20000
                with subprocess.Popen([str(program), "--to", f"127.0.0.1:{box.port('mx')}", "--sink", f"127.0.0.1:{sink}",
                                       "--from", OUTSIDE, "--rcpt", KHOA, "--rcpt", OFFICE, "--connections", "50",
                                       "--messages", str(letters_each), "--patience", "60", "--json"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as bench:
                    while bench.poll() is None and kills < BENCH_KILLS:
                        time.sleep(luck.uniform(0.05, 0.8))
                        if bench.poll() is not None:
                            break
                        box.kill_gateway()
                        box.start_gateway()
                        kills += 1
                        if kills % 50 == 0:
                            print(f"  {kills} kills", file=sys.stderr, flush=True)
                    result = json.loads(bench.stdout.read())
                accepted += result["accepted"]
                delivered += result["delivered"]
                again += result["delivered_again"]
                self.assertEqual(result["accepted"], result["delivered"], f"kill {kills} of seed {SEED}")
                done = box.vanthu("archive", "reconcile", check=False)
                self.assertEqual(done.returncode, 0, f"kill {kills} of seed {SEED}: {done.stdout.decode()}")
            self.assertGreater(accepted, kills, "too little was acknowledged to prove anything")
            print(f"  {kills} kills over the bench: {accepted} acknowledged, {accepted - delivered} lost, "
                  f"{again} delivered twice", file=sys.stderr, flush=True)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Delivered, opened, registered: three events behind a record. Every way to fetch a body, and every way that is none;
mailboxes of units and of posts; forged fields; kills; receipts and slips, checked by other people's programs."""
import dataclasses
import email
import email.policy
import imaplib
import json
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import raw
from asking import Asking
from box import Box, letters, papers, wait_until
from imap_octets import Imap

DOMAIN = "hatinh.dcs.example"
OFFICE, BTCTU, BNCTU, BITHU = (f"{name}@{DOMAIN}" for name in ("vanthu.vptu", "vanthu.btctu", "vanthu.bnctu", "bithu"))
KIEN, THUY, BINH, HUONG = (f"{name}@{DOMAIN}" for name in ("kienth", "thuynt", "binhnd", "huongvtt"))
SECRETARY = f"nganptm@{DOMAIN}"
OUTSIDE = "ai-do@elsewhere.example"
WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
LIMITS = ("--set", "limits.trust-loopback=yes", "--set", "limits.account-messages=none")


def official(number, to, subject="Về việc báo cáo công tác văn thư", sender=OFFICE, extra=()):
    what = dataclasses.replace(letters.cong_van(), number=f"Số {number}-CV/VPTU", subject=subject)
    octets = raw.message(sender, ", ".join(to), subject=f"{number}-CV/VPTU",
                         attachments=[("van-ban.docx", *WORD, papers.docx(what))])
    return b"".join(line + b"\r\n" for line in extra) + octets


class Records(Asking):
    """Beside unittest.TestCase, with a `box`."""

    def post(self, number, to=(BTCTU, BNCTU)):
        octets = official(number, to)
        reply = self.box.send("submission", self.box.login(KIEN), OFFICE, list(to), octets)
        self.assertTrue(reply.accepted, reply)
        wait_until(lambda: self.box.records_of(octets), what="the record")
        record = self.box.records_of(octets)[0]["number"]
        wait_until(lambda: all(one.get("delivered_to") == one["mailboxes"] for one in self.status(record)["units"]),
                   what="the deliveries")
        return record, octets

    def status(self, record):
        return json.loads(self.box.vanthu("record", "status", record, "--json").stdout)

    def events(self, record, what="record.opened"):
        events = json.loads(self.box.vanthu("record", "history", record, "--json").stdout)["events"]
        return [event for event in events if event["what"] == what]

    def opened(self, record):
        return sorted(event["actor"] for event in self.events(record))

    def find_in(self, session, field, value):
        deadline = time.monotonic() + 30
        while True:
            session.noop()
            _, found = session.search(None, "HEADER", field, f'"{value}"')
            if found[0]:
                return found[0].split()[-1].decode()
            self.assertLess(time.monotonic(), deadline, "the letter did not come")
            time.sleep(0.1)

    def locate(self, session, record):
        return self.find_in(session, "Vanthu-Record", f"{record}; log=mail.{DOMAIN}/records; mac=")


class OpenedTest(Records, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box(*LIMITS))
        cls.box.vanthu("mailbox", "password", SECRETARY, stdin=b"mat khau cua thu ky\n")

    def fetch(self, who, mailbox, record, items):
        session = self.box.imap(who, mailbox)
        try:
            number = self.locate(session, record)
            kind, data = session.fetch(number, items)
            self.assertEqual(kind, "OK")
            return data
        finally:
            session.logout()

    def secretary(self):
        """The leader's mailbox, opened by who may read it for him; ends with LOGOUT."""
        session = imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.box.trust(), timeout=30)
        session.login(f"{BITHU}*{SECRETARY}", "mat khau cua thu ky")
        session.select("INBOX")
        return session

    def test_the_number_stands_above_the_letter_and_the_letter_below_it_is_the_archived_one(self):
        record, octets = self.post("101", (BTCTU,))
        data = self.fetch(THUY, BTCTU, record, "(BODY.PEEK[])")
        self.assertTrue(data[0][1].endswith(octets))
        self.assertEqual(self.box.vanthu("archive", "get", record).stdout, octets)
        head = data[0][1][:-len(octets)]
        self.assertEqual(head.count(b"Vanthu-Record:"), 1)
        self.assertLess(head.index(b"Vanthu-Record:"), head.index(b"\r\n\tby mail." + DOMAIN.encode()))

    def test_each_way_to_fetch_a_body_is_an_opening_and_headers_are_none(self):
        for number, items in enumerate(("(FLAGS UID RFC822.SIZE ENVELOPE BODYSTRUCTURE)", "(BODY.PEEK[HEADER])",
                                        "(BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)])", "(BODY.PEEK[1.MIME])",
                                        "(BODY.PEEK[HEADER.FIELDS (VANTHU-RECORD)])", "(RFC822.HEADER)")):
            record, _ = self.post(str(111 + number), (BTCTU,))
            self.fetch(THUY, BTCTU, record, items)
            time.sleep(0.3)
            self.assertEqual(self.opened(record), [], items)
        for number, items in enumerate(("(BODY[])", "(BODY.PEEK[])", "(RFC822)", "(BODY.PEEK[1])", "(BODY.PEEK[2]<0.10>)",
                                        "(RFC822.TEXT)", "(BODY.PEEK[TEXT])", "(BINARY.PEEK[2])", "(BODY.PEEK[]<0.100000>)",
                                        "(UID BODYSTRUCTURE BODY.PEEK[TEXT] BODY.PEEK[HEADER])")):
            record, _ = self.post(str(121 + number), (BTCTU,))
            self.fetch(THUY, BTCTU, record, items)
            wait_until(lambda one=record: self.opened(one) == ["btctu"], what=f"the opening by {items}")
        # Through the relay the same octets come as from the store itself, whatever is asked in between.
        record, _ = self.post("135", (BTCTU,))
        through = self.fetch(THUY, BTCTU, record, "(BODY.PEEK[2])")
        again = self.fetch(THUY, BTCTU, record, "(BODY.PEEK[2])")
        self.assertEqual(through[0][1], again[0][1])

    def test_once_for_each_mailbox_whoever_opens_it_however_often(self):
        record, _ = self.post("141", (BTCTU, BNCTU, BITHU))
        for _ in range(3):
            self.fetch(THUY, BTCTU, record, "(BODY.PEEK[])")
        with self.secretary() as session:
            session.fetch(self.locate(session, record), "(BODY[1])")
        wait_until(lambda: self.opened(record) == ["btctu", "tinhuy"], what="two openings")
        units = {one["unit"]: one for one in self.status(record)["units"]}
        self.assertIn("opened", units["btctu"])
        self.assertNotIn("opened", units["bnctu"])
        said = self.box.vanthu("record", "status", record).stdout.decode()
        self.assertIn("chưa mở", said)
        # Who it was is told to nobody who asks for a report; it stands in the log.
        history = self.box.vanthu("record", "history", record, "--json").stdout.decode()
        for person in (THUY, SECRETARY):
            self.assertNotIn(person, history)
            self.assertNotIn(person, self.box.vanthu("record", "history", record).stdout.decode())
            self.assertNotIn(person, json.dumps(self.status(record)["units"]))
        self.box.vanthu("register", "enter", "--unit", "btctu", record)
        units = {one["unit"]: one for one in self.status(record)["units"]}
        for what in ("accepted", "delivered", "opened", "registration"):
            self.assertIn(what, units["btctu"])

    def test_a_letter_that_is_no_record_is_never_tracked(self):
        ident = raw.message_id()
        def all_openings():
            return sum(len(self.events(one["number"])) for one in self.box.records())

        before = all_openings()
        reply = self.box.send("submission", self.box.login(HUONG), HUONG, [KIEN],
                              raw.message(HUONG, KIEN, ident=ident, subject="Chuyện riêng"))
        self.assertTrue(reply.accepted, reply)
        self.assertTrue(self.box.find(KIEN, ident))
        session = self.box.imap(KIEN)
        session.fetch(self.find_in(session, "Message-ID", ident), "(BODY[1])")
        session.logout()
        time.sleep(0.3)
        self.assertEqual(all_openings(), before)

    def test_a_forged_field_is_not_believed(self):
        record, _ = self.post("151", (BTCTU, BNCTU, BITHU))
        # Somebody who got the record knows its line, and sends it on to another who got it, too.
        line = re.search(rb"Vanthu-Record: [^\r]*", self.fetch(BINH, BNCTU, record, "(BODY.PEEK[HEADER])")[0][1]).group()
        ident = raw.message_id()
        forged = line + b"\r\n" + raw.message(OUTSIDE, THUY, ident=ident, subject="Thử")
        reply = self.box.send("mx", None, OUTSIDE, [BTCTU], forged)
        self.assertTrue(reply.accepted, reply)
        session = self.box.imap(THUY, BTCTU)
        number = self.find_in(session, "Message-ID", ident)
        for items in ("(BODY.PEEK[])", "(BODY.PEEK[1])", "(BODY[TEXT])"):
            kind, data = session.fetch(number, items)
            self.assertEqual(kind, "OK")
            if items == "(BODY.PEEK[])":
                self.assertTrue(data[0][1].endswith(forged), "what came is delivered as it came")
        # The same in a letter that is no record.
        ident = raw.message_id()
        reply = self.box.send("submission", self.box.login(HUONG), HUONG, [BITHU],
                              line + b"\r\n" + raw.message(HUONG, BITHU, ident=ident, subject="Thử"))
        self.assertTrue(reply.accepted, reply)
        with self.secretary() as leaders:
            for items in ("(BODY.PEEK[])", "(BODY.PEEK[1])"):
                self.assertEqual(leaders.fetch(self.find_in(leaders, "Message-ID", ident), items)[0], "OK")
            self.assertEqual(leaders.fetch(self.find_in(leaders, "Message-ID", ident), "(BODY[HEADER.FIELDS (VANTHU-RECORD)])")
                             [1][0][1].split(b"\r\n")[0], b"Vanthu-Record: none")
        # One of one's own making, filed by APPEND.
        wrong = line[:-4] + b"0000\r\n" + raw.message(OUTSIDE, THUY, subject="Tự làm")
        session.append("INBOX", None, None, wrong)
        session.noop()
        session.fetch("*", "(BODY[])")
        session.logout()
        time.sleep(0.5)
        self.assertEqual(self.opened(record), [])

    def test_other_peoples_clients_open_it_too(self):
        record, octets = self.post("161", (BTCTU,))
        login, password = self.box.login(THUY)
        session = self.box.imap(THUY, BTCTU)
        number = self.locate(session, record)
        session.logout()
        done = subprocess.run(["curl", "-s", "--cacert", self.box.facts["ca_file"], "--user", f"{BTCTU}*{login}:{password}",
                               f"imaps://localhost:{self.box.port('imaps')}/INBOX;MAILINDEX={number};SECTION=2"],
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout)
        wait_until(lambda: self.opened(record) == ["btctu"], what="the opening by curl")

        record, octets = self.post("162", (BTCTU,))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "Mail").mkdir()
            (folder / "mbsyncrc").write_text(f"""IMAPAccount box
Host localhost
Port {self.box.port('imaps')}
User "{BTCTU}*{login}"
Pass {password}
AuthMechs LOGIN
SSLType IMAPS
CertificateFile {self.box.facts['ca_file']}

IMAPStore far
Account box

MaildirStore near
Path {folder}/Mail/
Inbox {folder}/Mail/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Sync Pull
Create Near
SyncState *
""")
            done = subprocess.run(["mbsync", "-c", folder / "mbsyncrc", "-a"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            pulled = [path.read_bytes().replace(b"\r\n", b"\n") for path in (folder / "Mail" / "INBOX").glob("*/*") if path.is_file()]
            body = octets.partition(b"\r\n\r\n")[2].replace(b"\r\n", b"\n")  # mbsync adds a field of its own to the header
            self.assertTrue(any(letter.endswith(body) for letter in pulled), "octet for octet")
        wait_until(lambda: self.opened(record) == ["btctu"], what="the opening by mbsync")

    def test_a_session_that_fetches_parts_sees_only_its_own_answers(self):
        records = [self.post(str(171 + i), (BTCTU,))[0] for i in range(3)]
        session = self.box.imap(THUY, BTCTU)
        numbers = [self.locate(session, record) for record in records]
        for turn in range(40):
            for number in numbers:
                kind, data = session.fetch(number, "(UID BODY.PEEK[1])")
                self.assertEqual((kind, len(data)), ("OK", 2), data)
            self.assertEqual(session.noop()[0], "OK")
        self.assertEqual(session.untagged_responses.get("FETCH"), None)
        session.logout()
        for record in records:
            wait_until(lambda one=record: self.opened(one) == ["btctu"], what="the openings")

    def test_a_program_that_fetches_and_leaves_in_one_packet_is_noticed(self):
        record, _ = self.post("176", (BTCTU,))
        session = self.box.imap(THUY, BTCTU)
        at = self.locate(session, record)
        session.logout()
        with Imap(self.box, THUY, BTCTU) as session:
            self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
            session.put(f"e FETCH {at} (BODY.PEEK[1])\r\nf LOGOUT\r\n".encode())
            said = session.rest()
        self.assertRegex(said, rb"(?s) FETCH \(BODY\[1\] .*\r\ne OK [^\r\n]*\r\n\* BYE [^\r\n]*\r\nf OK [^\r\n]*\r\n$")
        self.assertNotIn(b"Vanthu-Record", said, "what the gateway asks for is its own")
        wait_until(lambda: self.opened(record) == ["btctu"], what="the opening")

    def test_zz_kills_in_between_lose_nothing_that_is_fetched_again_and_write_nothing_twice(self):
        for turn in range(4):
            record, _ = self.post(str(181 + turn), (BTCTU,))
            self.fetch(THUY, BTCTU, record, "(BODY.PEEK[1])" if turn % 2 else "(BODY.PEEK[])")
            self.box.kill_gateway()
            self.box.start_gateway()
            self.fetch(THUY, BTCTU, record, "(BODY.PEEK[])")
            wait_until(lambda one=record: self.opened(one), what="the opening after a kill")
            self.fetch(THUY, BTCTU, record, "(BODY.PEEK[])")
            time.sleep(0.2)
            self.assertEqual(self.opened(record), ["btctu"])
        self.assertEqual(self.box.vanthu("archive", "verify").returncode, 0)


RECEIPTS = {"acceptance": "true", "delivery": "true", "opening": "true", "registration": "true", "slip": "true",
            "remind_after_hours": "72"}


class Receipts(Records):
    """Beside unittest.TestCase."""

    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box(*LIMITS))
        cls.set_receipts(cls, RECEIPTS)

    def set_receipts(self, values):
        policy = self.box.dir / "policy.toml"
        text = policy.read_text()
        section = "[receipts]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
        policy.write_text(re.sub(r"\[receipts\]\n(?:[a-z_]+ *=.*\n)+", section, text))
        Asking.set_policy(_Asserts(), self.box, "")

    def receipts(self, record, kind="", seconds=30):
        """The receipts of a record that speak of that kind, waited for; their octets. What was due together is one mail."""
        deadline = time.monotonic() + seconds
        session = self.box.imap(KIEN, OFFICE)
        try:
            while True:
                session.noop()
                found = session.search(None, "HEADER", "Message-ID", f'"<receipt.{record}."')[1][0].split()
                octets = [session.fetch(one, "(BODY.PEEK[])")[1][0][1] for one in found]
                octets = [one for one in octets if not kind or
                          kind in re.search(rb"\nMessage-ID: <([^@]*)@", one).group(1).decode().split(".")]
                if octets or time.monotonic() > deadline:
                    return octets
                time.sleep(0.2)
        finally:
            session.logout()

    def raw_receipt(self, record, kind):
        found = self.receipts(record, kind)
        self.assertTrue(found, f"no receipt of {kind}")
        return found[0]

    def verify(self, octets, record):
        """What anybody can check: the signature by openssl, the proof by vanthu-verify with a key known before."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "mail.eml").write_bytes(octets)
            checked = subprocess.run(["openssl", "cms", "-verify", "-in", folder / "mail.eml", "-CAfile",
                                      self.box.facts["ca_file"], "-out", folder / "content"], capture_output=True, check=False)
            self.assertEqual(checked.returncode, 0, checked.stderr)
            inner = email.message_from_bytes((folder / "content").read_bytes(), policy=email.policy.default)
            parts = {part.get_filename(): part for part in inner.iter_attachments()}
            said = json.loads(parts[f"receipt-{record}.json"].get_content())
            proof = folder / "record.tlog-proof"
            proof.write_text(parts[f"record-{record}.tlog-proof"].get_content())
            key = self.box.vanthu("log", "status", "--keys").stdout.decode().splitlines()[0]
            words = [self.box.layout.program("vanthu-verify"), "proof", proof, "--key", key, "--meta-digest", said["meta_sha256"]]
            for digest, code in ((said["sha256"], 0), ("0" * 64, 1)):
                done = subprocess.run([*words, "--digest", digest], capture_output=True, check=False)
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            self.assertIn(f"record {record}", subprocess.run([*words, "--digest", said["sha256"]], capture_output=True,
                                                             check=False).stdout.decode())
            # One octet changed in the text, and the signature is none.
            at = octets.index(b"quoted-printable") + 40
            (folder / "bent.eml").write_bytes(octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1:])
            bent = subprocess.run(["openssl", "cms", "-verify", "-in", folder / "bent.eml", "-CAfile",
                                   self.box.facts["ca_file"], "-out", "/dev/null"], capture_output=True, check=False)
            self.assertNotEqual(bent.returncode, 0)
            return inner, said

    def reply(self, who, address, line):
        return self.answer(self.box, who, address, line, subject="Re: Phiếu tiếp nhận")


class ReceiptsTest(Receipts, unittest.TestCase):
    def test_a_letter_brings_its_receipts_and_mailrooms_answer_their_slips(self):
        record, octets = self.post("201")
        digest = self.box.records_of(octets)[0]["sha256"]
        self.assertTrue(self.receipts(record, "acceptance"))
        inner, said = self.verify(self.raw_receipt(record, "delivery"), record)
        self.assertIn("delivery", said["kinds"])
        self.assertEqual((said["sha256"], said["record"]), (digest, record))
        self.assertEqual({one["unit"]: one["delivered_to"] for one in said["units"]}, {"btctu": 1, "bnctu": 1})
        text = inner.get_body().get_content()
        for piece in (f"Bản ghi số: {record}", digest, "chưa mở", "not opened", "vanthu-verify proof"):
            self.assertIn(piece, text)
        outer = email.message_from_bytes(self.raw_receipt(record, "delivery"), policy=email.policy.default)
        self.assertEqual((outer["Auto-Submitted"], outer["Return-Path"] or "<>"), ("auto-generated", "<>"))
        self.assertIn("201-CV/VPTU", outer["Subject"])

        # The slip: answered by whom it is for, and by nobody else.
        slip = self.search(self.box, THUY, "Message-ID", f"slip.{record}.btctu", mailbox=BTCTU)[0]
        address = self.reply_to(slip)
        for who, why in ((HUONG, "văn thư"), (KIEN, "văn thư"), (BINH, "văn thư")):
            refused = self.reply(who, address, "VÀO SỔ")
            self.assertEqual((refused.step, refused.code), ("rcpt", 550), refused)
        outside = self.box.send("mx", None, OUTSIDE, [address], raw.message(OUTSIDE, address))
        self.assertEqual((outside.step, outside.code), ("rcpt", 550), outside)
        unclear = self.reply(THUY, address, "Đã xem")
        self.assertEqual((unclear.step, unclear.code), ("end", 554), unclear)
        wrong = self.reply(THUY, address, "SỐ ĐẾN 999")
        self.assertEqual((wrong.step, wrong.code), ("end", 554), wrong)
        self.assertIn("the next number is", wrong.text)
        self.assertEqual(self.events(record, "register.entered"), [])
        next_number = re.search(r"the next number is (\d+)", wrong.text).group(1)
        done = self.reply(THUY, address, f"Số đến {next_number}.")
        self.assertTrue(done.accepted, done)
        entered = self.events(record, "register.entered")
        self.assertEqual([(one["actor"], one["details"]["number"]) for one in entered], [(THUY, int(next_number))])
        again = self.reply(THUY, address, "VÀO SỔ")
        self.assertEqual((again.step, again.code), ("end", 554), again)
        self.assertIn("registered already", again.text)
        audit = json.loads(self.box.vanthu("audit", "list", "--act", "register.enter", "--json").stdout)["entries"]
        self.assertTrue(any(one["actor"] == THUY and one["details"].get("by") == "mail" and one["outcome"] == "done"
                            for one in audit))

        # The other one refuses; both have opened it: opening and registration are told, once.
        other = self.reply_to(self.search(self.box, BINH, "Message-ID", f"slip.{record}.bnctu", mailbox=BNCTU)[0])
        done = self.reply(BINH, other, "TỪ CHỐI: gửi nhầm nơi nhận")
        self.assertTrue(done.accepted, done)
        inner, said = self.verify(self.raw_receipt(record, "registration"), record)
        states = {one["unit"]: [item["state"] for item in one["registration"]] for one in said["units"]}
        self.assertEqual(states, {"btctu": ["entered"], "bnctu": ["refused"]})
        for who, mailbox in ((THUY, BTCTU), (BINH, BNCTU)):
            session = self.box.imap(who, mailbox)
            session.fetch(self.locate(session, record), "(BODY.PEEK[1])")
            session.logout()
        self.verify(self.raw_receipt(record, "opening"), record)
        time.sleep(1)
        for kind in ("acceptance", "delivery", "opening", "registration"):
            self.assertEqual(len(self.receipts(record, kind)), 1, kind)
        sent = self.events(record, "receipt.sent")
        self.assertEqual(sorted(kind for one in sent for kind in one["details"]["kinds"]),
                         ["acceptance", "delivery", "opening", "registration", "slip:bnctu", "slip:btctu"])
        self.assertTrue(any(one["details"].get("last") for one in sent))

        # Receipts are no records, and bring none.
        self.assertEqual([one for one in self.box.records() if "receipt" in one["subject"]], [])

    def test_of_what_waits_for_its_purge_nobody_is_told(self):
        person = json.loads(self.box.vanthu("mailbox", "show", HUONG, "--json").stdout)["rows"][0]["person_id"]
        other = json.loads(self.box.vanthu("mailbox", "show", KIEN, "--json").stdout)["rows"][0]["person_id"]
        for one in (person, other):
            self.box.vanthu("role", "add", one, "archivist", "")
        record, _ = self.post("212", (BTCTU,))
        self.assertTrue(self.receipts(record, "delivery"))
        note = self.box.dir / "note.txt"
        note.write_text("niêm phong 05/NP")
        note.chmod(0o644)
        self.as_person(HUONG, "archive", "purge", "--sealed", "05/NP", "--reason", "lưu nhầm", record, note)
        purge = json.loads(self.box.vanthu("archive", "purges", "--json").stdout)["purges"][0]["number"]
        session = self.box.imap(THUY, BTCTU)
        session.fetch(self.locate(session, record), "(BODY.PEEK[1])")
        session.logout()
        self.assertEqual(self.receipts(record, "opening", seconds=5), [])
        self.as_person(KIEN, "archive", "purge-withdraw", "--reason", "không phải mật", purge)
        self.assertEqual(self.opened(record), ["btctu"], "that stood there all the time")
        self.box.kill_gateway()
        self.box.start_gateway()  # which looks at all that is open
        self.assertEqual(len(self.receipts(record, "opening")), 1)

    def as_person(self, address, *words):
        done = self.box.vanthu_as(address, *words, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_letter_to_many_units_brings_few_mails(self):
        record, _ = self.post("211", (BTCTU, BNCTU, OFFICE))
        self.assertTrue(self.receipts(record, "delivery"))
        self.assertLessEqual(len(self.receipts(record)), 2)

    def test_kills_in_between_bring_each_receipt_once_or_twice_with_one_id(self):
        for turn in range(3):
            octets = official(str(221 + turn), (BTCTU,))
            reply = self.box.send("submission", self.box.login(KIEN), OFFICE, [BTCTU], octets)
            self.assertTrue(reply.accepted, reply)
            time.sleep(0.05 * turn)
            self.box.kill_gateway()
            self.box.start_gateway()
            record = self.box.records_of(octets)[0]["number"]
            for kind in ("acceptance", "delivery"):
                wait_until(lambda k=kind: any(k in one["details"]["kinds"] for one in self.events(record, "receipt.sent")),
                           60, f"the receipt {kind}")
            for kind in ("acceptance", "delivery"):
                self.assertIn(len(self.receipts(record, kind)), (1, 2), kind)


class _Asserts(unittest.TestCase):
    """What set_policy() asks for beside a test."""


class ReminderTest(Receipts, unittest.TestCase):
    """By the real gateway whose time of day goes ahead."""

    def again(self, ahead):
        self.box.signal_gateway(signal.SIGTERM)
        self.assertTrue(self.box.wait_for_gateway_end())
        self.box.start_gateway(ahead=ahead)

    def test_the_sender_is_told_once_when_it_is_time_who_has_not_opened_or_registered_it(self):
        self.set_receipts({**RECEIPTS, "remind_after_hours": "1"})
        record, _ = self.post("241")
        everybody, _ = self.post("242", (BTCTU,))
        for number in (record, everybody):
            session = self.box.imap(THUY, BTCTU)
            session.fetch(self.locate(session, number), "(BODY.PEEK[1])")
            session.logout()
            slip = self.search(self.box, THUY, "Message-ID", f"slip.{number}.btctu", mailbox=BTCTU)[0]
            self.assertTrue(self.reply(THUY, self.reply_to(slip), "VÀO SỔ").accepted)
        self.assertTrue(self.receipts(everybody, "registration"))
        self.again(ahead=50 * 60)
        self.assertTrue(self.receipts(record, "delivery"))
        self.assertEqual(self.receipts(record, "reminder", seconds=2), [])
        for ahead in (61 * 60, 200 * 60):
            self.again(ahead)
            inner, said = self.verify(self.raw_receipt(record, "reminder"), record)
            self.assertEqual(said["kinds"], ["reminder"])
            self.assertEqual({one["unit"]: (one["opened_in"], [item["state"] for item in one["registration"]])
                              for one in said["units"]}, {"btctu": (1, ["entered"]), "bnctu": (0, ["waiting"])})
            self.assertIn("It is time for a reminder", inner.get_body().get_content())
            time.sleep(1)
            self.assertEqual(len(self.receipts(record, "reminder")), 1)
        self.assertEqual([one for one in self.events(record, "receipt.sent") if "reminder" in one["details"]["kinds"]][1:], [])
        self.assertEqual(self.receipts(everybody, "reminder", seconds=0), [], "where all have done it nobody is reminded")


if __name__ == "__main__":
    unittest.main()

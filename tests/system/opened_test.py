# SPDX-License-Identifier: GPL-3.0-or-later
"""Delivered, opened, registered: three events behind a record. Every way to fetch a body, and every way that is none;
mailboxes of units and of posts; forged fields; kills."""
import dataclasses
import imaplib
import json
import re
import subprocess
import time
import unittest

import raw
from asking import Asking
from box import Box, letters, papers, wait_until

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


if __name__ == "__main__":
    unittest.main()

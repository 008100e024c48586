# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do with letters that wait for somebody's word: they are asked by mail and answer by mail."""
import email
import email.policy
import json
import signal
import time

import raw
from box import wait_until

KHOA = "khoatb@hatinh.dcs.example"
HUONG = "huongvtt@hatinh.dcs.example"
KIEN = "kienth@hatinh.dcs.example"


class Asking:
    """Beside unittest.TestCase."""

    def set_policy(self, box, more):
        policy = box.dir / "policy.toml"
        policy.write_text(policy.read_text() + more)
        before = box.log().count("what=policy")
        box.signal_gateway(signal.SIGHUP)
        wait_until(lambda: box.log().count("what=policy") > before, what="the new policy")
        self.assertNotIn("event=reload.refused", box.log())

    def letter(self, box, sender=KHOA, to=(HUONG,), subject="Giấy mời họp"):
        ident = raw.message_id()
        octets = raw.message(sender, ", ".join(to), ident=ident, subject=subject)
        reply = box.send("submission", box.login(sender), sender, list(to), octets)
        self.assertTrue(reply.accepted, reply)
        return ident, octets, reply

    def search(self, box, reader, field, value, seconds=30, mailbox=""):
        deadline = time.monotonic() + seconds
        session = box.imap(reader, mailbox)
        try:
            while True:
                session.noop()
                _, found = session.search(None, "HEADER", field, f'"{value}"')
                if found and found[0]:
                    all_found = [session.fetch(one, "(BODY.PEEK[])")[1][0][1] for one in found[0].split()]
                    return [email.message_from_bytes(one, policy=email.policy.default) for one in all_found]
                if time.monotonic() > deadline:
                    return []
                time.sleep(0.2)
        finally:
            session.logout()

    def question(self, box, reader, ident, seconds=30, mailbox=""):
        found = self.search(box, reader, "References", ident, seconds, mailbox)
        self.assertTrue(found, "no question came")
        return found[-1]

    def answer(self, box, who, address, text="", subject="Re: Xin xác nhận"):
        lines = [f"From: <{who}>", f"To: <{address}>", f"Subject: =?UTF-8?Q?{self.q(subject)}?=", f"Message-ID: {raw.message_id()}",
                 "Date: Sat, 28 Nov 2026 10:00:00 +0700", "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8",
                 "Content-Transfer-Encoding: 8bit", "", *text.split("\n"), ""]
        return box.send("submission", box.login(who), who, [address], "\r\n".join(lines).encode())

    @staticmethod
    def q(text):
        return "".join(c if c.isascii() and c.isalnum() else "_" if c == " " else "".join(f"={o:02X}" for o in c.encode())
                       for c in text)

    def reply_to(self, question):
        return question["Reply-To"].addresses[0].addr_spec

    def waits(self, box):
        return json.loads(box.vanthu("queue", "list", "--held", "--json").stdout)["entries"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of mail whose next hop says no, not now, or nothing."""
import unittest

import raw
from box import Box, wait_until
from sinks import Sink

KHOA = "khoatb@hatinh.dcs.example"
HUONG = "huongvtt@hatinh.dcs.example"


class QueueTest(unittest.TestCase):
    def test_a_permanent_no_is_reported_to_the_sender_and_the_others_are_served(self):
        with Sink({HUONG: "550 5.2.1 this mailbox is broken"}) as sink, Box("--next-hop", f"lmtp://127.0.0.1:{sink.port}") as box:
            ident = raw.message_id()
            octets = raw.message(KHOA, f"{HUONG}, kienth@hatinh.dcs.example", ident=ident)
            reply = box.send("submission", box.login(KHOA), KHOA, [HUONG, "kienth@hatinh.dcs.example"], octets)
            self.assertTrue(reply.accepted, reply)
            wait_until(lambda: len(sink.letters) >= 2, what="the letter and the report")
            served = [one for one in sink.letters if one[0] == KHOA]
            reports = [one for one in sink.letters if one[0] == ""]
            self.assertEqual([forward for _, forward, _ in served], [("kienth@hatinh.dcs.example",)])
            self.assertTrue(served[0][2].endswith(octets))
            self.assertEqual([forward for _, forward, _ in reports], [(KHOA,)])
            report = reports[0][2].decode(errors="replace")
            for piece in ("multipart/report", "delivery-status", f"Final-Recipient: rfc822; {HUONG}".replace("; ", ";"),
                          "Action: failed", "Status: 5.2.1"):
                self.assertIn(piece.replace(" ", ""), report.replace(" ", ""))

    def test_not_now_is_tried_again_until_it_is_taken(self):
        with Sink({HUONG: "451 4.2.1 not now"}) as sink, Box("--next-hop", f"lmtp://127.0.0.1:{sink.port}") as box:
            octets = raw.message(KHOA, HUONG)
            self.assertTrue(box.send("submission", box.login(KHOA), KHOA, [HUONG], octets).accepted)
            wait_until(lambda: sink.connections >= 1, what="a first try")
            self.assertEqual(sink.letters, [])
            sink.rcpt_replies.clear()
            wait_until(lambda: sink.letters, 60, what="a later try")
            self.assertTrue(sink.letters[0][2].endswith(octets))

    def test_mail_goes_out_by_smtp_with_connections_used_again(self):
        with Sink() as sink, Box("--next-hop", f"smtp://127.0.0.1:{sink.port}") as box:
            for _ in range(30):
                reply = box.send("submission", box.login(KHOA), KHOA, ["ban@elsewhere.example"],
                                 raw.message(KHOA, "ban@elsewhere.example"))
                self.assertTrue(reply.accepted, reply)
            wait_until(lambda: len(sink.letters) == 30, what="thirty letters")
            self.assertLess(sink.connections, 30)


if __name__ == "__main__":
    unittest.main()

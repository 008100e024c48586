# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of mail whose next hop says no, not now, or nothing, and what an operator does to it."""
import json
import signal
import time
import unittest

import raw
from box import Box, wait_until
from sinks import Sink

KHOA = "khoatb@hatinh.dcs.example"
HUONG = "huongvtt@hatinh.dcs.example"
LATER = ("--set", "queue.first-retry-seconds=900", "--set", "queue.last-retry-seconds=900")  # not within a test
HOLD = """
[[rule]]
id = "test.hold"
direction = "out"
recipient_kind = ["person"]
action = "hold"
"""


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

    def assert_tries_survive(self, box, attempts, words):
        """One letter was tried in vain: a kill after housekeeping forgets nothing of it, nor does an orderly end."""
        self.assertTrue(box.send("submission", box.login(KHOA), KHOA, [HUONG], raw.message(KHOA, HUONG)).accepted)

        def shown():
            entries = json.loads(box.vanthu("queue", "list", "--json").stdout)["entries"]
            return [json.loads(box.vanthu("queue", "show", entry["id"], "--json").stdout) for entry in entries]

        def tried():
            return [(one["attempts"], one["last_reply"]) for message in shown() for one in message["recipients"]]

        wait_until(lambda: [one[0] for one in tried()] == [attempts] and words in tried()[0][1], what="a try")
        before = shown()
        self.assertGreater(before[0]["recipients"][0]["next"], before[0]["received"])
        wait_until((box.layout.data / "queue.tries").exists, 60, what="the file of tries")
        for number in (signal.SIGKILL, signal.SIGTERM):
            box.signal_gateway(number)
            self.assertTrue(box.wait_for_gateway_end())
            box.start_gateway()
            time.sleep(1)  # for a try that must not be
            self.assertEqual(shown(), before, number)

    def test_a_restart_knows_what_was_tried_and_waits_as_long_as_it_would_have(self):
        with Sink({HUONG: "451 4.2.1 not now"}) as sink, Box("--next-hop", f"lmtp://127.0.0.1:{sink.port}", *LATER) as box:
            self.assert_tries_survive(box, 1, "451 4.2.1 not now")
            self.assertEqual(sink.letters, [])
            sink.rcpt_replies.clear()
            box.vanthu("queue", "flush", "--all")
            wait_until(lambda: sink.letters, what="the letter")

    def test_a_restart_leaves_a_hop_alone_that_was_away(self):
        with Sink() as sink:
            port = sink.port
        with Box("--next-hop", f"lmtp://127.0.0.1:{port}", *LATER) as box:
            self.assert_tries_survive(box, 0, "4.4.1")
            tries = box.log().count("event=hop.unavailable")
            self.assertEqual(tries, 1)

    def test_a_full_mailbox_is_answered_at_the_door_until_it_takes_a_letter(self):
        with Sink({HUONG: "452 4.2.2 mailbox full"}) as sink, \
                Box("--next-hop", f"lmtp://127.0.0.1:{sink.port}", *LATER) as box:
            def send(*to):
                return box.send("submission", box.login(KHOA), KHOA, list(to), raw.message(KHOA, ", ".join(to)))

            self.assertTrue(send(HUONG).accepted)
            wait_until(lambda: "event=delivery.deferred" in box.log(), what="a first try")
            full = send(HUONG)
            self.assertEqual((full.step, full.code), ("rcpt", 452), full)
            self.assertIn("4.2.2", full.text)
            self.assertTrue(send("kienth@hatinh.dcs.example").accepted, "nobody else is refused for it")
            sink.rcpt_replies.clear()
            box.vanthu("queue", "flush", "--all")
            wait_until(lambda: len(sink.letters) == 2, what="both letters")
            wait_until(lambda: send(HUONG).accepted, what="a letter for who has room again")

    def test_mail_goes_out_by_smtp_with_connections_used_again(self):
        with Sink() as sink, Box("--next-hop", f"smtp://127.0.0.1:{sink.port}") as box:
            for _ in range(30):
                reply = box.send("submission", box.login(KHOA), KHOA, ["ban@elsewhere.example"],
                                 raw.message(KHOA, "ban@elsewhere.example"))
                self.assertTrue(reply.accepted, reply)
            wait_until(lambda: len(sink.letters) == 30, what="thirty letters")
            self.assertLess(sink.connections, 30)


    def test_what_a_rule_holds_waits_for_an_operator(self):
        with Sink() as sink, Box("--next-hop", f"lmtp://127.0.0.1:{sink.port}") as box:
            policy = box.dir / "policy.toml"
            policy.write_text(policy.read_text() + HOLD)
            box.signal_gateway(signal.SIGHUP)
            wait_until(lambda: "what=policy" in box.log(), what="the new policy")

            def queued(*words):
                return json.loads(box.vanthu("queue", "list", "--json", *words).stdout)["entries"]

            def acts():
                entries = json.loads(box.vanthu("audit", "list", "--json").stdout)
                entries = entries["entries"] if isinstance(entries, dict) else entries
                return [(entry["act"], entry["outcome"]) for entry in entries if entry["act"].startswith("queue.")]

            octets = {}
            for name in ("released", "deleted", "expired"):
                octets[name] = raw.message(KHOA, HUONG, subject=name)
                reply = box.send("submission", box.login(KHOA), KHOA, [HUONG], octets[name])
                self.assertTrue(reply.accepted, reply)
                self.assertIn("held for review", str(reply))
            held = queued("--held")
            self.assertTrue(all(entry["hold"].startswith("review: test.hold until 2") for entry in held), held)
            self.assertEqual(held[0]["recipients"], [HUONG])
            self.assertEqual(queued("--recipient", HUONG, "--sender", KHOA, "--reason", "test.hold"), held)
            self.assertEqual(queued("--recipient", KHOA), [])
            released, deleted, expired = (entry["id"] for entry in held)

            shown = json.loads(box.vanthu("queue", "show", released, "--json").stdout)
            self.assertEqual((shown["rule"], shown["hold"], shown["recipients"][0]["to"]), ("test.hold", "", HUONG))
            self.assertEqual(shown["questions"][0]["kind"], "review")
            summary = json.loads(box.vanthu("queue", "list", "--by", "destination", "--json").stdout)["rows"]
            self.assertEqual([(row["messages"], row["held"]) for row in summary], [(3, 3)])
            self.assertEqual(box.vanthu("queue", "delete", check=False).returncode, 64, "all of them must be asked for")
            self.assertEqual(box.vanthu("queue", "delete", deleted, check=False).returncode, 64, "a reason is wanted")

            box.kill_gateway()
            box.start_gateway()
            self.assertEqual([entry["id"] for entry in queued("--held")], [released, deleted, expired])
            self.assertEqual(sink.letters, [])

            refused = box.vanthu("queue", "release", released, check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(b"vanthu held release", refused.stderr)
            box.vanthu("held", "release", released)
            wait_until(lambda: len(sink.letters) == 1, what="the released letter")
            self.assertTrue(sink.letters[0][2].endswith(octets["released"]))
            box.vanthu("queue", "delete", deleted, "--why", "asked for by the sender")
            box.vanthu("queue", "expire", expired)
            wait_until(lambda: len(sink.letters) == 2, what="the report to the sender")
            reverse_path, forward_paths, report = sink.letters[1]
            self.assertEqual((reverse_path, forward_paths), ("", (KHOA,)))
            self.assertIn(b"Action: failed", report)
            wait_until(lambda: not queued(), what="an empty queue")
            self.assertEqual(len(sink.letters), 2, "nobody hears of the deleted one")
            for act in ("queue.decide", "queue.delete", "queue.expire"):
                self.assertIn((act, "begun"), acts())
                self.assertIn((act, "done"), acts())

    def test_an_operator_holds_what_waits_and_sends_it_again(self):
        with Sink({HUONG: "451 4.2.1 not now"}) as sink, Box("--next-hop", f"lmtp://127.0.0.1:{sink.port}") as box:
            self.assertTrue(box.send("submission", box.login(KHOA), KHOA, [HUONG], raw.message(KHOA, HUONG)).accepted)

            def queued(*words):
                return json.loads(box.vanthu("queue", "list", "--json", *words).stdout)["entries"]

            wait_until(lambda: queued("--reason", "not now"), what="the sink's words in the list")
            wait_until(lambda: b'"done":1' in box.vanthu("queue", "hold", "--domain", HUONG.split("@")[1], "--why", "look",
                                                         "--json").stdout, what="the hold")
            wait_until(lambda: not queued()[0]["sending"], what="the try that was under way")
            self.assertEqual(box.vanthu("queue", "flush", "--all", check=False).returncode, 1, "what is held stays")
            before = queued()
            self.assertEqual([(entry["hold"], entry["attempts"] > 0) for entry in before], [("look", True)])
            box.signal_gateway(signal.SIGTERM)
            self.assertTrue(box.wait_for_gateway_end())
            box.start_gateway()
            self.assertEqual(queued(), before)
            sink.rcpt_replies.clear()
            box.vanthu("queue", "release", "--held")
            wait_until(lambda: sink.letters, what="the letter")
            wait_until(lambda: not queued(), what="an empty queue")


if __name__ == "__main__":
    unittest.main()

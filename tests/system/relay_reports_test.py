# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports to the sender (RFC 3461, 3464, 6522), as they lie in his mailbox and as Python reads them."""
import email
import email.policy
import unittest

import raw
from box import Box, wait_until
from outside import KHOA, send
from sinks import Sink

SECRET = "550 5.7.1 the attachment bears a marking of secrecy"
REFUSED = "550 5.1.1 nobody of that name"


class ReportsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sink = cls.enterClassContext(Sink({"full@elsewhere.example": REFUSED, "hdrs@elsewhere.example": REFUSED,
                                               "unsaid@elsewhere.example": REFUSED, "never@elsewhere.example": REFUSED,
                                               "secret@elsewhere.example": SECRET,
                                               "kin@elsewhere.example": SECRET.replace("550 5", "450 4"),
                                               "later@elsewhere.example": "451 4.2.0 later",
                                               "quiet@elsewhere.example": "451 4.2.0 later"}))
        cls.box = cls.enterClassContext(Box("--set", f"relay.outside=smtp://127.0.0.1:{cls.sink.port}",
                                            "--set", "queue.delay-warning-seconds=2", "--set", "queue.lifetime-seconds=6",
                                            "--set", "queue.first-retry-seconds=1", "--set", "queue.last-retry-seconds=1"))

    def reports(self, to, action, session=None):
        session = session or self.box.imap(KHOA)
        found = []
        session.noop()
        for number in session.search(None, "ALL")[1][0].split():
            octets = session.fetch(number, "(BODY.PEEK[])")[1][0][1]
            report = email.message_from_bytes(octets, policy=email.policy.SMTP)
            if report.get_content_type() != "multipart/report":
                continue
            parts = list(report.iter_parts())
            for fields in parts[1].get_payload()[1:]:
                if fields["Final-Recipient"].replace(" ", "") == f"rfc822;{to}" and fields["Action"] == action:
                    found.append((report, parts, fields))
        session.logout()
        return found

    def report(self, to, action="failed"):
        wait_until(lambda: self.reports(to, action), what=f"the report about {to}")
        report, parts, fields = self.reports(to, action)[0]
        self.assertEqual(report["Return-Path"], "<>")
        self.assertEqual(report["To"], KHOA)
        self.assertEqual(report["Auto-Submitted"], "auto-replied")
        self.assertEqual(report.get_param("report-type"), "delivery-status")
        self.assertFalse(report.defects or any(part.defects for part in parts))
        self.assertEqual([part.get_content_type() for part in parts[:2]], ["text/plain", "message/delivery-status"])
        self.assertIn(to, parts[0].get_content())
        about = parts[1].get_payload()[0]
        self.assertEqual(about["Reporting-MTA"], "dns; mail.hatinh.dcs.example")
        self.assertTrue(about["Arrival-Date"])
        return report, parts, fields, about

    def test_the_whole_letter_comes_back_where_ret_is_full(self):
        octets = raw.message(KHOA, "full@elsewhere.example", subject="trả lại cả thư", text="Cả phần thân.\n")
        send(self.box, "full@elsewhere.example", octets, ["RET=FULL", "ENVID=so+2B1"],
             ["NOTIFY=FAILURE", "ORCPT=rfc822;full@elsewhere.example"])
        _, parts, fields, about = self.report("full@elsewhere.example")
        self.assertEqual(about["Original-Envelope-Id"], "so+1")
        self.assertEqual(fields["Status"], "5.1.1")
        self.assertEqual(fields["Diagnostic-Code"], f"smtp; {REFUSED}")
        self.assertEqual(fields["Original-Recipient"].replace(" ", ""), "rfc822;full@elsewhere.example")
        self.assertEqual(fields["Remote-MTA"].split(";")[0], "dns")
        self.assertEqual(parts[2].get_content_type(), "message/rfc822")
        original = parts[2].get_content().as_bytes(policy=email.policy.SMTP)
        self.assertEqual(original.split(b"\r\n\r\n", 1)[1], octets.split(b"\r\n\r\n", 1)[1])

    def test_only_the_header_comes_back_where_ret_is_hdrs_or_unsaid(self):
        for name, options in (("hdrs", ["RET=HDRS"]), ("unsaid", [])):
            octets = raw.message(KHOA, f"{name}@elsewhere.example", subject=name, text="phan-than-khong-quay-lai\n")
            send(self.box, f"{name}@elsewhere.example", octets, options)
            report, parts, _, _ = self.report(f"{name}@elsewhere.example")
            self.assertEqual(parts[2].get_content_type(), "text/rfc822-headers")
            self.assertEqual(email.message_from_string(parts[2].get_content())["Subject"], name)
            self.assertNotIn(b"phan-than-khong-quay-lai", report.as_bytes())

    def test_a_letter_refused_for_secrecy_is_not_quoted(self):
        octets = raw.message(KHOA, "secret@elsewhere.example", subject="chuyen-kin", text="noi-dung-kin\n")
        send(self.box, "secret@elsewhere.example", octets, ["RET=FULL"])
        report, parts, fields, _ = self.report("secret@elsewhere.example")
        self.assertEqual(fields["Status"], "5.7.1")
        self.assertEqual(parts[2].get_content_type(), "text/rfc822-headers")
        self.assertEqual(sorted(email.message_from_string(parts[2].get_content()).keys()), ["Date", "From", "Message-ID", "To"])
        for word in (b"chuyen-kin", b"noi-dung-kin", b"Y2h1eWVuLWtpb"):
            self.assertNotIn(word, report.as_bytes())

    def test_who_wants_to_hear_nothing_hears_nothing(self):
        send(self.box, "never@elsewhere.example", None, (), ["NOTIFY=NEVER"])
        wait_until(lambda: "to=never@elsewhere.example" in self.box.log(), what="the refusal")
        send(self.box, "unsaid@elsewhere.example")
        self.report("unsaid@elsewhere.example")
        self.assertEqual(self.reports("never@elsewhere.example", "failed"), [])

    def test_a_letter_that_waits_is_told_once_and_then_given_up(self):
        send(self.box, "later@elsewhere.example", None, ["RET=FULL"])
        send(self.box, "quiet@elsewhere.example", None, (), ["NOTIFY=FAILURE"])
        send(self.box, "kin@elsewhere.example", raw.message(KHOA, "kin@elsewhere.example", subject="chuyen-kin"), ["RET=FULL"])
        _, parts, fields, _ = self.report("later@elsewhere.example", "delayed")
        self.assertEqual(fields["Status"], "4.2.0")
        self.assertTrue(fields["Will-Retry-Until"])
        self.assertEqual(parts[2].get_content_type(), "text/rfc822-headers", "RET is of failures (RFC 3461 §4.3)")
        self.assertIn("451 4.2.0 later", parts[0].get_content())
        _, parts, fields, _ = self.report("later@elsewhere.example", "failed")
        self.assertEqual(parts[2].get_content_type(), "message/rfc822")
        self.assertEqual(fields["Status"], "5.4.7")
        self.assertIn("451 4.2.0 later", parts[0].get_content())
        self.report("quiet@elsewhere.example", "failed")
        self.assertEqual(len(self.reports("later@elsewhere.example", "delayed")), 1)
        self.assertEqual(self.reports("quiet@elsewhere.example", "delayed"), [])
        for action in ("delayed", "failed"):  # refused for secrecy, if only for the time being
            report, _, fields, _ = self.report("kin@elsewhere.example", action)
            self.assertEqual(fields["Status"][1:], ".7.1")
            self.assertNotIn(b"chuyen-kin", report.as_bytes())


if __name__ == "__main__":
    unittest.main()

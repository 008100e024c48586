# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters that tests file by IMAP: official papers, and what became of them."""
import io
import json
import unittest
import zipfile
from dataclasses import replace

import raw
from box import letters, papers
from imap_octets import Imap

KHOA = "khoatb@hatinh.dcs.example"
HUONG = "huongvtt@hatinh.dcs.example"
CLERK = "kienth@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"
UNIT = "vanthu.btctu@hatinh.dcs.example"
DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")

# Of a unit's letters records alone stay where they are.
RECORDS_RULE = """
[[mailboxes.rule]]
id = "test.records"
mailbox_kind = ["unit"]
folder = ["INBOX"]
mode = "organise"
official = true
"""


def zipped(name, octets):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, octets)
    return file.getvalue()


def paper(number, secrecy=""):
    return papers.docx(replace(letters.cong_van(secrecy), number=f"Số {number}-CV/VPTU"))


def official(number, ident="", sender=OFFICE, to=UNIT, secrecy=""):
    return raw.message(sender, to, subject=f"{number}-CV/VPTU", ident=ident,
                       attachments=[(f"{number}-CV-VPTU.docx", *DOCX, paper(number, secrecy))])


class Filing(unittest.TestCase):
    """A test with a box of its own in `box`."""
    box = None

    def session(self, login=KHOA, mailbox=""):
        session = Imap(self.box, login, mailbox)
        self.addCleanup(session.socket.close)
        return session

    def records(self, *words):
        return self.box.records(*words, "--most", "1000") if words else self.box.records()

    def records_of(self, octets):
        return self.box.records_of(octets)

    def history(self, number):
        return json.loads(self.box.vanthu("record", "history", number, "--json").stdout)["events"]

    def audit(self, act):
        return json.loads(self.box.vanthu("audit", "list", "--act", act, "--most", "500", "--json").stdout)["entries"]

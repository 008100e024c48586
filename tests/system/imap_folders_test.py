# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules for mail that lies in mailboxes: modes of folders, who moved what, folders by other names, other people's folders."""
import imaplib
import time
import unittest

import raw
from box import Box
from filing import CLERK, KHOA, OFFICE, RECORDS_RULE, Filing, official
from imap_octets import Imap

RULES = """
[[mailboxes.rule]]
id = "test.old"
mailbox_kind = ["unit"]
folder = ["Cũ"]
mode = "read-only"

[[mailboxes.rule]]
id = "test.free"
mailbox_kind = ["unit"]
special_use = ["trash", "drafts"]
mode = "free"

[[mailboxes.rule]]
id = "test.keep"
mailbox_kind = ["unit"]
mode = "organise"
text_vi = "thư của đơn vị không được xoá"
text_en = "mail of a unit is not deleted"
"""

RULES_BY_USE = """
[[mailboxes.rule]]
id = "test.archive"
mailbox_kind = ["unit"]
special_use = ["archive"]
folder = ["Du-an/Cu"]
mode = "read-only"
"""


class ModesTest(Filing):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no"))
        with Imap(cls.box, CLERK, OFFICE) as session:
            for folder in ("Việc", "Việc/Xong", "Cũ"):
                wire = folder.encode("utf-7").decode().replace("+", "&")
                assert session.ask(f'CREATE "{wire}"').startswith("OK"), folder
            cls.old = '"' + "Cũ".encode("utf-7").decode().replace("+", "&") + '"'
            cls.work = '"' + "Việc".encode("utf-7").decode().replace("+", "&") + '"'
            cls.done = '"' + "Việc/Xong".encode("utf-7").decode().replace("+", "&") + '"'
            for folder in ("INBOX", cls.old):
                for i in range(4):
                    octets = raw.message(KHOA, OFFICE, subject=f"thư {i}")
                    assert session.append(folder, octets).startswith("OK")
        cls.box.add_rules(RULES)

    def open(self, login=CLERK, mailbox=OFFICE):
        session = imaplib.IMAP4_SSL("127.0.0.1", self.box.port("imaps"), ssl_context=self.box.trust(), timeout=60)
        address, password = self.box.login(login)
        session.login(f"{mailbox}*{address}" if mailbox else address, password)
        self.addCleanup(session.shutdown)
        return session

    def no(self, answer):
        kind, said = answer
        self.assertEqual(kind, "NO", said)
        self.assertIn(b"[NOPERM]", said[0])
        return said[0]

    def test_an_organised_folder_is_read_filed_and_never_emptied(self):
        session = self.open()
        self.assertEqual(session.select("INBOX")[0], "OK")
        self.assertEqual(session.store("1", "+FLAGS", r"(\Seen \Flagged)")[0], "OK")
        said = self.no(session.store("1", "+FLAGS", r"(\Deleted)"))
        self.assertIn(b"thu cua don vi khong duoc xoa / mail of a unit is not deleted [test.keep]", said)
        self.no(session.store("1", "FLAGS", r"(\Seen \Deleted)"))
        self.no(session.uid("STORE", "1:*", "+FLAGS.SILENT", r"(\deleted)"))
        self.no(session.expunge())
        self.no(session.uid("EXPUNGE", "1:*"))
        self.no(session.uid("MOVE", "1", "Trash"))
        self.assertEqual(session.copy("1", "Trash")[0], "OK")
        self.assertEqual(session.uid("COPY", "2", self.work)[0], "OK")
        self.assertEqual(session.close()[0], "OK")
        self.assertEqual(session.select("INBOX")[1], [b"4"])
        self.no(session.delete(self.work))
        self.no(session.rename(self.work, "Khac"))
        # to a folder that is protected too it moves
        uid = session.uid("SEARCH", "ALL")[1][0].split()[-1].decode()
        self.assertEqual(session.uid("MOVE", uid, self.done)[0], "OK")
        self.assertEqual(session.select("INBOX")[1], [b"3"])
        # what is free is free
        self.assertEqual(session.select("Trash")[0], "OK")
        self.assertEqual(session.store("1:*", "+FLAGS", r"(\Deleted)")[0], "OK")
        self.assertEqual(session.expunge()[0], "OK")

        moves = [one for one in self.audit("imap.move") if one["outcome"] == "done"]
        self.assertEqual((moves[0]["actor"], moves[0]["subject"]), (CLERK, f"mailbox {OFFICE}"))
        details = moves[0]["details"]
        self.assertEqual((details["folder"], details["to"], details["uids"]), ("INBOX", "Việc/Xong", uid))
        self.assertTrue(details["person"])
        self.assertTrue([one for one in self.audit("imap.move") if one["outcome"] == "no" and
                         one["details"]["rule"] == "test.keep" and one["details"]["to"] == "Trash"])
        (gone,) = [one for one in self.audit("imap.expunge") if one["outcome"] == "done"]
        self.assertEqual((gone["details"]["folder"], gone["details"]["uids"]), ("Trash", "1"))
        self.assertTrue([one for one in self.audit("imap.copy") if one["outcome"] == "done" and
                         one["details"]["to"] == "Việc" and one["details"]["uids"] == "2"])
        for act in ("imap.delete-folder", "imap.rename-folder"):
            self.assertTrue([one for one in self.audit(act) if one["outcome"] == "no"], act)

    def test_an_organised_folder_made_by_mistake_has_another_name_while_it_is_empty(self):
        session = self.open()
        self.assertEqual(session.create("Sai-ten")[0], "OK")
        self.assertEqual(session.rename("Sai-ten", "Dung-ten")[0], "OK")
        self.no(session.rename("Dung-ten", self.old))
        self.no(session.delete("Dung-ten"))
        self.assertEqual(session.append("Dung-ten", None, None, raw.message(KHOA, OFFICE))[0], "OK")
        self.no(session.rename("Dung-ten", "Sai-ten"))
        self.assertEqual(session.create("Tren/Duoi")[0], "OK")
        self.no(session.rename("Tren", "Tren-khac"))
        self.assertEqual(session.rename("Tren/Duoi", "Duoi")[0], "OK")
        renamed = [(one["details"]["folder"], one["details"]["to"], one["outcome"]) for one in self.audit("imap.rename-folder")
                   if "Sai-ten" in (one["details"]["folder"], one["details"]["to"])]
        self.assertIn(("Sai-ten", "Dung-ten", "done"), renamed)
        self.assertIn(("Dung-ten", "Sai-ten", "no"), renamed)

    def test_a_folder_for_reading_is_only_read(self):
        session = self.open()
        self.assertEqual(session.select(self.old, readonly=True), ("OK", [b"4"]))
        _, data = session.fetch("1", "(BODY[])")
        self.assertIn(b"Subject:", data[0][1])
        self.no(session.store("1", "+FLAGS", r"(\Flagged)"))
        self.no(session.expunge())
        self.no(session.uid("MOVE", "1", self.work))
        self.assertEqual(session.copy("1", self.done)[0], "OK")
        self.no(session.append(self.old, None, None, raw.message(KHOA, OFFICE)))
        self.assertEqual(session.close()[0], "OK")
        self.assertEqual(session.create(self.old)[0], "NO")  # it is there, says the store
        with Imap(self.box, CLERK, OFFICE) as plain:  # SELECT is EXAMINE there
            tag = plain.tag()
            plain.put(f"{tag} SELECT {self.old}\r\n".encode())
            said = plain.answer(tag)
            self.assertIn("[READ-ONLY]", said)
            self.assertTrue(plain.ask("FETCH 1 (BODY[])").startswith("OK"))
            self.assertTrue(plain.ask("CLOSE").startswith("OK"))
        self.assertEqual(session.select(self.old, readonly=True), ("OK", [b"4"]))
        self.assertEqual(session.search(None, "SEEN")[1], [b""])

    def test_a_personal_mailbox_is_its_owners(self):
        session = self.open(KHOA, "")
        self.assertEqual(session.append("INBOX", None, None, raw.message(KHOA, KHOA))[0], "OK")
        self.assertEqual(session.select("INBOX")[0], "OK")
        self.assertEqual(session.store("1", "+FLAGS", r"(\Deleted)")[0], "OK")
        self.assertEqual(session.expunge()[0], "OK")
        self.assertEqual([one for one in self.audit("imap.expunge") if one["actor"] == KHOA], [])


class RecordsTest(Filing):
    """A rule that protects records alone."""
    def test_records_stay_and_other_mail_is_free(self):
        box = type(self).box = self.enterContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no"))
        self.assertTrue(box.send("submission", box.login(CLERK), OFFICE, [OFFICE], official(8201, to=OFFICE)).accepted)
        with Imap(box, CLERK, OFFICE) as filing:
            for subject in ("thư thường", "thư nữa"):
                self.assertTrue(filing.append("INBOX", raw.message(KHOA, OFFICE, subject=subject)).startswith("OK"))
        box.add_rules(RECORDS_RULE)
        session = box.imap(CLERK, OFFICE)
        self.addCleanup(session.shutdown)

        def find(*words):
            return session.uid("SEARCH", *words)[1][0].decode().split()

        self.assertEqual(session.select("INBOX")[0], "OK")
        deadline = time.monotonic() + 60
        while len(find("ALL")) < 3 and time.monotonic() < deadline:
            time.sleep(0.2)
        (record,) = find("HEADER", "Vanthu-Record", '""')
        first, second, *_ = find("NOT", "HEADER", "Vanthu-Record", '""')  # receipts come, too
        for act in (("MOVE", "1:*", "Trash"), ("MOVE", record, "Trash"), ("STORE", "1:*", "+FLAGS", r"(\Deleted)")):
            kind, said = session.uid(*act)
            self.assertEqual(kind, "NO", act)
            self.assertIn(b"[NOPERM]", said[0], act)
        self.assertEqual(session.uid("MOVE", first, "Trash")[0], "OK")
        self.assertEqual(session.uid("STORE", second, "+FLAGS", r"(\Deleted)")[0], "OK")
        self.assertEqual(session.expunge()[0], "OK")
        left = find("ALL")
        self.assertIn(record, left)
        self.assertFalse({first, second} & set(left))
        self.assertTrue([one for one in self.audit("imap.move") if one["outcome"] == "no" and one["details"]["rule"] == "test.records"])


class NamesTest(Filing):
    """A store whose special folders lie below others, with folders that are everybody's, a second name for each folder that it
    tells nobody, and Dovecot's workaround for names with a separator behind them."""

    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.trust-loopback=yes", "--set", "inspector.ocr=no"))
        conf = cls.box.dir / "dovecot" / "dovecot.conf"
        text = conf.read_text()
        assert "  mailbox Drafts {" in text
        conf.write_text(text.replace("  mailbox Drafts {", "  mailbox INBOX/Luu {\n    auto = subscribe\n"
                                     "    special_use = \\Archive\n  }\n  mailbox Drafts {") +
                        "\nnamespace everybody {\n  type = public\n  separator = /\n  prefix = Chung/\n"
                        f"  location = maildir:{cls.box.dir}/mail/chung\n  subscriptions = no\n}}\n"
                        "namespace compat {\n  separator = /\n  prefix = mail/\n  alias_for =\n  hidden = yes\n  list = no\n}\n"
                        "protocol imap {\n  imap_client_workarounds = tb-extra-mailbox-sep\n}\n")
        cls.box.stop_dovecot()
        cls.box.start_dovecot()
        cls.box.add_rules(RULES_BY_USE)

    def office(self):
        return self.session(CLERK, OFFICE)

    def test_a_folder_below_inbox_is_the_same_in_any_case(self):
        session = self.office()
        for name in ("INBOX/Luu", "inbox/Luu", "Inbox/Luu"):
            self.assertIn("NO [NOPERM]", session.append(name, raw.message(KHOA, OFFICE)), name)
            tag = session.tag()
            session.put(f"{tag} SELECT {name}\r\n".encode())
            self.assertIn("[READ-ONLY]", session.answer(tag))
        self.assertTrue(session.ask("RENAME inbox/Luu Khac").startswith("NO [NOPERM]"))

    def test_a_folder_has_its_rule_by_no_other_name(self):
        session = self.office()
        self.assertTrue(session.append("INBOX", raw.message(KHOA, OFFICE)).startswith("OK"))
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        for name in ("INBOX/Luu/", "inbox/Luu/"):  # the store takes it for the same folder
            self.assertIn("NO [NOPERM]", session.append(name, raw.message(KHOA, OFFICE)), name)
            for command in (f"COPY 1 {name}", f"DELETE {name}", f"RENAME {name} Khac"):
                self.assertIn("NO [NOPERM]", session.ask(command), command)
            self.assertIn("[READ-ONLY]", session.ask(f"SELECT {name}"))
            self.assertTrue(session.ask("SELECT INBOX/").startswith("OK"))
        name = "mail/INBOX/Luu"  # so it does here, and nobody else knows
        self.assertIn("NO [TRYCREATE]", session.append(name, raw.message(KHOA, OFFICE)))
        self.assertIn("NO [TRYCREATE]", session.ask(f"COPY 1 {name}"))
        for command in (f"SELECT {name}", f"EXAMINE {name}", f"DELETE {name}", f"RENAME {name} Khac", "RENAME mail/INBOX/Luu/ Khac"):
            self.assertIn("NO [NONEXISTENT]", session.ask(command), command)

    def test_a_draft_leaves_by_no_other_name(self):
        session = self.office()
        for number, name in ((8101, "Drafts/"), (8102, "mail/Drafts")):
            octets = official(number)
            self.assertTrue(session.append("Drafts", octets).startswith("OK"))
            self.assertEqual(self.records_of(octets), [])
            self.box.add_rules("")
            self.addCleanup(self.box.add_rules, RULES_BY_USE)
            self.assertTrue(session.ask(f"SELECT {name}").startswith("OK"))
            self.assertTrue(session.ask("CREATE Du-thao").startswith(("OK", "NO [ALREADYEXISTS]")))
            self.assertTrue(session.ask("COPY * Du-thao").startswith("OK"))
            self.assertEqual(len(self.records_of(octets)), 1, name)
            self.assertTrue(session.ask(f"RENAME {name} Khac").startswith("NO ["), name)

    def test_what_is_refused_may_come_in_its_own_time(self):
        session = self.office()
        for words, said in ((b"APPEND INBOX/Luu {%d+}", "NO [NOPERM]"), (b'SETMETADATA "" (/shared/comment {%d+}', "NO [CANNOT]"),
                            (b"APPEND INBOX/Luu {%d+}", "NO [NOPERM]")):
            octets = raw.message(KHOA, OFFICE)
            tag = session.tag()
            session.put(tag.encode() + b" " + words % len(octets) + b"\r\n")
            for piece in (octets[:10], octets[10:]):
                time.sleep(0.2)
                session.put(piece)
            session.put(b"\r\n")
            self.assertIn(said, session.answer(tag))

    def test_a_folder_is_not_renamed_with_a_protected_one_that_another_session_has_made_below_it(self):
        one, other = self.office(), self.office()
        self.assertTrue(one.ask("CREATE Du-an").startswith("OK"))
        self.assertIn("NO [NOPERM]", one.ask("CREATE Du-an/Cu/2024"), "and with it the one for reading")
        self.assertTrue(one.ask("SELECT Du-an").startswith("OK"), "its folders are known now")
        self.assertIn("NO [NOPERM]", other.ask("CREATE Du-an/Cu"))
        self.box.add_rules("")
        self.addCleanup(self.box.add_rules, RULES_BY_USE)
        self.assertTrue(other.ask("CREATE Du-an/Cu").startswith("OK"))
        self.box.add_rules(RULES_BY_USE)
        self.assertIn("NO [NOPERM]", one.ask("RENAME Du-an Khac"))
        self.assertTrue(other.ask("CREATE Du-an-khac").startswith("OK"))
        self.assertTrue(one.ask("RENAME Du-an-khac Khac").startswith("OK"))

    def test_a_rule_holds_for_a_folder_that_was_opened_before_it(self):
        self.box.add_rules("")
        self.addCleanup(self.box.add_rules, RULES_BY_USE)
        session = self.office()
        self.assertTrue(session.append("INBOX/Luu", raw.message(KHOA, OFFICE)).startswith("OK"))
        session = self.office()
        self.assertTrue(session.ask("SELECT INBOX/Luu").startswith("OK"))
        self.assertTrue(session.ask(r"STORE 1 +FLAGS (\Flagged)").startswith("OK"))
        other = self.office()  # by a name that nobody knows
        self.assertTrue(other.ask("SELECT mail/INBOX/Luu").startswith("OK"))
        self.box.add_rules(RULES_BY_USE)
        for command in (r"STORE 1 -FLAGS (\Flagged)", r"STORE 1 +FLAGS (\Deleted)", "MOVE 1 INBOX", "EXPUNGE"):
            self.assertIn("NO [NOPERM]", session.ask(command), command)
            self.assertIn("NO [NONEXISTENT]", other.ask(command), command)

    def test_folders_of_others_are_not_opened_through_this_mailbox(self):
        maildir = self.box.dir / "mail" / "chung"
        session = self.office()
        self.assertTrue(session.append("INBOX", raw.message(KHOA, OFFICE)).startswith("OK"))
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        for command in ("CREATE Chung/A", "CREATE Chung", "SELECT Chung/A", "EXAMINE Chung/A", "DELETE Chung/A", "RENAME Chung/A B",
                        "RENAME INBOX/Luu Chung/A", "COPY 1 Chung/A", "UID MOVE 1:* Chung/A"):
            self.assertIn("NO [NOPERM] this is no folder of this mailbox", session.ask(command), command)
        self.assertIn("NO [NOPERM] this is no folder of this mailbox", session.append("Chung/A", raw.message(KHOA, OFFICE)))
        self.assertFalse(list(maildir.glob(".A*")))
        self.assertTrue(session.ask("CREATE Chung-toi").startswith("OK"), "another name")
        self.assertIn("event=imap.foreign-folder", self.box.log())


if __name__ == "__main__":
    unittest.main()

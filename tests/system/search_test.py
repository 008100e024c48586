# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive's full text: what stands in attachments is found a moment after the 250; the index may be deleted, damaged
or forbidden, and mail goes on."""
import json
import os
import shutil
import signal
import time
import unittest

from box import Box, letters, wait_until


PHRASE = '"thực hiện chương trình công tác"'  # in the DOCX of letter 2, and nowhere else


class SearchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box())
        for number in (2, 3):
            cls.send(number)

    @classmethod
    def send(cls, number):
        letter = {one.number: one for one in letters.compose()}[number]
        reply = cls.box.send(letter.door, cls.box.login(letter.login), letter.reverse_path, letter.forward_paths, letter.octets)
        assert reply.accepted, reply

    def search(self, *words, check=True):
        return json.loads(self.box.vanthu("archive", "search", "--json", *words, check=check).stdout)

    def numbers(self, *words):
        return sorted(record["number"] for record in self.search(*words)["records"])

    def index_folder(self):
        return self.box.layout.data / "archive.xapian"

    def stop(self):
        self.box.signal_gateway(signal.SIGTERM)
        self.assertTrue(self.box.wait_for_gateway_end())

    def index_is_complete(self):
        status = json.loads(self.box.vanthu("archive", "status", "--json").stdout)
        return status["index"] and status["index"]["complete_up_to"] == status["records"]

    def test_text_of_attachments_is_found_at_once_with_the_place_where_it_stands(self):
        answer = self.search("--snippets", "--facets", PHRASE)
        self.assertEqual([record["number"] for record in answer["records"]], [1])
        self.assertEqual(answer["complete_up_to"], answer["last"])
        self.assertIn("15-CV-VPTU.docx", answer["records"][0]["places"])
        self.assertEqual(answer["facets"]["kind"], [{"value": "Công văn", "records": 1}])
        self.assertEqual(self.numbers("thuc hien chuong trinh cong tac kind:CV"), [1])
        self.assertEqual(self.numbers("type:pdf"), [2])
        self.assertEqual(self.numbers("chuyển đổi số OR symbol:07-TB/TU"), [1, 2])
        self.assertEqual(self.numbers("unit:btctu NOT symbol:TB"), [1])
        said = self.box.vanthu("archive", "search", "--snippets", "chuẩn", "bị").stdout.decode()
        self.assertIn("Chỉ mục toàn văn tới bản ghi 2 trong 2.", said)
        wrong = self.box.vanthu("archive", "search", "kid:TB", check=False)
        self.assertEqual(wrong.returncode, 64)
        self.assertIn("cột 1: không có trường 'kid'", wrong.stderr.decode())

    def test_a_rebuild_and_a_compaction_while_the_gateway_runs_change_no_answer(self):
        queries = (PHRASE, "tỉnh uỷ", "tinh uy", "kind:CV OR kind:TB", "has:attachment", "công")
        before = [self.search("--facets", query) for query in queries]
        for words in (("rebuild", "--index"), ("compact",), ("rebuild",)):
            self.box.vanthu("archive", *words)
            self.assertEqual([self.search("--facets", query) for query in queries], before)

    def test_when_the_index_is_gone_damaged_or_forbidden_no_letter_is_lost(self):
        folder = self.index_folder()
        self.box.kill_gateway()
        shutil.rmtree(folder)
        self.box.start_gateway()
        wait_until(self.index_is_complete, what="the index made anew")
        self.assertEqual(self.numbers(PHRASE), [1])

        self.stop()
        self.assertEqual(self.numbers(PHRASE), [1])  # without a gateway too
        for file in folder.glob("*.glass"):
            file.write_bytes(b"\xA5" * file.stat().st_size)
        self.box.start_gateway()
        wait_until(self.index_is_complete, what="the damaged index made anew")
        self.assertEqual(self.numbers(PHRASE), [1])

        self.stop()
        shutil.rmtree(folder)
        folder.write_text("a file stands where the folder should\n")
        os.chmod(folder, 0o000)
        if os.getuid() == 0:
            os.chown(folder, 0, 0)
        last = None
        try:
            self.box.start_gateway()
            self.send(3)
            last = max(record["number"] for record in self.box.records())
            self.assertEqual(last, 3)
            found = self.box.vanthu("archive", "search", "--json", "07-TB/TU")
            self.assertEqual(sorted(r["number"] for r in json.loads(found.stdout)["records"]), [2, 3])
            self.assertIn("Không có chỉ mục toàn văn", found.stderr.decode())
            needs = self.box.vanthu("archive", "search", "type:pdf", check=False)
            self.assertEqual(needs.returncode, 69)
            self.assertIn("needs the full text index", needs.stderr.decode())
            self.stop()
        finally:
            folder.unlink()
        self.box.start_gateway()
        wait_until(self.index_is_complete, what="the index after what stood in its way was taken away")
        self.assertEqual(self.numbers("type:pdf"), [2, 3])

    def test_zz_under_load_a_letter_is_found_within_seconds(self):
        waited = []
        for _ in range(20):
            known = self.box.records()
            self.send(2)
            begun = time.monotonic()
            number = max(record["number"] for record in known) + 1
            wait_until(lambda: number in self.numbers(PHRASE), what="the letter in the index")
            waited.append(time.monotonic() - begun)
        waited.sort()
        print(f"searchable after the reply, the command's own time included: p50 {waited[10]:.2f} s, max {waited[-1]:.2f} s")
        self.assertLess(waited[10], 2)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays tests/transcripts/smtp against the gateway: each file is one session."""
import base64
import re
import unittest
from pathlib import Path

import raw
from box import Box

FOLDER = Path(__file__).resolve().parent.parent / "transcripts" / "smtp"


class TranscriptTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box("--set", "limits.recipients=4", "--set", "limits.message-octets=65536",
                                            "--set", "smtp.xclient-hosts=127.0.0.3"))

    def test_every_transcript(self):
        files = sorted(FOLDER.glob("*.txt"))
        self.assertTrue(files, f"no transcripts in {FOLDER}")
        for file in files:
            with self.subTest(transcript=file.name):
                self.play(file)

    def play(self, file):
        peer, pipeline = None, b""
        try:
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                where = f"{file.name}:{number}"
                if not line or line.startswith("#"):
                    continue
                mark, text = line[:2], spelled_out(line[3:] if line[1] in ":-+" else line[2:])
                if mark == "O:":
                    pipeline += text.encode().decode("unicode_escape").encode("latin-1")
                elif mark == "S+":
                    self.hear(peer, text, where)
                elif mark == "C-":
                    pipeline += text.encode() + b"\r\n"
                elif mark == "C:":
                    peer.put(pipeline + text.encode() + b"\r\n")
                    pipeline = b""
                elif mark == "S:":
                    said = peer.line()
                    if text.endswith("..."):
                        self.assertTrue(said.startswith(text[:-3]), f"{where}: wanted {text!r}, got {said!r}")
                    else:
                        self.assertEqual(said, text, where)
                elif mark == "= ":
                    peer = self.obey(peer, text.split(), where) or peer
                else:
                    self.fail(f"{where}: not a transcript line: {line}")
        finally:
            if peer:
                peer.socket.close()

    def hear(self, peer, text, where):
        """A whole reply: its code, then lines that it must have, or must not ("!")."""
        code, *wanted = text.split()
        said_code, said = peer.reply()
        self.assertEqual(said_code, int(code), where)
        words = [line.split()[0] for line in said.splitlines() if line]
        for word in wanted:
            if word.startswith("!"):
                self.assertNotIn(word[1:], words, where)
            else:
                self.assertIn(word, words, where)

    def obey(self, peer, words, where):
        if words[0] == "port":
            return Quiet(self.box.port(words[1]), self.box.trust() if words[1] == "submissions" else None,
                         words[3] if len(words) > 3 else None)
        if words[0] == "starttls":
            self.assertEqual(peer.buffer, b"", where)
            peer.socket = self.box.trust().wrap_socket(peer.socket, server_hostname="localhost")
        elif words[0] == "login":
            login, password = self.box.login(words[1])
            self.assertEqual(peer.ask("EHLO pc.hatinh.dcs.example")[0], 250, where)
            token = base64.b64encode(f"\0{login}\0{password}".encode()).decode()
            self.assertEqual(peer.ask(f"AUTH PLAIN {token}")[0], 235, where)
        elif words[0] == "closed":
            with self.assertRaises(OSError, msg=f"{where}: still open"):
                peer.line()
        else:
            self.fail(f"{where}: unknown directive {words[0]}")
        return None


def spelled_out(text):
    """{x*3} is xxx."""
    return re.sub(r"\{(.)\*(\d+)\}", lambda found: found[1] * int(found[2]), text)


class Quiet(raw.Smtp):
    """Leaves the greeting to the transcript."""

    def __init__(self, port, trust, source):
        self._trust = trust
        super().__init__(port, source=source)

    def reply(self):
        if self._trust:
            self.socket = self._trust.wrap_socket(self.socket, server_hostname="localhost")
            self._trust = None
        if not hasattr(self, "greeting"):
            self.greeting = None
            return None
        return super().reply()


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The master key moves into a token (SoftHSM) while the gateway runs, and back: no record is lost on the way, and without
the token nothing is read."""
import os
import subprocess
import unittest

from box import Box, as_account, letters, wait_until

MODULE = "/usr/lib/softhsm/libsofthsm2.so"


class KeysTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.enterClassContext(Box())
        # Where the gateway's account finds its token: in its environment, as everything that it starts with.
        folder = cls.box.dir / "token"
        (folder / "tokens").mkdir(parents=True)
        (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        cls.pin = folder / "pin"
        cls.pin.write_text("1234\n")
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", "vanthu:", str(folder)], check=True)
        cls.pin.chmod(0o600)
        os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
        cls.addClassCleanup(os.environ.pop, "SOFTHSM2_CONF", None)
        subprocess.run([*as_account(), "softhsm2-util", "--init-token", "--free", "--label", "vanthu", "--pin", "1234",
                        "--so-pin", "5678"], check=True, stdout=subprocess.DEVNULL)
        cls.uri = f"pkcs11:token=vanthu;object=records?module-path={MODULE}&pin-source=file:{cls.pin}"

    def configure(self, setting):
        """What the answer to `key rotate --master` asks for."""
        config = self.box.layout.config
        lines = [line for line in config.read_text().splitlines() if not line.startswith(("master-key", "archive.master-key"))]
        config.write_text("\n".join(lines) + (f"\n[archive]\nmaster-key = {setting}\n" if setting else "\n"))

    def restart(self):
        self.box.kill_gateway()
        self.box.start_gateway()

    def octets_of(self, record):
        return self.box.vanthu("archive", "get", record).stdout

    def send(self, number):
        letter = {one.number: one for one in letters.compose()}[number]
        reply = self.box.send(letter.door, self.box.login(letter.login), letter.reverse_path, letter.forward_paths, letter.octets)
        self.assertTrue(reply.accepted, reply)
        wait_until(lambda: self.box.records_of(letter.octets), what="the record")
        return self.box.records_of(letter.octets)[0]["number"], letter.octets

    def test_a_master_key_in_a_token_and_back(self):
        self.restart()  # with the environment
        first, octets = self.send(2)
        moved = self.box.vanthu("key", "rotate", "--master", self.uri).stdout.decode()
        self.assertIn("archive.master-key = pkcs11:", moved)
        self.assertIn("PKCS11-AES-256-GCM", self.box.vanthu("key", "status").stdout.decode())
        second, more = self.send(3)

        # Forgotten: it says which key is wanted, and starts nothing.
        self.box.kill_gateway()
        refused = subprocess.run([*as_account(), str(self.box.layout.program("vanthu-gateway")), "--config",
                                  str(self.box.layout.config)], capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("was wrapped by PKCS11-AES-256-GCM", refused.stderr)

        self.configure(self.uri)
        self.box.start_gateway()
        self.assertEqual((self.octets_of(first), self.octets_of(second)), (octets, more))
        self.assertEqual(self.box.vanthu("archive", "verify").returncode, 0)

        # Without its token nothing is read.
        self.box.kill_gateway()
        self.pin.rename(self.pin.with_name("away"))
        refused = subprocess.run([*as_account(), str(self.box.layout.program("vanthu-gateway")), "--config",
                                  str(self.box.layout.config)], capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("put it back", refused.stderr)
        self.pin.with_name("away").rename(self.pin)
        self.box.start_gateway()

        back = f"file:{self.box.dir / 'token' / 'master'}"
        self.box.vanthu("key", "rotate", "--master", back)
        self.configure(back)
        self.restart()
        self.assertEqual((self.octets_of(first), self.octets_of(second)), (octets, more))
        self.assertEqual(self.box.vanthu("log", "verify").returncode, 0)


if __name__ == "__main__":
    unittest.main()

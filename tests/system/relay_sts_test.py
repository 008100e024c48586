# SPDX-License-Identifier: GPL-3.0-or-later
"""MTA-STS (RFC 8461): mail goes to the hosts that a policy names, over a restart too, whoever is in the way."""
import os
import time
import unittest

from box import Box, wait_until
from names import Names
from outside import PolicyHost, certificate, deferred, postfix_tls, send
from postfix import Postfix
from sinks import Sink


AGE = 5  # seconds that a policy of a domain in a hurry holds


def policy(mx, age=86400):
    return f"version: STSv1\r\nmode: enforce\r\nmx: {mx}\r\nmax_age: {age}\r\n"


@unittest.skipUnless(os.getuid() == 0, "Postfix and port 443 want root")
class StsRestartTest(unittest.TestCase):
    def test_a_policy_outlives_a_restart_and_a_blocked_host(self):
        tls = certificate(self, "mta-sts.elsewhere.example", "mta-sts.short.example", "mta-sts.other.example",
                          "mx.elsewhere.example")
        policies = {"elsewhere.example": policy("mx.elsewhere.example"), "short.example": policy("mx.elsewhere.example", AGE),
                    "other.example": policy("mx.other.example")}
        table = {"mx.elsewhere.example A": ["127.0.0.1"], "evil.example A": ["127.0.0.8"]}
        for domain in policies:
            table |= {f"{domain} MX": ["10 mx.elsewhere.example."], f"_mta-sts.{domain} TXT": ['"v=STSv1; id=1;"'],
                      f"mta-sts.{domain} A": ["127.0.0.3"]}
        with Sink() as behind, Postfix(behind.port, ", ".join(policies), postfix_tls(*tls)) as postfix, \
                Sink(address="127.0.0.8", port=postfix.port) as evil, Names(table) as names, \
                Box("--set", f"dns.server=127.0.0.1:{names.port}", "--set",
                    f"relay.route=default mx port={postfix.port} mta-sts ca={tls[0]}") as box:
            def arrived(to):
                return any(to in forward for _, forward, _ in behind.letters)
            with PolicyHost(policies, *tls):
                for domain in ("elsewhere.example", "short.example"):
                    send(box, f"ai@{domain}")
                    wait_until(lambda to=f"ai@{domain}": arrived(to), what="the letter behind Postfix")
                self.assertIn("TLS connection established", postfix.log())
                self.assertIn("by=name", box.log())
                send(box, "ai@other.example")  # its policy names no host that its MX does
                deferred(box, "ai@other.example", "4.7.5")
                self.assertIn("event=mta-sts.mismatch domain=other.example host=mx.elsewhere.example", box.log())
            fetched = time.monotonic()
            folder = box.layout.data / "mta-sts"
            self.assertEqual(sorted(file.name for file in folder.iterdir()), sorted(policies))

            # The attacker: HTTPS is blocked, the record is gone, the MX leads to him. The gateway starts anew.
            for domain in policies:
                del names.table[f"_mta-sts.{domain} TXT"]
                names.table[f"{domain} MX"] = ["10 evil.example."]
            box.kill_gateway()
            box.start_gateway()
            send(box, "ba@elsewhere.example")
            deferred(box, "ba@elsewhere.example", "4.7.5")
            self.assertEqual(evil.lines, [])
            # A domain is held to what it promised and no longer.
            time.sleep(max(0, fetched + AGE + 1 - time.monotonic()))
            send(box, "ba@short.example")
            wait_until(lambda: any("ba@short.example" in forward for _, forward, _ in evil.letters), what="the end of its age")
            self.assertFalse([line for _, line in evil.lines if "elsewhere.example" in line])
            self.assertFalse(arrived("ai@other.example"))

            # The right host again, after another restart (and no answer of before in the cache): it is still TLS by name.
            names.table["elsewhere.example MX"] = ["10 mx.elsewhere.example."]
            box.kill_gateway()
            box.start_gateway()
            wait_until(lambda: arrived("ba@elsewhere.example"), what="the letter behind Postfix")
            self.assertIn("by=name", [line for line in box.log().splitlines() if "event=hop.secured" in line][-1])

            # A damaged file is told and is nothing; all others stay in force.
            (folder / "elsewhere.example").write_bytes((folder / "elsewhere.example").read_bytes().replace(b"mx: mx", b"mx: my"))
            (folder / "other.example.new").write_bytes(b"half a wri")
            box.kill_gateway()
            box.start_gateway()
            self.assertRegex(box.log(), r"event=mta-sts\.unreadable file=\S*/elsewhere\.example why=\"does not fit")
            self.assertFalse((folder / "other.example.new").exists())
            names.table["_mta-sts.elsewhere.example TXT"] = ['"v=STSv1; id=2;"']
            with PolicyHost(policies, *tls) as host:
                send(box, "ca@elsewhere.example")
                wait_until(lambda: arrived("ca@elsewhere.example"), what="the letter behind Postfix")
                self.assertEqual(len(host.asked), 1)
            self.assertIn(b" elsewhere.example 2 ", (folder / "elsewhere.example").read_bytes())


if __name__ == "__main__":
    unittest.main()

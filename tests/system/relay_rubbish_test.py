# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's servers that answer with rubbish, or for ever: bounded, and nobody else waits for them."""
import os
import socket
import threading
import time
import unittest
from pathlib import Path

from box import Box, wait_until
from names import Names
from outside import PolicyHost, certificate, deferred, send
from sinks import Sink


class Rubbish:
    """A server at an address that does `talk(socket)` with whoever connects."""

    def __init__(self, address, port, talk):
        self._server = socket.create_server((address, port))
        self._talk = talk
        self.links = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.close()

    def _serve(self):
        while True:
            try:
                link, _ = self._server.accept()
            except OSError:
                return
            self.links += 1
            threading.Thread(target=self._one, args=(link,), daemon=True).start()

    def _one(self, link):
        try:
            with link:
                self._talk(link)
        except OSError:
            pass


def endless_lines(link):
    while True:
        link.sendall(b"220-" + b"x" * 1000 + b"\r\n")


def one_endless_line(link):
    while True:
        link.sendall(b"220 " + b"x" * 65536)


def drip(link):
    for _ in range(100000):
        link.sendall(b"220-x" if _ == 0 else b"x")
        time.sleep(0.05)


def no_smtp(link):
    link.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    link.recv(1000)


def wordy(link):
    """Speaks SMTP, with all the words that a reply may have: 99 lines of 4000 octets for each recipient."""
    rfile = link.makefile("rb")
    link.sendall(b"220 wordy.example\r\n")
    for line in rfile:
        if line.startswith(b"EHLO"):
            link.sendall(b"250-wordy.example\r\n250 PIPELINING\r\n")
        elif line.startswith(b"RCPT"):
            link.sendall((b"550-5.1.1 " + b"w" * 4000 + b"\r\n") * 98 + b"550 5.1.1 no\r\n")
        elif line.startswith(b"DATA"):
            link.sendall(b"554 5.5.1 nobody\r\n")
        else:
            link.sendall(b"250 ok\r\n")


SMTP = {"lines": endless_lines, "line": one_endless_line, "drip": drip, "http": no_smtp, "wordy": wordy}


def big(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.end_headers()
    while True:
        handler.wfile.write(b"mx: a.example\r\n" * 10000)


def big_head(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-Rubbish: " + b"x" * 4000 + b"\r\n")


def slow(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.end_headers()
    while True:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def redirect(handler):
    handler.send_response(302)
    handler.send_header("Location", f"https://{handler.headers['Host']}/.well-known/mta-sts.txt")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


POLICIES = {"big.example": big, "head.example": big_head, "slow.example": slow, "redirect.example": redirect,
            "nonsense.example": "version: STSv1\nmode: perhaps\nmax_age: 86400\n"}


@unittest.skipUnless(os.getuid() == 0, "port 443 wants root")
class RubbishTest(unittest.TestCase):
    def resident(self, box):
        status = Path(f"/proc/{box.gateway_pid()}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def busy(self, box):
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{box.gateway_pid()}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_rubbish_costs_little_and_holds_up_nobody_else(self):
        tls = certificate(self, *(f"mta-sts.{domain}" for domain in POLICIES))
        with Sink() as good, Names({"good.example MX": ["10 mx.good.example."], "mx.good.example A": ["127.0.0.1"]}) as names:
            table = names.table
            hosts = []
            for number, (name, talk) in enumerate(SMTP.items()):
                address = f"127.0.0.{20 + number}"
                table |= {f"{name}.example MX": [f"10 mx.{name}.example."], f"mx.{name}.example A": [address]}
                hosts.append(self.enterContext(Rubbish(address, good.port, talk)))
            for domain in POLICIES:
                table |= {f"{domain} MX": ["10 mx.good.example."], f"_mta-sts.{domain} TXT": ['"v=STSv1; id=1"'],
                          f"mta-sts.{domain} A": ["127.0.0.10"]}
            # An answer with more records than anybody has, and a name that leads to itself.
            table["many.example MX"] = [f"10 mx{i}.many.example." for i in range(101)]
            table["circle.example CNAME"] = ["circle.example."]
            with PolicyHost(POLICIES, *tls, address="127.0.0.10") as host, Box(
                    "--set", f"dns.server=127.0.0.1:{names.port}", "--set",
                    f"relay.route=default mx port={good.port} mta-sts ca={tls[0]}") as box:
                send(box, "first@good.example")
                wait_until(lambda: good.letters, what="a letter")
                memory, begun = self.resident(box), self.busy(box)
                for name in SMTP:
                    to = [f"ai{number}@{name}.example" for number in range(20)] if name == "wordy" else f"ai@{name}.example"
                    send(box, to)
                for domain in (*POLICIES, "many.example", "circle.example"):
                    send(box, f"ai@{domain}")
                began = time.monotonic()
                send(box, "second@good.example")
                wait_until(lambda: any("second@good.example" in forward for _, forward, _ in good.letters), 5, "the next letter")
                self.assertLess(time.monotonic() - began, 3)
                # No policy can be had, so there is none to keep to (RFC 8461 §3.3): the letters go.
                for domain in POLICIES:
                    if domain != "slow.example":
                        wait_until(lambda to=f"ai@{domain}": any(to in forward for _, forward, _ in good.letters), 10, domain)
                        self.assertIn(f"event=mta-sts.failed domain={domain}", box.log())
                self.assertTrue([domain for domain, _ in host.asked if "redirect" in domain])
                self.assertEqual(len([domain for domain, _ in host.asked if "redirect" in domain]), 1, "a redirect is not followed")
                for name in ("lines", "line", "http"):
                    deferred(box, f"ai@{name}.example", "4.4.1", 10)
                for name in ("many", "circle"):
                    deferred(box, f"ai@{name}.example", "4.4.3", 10)
                wait_until(lambda: "to=ai19@wordy.example" in box.log(), 10, "twenty refusals")
                self.assertTrue(any(link.links for link in hosts))
                self.assertLess(self.resident(box) - memory, 40 * 1024, "kibioctets")
                self.assertLess(self.busy(box) - begun, 5)
                self.assertLess(len(box.log()), 1 << 20)
                box.kill_gateway()  # an orderly end would give those that still trickle their 25 seconds


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS server for a test: a table of names, answered over UDP on a port of its own, signed where a test wants that."""
import socket
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from signing import Zone


class Names:
    """table: "name TYPE" to a list of values as in a zone file; may be changed while it runs.

    A name that has no row at all does not exist (NXDOMAIN); one in `away`, as a name or as "name TYPE", gets no answer
    (SERVFAIL), one in `silent` nothing at all. signed: a domain whose names, and the proofs that there is nothing more, are signed (RFC 4035) but for
    those at and below `unsigned`, which are delegated without a key. bogus: "name TYPE" whose signature is wrong.
    """

    def __init__(self, table=None, signed="", unsigned=()):
        self.table = dict(table or {})
        self.away = set()
        self.silent = set()
        self.bogus = set()
        self.asked = []  # "name TYPE", as they came
        self.zone = Zone(signed, unsigned) if signed else None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                wire, peer = self._socket.recvfrom(4096)
            except OSError:
                return
            query = dns.message.from_wire(wire)
            if self._text(query.question[0].name) not in self.silent:
                self._socket.sendto(self._answer(query).to_wire(max_size=60000), peer)

    def _answer(self, query):
        answer = dns.message.make_response(query, recursion_available=True)
        answer.flags |= dns.flags.AA
        name, kind = query.question[0].name, query.question[0].rdtype
        self.asked.append(f"{self._text(name)} {dns.rdatatype.to_text(kind)}")
        if self.zone is not None and query.ednsflags & dns.flags.DO:
            answer.use_edns(0, dns.flags.DO, 4096)
        for _ in range(8):
            alias = self.table.get(f"{self._text(name)} CNAME")
            if alias is None or kind == dns.rdatatype.CNAME:
                break
            self._say(answer, name, dns.rdatatype.CNAME)
            name = dns.name.from_text(alias[0])
        self._say(answer, name, kind)
        return answer

    @staticmethod
    def _text(name):
        return name.to_text(omit_final_dot=True).lower()

    def _say(self, answer, name, kind):
        text, word = self._text(name), dns.rdatatype.to_text(kind)
        values = self.table.get(f"{text} {word}")
        if text in self.away or f"{text} {word}" in self.away:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif self.zone is not None and answer.ednsflags & dns.flags.DO:
            self.zone.answer(answer, name, kind, self.table, f"{text} {word}" in self.bogus)
        elif values:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", word, *values))
        elif not any(row.split()[0] == text or row.split()[0].endswith("." + text) for row in self.table):
            answer.set_rcode(dns.rcode.NXDOMAIN)

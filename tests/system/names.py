# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS server for a test: a table of names, answered over UDP on a port of its own."""
import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Names:
    """table: "name TYPE" to a list of values as in a zone file; may be changed while it runs.

    A name that has no row at all does not exist (NXDOMAIN); one in `away` gets no answer (SERVFAIL).
    """

    def __init__(self, table=None):
        self.table = dict(table or {})
        self.away = set()
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
            self._socket.sendto(self._answer(dns.message.from_wire(wire)).to_wire(), peer)

    def _answer(self, query):
        answer = dns.message.make_response(query, recursion_available=True)
        answer.flags |= dns.flags.AA
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        values = self.table.get(f"{name} {kind}")
        if name in self.away:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif values:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
        elif not any(row.split()[0] == name or row.split()[0].endswith("." + name) for row in self.table):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

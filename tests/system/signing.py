# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of a zone signed with one key of its own: records, denials by NSEC, delegations without a key (RFC 4035 §3.1)."""
import time

import dns.dnssec
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec

TTL = 60


class Zone:
    def __init__(self, apex, unsigned=()):
        self.apex = dns.name.from_text(apex)
        self.unsigned = [dns.name.from_text(name) for name in unsigned]
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._dnskey = dns.dnssec.make_dnskey(self._key.public_key(), dns.dnssec.Algorithm.ECDSAP256SHA256, flags=257)

    def anchor(self):
        """A line for the file that dns.trust-anchor names."""
        return f"{self.apex} IN DNSKEY {self._dnskey}\n"

    def answer(self, answer, name, kind, table, bogus):
        """Fills in what there is to say; `bogus` spoils its signatures."""
        rows = self._rows(table)
        cut = next((zone for zone in self.unsigned if name.is_subdomain(zone)), None)
        if not name.is_subdomain(self.apex) or (cut is not None and not (name == cut and kind == dns.rdatatype.DS)):
            values = table.get(f"{name.to_text(omit_final_dot=True).lower()} {dns.rdatatype.to_text(kind)}")
            if values:
                answer.answer.append(dns.rrset.from_text(name, TTL, "IN", dns.rdatatype.to_text(kind), *values))
            return
        found = rows.get(name, {}).get(kind)
        if found is not None:
            self._add(answer.answer, found, bogus)
            return
        self._add(answer.authority, rows[self.apex][dns.rdatatype.SOA], bogus)
        names = sorted(rows)
        if any(owner.is_subdomain(name) for owner in names):  # NODATA, also where only longer names exist
            self._deny(answer, rows, names, [name], bogus)
            return
        answer.set_rcode(dns.rcode.NXDOMAIN)
        closest = name
        while not any(owner.is_subdomain(closest) for owner in names):
            closest = closest.parent()
        self._deny(answer, rows, names, [name, dns.name.from_text("*", closest)], bogus)

    def _rows(self, table):
        """Our names, each with its record sets by type; delegations with their NS."""
        rows = {self.apex: {dns.rdatatype.SOA: dns.rrset.from_text(self.apex, TTL, "IN", "SOA", f". . 1 60 60 60 {TTL}"),
                            dns.rdatatype.DNSKEY: dns.rrset.from_rdata(self.apex, TTL, self._dnskey)}}
        for row, values in table.items():
            name, kind = row.split()
            name = dns.name.from_text(name)
            if name.is_subdomain(self.apex) and not any(name.is_subdomain(zone) for zone in self.unsigned):
                rows.setdefault(name, {})[dns.rdatatype.from_text(kind)] = dns.rrset.from_text(name, TTL, "IN", kind, *values)
        for zone in self.unsigned:
            rows[zone] = {dns.rdatatype.NS: dns.rrset.from_text(zone, TTL, "IN", "NS", f"ns.{zone}")}
        return rows

    def _deny(self, answer, rows, names, denied, bogus):
        """The NSEC records at or before each of those names, each once (RFC 4035 §3.1.3)."""
        owners = []
        for name in denied:
            owner = max(known for known in names if known <= name)
            if owner not in owners:
                owners.append(owner)
        for owner in owners:
            after = names[(names.index(owner) + 1) % len(names)]
            kinds = " ".join(dns.rdatatype.to_text(kind) for kind in rows[owner])
            self._add(answer.authority, dns.rrset.from_text(owner, TTL, "IN", "NSEC", f"{after} {kinds} NSEC RRSIG"), bogus)

    def _add(self, section, rrset, bogus):
        now = time.time()
        signature = dns.dnssec.sign(rrset, self._key, self.apex, self._dnskey, inception=now - 3600, expiration=now + 3600)
        if bogus:
            signature = signature.replace(signature=signature.signature[::-1])
        section.append(rrset)
        section.append(dns.rrset.from_rdata(rrset.name, rrset.ttl, signature))

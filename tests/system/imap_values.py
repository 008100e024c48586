# SPDX-License-Identifier: GPL-3.0-or-later
"""IMAP's data as values: parenthesized lists as lists, strings and literals as bytes, NIL as None, the rest as atoms."""
import re


class Atom(bytes):
    """What stood there without quotes."""


def parse(octets):
    """One value off the front of `octets`; the value and what is left."""
    if octets[:1] == b"(":
        values, rest = [], octets[1:]
        while rest[:1] != b")":
            if rest[:1] == b" ":
                rest = rest[1:]
                continue
            value, rest = parse(rest)
            values.append(value)
        return values, rest[1:]
    if octets[:1] == b'"':
        text, at = bytearray(), 1
        while octets[at:at + 1] != b'"':
            if octets[at:at + 1] == b"\\":
                at += 1
            text += octets[at:at + 1]
            at += 1
        return bytes(text), octets[at + 1:]
    if octets[:1] in (b"{", b"~"):
        head, _, rest = octets.partition(b"}\r\n")
        length = int(head.lstrip(b"~{"))
        return rest[:length], rest[length:]
    end, inside = 0, False  # of BODY[HEADER.FIELDS (X Y)], which is one word
    while end < len(octets) and (inside or octets[end:end + 1] not in (b" ", b")", b"(")):
        inside = octets[end:end + 1] == b"[" or (inside and octets[end:end + 1] != b"]")
        end += 1
    if end == 0:
        raise ValueError(f"no value: {octets[:40]!r}")
    word = octets[:end]
    return (None if word.upper() == b"NIL" else Atom(word)), octets[end:]


def fetched(answer):
    """Every FETCH of an answer: number -> {item: value}."""
    all_of_them, rest = {}, answer
    while rest:
        head = re.match(rb"\* (\d+) FETCH ", rest)
        if head is None:
            rest = rest.partition(b"\r\n")[2]
            continue
        values, rest = parse(rest[head.end():])
        items = all_of_them.setdefault(int(head[1]), {})
        items.update(zip((bytes(one).upper() for one in values[::2]), values[1::2]))
        rest = rest[2:]
    return all_of_them

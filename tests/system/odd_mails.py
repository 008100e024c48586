# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd mails, the same ones every time: what clients and servers have been seen to trip over in ENVELOPE and BODYSTRUCTURE."""
import random

ADDRESSES = [
    "a@b.example", "Văn thư <a@b.example>", '"An, Văn" <a@b.example>', r'"a \"b\" c\\" <a@b.example>', "a@b.example (Phòng HC)",
    "=?utf-8?Q?V=C4=83n_th=C6=B0?= <a@b.example>", "=?utf-8?B?VsSDbg==?=\r\n =?utf-8?B?IHRoxrA=?= <a@b.example>",
    "a@b.example, c@d.example", "a@b.example,c@d.example,\r\n\te@f.example", "undisclosed-recipients:;",
    "Tổ: a@b.example, C <c@d.example>;", "nhom:a@b.example;, x@y.example", "<a@b.example>", '"a b"@c.example',
    "a@[10.0.0.1]", "A B C <a.b.c@d.example>", "A. B <a@b.example>", "(chú thích) a@b.example", "A (x) B <a@b.example>",
    "<@x.example,@y.example:a@b.example>", "a+b=c/d!e@f.example", "'a'@b.example", "", " ", "a@B.Example",
    "\"\" <a@b.example>", "=?iso-8859-1?q?caf=E9?= <a@b.example>", "T\xe9l <a@b.example>",
]
TYPES = [
    "text/plain", "text/plain; charset=utf-8", 'text/html; charset="UTF-8"', "TEXT/Plain; Charset=US-ASCII",
    'application/pdf; name="a b.pdf"', "application/octet-stream; name=x; x=\"\"", "image/png;name=\"\xe1.png\"",
    "application/pdf; name*=utf-8''b%C3%A1o.pdf", 'text/plain; charset="utf-8"; format=flowed; delsp=yes',
    "text/calendar; method=REQUEST", "application/x-a.b-c+d", "text/plain; charset = \"utf-8\"", "audio/wav", "video/mp4",
    'application/pdf; name="a\\"b.pdf"', "text/plain (comment); charset=utf-8 (other)", "text/plain;\r\n\tcharset=utf-8;\r\n name=x",
]
ENCODINGS = ["7bit", "8bit", "base64", "quoted-printable", "BASE64", "binary"]
DISPOSITIONS = ["attachment", "inline", 'attachment; filename="a b.pdf"', "attachment;\r\n filename=x.doc; size=12",
                "attachment; filename*=utf-8''b%C3%A1o.pdf", 'form-data; name="x"']
BODIES = ["", "một\r\n", "hai\r\nba\r\n", "\r\n\r\n", "không có xuống dòng", "QUJD\r\n", "x" * 2000 + "\r\n", "--\r\n-- \r\n", ".\r\n"]
SUBJECTS = ["", "Lịch họp", "=?utf-8?B?VsSDbg==?=", "a\r\n b", "a\r\n\tb\r\n  c", 'x "y" \\z', "Re: [vt] x", "\xe9", " trước", "x" * 300, "a  b"]
DATES = ["Tue, 24 Nov 2026 09:00:00 +0700", "24 Nov 2026 09:00 +0700 (ICT)", "hôm qua", "", "Tue,24 Nov 26 09:00:00 GMT"]


def boundary(rng):
    return rng.choice(["b", "=_x.1", "----=_Part 1", "a'b()+_,-./:=?", "X" * 60]) + str(rng.randrange(1000))


def fields(rng, extra=()):
    head = []
    for name in ("From", "To", "Cc", "Bcc", "Sender", "Reply-To"):
        if rng.random() < (0.9 if name in ("From", "To") else 0.3):
            head.append(f"{name}: {rng.choice(ADDRESSES)}")
    for name, values, chance in (("Subject", SUBJECTS, .9), ("Date", DATES, .9), ("Message-ID", ["<a@b>", "<a b@c>", "abc", ""], .8),
                                 ("In-Reply-To", ["<x@y>", "<x@y>\r\n <z@y>"], .3)):
        if rng.random() < chance:
            head.append(f"{name}: {rng.choice(values)}")
    head.extend(extra)
    if any(line.startswith("Content-") for line in extra) and not any(line.startswith("Content-Type") for line in extra):
        head.append("MIME-Version: 1.0")  # without either Dovecot reads no Content field, and we do
    rng.shuffle(head)
    return head


def part(rng, depth):
    """Fields of a part that say what it is, and its body."""
    shape = rng.random()
    head = []
    if shape < 0.35 and depth < 4:
        mark = boundary(rng)
        kind = rng.choice(["mixed", "alternative", "related", "digest", "Mixed", "report; report-type=delivery-status"])
        quoted = f'"{mark}"' if rng.random() < .8 or not mark.isalnum() else mark
        head.append(f"Content-Type: multipart/{kind}; boundary={quoted}")
        body = rng.choice(["", "lời đầu\r\n"])
        for _ in range(rng.choice([1, 1, 2, 3])):
            inner, text = part(rng, depth + 1)
            if kind == "digest":  # a message, whose header ends; else whose the last line end is, is anybody's guess
                inner, text = [], "".join(line + "\r\n" for line in fields(rng, inner)) + "\r\n" + text
            body += f"--{mark}{rng.choice(['', '', ' '])}\r\n" + "".join(line + "\r\n" for line in inner) + "\r\n" + text + "\r\n"
        if rng.random() < .9:
            body += f"--{mark}--" + rng.choice(["", "\r\n", "\r\nlời cuối\r\n"])
        return head, body
    if shape < 0.5 and depth < 4:
        inner, text = part(rng, depth + 1)
        head.append("Content-Type: " + rng.choice(["message/rfc822", "message/rfc822; name=x.eml", "Message/RFC822"]))
        return head, "".join(line + "\r\n" for line in fields(rng, inner)) + "\r\n" + text
    if rng.random() < .85:
        head.append("Content-Type: " + rng.choice(TYPES))
    if rng.random() < .5:
        head.append("Content-Transfer-Encoding: " + rng.choice(ENCODINGS))
    if rng.random() < .4:
        head.append("Content-Disposition: " + rng.choice(DISPOSITIONS))
    for name, value, chance in (("Content-ID", "<c1@x>", .2), ("Content-Description", "mô tả", .2), ("Content-MD5", "Q2hlY2s=", .1),
                                ("Content-Language", "vi, en", .1), ("Content-Location", "http://x/y", .1)):
        if rng.random() < chance:
            head.append(f"{name}: {value}")
    return head, rng.choice(BODIES)


def mails(number=540, seed=2026):
    """Their octets. Every line ends with CRLF; what is no ASCII is UTF-8, but for a few octets that are nothing."""
    rng = random.Random(seed)
    for index in range(number):
        head, body = part(rng, 0)
        lines = fields(rng, head)
        if rng.random() < .8:
            lines.append("MIME-Version: 1.0")
        text = "".join(line + "\r\n" for line in lines) + f"X-Odd: {index}\r\n\r\n" + body
        yield text.encode().replace("\xe9".encode(), b"\xe9" if index % 3 else "\xe9".encode())

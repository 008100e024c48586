# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of the box who have a password: who they are (people.csv, the directory's CSV files), their passwords."""
import csv
import json
import secrets

import gateway
from layout import write
from say import say

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike


def _rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _password():
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def passwords(box):
    """Address to password: random, made once for each box and kept in its users.json."""
    kept = box.dir / "users.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    wanted = {row["address"]: known.get(row["address"]) or _password() for row in _rows(box.share / "demo" / "people.csv")}
    if wanted != known:
        write(kept, json.dumps(wanted, indent=1) + "\n")
    return wanted


def users(box):
    """The entries of endpoints.json, in the order of people.csv."""
    secret = passwords(box)
    mailboxes = {row["address"]: row for row in _rows(box.directory / "mailboxes.csv")}
    names = {row["person_id"]: row["full_name"] for row in _rows(box.directory / "people.csv")}
    result = []
    for row in _rows(box.share / "demo" / "people.csv"):
        mailbox = mailboxes[row["address"]]
        result.append({"address": row["address"], "password": secret[row["address"]],
                       "name": names[mailbox["person_id"]], "unit": mailbox["unit_id"],
                       "roles": row["roles"].split(";"), "mailboxes": row["mailboxes"].split(";") if row["mailboxes"] else []})
    return result


def set_passwords(box):
    say("Đặt mật khẩu cho các tài khoản thử …", "Setting the passwords of the trial accounts …")
    for address, password in passwords(box).items():
        gateway.vanthu(box, "mailbox", "password", address, stdin=password.encode() + b"\n")

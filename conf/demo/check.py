# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends a sample letter and looks, by the product's own doors, at what became of it."""
import hashlib
import json
import mmap
from dataclasses import dataclass

import client
import gateway
from say import pick


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    number: int
    letter: str
    expected: str
    happened: str
    where: str
    right: bool


def records_of(box, octets):
    """Summaries of the records that hold exactly these octets."""
    digest = hashlib.sha256(octets).hexdigest()
    return json.loads(gateway.vanthu(box, "archive", "search", "--json", "--sha256", digest).stdout)["records"]


def _deliveries(box, letter, readers):
    """Mailboxes the letter does not lie in as it was sent."""
    missing = []
    for mailbox in letter.delivered:
        login, password, other = readers[mailbox]
        stored = client.find(box, login, password, other, letter.message_id)
        # The gateway and the store only prepend header fields.
        if stored is None or not stored.endswith(letter.octets):
            missing.append(mailbox)
    return missing


def _record_faults(box, letter, record):
    if record["direction"] != letter.archived:
        return [pick(f"chiều {record['direction']}", f"direction {record['direction']}")]
    octets = gateway.vanthu(box, "archive", "get", record["number"]).stdout
    if octets != letter.octets:
        return [pick("bản lưu khác bản gửi", "the octets kept differ from those sent")]
    shown = gateway.vanthu(box, "archive", "show", record["number"], "--json").stdout.decode()
    return [pick(f"hồ sơ thiếu {address}", f"the record lacks {address}")
            for address in letter.in_record if address not in shown]


def _traces(box, words):
    """Files of the gateway in which one of the words stands."""
    found = []
    for path in [*box.data.rglob("*"), box.log / "gateway.log"]:
        if not path.is_file() or path.stat().st_size == 0:
            continue
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
            if any(octets.find(word.encode()) >= 0 for word in words):
                found.append(str(path))
    return found


def _check_accepted(box, letter, readers):
    missing = _deliveries(box, letter, readers)
    records = records_of(box, letter.octets)
    faults = [pick(f"không thấy trong {mailbox}", f"not found in {mailbox}") for mailbox in missing]
    if len(records) != (1 if letter.archived else 0):
        faults.append(pick(f"{len(records)} hồ sơ lưu trữ", f"{len(records)} records"))
    elif records:
        faults += _record_faults(box, letter, records[0])
    happened = pick("đã giao", "delivered") if not missing else pick("chưa giao đủ", "not delivered to all")
    if records:
        way = {"in": pick("đến", "incoming"), "out": pick("đi", "outgoing")}[records[0]["direction"]]
        happened += pick(f", lưu trữ (văn bản {way})", f", archived ({way})")
    else:
        happened += pick(", không lưu trữ", ", not archived")
    where = ", ".join(mailbox for mailbox in letter.delivered if mailbox not in missing)
    where += "".join(pick(f"; hồ sơ số {record['number']}", f"; record {record['number']}") for record in records)
    return happened, where, faults


def _check_refused(box, letter, reply):
    step, code, enhanced, *words = letter.refused
    faults = []
    if (reply.step, reply.code) != (step, code) or not reply.text.startswith(enhanced):
        faults.append(pick(f"chờ đợi {code} {enhanced} ở bước {step}", f"wanted {code} {enhanced} at step {step}"))
    faults += [pick(f"câu trả lời thiếu “{word}”", f"the reply lacks '{word}'") for word in words if word not in reply.text]
    if records_of(box, letter.octets):
        faults.append(pick("vẫn bị lưu trữ", "archived all the same"))
    faults += [pick(f"còn dấu vết trong {path}", f"a trace is left in {path}")
               for path in (_traces(box, letter.secret_words) if letter.leaves_nothing else [])]
    place = {"end": pick("ở cuối DATA", "at the end of DATA"), "rcpt": pick("ở RCPT", "at RCPT")}.get(
        reply.step, reply.step)
    return pick(f"từ chối {place}", f"refused {place}"), f"{reply.code} {reply.text}", faults


def run(box, letter, passwords, readers):
    """@param readers  mailbox to (login, password, mailbox to open or "") of who may read it"""
    if not letter.leaves_nothing:  # so that the search for traces and a look into the folder stay honest
        (box.dir / "letters" / f"{letter.number}.eml").write_bytes(letter.octets)
    login = (letter.login, passwords[letter.login]) if letter.login else None
    reply = client.send(box, letter.door, login, letter.reverse_path, letter.forward_paths, letter.octets)
    if letter.refused:
        if reply.accepted:
            happened, where, faults = pick("được nhận", "accepted"), "", [pick("phải bị từ chối", "must be refused")]
        else:
            happened, where, faults = _check_refused(box, letter, reply)
    elif reply.accepted:
        happened, where, faults = _check_accepted(box, letter, readers)
    else:
        happened, where = pick("bị từ chối", "refused"), f"{reply.code} {reply.text} ({reply.step})"
        faults = [pick("phải được nhận", "must be accepted")]
    if faults:
        happened += " – " + "; ".join(faults)
    return Row(letter.number, letter.title, letter.expected, happened, where, not faults)


def readers(users):
    """Who reads which mailbox: everybody their own, and the ones listed for them."""
    result = {}
    for user in users:
        result[user["address"]] = (user["address"], user["password"], "")
        for mailbox in user["mailboxes"]:
            result.setdefault(mailbox, (user["address"], user["password"], mailbox))
    return result

# SPDX-License-Identifier: GPL-3.0-or-later
"""Python's imaplib."""
import imaplib

from place import mutf7, unchanged


def run(place, account, report):
    session = imaplib.IMAP4_SSL("127.0.0.1", place.port, ssl_context=place.box.trust(), timeout=60)
    session.login(account.login, account.password)
    listed = session.list()[1]
    name = f'"{mutf7(account.folder)}"'
    report.check(any(name.encode() in one for one in listed), "lists folders in modified UTF-7", f"{len(listed)} folders")
    if account.archive:
        try:
            session.select(name)
            report.check(False, "is told that the folder is read-only")
        except imaplib.IMAP4.readonly as error:
            report.check(True, "is told that the folder is read-only", error)
    answer = session.select(name, readonly=account.archive)
    report.check(answer == ("OK", [str(account.count).encode()]), "opens the folder", answer[1])
    session.literal = account.subject.encode()
    found = session.search("UTF-8", "SUBJECT")[1][0].split()
    report.check(len(found) == 1, "finds a letter by its Vietnamese subject", found)
    octets = session.fetch(found[0], "(BODY.PEEK[])")[1][0][1]
    report.check(octets == account.octets, "reads it octet for octet", f"{len(octets)} octets")
    try:
        answer = session.store(found[0], "+FLAGS", r"(\Deleted)")
    except imaplib.IMAP4.error as error:
        answer = ("NO", [str(error).encode()])
    if not account.archive:
        report.check(answer[0] == "OK", "marks as deleted", answer[1])
        session.store(found[0], "-FLAGS", r"(\Deleted)")
    else:
        report.check(answer[0] == "NO", "is refused a deletion, with a reason", answer[1])
        answer = session.close()
        report.check(answer[0] == "OK", "closes the folder")
        unchanged(place, account, report)
    session.logout()

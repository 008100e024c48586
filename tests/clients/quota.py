# SPDX-License-Identifier: GPL-3.0-or-later
"""A day's allowance of the archive, and programs that download everything: what their users are told."""
import time

import thunderbird_client as thunderbird
from mbsync_client import letters_in, pull, settings
from place import Place, Report


def run(evidence, _):
    reports = []
    with Place(evidence, ["archive.imap-records-per-hour=8"]) as place:
        account = place.accounts["archive"]
        report = Report(evidence, "quota-thunderbird")
        reports.append(report)
        program = thunderbird.Thunderbird(place, account, report.folder, {"mail.server.server1.offline_download": True}.items())
        try:
            thunderbird.shown(program)
            opened = thunderbird.open_folder(program, account.folder, account.count)
            report.check(opened.get("there"), "opens a folder that is longer than its allowance", opened)
            # What it fetches by itself in the background ends without a word; then as by File, Offline, Get Selected.
            time.sleep(8)
            program.run("""named(args[0]).downloadAllForOffline(null, main.msgWindow);""", account.folder)
            said = program.dialogue(seconds=40)
            program.picture("stopped")
            report.check("8 records this hour" in said, "says why the download stopped", said)
        finally:
            program.close()
    with Place(evidence, ["archive.imap-records-per-hour=8"]) as place:
        account = place.accounts["archive"]
        report = Report(evidence, "quota-mbsync")
        reports.append(report)
        config = settings(place, account, report.folder / "near")
        done, _ = pull(config)
        report.keep("typescript.txt", done.stdout + done.stderr)
        said = done.stderr.decode(errors="replace")
        report.check("8 records this hour" in said, "says why the download stopped", f"exit {done.returncode}; {said.strip().splitlines()[-1:]}")
        report.check(len(letters_in(report.folder / "near" / "Mail")) <= 9, "has what it was allowed", f"{len(letters_in(report.folder / 'near' / 'Mail'))} letters")
    return reports

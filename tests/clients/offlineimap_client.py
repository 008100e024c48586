# SPDX-License-Identifier: GPL-3.0-or-later
"""offlineimap3: what it pulls, and what becomes of a deletion that it carries back."""
import subprocess
import time

from mbsync_client import digests, letters_in
from place import digest, mutf7, private, unchanged


def settings(place, account, folder, readonly=False, only=""):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "offlineimaprc").write_text(f"""[general]
accounts = box
metadata = {folder}/state
ui = Basic
[Account box]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = {folder}/Mail
[Repository far]
type = IMAP
remotehost = localhost
remoteport = {place.port}
remoteuser = {account.login}
remotepass = {account.password}
ssl = yes
sslcacertfile = {place.ca_file}
createfolders = False
readonly = {readonly}
{'folderfilter = lambda name: name == ' + repr(only) if only else ''}
""")
    return folder / "offlineimaprc"


def pull(config, **options):
    begun = time.monotonic()
    done = subprocess.run(["offlineimap", "-o", "-c", str(config)], capture_output=True, check=False,
                          env=private(config.parent / "home"), **options)
    return done, time.monotonic() - begun


def run(place, account, report):
    folder = report.folder / "near"
    config = settings(place, account, folder, readonly=True)
    done, took = pull(config, timeout=300)
    report.keep("first.txt", done.stdout + done.stderr)
    near = folder / "Mail" / mutf7(account.folder).replace("/", ".")
    files = letters_in(folder / "Mail")
    report.check(done.returncode == 0 and near.is_dir(), "pulls all folders", f"{len(files)} letters in {took:.1f} s; exit {done.returncode}")
    there = letters_in(near)
    report.check(len(there) == account.count and digest(account.octets) in digests(there), "letters are those octet for octet")
    done, took = pull(config, timeout=300)
    report.check(done.returncode == 0 and len(letters_in(folder / "Mail")) == len(files), "pulls nothing a second time", f"{took:.1f} s")
    config = settings(place, account, folder, only=mutf7(account.folder))
    there[0].unlink()
    done, _ = pull(config, timeout=300)
    report.keep("deleted.txt", done.stdout + done.stderr)
    said = (done.stdout + done.stderr).decode(errors="replace")
    if account.archive:
        report.check("NOPERM" in said or "read-only" in said.lower() or "READ-ONLY" in said, "is told that nothing is deleted there",
                     next((line.strip() for line in said.splitlines() if "NOPERM" in line or "ead-only" in line.lower()), said[-200:]))
        unchanged(place, account, report)
    else:
        report.check(done.returncode == 0, "carries a deletion to the store", f"exit {done.returncode}")

# SPDX-License-Identifier: GPL-3.0-or-later
"""mbsync (isync): what it pulls, and what becomes of a deletion that it carries back."""
import re
import subprocess
import time

from place import digest, mutf7, private, unchanged


def settings(place, account, folder, sync="Sync Pull", patterns="*"):
    """An mbsyncrc for the folder, and the folder's Maildir."""
    (folder / "Mail").mkdir(parents=True, exist_ok=True)
    (folder / "mbsyncrc").write_text(f"""IMAPAccount box
Host localhost
Port {place.port}
User "{account.login}"
Pass "{account.password}"
SSLType IMAPS
CertificateFile {place.ca_file}
PipelineDepth 50

IMAPStore far
Account box

MaildirStore near
Path {folder}/Mail/
Inbox {folder}/Mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns {patterns}
Create Near
{sync}
SyncState *
""")
    return folder / "mbsyncrc"


def pull(config, **options):
    begun = time.monotonic()
    done = subprocess.run(["mbsync", "-V", "-c", str(config), "-a"], capture_output=True, check=False,
                          env=private(config.parent / "home"), **options)
    return done, time.monotonic() - begun


def letters_in(folder):
    """Files of a Maildir tree."""
    return [path for path in folder.rglob("*") if path.is_file() and path.parent.name in ("cur", "new")]


def digests(files):
    """SHA-256 of what was pulled, without the field that mbsync adds while it works."""
    return [digest(re.sub(rb"X-TUID: [^\n]*\n", b"", path.read_bytes())) for path in files]


def run(place, account, report):
    folder = report.folder / "near"
    config = settings(place, account, folder)
    done, took = pull(config)
    report.keep("first.txt", done.stdout + done.stderr)
    files = letters_in(folder / "Mail")
    near = folder / "Mail" / mutf7(account.folder)
    report.check(done.returncode == 0 and near.is_dir(), "pulls all folders, Vietnamese names in modified UTF-7",
                 f"{len(files)} letters in {took:.1f} s; {done.stderr.decode().strip()[-200:]}")
    there = letters_in(near)
    report.check(len(there) == account.count and digest(account.octets) in digests(there), "letters are those octet for octet")
    done, took = pull(config)
    report.check(done.returncode == 0 and len(letters_in(folder / "Mail")) == len(files), "pulls nothing a second time", f"{took:.1f} s")
    # What somebody deletes here is carried there.
    config = settings(place, account, folder, "Sync All\nExpunge Both", f'"{mutf7(account.folder)}"')
    victim = there[0]
    victim.rename(victim.parent.parent / "cur" / (victim.name.partition(":")[0] + ":2,ST"))
    done, _ = pull(config)
    report.keep("deleted.txt", done.stdout + done.stderr)
    said = done.stderr.decode(errors="replace").strip()
    if account.archive:
        report.check(done.returncode != 0 or "NOPERM" in said or said, "is told that nothing is deleted there", said[-300:])
        unchanged(place, account, report)
    else:
        report.check(done.returncode == 0, "carries a deletion to the store", said[-200:])

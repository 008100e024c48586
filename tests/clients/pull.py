# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of letters pulled through the relay and from the archive, killed in the middle and gone on with: each is there
once, octet for octet, by its SHA-256."""
import hashlib
import os
import shutil
import signal
import subprocess
import time

import offlineimap_client as offlineimap
from mbsync_client import digests, letters_in, settings
from mbsync_client import pull as mbsync
from place import Place, Report, digest, mutf7, private, wait_until


def letter(index):
    """No two are alike; some have long lines, octets above 127, dots and "From " at the beginning of a line."""
    body = "".join(f"Dòng {line} của thư {index}: {hashlib.sha256(f'{index}.{line}'.encode()).hexdigest()}\r\n"
                   for line in range(3 + index % 40))
    odd = ("." * (index % 5) + "\r\nFrom nobody\r\n" + "x" * (index % 900) + "\r\n\r\n") if index % 3 == 0 else ""
    return (f"From: Văn thư <a@b.example>\r\nSubject: =?utf-8?q?Th=C6=B0_s=E1=BB=91?= {index}\r\nMessage-ID: <pull-{index}@pull.example>\r\n"
            "Date: Tue, 24 Nov 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: 8bit\r\n\r\n{odd}{body}").encode()


def owned(folder, owner):
    if os.getuid() == 0:
        subprocess.run(["chown", "-R", f"{owner}:{owner}", folder], check=True)


def fill(place, number):
    """The same letters into a mailbox's Maildir, behind the relay, and into the archive."""
    made = [letter(index) for index in range(number)]
    relay = place.accounts["relay"]
    maildir = place.box.dir / "mail" / relay.login / "Maildir" / ".Pull"
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True)
    for index, octets in enumerate(made):
        (maildir / "cur" / f"{1700000000 + index}.M{index}.pull:2,S").write_bytes(octets)
    owned(maildir, "vanthu")
    line = place.line(relay)
    line.ask("SUBSCRIBE Pull")
    assert line.count_in("Pull") == number
    line.close()
    source = place.box.dir / "pull.maildir"
    for name in ("cur", "new", "tmp"):
        (source / name).mkdir(parents=True)
    for index, octets in enumerate(made):
        (source / "cur" / f"{1700000000 + index}.M{index}.pull:2,S").write_bytes(octets)
    owned(source, "vanthu")
    archive = place.accounts["archive"]
    line = place.line(archive)
    line.folders()
    before = line.count_in(archive.folder)
    begun = time.monotonic()
    place.box.vanthu("archive", "import", "--format", "maildir", "--reason", "thử", "--unit", "vptu", source)
    wait_until(lambda: line.count_in(archive.folder) == before + number, 600, "the archive of all letters")
    line.close()
    return made, time.monotonic() - begun, {"relay": "Pull", "archive": archive.folder}


def compared(report, words, files, made, extra):
    """Whether the files are the letters, each once; `extra`: others that the folder has."""
    there = digests(files)
    wanted = {digest(octets) for octets in made}
    missing, twice = len(wanted - set(there)), len(there) - len(set(there))
    strange = sum(one not in wanted for one in there)
    report.check(missing == 0 and twice == 0 and strange == extra, words,
                 f"{len(there)} files, {missing} missing, {twice} twice, {strange - extra} other than sent")


def interrupted(report, command, environment, folder, number):
    """Killed twice on the way, by SIGKILL, and then left alone."""
    begun = time.monotonic()
    for share in (5, 2):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        while process.poll() is None and len(letters_in(folder)) < number // share:
            time.sleep(0.05)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        report.note(f"killed with {len(letters_in(folder))} of {number}")
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    report.keep("resumed.txt", done.stdout + done.stderr)
    return done, time.monotonic() - begun


def run(evidence, given):
    reports = []
    with Place(evidence) as place:
        made, took, folders = fill(place, given.messages)
        print(f"      {given.messages} letters, {sum(map(len, made)) / 1e6:.0f} MB; imported into the archive in {took:.0f} s", flush=True)
        for account in place.accounts.values():
            extra = account.count if account.archive else 0
            report = Report(evidence, f"pull-mbsync-{account.name}")
            reports.append(report)
            near = report.folder / "near"
            config = settings(place, account, near, patterns=f'"{mutf7(folders[account.name])}"')
            command = ["mbsync", "-c", str(config), "-a"]
            done, took = interrupted(report, command, private(near / "home"), near / "Mail", given.messages)
            files = letters_in(near / "Mail")
            report.check(done.returncode == 0, "ends well after two kills", f"{took:.1f} s in all; {done.stderr.decode()[-200:]}")
            compared(report, "each letter is there once and octet for octet", files, made, extra)
            done, took = mbsync(config)
            report.check(done.returncode == 0 and took < 3, "has nothing to do a second time", f"{took:.2f} s")
            shutil.rmtree(near)
            near = report.folder / "fresh"
            config = settings(place, account, near, patterns=f'"{mutf7(folders[account.name])}"')
            done, took = mbsync(config)
            report.check(done.returncode == 0 and len(letters_in(near / "Mail")) == given.messages + extra, "pulls all in one go", f"{took:.1f} s")
            shutil.rmtree(near)
        if shutil.which("offlineimap"):
            for account in place.accounts.values():
                report = Report(evidence, f"pull-offlineimap-{account.name}")
                reports.append(report)
                near = report.folder / "near"
                config = offlineimap.settings(place, account, near, readonly=True, only=mutf7(folders[account.name]))
                done, took = offlineimap.pull(config, timeout=600)
                report.keep("typescript.txt", done.stdout[-20000:] + done.stderr[-20000:])
                report.check(done.returncode == 0, "pulls all in one go", f"{took:.1f} s, exit {done.returncode}")
                compared(report, "each letter is there once and octet for octet", letters_in(near / "Mail"), made,
                         account.count if account.archive else 0)
                done, took = offlineimap.pull(config, timeout=600)
                report.check(done.returncode == 0, "has nothing to do a second time", f"{took:.2f} s")
                shutil.rmtree(near)
    return reports

# SPDX-License-Identifier: GPL-3.0-or-later
"""curl, whose whole IMAP is a URL."""
import subprocess
import urllib.parse

from place import mutf7, unchanged


def run(place, account, report):
    def curl(path, *words):
        done = subprocess.run(["curl", "-sS", "--cacert", place.ca_file, "--user", f"{account.login}:{account.password}",
                               f"imaps://localhost:{place.port}/{path}", *words], capture_output=True, check=False, timeout=60)
        report.keep(f"{len(list(report.folder.iterdir())):02}.txt", done.stdout + done.stderr)
        return done
    name = mutf7(account.folder)
    path = urllib.parse.quote(name, safe="")
    done = curl("")
    report.check(name.encode() in done.stdout, "lists folders", f"{len(done.stdout.splitlines())} lines")
    done = curl(path + "?SUBJECT%20%22" + urllib.parse.quote("số 5 ") + "%22")
    found = done.stdout.split()[2:] if done.stdout.startswith(b"* SEARCH") else []
    report.check(len(found) == 1, "searches", done.stdout or done.stderr)
    done = curl(f"{path};MAILINDEX={found[0].decode() if found else 6}")
    report.check(done.stdout == account.octets, "reads a letter octet for octet", f"{len(done.stdout)} octets")
    if account.archive:
        done = curl(path, "-X", r"STORE 6 +FLAGS (\Deleted)")
        report.check(done.returncode != 0, "is refused a deletion", done.stderr.decode().strip())
        unchanged(place, account, report)

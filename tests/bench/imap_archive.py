#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of a million records by IMAP, as a mail program meets it: by the wire, under TLS, in a running gateway.
    tests/bench/imap_archive.py [--records 1000000] [--octets 4096] [--data DIR] [--rounds 5]
--data: where the records are written, or lie from another run (then it stays). The full text is left out: nobody
searches here, and a million letters to be read would be measured instead. VANTHU_NO_BUILD=1: the programs are there."""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))
sys.path.insert(0, str(ROOT / "tests" / "clients"))
import box as boxes  # noqa: E402
from place import HUONG, Line  # noqa: E402

BUILD = Path(os.environ.get("VANTHU_BUILD", ROOT / "build" / "release"))
THUNDERBIRD = ("(UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References "
               "Newsgroups In-Reply-To Content-Type Reply-To)])")


class Clock:
    """Milliseconds of each thing that is asked, in the order in which it was asked first."""

    def __init__(self, line):
        self.line, self.times = line, {}

    def ask(self, what, command):
        begun = time.perf_counter()
        answer = self.line.ask(command)
        took = (time.perf_counter() - begun) * 1000
        assert b" OK " in answer.splitlines()[-1], answer[-300:]
        self.times.setdefault(what, []).append(took)
        return answer


def measure(line, folder, rounds):
    clock = Clock(line)
    line.ask("ENABLE QRESYNC")
    quoted = f'"{folder}"'
    selected = clock.ask("SELECT, the first one", f"SELECT {quoted}")
    value = {name: int(re.search(rb"%s (\d+)" % name.encode(), selected)[1]) for name in ("UIDVALIDITY", "UIDNEXT", "HIGHESTMODSEQ")}
    last = value["UIDNEXT"] - 1
    for turn in range(rounds):
        clock.ask("SELECT", f"SELECT {quoted}")
        block = last - 1000 * (turn + 1)
        clock.ask("1,000 ENVELOPEs, not seen before", f"UID FETCH {block + 1}:{block + 1000} (ENVELOPE)")
        clock.ask("1,000 ENVELOPEs again", f"UID FETCH {block + 1}:{block + 1000} (ENVELOPE)")
        block -= 100_000
        clock.ask("Thunderbird's header fields of 1,000, not seen before", f"UID FETCH {block + 1}:{block + 1000} {THUNDERBIRD}")
        block -= 100_000
        clock.ask("a page of 50 headers, not seen before", f"UID FETCH {block + 1}:{block + 50} {THUNDERBIRD}")
        clock.ask("STATUS", f"STATUS {quoted} (MESSAGES UIDNEXT UNSEEN HIGHESTMODSEQ)")
        clock.ask("STATUS with SIZE", f"STATUS {quoted} (MESSAGES SIZE)")
        clock.ask('LIST "" *', 'LIST "" *')
        answer = clock.ask("QRESYNC, 100 new ones", f"SELECT {quoted} (QRESYNC ({value['UIDVALIDITY']} {value['HIGHESTMODSEQ'] - 100} 1:{last}))")
        assert answer.count(b" FETCH (") == 100, answer[:500]
        clock.ask("NOOP", "NOOP")
        clock.ask("a letter of 4 KiB", f"UID FETCH {block + 77} (BODY.PEEK[])")
        clock.ask("UID SEARCH of a day", "UID SEARCH RETURN (COUNT) SINCE 1-Jan-2020")
    answer = clock.ask("flags of all", "UID FETCH 1:* (FLAGS)")
    clock.times["flags of all, MB"] = [len(answer) / 1e6]
    return clock.times


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=1_000_000)
    options.add_argument("--octets", type=int, default=4096)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--data", type=Path)
    given = options.parse_args()
    data = given.data or Path(tempfile.mkdtemp(prefix="vanthu-million-"))
    try:
        if not (data / "records").exists():
            subprocess.run([BUILD / "bin" / "search_bench", "--log-only", "--imported", "--records", str(given.records), "--octets",
                            str(given.octets), "--text", str(given.octets - 600), "--folder", data], check=True)
        if not (data / "archive.xapian").exists():
            (data / "archive.xapian").write_bytes(b"")  # no folder: the full text stays away
        if os.getuid() == 0:
            subprocess.run(["useradd", "--system", "--user-group", "--no-create-home", boxes.ACCOUNT], check=False, capture_output=True)
            subprocess.run(["chown", "-R", f"{boxes.ACCOUNT}:{boxes.ACCOUNT}", data], check=True)
        begun = time.monotonic()
        sets = (f"data={data}", "archive.imap-records-per-hour=1000000", "archive.imap-octets-per-day=1099511627776")
        with boxes.Box(*(word for one in sets for word in ("--set", one))) as box:
            while (shown := box.vanthu("mailbox", "show", HUONG, "--json", check=False)).returncode:
                time.sleep(1)  # the record log is read first, and its tree is made
            person = json.loads(shown.stdout)["rows"][0]["person_id"]
            box.vanthu("role", "add", person, "archivist", "", check=False)
            print(f"ready after {time.monotonic() - begun:.0f} s", flush=True)
            login, password = box.login(HUONG)
            line = Line(box, login + "#archive", password, seconds=3600)
            while b"UNAVAILABLE" in line.greeting:  # until the view of the archive is whole
                time.sleep(1)
                line = Line(box, login + "#archive", password, seconds=3600)
            folder = ""
            while not folder or line.count_in(folder) < given.records:
                time.sleep(1)
                folder = next((name for name in line.folders() if name.startswith("Thư đã nhập/")), "")
            print(f"{given.records} records are in {folder} after {time.monotonic() - begun:.0f} s")
            times = measure(line, folder, given.rounds)
            memory = int(re.search(r"VmRSS:\s*(\d+)", Path(f"/proc/{box.gateway_pid()}/status").read_text())[1]) // 1024
            print(f"the gateway's memory: {memory} MiB; load {os.getloadavg()[0]:.1f}")
        print("| what | median ms | least | most |\n|---|---:|---:|---:|")
        for what, values in times.items():
            print(f"| {what} | {statistics.median(values):.1f} | {min(values):.1f} | {max(values):.1f} |")
    finally:
        if given.data is None:
            shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()

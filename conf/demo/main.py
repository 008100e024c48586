# SPDX-License-Identifier: GPL-3.0-or-later
"""The province in a box: sets it up, starts it, tries it with eight letters. Called by conf/quickstart."""
import argparse
import hashlib
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import certificates
import check
import dovecot
import gateway
import letters
import people
import ports
import processes
import say as language
import table
from layout import PORT_OFFSETS, Box, write
from say import Trouble, complain, say


def _digest(paths):
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


class State:
    """What a later start need not do again: DIR/state.json."""

    def __init__(self, box):
        self._file = box.dir / "state.json"
        self._values = json.loads(self._file.read_text()) if self._file.exists() else {}

    def __getitem__(self, key):
        return self._values.get(key)

    def __setitem__(self, key, value):
        self._values[key] = value
        write(self._file, json.dumps(self._values, indent=1) + "\n")


def ship(state, source, target):
    """Copies a file that comes with the product, unless somebody changed the copy."""
    key = f"shipped {target.name}"
    if not target.exists() or _digest([target]) == state[key]:
        shutil.copyfile(source, target)
        state[key] = _digest([target])


def prepare(box):
    """Folder, certificates, configuration, directory. The gateway does not run yet."""
    box.make_folders()
    state = State(box)
    certificates.ensure(box)
    ship(state, box.share / "policy.toml", box.dir / "policy.toml")
    for source in (box.share / "demo" / "directory").glob("*.csv"):
        ship(state, source, box.directory / source.name)
    dovecot.configure(box)
    gateway.configure(box)
    directory = _digest(box.directory.glob("*.csv"))
    if state["directory"] != directory or not (box.data / "directory.lmdb").exists():
        say("Nạp danh bạ …", "Importing the directory …")
        gateway.vanthu(box, "directory", "import", box.directory)
        state["passwords"] = None
        state["directory"] = directory
    passwords = hashlib.sha256(json.dumps(people.passwords(box)).encode()).hexdigest()
    if state["passwords"] != passwords:
        people.set_passwords(box)
        state["passwords"] = passwords


def write_endpoints(box, users):
    write(box.endpoints, json.dumps({
        "endpoints": {name: box.endpoint(name) for name in PORT_OFFSETS},
        "ca_file": str(box.ca_file),
        "config": str(box.config),
        "programs": {name: str(box.program(name)) for name in ("vanthu", "vanthu-gateway", "vanthu-inspector")},
        "users": users,
    }, ensure_ascii=False, indent=1) + "\n")


def try_letters(box, users):
    """@return True if every row is as expected"""
    say("Gửi tám thư mẫu qua các cổng thật …", "Sending eight sample letters through the real ports …")
    passwords, readers = people.passwords(box), check.readers(users)
    rows = []
    for letter in letters.compose():
        try:
            rows.append(check.run(box, letter, passwords, readers))
        except Exception as error:  # pylint: disable=broad-except  # one letter's trouble must not hide the others
            rows.append(check.Row(letter.number, letter.title, letter.expected, f"{type(error).__name__}: {error}", "",
                                  False))
    print(table.render(rows), flush=True)
    return all(row.right for row in rows)


def tell_how_to_connect(box, users):
    staff, clerk = users[0], users[2]
    say(f"""
Kết nối chương trình thư (Thunderbird, Outlook, điện thoại …):
  nhận (IMAP): máy chủ 127.0.0.1, cổng {box.port('imaps')} SSL/TLS (hoặc {box.port('imap')} STARTTLS)
  gửi  (SMTP): máy chủ 127.0.0.1, cổng {box.port('submissions')} SSL/TLS (hoặc {box.port('submission')} STARTTLS)
  tài khoản: {staff['address']}   mật khẩu: {staff['password']}   ({staff['name']})
  văn thư, mở hộp thư cơ quan: {clerk['mailboxes'][0]}*{clerk['address']}   mật khẩu: {clerk['password']}
  chứng thư CA cần tin cậy: {box.ca_file}
Mọi tài khoản: {box.endpoints}
Tra cứu lưu trữ: {box.program('vanthu')} --config {box.config} archive search
Nhật ký: {box.log}""", f"""
Connect a mail program (Thunderbird, Outlook, a phone …):
  reading (IMAP): server 127.0.0.1, port {box.port('imaps')} SSL/TLS (or {box.port('imap')} STARTTLS)
  sending (SMTP): server 127.0.0.1, port {box.port('submissions')} SSL/TLS (or {box.port('submission')} STARTTLS)
  account: {staff['address']}   password: {staff['password']}   ({staff['name']})
  registry clerk, opening the office's mailbox: {clerk['mailboxes'][0]}*{clerk['address']}   password: {clerk['password']}
  CA certificate to trust: {box.ca_file}
All accounts: {box.endpoints}
Search the archive: {box.program('vanthu')} --config {box.config} archive search
Logs: {box.log}""")


def stop(box):
    """The gateway first: it drains into the store."""
    stopped = [processes.stop(box, name) for name in ("gateway", "dovecot")]
    box.endpoints.unlink(missing_ok=True)
    return any(stopped)


def watch(box):
    """Stays until Ctrl-C or SIGTERM, or until a program ends by itself."""
    say("\nĐang chạy; Ctrl-C để dừng.", "\nRunning; Ctrl-C ends it.")
    while True:
        for name in ("gateway", "dovecot"):
            if processes.running(box, name) is None:
                raise Trouble(f"{name} đã dừng; nhật ký:\n{processes.tail(box, name)}",
                              f"{name} has ended; its log:\n{processes.tail(box, name)}")
        time.sleep(0.5)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--mode", choices=("foreground", "once", "background", "stop"), default="foreground")
    parser.add_argument("--port-base", type=int, default=2000)
    parser.add_argument("--next-hop", default="")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--no-letters", action="store_true")
    parser.add_argument("--lang", choices=language.LANGUAGES, default="vi")
    return parser.parse_args()


def start_and_try(box, options):
    """@return exit code"""
    if any(processes.running(box, name) is not None for name in ("gateway", "dovecot")):
        raise Trouble(f"{box.dir} đang chạy; hãy dừng trước: conf/quickstart --stop --dir {box.dir}",
                      f"{box.dir} is running already; end it first: conf/quickstart --stop --dir {box.dir}")
    ports.check(box)
    keep = False
    try:
        prepare(box)
        dovecot.start(box)
        gateway.start(box)
        users = people.users(box)
        write_endpoints(box, users)
        right = True
        if box.next_hop:
            say(f"Mọi thư được chuyển đến {box.next_hop}; không gửi thư mẫu.",
                f"Everything is delivered to {box.next_hop}; the sample letters are not sent.")
        elif not options.no_letters:
            right = try_letters(box, users)
        if options.mode != "once":
            tell_how_to_connect(box, users)
        keep = options.mode == "background"
        if options.mode == "foreground":
            watch(box)
        return 0 if right or keep else 1
    finally:
        if not keep:
            stop(box)


def main():
    options = arguments()
    language.use(options.lang)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.umask(0o077)
    box = Box(options.dir, options.port_base, options.next_hop, tuple(options.set))
    try:
        if options.mode == "stop":
            say(*(("Đã dừng.", "Stopped.") if stop(box) else ("Không có gì đang chạy.", "Nothing was running.")))
            return 0
        return start_and_try(box, options)
    except Trouble as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        say("\nĐã dừng.", "\nStopped.")
        return 0


if __name__ == "__main__":
    sys.exit(main())

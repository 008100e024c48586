#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx's mail proxy, Dovecot's proxy and the gateway in turn before the same store: logins, NOOP, FETCH, idle sessions.
Root. Two stores: a real Dovecot (the box's) with letters in a Maildir, and imap_sink, which costs next to nothing.
    tests/bench/imap_compare.py [--rounds 3] [--idle 10000] [--archive-idle 0] [--servers nginx,dovecot,gateway] [--only login,noop,noop-at,fetch,idle,idle-plain]
archive-idle: so many sessions in the archive beside the idle ones before the store; they take one descriptor each, the others two.
noop-at: so many a second, whatever is answered; what a server is asked and not what it can do.
idle-plain: without TLS, as a webmail on the same host has it (imap.plaintext-from).
VANTHU_NO_BUILD=1: the programs are there. Rows of raw results and a table of medians to the screen."""
import argparse
import ctypes
import http.server
import json
import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))
import box as boxes  # noqa: E402

HOST = "127.0.0.1"
MESSAGES, SIZE = 2000, 20480
BUILD = Path(os.environ.get("VANTHU_BUILD", ROOT / "build" / "release"))
TEMPLATES = ROOT / "tests" / "bench" / "imap"


def argon2id(password):
    """The hash that the gateway's directory keeps, with the same cost."""
    library = ctypes.CDLL("libargon2.so.1")
    encoded = ctypes.create_string_buffer(200)
    size = ctypes.c_size_t
    code = library.argon2id_hash_encoded(2, 19456, 1, password.encode(), size(len(password.encode())), os.urandom(16), size(16),
                                         size(32), encoded, size(200))
    if code:
        raise RuntimeError(f"libargon2: {code}")
    return encoded.value.decode()


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection((HOST, port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def fill(template, target, **values):
    text = (TEMPLATES / template).read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    target.write_text(text)


class Asked(http.server.BaseHTTPRequestHandler):
    """What nginx asks before each login: everybody may, and where his store is. (The password it does not check.)"""
    store = 0

    def do_GET(self):
        self.send_response(200)
        for name, value in (("Auth-Status", "OK"), ("Auth-Server", HOST), ("Auth-Port", str(Asked.store))):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *words):
        pass


class Peers:
    """nginx and Dovecot as proxies before a store that knows the user by his own password."""

    def __init__(self, folder, certificate, key, user, password, ports):
        self.folder, self.ports, self.user, self.password = folder, ports, user, password
        self.certificate, self.key = certificate, key
        self.running = []
        self.asked = http.server.ThreadingHTTPServer((HOST, ports["auth"]), Asked)
        threading.Thread(target=self.asked.serve_forever, daemon=True).start()

    def start(self, store):
        Asked.store = store
        values = {"DIR": self.folder, "CERTIFICATE": self.certificate, "KEY": self.key, "STORE": store,
                  **{name.upper(): port for name, port in self.ports.items()}}
        for name in ("nginx", "dovecot"):
            (self.folder / name).mkdir(exist_ok=True)
            fill(f"{name}.conf.in", self.folder / f"{name}.conf", **values)
        (self.folder / "users").write_text(
            f"{self.user}:{{ARGON2ID}}{argon2id(self.password)}::::::proxy=y host={HOST} port={store} pass={self.password}\n")
        self.running = [
            subprocess.Popen(["/usr/sbin/nginx", "-c", self.folder / "nginx.conf", "-p", self.folder, "-g", "daemon off;"],
                             stderr=subprocess.DEVNULL),
            subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", self.folder / "dovecot.conf"])]
        for name in ("nginx_imap", "dovecot_imap"):
            wait_for(self.ports[name])
        return {"nginx": self.running[0].pid, "dovecot": self.running[1].pid}

    def stop(self):
        for process in self.running:
            process.terminate()
            process.wait()
        self.running = []


def letters_into(maildir, owner):
    body = "".join("x" * 76 + "\r\n" for _ in range((SIZE - 60) // 78))
    (maildir / "cur").mkdir(parents=True, exist_ok=True)
    for i in range(MESSAGES):
        (maildir / "cur" / f"{1700000000 + i}.M{i}.bench:2,S").write_text(f"Subject: letter {i}\r\nMessage-ID: <{i}@bench>\r\n\r\n{body}")
    for sub in ("new", "tmp"):
        (maildir / sub).mkdir(exist_ok=True)
    shutil.chown(maildir, owner, owner)
    for folder, _, files in os.walk(maildir):
        shutil.chown(folder, owner, owner)
        for file in files:
            shutil.chown(os.path.join(folder, file), owner, owner)


def bench(to, user, password, what, sessions, count, pid, tls=False, rate=0):
    words = [BUILD / "bin" / "imap_bench", "--to", f"{HOST}:{to}", "--user", user, "--password", password, "--what", what,
             "--sessions", sessions, "--count", count, "--rate", rate, "--pids", pid] + (["--tls"] if tls else [])
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def idle_in_archive(box, address, password, sessions):
    """Sessions of an archivist beside all others, until they are ended."""
    person = json.loads(box.vanthu("mailbox", "show", address, "--json").stdout)["rows"][0]["person_id"]
    box.vanthu("role", "add", person, "archivist", "", check=False)
    words = [BUILD / "bin" / "imap_bench", "--to", f"{HOST}:{box.port('imaps')}", "--user", address + "#archive", "--password", password,
             "--what", "idle", "--sessions", sessions, "--hold", 3600, "--tls", "--pids", box.gateway_pid()]
    bench = subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if bench.stderr.readline() != "open\n":
        raise RuntimeError("no session in the archive: is it open?")
    return bench


def restart(box):
    box.signal_gateway(signal.SIGTERM)
    box.wait_for_gateway_end()
    box.start_gateway()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--idle", type=int, default=10000)
    options.add_argument("--archive-idle", type=int, default=0)
    options.add_argument("--servers", default="nginx,dovecot,gateway")
    options.add_argument("--only", default="login,noop,noop-at,fetch,idle,idle-plain")
    given = options.parse_args()
    only = given.only.split(",")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # each session takes two of a proxy's descriptors
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = Path(tempfile.mkdtemp(prefix="vanthu-imap-bench-"))
    folder.chmod(0o755)
    rows = []
    sets = ["limits.trust-loopback=yes", f"limits.sessions={most // 2 + 200}", "inspector.ocr=no",
            "imap.plaintext-from=127.0.0.1"]
    with boxes.Box(*[word for one in sets for word in ("--set", one)]) as box:
        user = box.facts["users"][0]
        address, password = user["address"], user["password"]
        base = box.base
        ports = {"auth": base + 700, "nginx_imap": base + 701, "nginx_imaps": base + 702, "dovecot_imap": base + 703,
                 "dovecot_imaps": base + 704, "sink": base + 705}
        store = box.port("dovecot_imap")
        letters_into(box.dir / "mail" / address.lower() / "Maildir", boxes.ACCOUNT if os.getuid() == 0 else os.getuid())
        # So that nginx and Dovecot, which know no master user here, can log in to the store as him.
        (box.dir / "dovecot" / "users").write_text(f"{address}:{{PLAIN}}{password}\n")
        sink = subprocess.Popen([BUILD / "bin" / "imap_sink", "--listen", f"{HOST}:{ports['sink']}", "--messages",
                                 str(MESSAGES), "--size", str(SIZE)])
        wait_for(ports["sink"])
        certificate, key = box.dir / "tls" / "gateway.pem", box.dir / "tls" / "gateway.key"
        peers = Peers(folder, certificate, key, address, password, ports)
        doors = {"nginx": ("nginx_imap", "nginx_imaps"), "dovecot": ("dovecot_imap", "dovecot_imaps")}
        order = given.servers.split(",")

        def measure(what, at, tls, cases):
            pids = peers.start(at)
            pids["gateway"] = box.gateway_pid()
            order.append(order.pop(0))  # none has the first turn, or the last, in all rounds
            for name in order:
                plain, secure = (ports[door] for door in doors[name]) if name in doors else (box.port("imap"), box.port("imaps"))
                for sessions, count, *rate in cases:
                    row = bench(secure if tls else plain, address, password, what, sessions, count, pids[name], tls, *rate)
                    row.update(server=name, store="dovecot" if at == store else "sink")
                    if not tls:
                        row["what"] += "-plain"
                    if rate:
                        row["what"] += f", {rate[0]} a second"
                    rows.append(row)
                    print(json.dumps(row), flush=True)
            peers.stop()

        try:
            for _ in range(given.rounds):
                # The gateway takes passwords under TLS alone: so do all.
                if "login" in only:
                    measure("login", store, True, [(8, 200)])
                if "noop" in only:
                    measure("noop", store, True, [(1, 4000), (8, 2000)])
                if "noop-at" in only:  # the same load for all, which nginx can bear
                    measure("noop", store, True, [(8, 2000, 4000), (8, 3000, 8000)])
                if "fetch" in only:
                    measure("fetch", store, True, [(1, 4), (4, 2)])
            config = box.layout.config.read_text()
            box.layout.config.write_text(config.replace(f"imap.backend = imap://{HOST}:{store}",
                                                        f"imap.backend = imap://{HOST}:{ports['sink']}"))
            restart(box)
            for _ in range(given.rounds):
                if "noop" in only:
                    measure("noop", ports["sink"], True, [(1, 8000)])
                if "fetch" in only:
                    measure("fetch", ports["sink"], True, [(1, 10), (4, 5)])
            for what, tls in (("idle", True), ("idle-plain", False)):
                if what in only:
                    restart(box)  # memory that was used before would be used again, and not be seen
                    beside = idle_in_archive(box, address, password, given.archive_idle) if tls and given.archive_idle else None
                    measure("idle", ports["sink"], tls, [(min(given.idle, (most - 200 - given.archive_idle) // 2), 1)])
                    if beside:
                        print(f"{given.archive_idle + 20} sessions in the archive beside: {'ended' if beside.poll() is not None else 'all there'}")
                        beside.kill()
        finally:
            peers.stop()
            sink.terminate()
    shutil.rmtree(folder, ignore_errors=True)
    print("\n| what | store | sessions | figure | nginx | Dovecot | gateway |\n|---|---|---:|---|---:|---:|---:|")
    keys = {}
    for row in rows:
        for figure in ("per_second", "p50_ms", "p99_ms", "p50_us", "p99_us", "mb_per_second", "kib_each", "cpu_s"):
            if figure in row:
                keys.setdefault((row["what"], row["store"], row["sessions"], figure), {}).setdefault(row["server"], []).append(row[figure])
    for (what, at, sessions, figure), values in keys.items():
        cells = " | ".join(f"{statistics.median(values[name]):.1f}" if name in values else "" for name in ("nginx", "dovecot", "gateway"))
        print(f"| {what} | {at} | {sessions} | {figure} | {cells} |")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A province in a box for a test: started by conf/quickstart in a temporary folder on free ports, real Dovecot and all."""
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "conf" / "demo"))

import certificates  # noqa: E402,F401
import client  # noqa: E402
import letters  # noqa: E402,F401
import papers  # noqa: E402,F401
import processes  # noqa: E402
from layout import PORT_OFFSETS, Box as Layout  # noqa: E402

ACCOUNT = "vanthu"
QUICKSTART = ROOT / "conf" / "quickstart"


def as_account():
    """Words before a command so that, in a test run by root, it runs as the box's account."""
    if os.getuid() != 0:
        return []
    return ["setpriv", "--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups", "--no-new-privs"]


def free_port_base():
    """A base all of whose ports can be bound; below the range from which the kernel takes ports for clients. Test files that
    run side by side (run.py) take theirs from ranges of their own: between the look and the binding lie seconds."""
    lane, lanes = map(int, os.environ.get("VANTHU_LANE", "0/1").split("/"))
    width = (31000 - 8000) // lanes
    first = 8000 + lane * width
    while True:
        base = random.randrange(first, first + width - max(PORT_OFFSETS.values()))
        try:
            for offset in PORT_OFFSETS.values():
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", base + offset))
            return base
        except OSError:
            continue


def quickstart(*words, check=True, **options):
    done = subprocess.run([str(QUICKSTART), "--lang", "en", *map(str, words)], capture_output=True, text=True, check=False,
                          **options)
    if check and done.returncode:
        raise AssertionError(f"quickstart {' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Box:
    """Use it in a `with`. Options are those of conf/quickstart."""

    def __init__(self, *options):
        self.dir = Path(tempfile.mkdtemp(prefix="vanthu-test-"))
        self.base = free_port_base()
        self.layout = Layout(self.dir, self.base)
        self.options = options
        self.process = None  # a gateway that the test started itself
        self.store = None  # a Dovecot that the test started itself

    def __enter__(self):
        try:
            quickstart("--background", "--no-letters", "--dir", self.dir, "--port-base", self.base, *self.options)
            self.facts = json.loads((self.dir / "endpoints.json").read_text())
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, error, trace):
        for own in (self.process, self.store):
            if own is not None and own.poll() is None:
                own.terminate()
                try:
                    own.wait(40)
                except subprocess.TimeoutExpired:
                    own.kill()
                    own.wait()
        quickstart("--stop", "--dir", self.dir, check=False)
        if kind is not None:
            print(f"--- the box is kept in {self.dir}; its gateway's log ends:\n{self.log()[-3000:]}", file=sys.stderr)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    # Who and where

    def port(self, name):
        return self.layout.port(name)

    def user(self, role, index=0):
        return [user for user in self.facts["users"] if role in user["roles"]][index]

    def login(self, address):
        return next((user["address"], user["password"]) for user in self.facts["users"] if user["address"] == address)

    def log(self):
        try:
            return (self.dir / "log" / "gateway.log").read_text(errors="replace")
        except OSError:
            return ""

    # The gateway's process

    def gateway_pid(self):
        if self.process is not None:
            return self.process.pid
        return int((self.dir / "run" / "gateway.pid").read_text().split()[0])

    def inspectors(self):
        """Process ids of the gateway's children that are inspectors."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.gateway_pid() and "inspector" in (entry / "cmdline").read_text():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def signal_gateway(self, number):
        os.kill(self.gateway_pid(), number)

    def wait_for_gateway_end(self, seconds=60):
        pid = self.gateway_pid()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process is not None:
                if self.process.poll() is not None:
                    return True
            elif self.gone(pid):
                return True
            time.sleep(0.02)
        return False

    @staticmethod
    def gone(pid):
        """Ended with all its threads: the first may be a zombie while another still holds the ports."""
        try:
            return len(list(Path(f"/proc/{pid}/task").iterdir())) < 2 and ") Z" in Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return True

    def kill_gateway(self):
        self.signal_gateway(signal.SIGKILL)
        assert self.wait_for_gateway_end()

    def start_gateway(self, seconds=60, ahead=0):
        """Starts the gateway again by its own program; the test is its parent from now on.
        `ahead`: its time of day is so many seconds ahead."""
        environment = dict(os.environ)
        if ahead:
            library = self.dir / "ahead.so"
            subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, ROOT / "tests" / "system" / "ahead.c", "-ldl"],
                           check=True)
            environment.update(LD_PRELOAD=str(library), VANTHU_TEST_AHEAD=str(ahead))
        with open(self.dir / "log" / "gateway.log", "ab") as log:
            self.process = subprocess.Popen([*as_account(), str(self.layout.program("vanthu-gateway")), "--config",
                                             str(self.layout.config)], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, start_new_session=True, env=environment)
        self.wait_for_port("mx", seconds, greeting=b"220")  # it listens before it is ready, and greets when it is

    # The store

    def stop_dovecot(self):
        if self.store is None:
            processes.stop(self.layout, "dovecot")
        else:
            self.store.terminate()
            self.store.wait()

    def start_dovecot(self):
        self.store = subprocess.Popen([*as_account(), "/usr/sbin/dovecot", "-F", "-c",
                                       str(self.dir / "dovecot" / "dovecot.conf")], cwd=self.dir, start_new_session=True,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in ("dovecot_imap", "dovecot_lmtp"):
            self.wait_for_port(name)

    def wait_for_port(self, name, seconds=60, greeting=b""):
        deadline = time.monotonic() + seconds
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port(name)), timeout=seconds) as link:
                    if not greeting or link.recv(512).startswith(greeting):
                        return
                    raise ConnectionError("closed without a greeting")
            except OSError as error:
                if time.monotonic() > deadline or (self.process is not None and self.process.poll() is not None):
                    raise AssertionError(f"{name} does not open: {error}\n{self.log()[-2000:]}") from error
                time.sleep(0.02)

    # Doors

    def vanthu(self, *words, stdin=b"", check=True):
        done = subprocess.run([*as_account(), str(self.layout.program("vanthu")), "--config", str(self.layout.config),
                               *map(str, words)], input=stdin, capture_output=True, check=False)
        if check and done.returncode:
            raise AssertionError(f"vanthu {' '.join(map(str, words))}: exit {done.returncode}\n"
                                 f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
        return done

    def vanthu_as(self, address, *words, password=None, code="", text=False):
        """As somebody who logs in; what came of it is not looked at."""
        login, right = self.login(address)
        return subprocess.run([*as_account(), str(self.layout.program("vanthu")), "--config", str(self.layout.config),
                               "--login", login, *map(str, words)],
                              env={**os.environ, "VANTHU_PASSWORD": right if password is None else password, "VANTHU_CODE": code},
                              capture_output=True, text=text, check=False)

    def add_rules(self, rules):
        """The policy that it began with is in force, and these rules behind it."""
        file = self.dir / "rules.toml"
        file.write_text((self.dir / "policy.toml").read_text() + rules)
        file.chmod(0o644)
        self.vanthu("policy", "apply", "--yes", file)

    def records(self, *words):
        return json.loads(self.vanthu("archive", "search", "--json", *(words or ("--most", "10000"))).stdout)["records"]

    def records_of(self, octets):
        digest = hashlib.sha256(octets).hexdigest()
        return [record for record in self.records() if record["sha256"] == digest]

    def send(self, door, login, reverse_path, forward_paths, octets):
        return client.send(self.layout, door, login, reverse_path, forward_paths, octets)

    def imap(self, address, mailbox=""):
        return client.open_mailbox(self.layout, *self.login(address), mailbox)

    def find(self, address, message_id, mailbox="", seconds=30):
        return client.find(self.layout, *self.login(address), mailbox, message_id, seconds)

    def trust(self):
        return client.trust(self.layout)


def wait_until(true, seconds=30, what="it"):
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true in {seconds} s")
        time.sleep(0.05)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway of the box: its configuration, its start, and the vanthu command."""
import os
import subprocess

import dovecot
import processes
from layout import DOMAIN, HOSTNAME, write
from say import Trouble


def configure(box):
    hop = box.next_hop or f"lmtp://{box.endpoint('dovecot_lmtp')}"
    keys = {
        "hostname": HOSTNAME,
        "domain": DOMAIN,
        "data": box.data,
        **{f"listen.{name}": box.endpoint(name) for name in ("mx", "submission", "submissions", "imap", "imaps")},
        "tls.certificate": box.dir / "tls" / "gateway.pem",
        "tls.key": box.dir / "tls" / "gateway.key",
        "receipts.certificate": box.dir / "tls" / "receipts.pem",
        "receipts.key": box.dir / "tls" / "receipts.key",
        "relay.local": hop,
        "imap.backend": f"imap://{box.endpoint('dovecot_imap')}",
        "imap.master-user": dovecot.MASTER_USER,
        "imap.master-password-file": dovecot.master_password_file(box),
        "policy.file": box.dir / "policy.toml",
        # Nobody waits a minute in a demonstration.
        "queue.first-retry-seconds": 2,
        "queue.last-retry-seconds": 30,
    }
    if box.next_hop:
        keys["relay.outside"] = hop
        keys["limits.trust-loopback"] = "yes"
    keys.update(word.split("=", 1) for word in box.overrides)
    write(box.config, "# Written by conf/quickstart at every start; every key is explained in conf/gateway.conf.\n"
          + "".join(f"{key} = {value}\n" for key, value in keys.items()))


def start(box):
    processes.start(box, "gateway", [box.program("vanthu-gateway"), "--config", box.config])
    processes.wait_for_ports(box, "gateway", [box.port(name) for name in ("mx", "submission", "imap")],
                             silent=[box.port("submissions"), box.port("imaps")])


def vanthu(box, *words, stdin=b"", check=True):
    """Runs the CLI. Gives its CompletedProcess with octets, because `archive get` answers with a message."""
    done = subprocess.run([box.program("vanthu"), "--config", box.config, *map(str, words)], input=stdin,
                          capture_output=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if check and done.returncode:
        raise Trouble(f"vanthu {' '.join(map(str, words))}: mã {done.returncode}\n{done.stderr.decode(errors='replace')}",
                      f"vanthu {' '.join(map(str, words))}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done

# SPDX-License-Identifier: GPL-3.0-or-later
"""neomutt in a tmux: what stands on its screen is its typescript."""
import re
import shlex
import subprocess
import time
import urllib.parse

from place import count_in, private, unchanged


class Screen:
    """A terminal of 200 × 40 in which a program runs; a server of its own."""

    def __init__(self, folder, environment):
        self.socket, self.environment, self.count, self.folder = folder / "tmux.socket", environment, 0, folder

    def tmux(self, *words):
        return subprocess.run(["tmux", "-f", "/dev/null", "-S", str(self.socket), *words], env=self.environment,
                              capture_output=True, check=True).stdout.decode()

    def start(self, *words):
        self.tmux("new-session", "-d", "-x", "200", "-y", "40", shlex.join(words))

    def keys(self, *words):
        self.tmux("send-keys", *words)

    def text(self):
        return self.tmux("capture-pane", "-p")

    def wait_for(self, pattern, seconds=20):
        """The screen once the pattern stands on it; as it is, when it never does."""
        deadline = time.monotonic() + seconds
        while True:
            text = self.text()
            if re.search(pattern, text) or time.monotonic() > deadline:
                return text
            time.sleep(0.1)

    def keep(self, report, name):
        self.count += 1
        report.keep(f"{self.count:02}-{name}.txt", self.text())

    def end(self, seconds=20):
        """Waits until the program has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if subprocess.run(["tmux", "-S", str(self.socket), "has-session"], capture_output=True, check=False).returncode:
                return
            time.sleep(0.1)

    def stop(self):
        subprocess.run(["tmux", "-S", str(self.socket), "kill-server"], capture_output=True, check=False)


def run(place, account, report):
    home = report.folder / "home"
    environment = {**private(home), "TERM": "xterm-256color"}
    (report.folder / "neomuttrc").write_text(f"""set folder = "imaps://localhost:{place.port}/"
set spoolfile = "+INBOX"
set imap_user = "{account.login}"
set imap_pass = "{account.password}"
set ssl_ca_certificates_file = "{place.ca_file}"
set certificate_file = "{home}/certificates"
set imap_check_subscribed = no
set mail_check_stats = no
set sort = mailbox-order
set charset = "utf-8"
set send_charset = "utf-8"
set record = ""
set confirmappend = no
set quit = yes
set delete = yes
set wait_key = no
set imap_idle = no
unset mark_old
unset pager_stop
""")
    screen = Screen(report.folder, environment)
    name = urllib.parse.quote(account.folder)
    screen.start("neomutt", "-n", "-F", str(report.folder / "neomuttrc"), "-f", f"imaps://localhost:{place.port}/{name}")
    try:
        text = screen.wait_for(rf"Msgs:\s*{account.count}\b")
        screen.keep(report, "index")
        report.check(re.search(rf"Msgs:\s*{account.count}\b", text) and "đất đai" in text, "opens the folder, shows Vietnamese subjects",
                     next((line.strip() for line in text.splitlines() if "Msgs:" in line), text.strip()[-200:]))
        screen.keys("c", "?")
        screen.wait_for("Mailboxes|Directory")
        screen.keys("Tab")  # from mailboxes that it was told of to those that are there
        top = account.folder.split("/")[0]
        text = screen.wait_for(re.escape(top))
        screen.keep(report, "folders")
        report.check(top in text, "shows folders with Vietnamese names")
        screen.keys("q")
        screen.wait_for(r"Msgs:")
        screen.keys("l")
        screen.wait_for(r"Limit")
        screen.keys("-l", f"=b {account.word}")  # the server's search in bodies
        screen.keys("Enter")
        text = screen.wait_for(rf"Msgs:\s*1/{account.count}\b")
        screen.keep(report, "search")
        report.check(re.search(rf"Msgs:\s*1/{account.count}\b", text) and account.subject[:16] in text,
                     "finds a letter by a word of its text, on the server")
        screen.keys("Enter")
        text = screen.wait_for(re.escape(account.word) + r"\.")
        screen.keep(report, "letter")
        report.check(account.word + "." in text and account.subject[:16] in text, "reads a letter, Vietnamese subject and text")
        screen.keys("q")
        screen.wait_for(r"q:Quit")
        screen.keys("d")
        text = screen.wait_for(r"read-only" if account.archive else r"Del:\s*1\b")
        screen.keep(report, "delete")
        if account.archive:
            report.check("read-only" in text, "says that the folder is read-only",
                         next((line.strip() for line in text.splitlines() if "read-only" in line), ""))
        screen.keys("$")
        time.sleep(1)
        screen.keep(report, "synchronised")
        screen.keys("q")
        screen.end()
        if account.archive:
            unchanged(place, account, report)
        else:
            left = count_in(place, account)
            report.check(left == account.count - 1, "deletes", f"{left} letters are left")
    finally:
        screen.stop()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Thunderbird on a screen of its own (Xvfb), steered from inside, its window kept as pictures: what they show must be looked
at (README.md says what was seen)."""
import json
import os
import random
import shutil
import subprocess
import time

from marionette import Marionette, Trouble
from PIL import ImageGrab
from place import count_in, folders, private, unchanged

COMMON = r"""
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const main = Services.wm.getMostRecentWindow("mail:3pane");
const server = MailServices.accounts.allServers.find(one => one.type == "imap");
const pane = () => main.document.getElementById("tabmail").currentAbout3Pane;
const sleep = ms => new Promise(done => main.setTimeout(done, ms));
const until = async (what, ms = 30000) => { const end = Date.now() + ms;
  while (!(await what())) { if (Date.now() > end) return false; await sleep(100); } return true; };
const named = path => { let folder = server.rootFolder;
  for (const word of path.split("/")) folder = folder?.subFolders.find(one => one.name == word || one.localizedName == word || one.prettyName == word);
  return folder; };
"""


class Thunderbird:
    """A program with a profile made for one account, and its screen."""

    def __init__(self, place, account, folder, extra=()):
        self.folder, self.count = folder, 0
        self.profile = folder / "profile"
        self.profile.mkdir(parents=True)
        environment = private(folder / "home")
        subprocess.run(["certutil", "-d", f"sql:{self.profile}", "-N", "--empty-password"], check=True, capture_output=True)
        subprocess.run(["certutil", "-d", f"sql:{self.profile}", "-A", "-n", "box", "-t", "C,,", "-i", place.ca_file], check=True,
                       capture_output=True)
        self.port = random.randrange(33000, 45000)
        settings = {
            "mail.accountmanager.accounts": "account1,account2", "mail.accountmanager.defaultaccount": "account1",
            "mail.accountmanager.localfoldersserver": "server2",
            "mail.account.account1.server": "server1", "mail.account.account1.identities": "id1",
            "mail.account.account2.server": "server2",
            "mail.identity.id1.fullName": "Người thử", "mail.identity.id1.useremail": account.login.partition("#")[0],
            "mail.identity.id1.valid": True,
            "mail.server.server1.type": "imap", "mail.server.server1.hostname": "localhost", "mail.server.server1.port": place.port,
            "mail.server.server1.socketType": 3, "mail.server.server1.authMethod": 3,
            "mail.server.server1.userName": account.login, "mail.server.server1.name": account.login,
            "mail.server.server1.login_at_startup": False, "mail.server.server1.check_new_mail": False,
            "mail.server.server2.type": "none", "mail.server.server2.hostname": "Local Folders", "mail.server.server2.userName": "nobody",
            "mail.server.server2.name": "Local Folders",
            "mail.provider.suppress_dialog_on_startup": True, "mailnews.start_page.enabled": False, "mail.rights.version": 1,
            "mail.spotlight.firstRunDone": True, "mail.shell.checkDefaultClient": False, "mail.winsearch.firstRunDone": True,
            "mail.tabs.drawInTitlebar": False, "mailnews.database.global.indexer.enabled": False,
            "app.update.enabled": False, "app.normandy.enabled": False, "app.donation.eoy.version.viewed": 99,
            "datareporting.policy.dataSubmissionPolicyBypassNotification": True, "datareporting.healthreport.uploadEnabled": False,
            "toolkit.telemetry.enabled": False, "extensions.update.enabled": False, "extensions.blocklist.enabled": False,
            "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
            "services.settings.server": "http://127.0.0.1:9/v1", "mail.inappnotifications.enabled": False,
            "marionette.port": self.port, "security.sandbox.content.level": 0, "mail.warn_on_delete_from_trash": False,
            "browser.dom.window.dump.enabled": False, "ui.prefersReducedMotion": 1, **dict(extra),
        }
        (self.profile / "user.js").write_text("".join(f"user_pref({json.dumps(key)}, {json.dumps(value, ensure_ascii=False)});\n"
                                                      for key, value in settings.items()))
        reader, writer = os.pipe()
        self.screen = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
                                       pass_fds=(writer,), stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            self.display = ":" + pipe.readline().strip()
        self.log = open(folder / "thunderbird.log", "wb")
        self.process = subprocess.Popen(["thunderbird", "--profile", str(self.profile), "--no-remote", "--marionette",
                                         "--remote-allow-system-access", "--width", "1400", "--height", "900"],
                                        env={**environment, "DISPLAY": self.display, "MOZ_DISABLE_CONTENT_SANDBOX": "1", "GDK_BACKEND": "x11",
                                             "MOZ_CRASHREPORTER_DISABLE": "1", "LIBGL_ALWAYS_SOFTWARE": "1"},
                                        stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        self.inside = Marionette(self.port)
        self.run("""await until(() => pane()?.displayFolder);
const info = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
info.init("imap://localhost", null, "imap://localhost", args[0], args[1], "", "");
await Services.logins.addLoginAsync(info);""", account.login, account.password)

    def run(self, script, *words):
        return self.inside.run(COMMON + script, *words)

    def picture(self, name):
        """The whole screen, as somebody sees it."""
        time.sleep(0.7)
        self.count += 1
        path = self.folder / f"{self.count:02}-{name}.png"
        ImageGrab.grab(xdisplay=self.display).save(path)
        return path

    def dialogue(self, seconds=0):
        """The words of the dialogue that is open, or opens in so many seconds; none: empty."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.inside.ask("WebDriver:GetAlertText", {})["value"]
            except Trouble:
                if time.monotonic() >= deadline:
                    return ""
                time.sleep(0.2)

    def dismiss(self):
        self.inside.ask("WebDriver:DismissAlert", {})

    def close(self):
        try:
            self.inside.link.close()
        finally:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.screen.terminate()
            self.screen.wait()
            self.log.close()
            shutil.rmtree(self.profile, ignore_errors=True)


def shown(program):
    """All it has found, as it shows them."""
    return program.run("""server.getNewMessages(server.rootFolder, main.msgWindow, null);
const all = () => server.rootFolder.descendants.map(one => { const words = [];
  for (let at = one; at && !at.isServer; at = at.parent) words.unshift(at.localizedName ?? at.prettyName ?? at.name); return words.join("/"); });
await until(() => all().length > 1, 40000);
let before = -1; await until(async () => { const now = all().length; const same = now == before; before = now; await sleep(700); return same; }, 40000);
const tree = pane().folderTree;
for (let level = 0; level < 5; ++level) for (const row of tree.querySelectorAll("li.children.collapsed")) tree.expandRow(row);
return all();""")


def open_folder(program, name, count):
    return program.run("""const folder = named(args[0]);
if (!folder) return { error: "no such folder" };
pane().displayFolder(folder.URI);
folder.updateFolder(main.msgWindow);
const there = await until(() => folder.getTotalMessages(false) == args[1] && pane().gDBView?.rowCount == args[1], 40000);
return { there, total: folder.getTotalMessages(false), rows: pane().gDBView?.rowCount ?? -1 };""", name, count)


def read(program, subject):
    """Opens the letter of that subject in the message pane; its words there."""
    return program.run("""const view = pane().gDBView;
let row = -1;
for (let i = 0; i < view.rowCount; ++i) if (view.getMsgHdrAt(i).mime2DecodedSubject == args[0]) row = i;
if (row < 0) return null;
pane().threadTree.selectedIndex = row;
const browser = () => pane().messageBrowser.contentWindow.document.getElementById("messagepane");
await until(() => browser()?.contentDocument?.body?.textContent?.includes(args[1]), 20000);
return { body: browser()?.contentDocument?.body?.textContent ?? "", subject: pane().messageBrowser.contentWindow.document.getElementById("expandedsubjectBox")?.textContent ?? "" };""",
                       *subject)


def found_by_server(program, name, word):
    """How many letters the server finds by that word in their bodies."""
    return program.run("""const folder = named(args[0]);
const session = Cc["@mozilla.org/messenger/searchSession;1"].createInstance(Ci.nsIMsgSearchSession);
const { nsMsgSearchScope, nsMsgSearchAttrib, nsMsgSearchOp } = Ci;
session.addScopeTerm(Ci.nsMsgSearchScope.onlineMail, folder);
const term = session.createTerm();
const value = term.value;
term.attrib = Ci.nsMsgSearchAttrib.Body; value.attrib = term.attrib; value.str = args[1]; term.value = value;
term.op = Ci.nsMsgSearchOp.Contains; term.booleanAnd = true;
session.appendTerm(term);
const hits = [];
const status = await new Promise(done => { session.registerListener({ onSearchHit(header) { hits.push(header.mime2DecodedSubject); },
  onSearchDone(code) { done(code); }, onNewSearch() {}, QueryInterface: ChromeUtils.generateQI(["nsIMsgSearchNotify"]) });
  session.search(main.msgWindow); main.setTimeout(() => done(-1), 20000); });
return { hits, status };""", name, word)


def run(place, account, report):
    program = Thunderbird(place, account, report.folder)
    try:
        listed = shown(program)
        program.picture("folders")
        report.keep("folders.txt", "\n".join(listed))
        ours = folders(place, account)
        theirs = {name.lower() for name in listed}
        report.check(all(name.lower() in theirs for name in ours if "/" in name), "shows every folder with its Vietnamese name",
                     f"{len(listed)} shown, {len(ours)} there; not shown: {[one for one in ours if one.lower() not in theirs]}")
        opened = open_folder(program, account.folder, account.count)
        program.picture("opened")
        report.check(opened.get("there"), "opens a folder", opened)
        letter = read(program, (account.subject, account.word))
        program.picture("letter")
        report.check(letter and account.word in letter["body"], "reads a letter", (letter or {}).get("subject"))
        found = found_by_server(program, account.folder, account.word)
        report.check(found["hits"] == [account.subject], "finds a letter by a word of its text, on the server", found)
        program.run("pane().threadTree.table.body.focus(); main.goDoCommand('cmd_delete'); await sleep(4000);")
        program.picture("deleted")
        said = program.dialogue()
        if said:
            program.dismiss()
        rows = program.run("return pane().gDBView.rowCount")
        report.note(f"after Delete it shows {rows} of {account.count} and says: {said or 'nothing'}")
        # To another folder and back.
        program.run("""pane().displayFolder(server.rootFolder.subFolders[0].URI); await sleep(2500);""")
        again = open_folder(program, account.folder, account.count if account.archive else account.count - 1)
        program.picture("again")
        if account.archive:
            report.check(again.get("there"), "shows what it deleted again when the folder is opened again", again)
            unchanged(place, account, report)
        else:
            report.check(again.get("there"), "deletes", again)
            left = count_in(place, account)
            report.check(left == account.count - 1, "the store agrees", f"{left} letters are left")
    finally:
        program.close()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Thunderbird on an office's mailbox: a draft saved again and again and sent, letters moved and deleted, while the policy lets
mailboxes be free and while it protects them."""
import dataclasses

import thunderbird_client as thunderbird
from place import Account, Place, Report, letters, mutf7, papers, raw

CLERK = "kienth@hatinh.dcs.example"
OFFICE = "vanthu.vptu@hatinh.dcs.example"
UNIT = "vanthu.btctu@hatinh.dcs.example"
SUBJECT = "V/v chuẩn bị tài liệu hội nghị chuyển đổi số của Đảng bộ tỉnh"
WORK, OLD = "Việc", "Cũ"
RULES = """
[[mailboxes.rule]]
id = "units.old"
mailbox_kind = ["unit"]
folder = ["Cũ"]
mode = "read-only"

[[mailboxes.rule]]
id = "units.drafts"
mailbox_kind = ["unit"]
special_use = ["drafts"]
mode = "free"

[[mailboxes.rule]]
id = "units.keep"
mailbox_kind = ["unit"]
mode = "organise"
"""


def start(place, account, folder):
    """A Thunderbird that can send, too."""
    user, password = place.box.login(CLERK)
    program = thunderbird.Thunderbird(place, account, folder, {
        "mail.identity.id1.useremail": OFFICE, "mail.identity.id1.fullName": "Văn phòng Tỉnh uỷ",
        "mail.identity.id1.smtpServer": "smtp1", "mail.identity.id1.compose_html": False,
        "mail.smtpservers": "smtp1", "mail.smtp.defaultserver": "smtp1", "mail.smtpserver.smtp1.hostname": "localhost",
        "mail.smtpserver.smtp1.port": place.box.port("submissions"), "mail.smtpserver.smtp1.try_ssl": 3,
        "mail.smtpserver.smtp1.authMethod": 3, "mail.smtpserver.smtp1.username": user, "mail.SpellCheckBeforeSend": False,
        "mail.compose.attachment_reminder": False, "mailnews.sendInBackground": False}.items())
    program.run("""const info = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
info.init("smtp://localhost", null, "smtp://localhost", args[0], args[1], "", "");
await Services.logins.addLoginAsync(info);""", user, password)
    return program


def compose(program, number, file):
    return program.run("""const make = (name, kind) => Cc["@mozilla.org/messengercompose/" + name].createInstance(kind);
const fields = make("composefields;1", Ci.nsIMsgCompFields);
fields.to = args[0]; fields.subject = args[1]; fields.body = "Kính gửi.\\n";
const path = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
path.initWithPath(args[2]);
const attached = make("attachment;1", Ci.nsIMsgAttachment);
attached.url = Services.io.newFileURI(path).spec; attached.name = path.leafName;
fields.addAttachment(attached);
const how = make("composeparams;1", Ci.nsIMsgComposeParams);
how.composeFields = fields; how.type = Ci.nsIMsgCompType.New; how.format = Ci.nsIMsgCompFormat.PlainText;
how.identity = MailServices.accounts.getAccount("account1").identities[0];
MailServices.compose.OpenComposeWindowWithParams(null, how);
const there = await until(() => { const one = Services.wm.getMostRecentWindow("msgcompose");
  return one?.gMsgCompose?.editor && one.document.readyState == "complete"; });
await sleep(1500);
return there;""", UNIT, f"{number}-CV/VPTU: {SUBJECT}", str(file))


def save(program, line):
    """As by Ctrl-S behind one more line. @return what the program knows the draft by"""
    return program.run("""const write = Services.wm.getMostRecentWindow("msgcompose");
write.document.getElementById("messageEditor").contentDocument.body.append(args[0]);
write.gContentChanged = true;
write.SaveAsDraft();
await sleep(500);
await until(() => !write.gWindowLocked && !write.gSaveOperationInProgress, 20000);
await sleep(1500);
return write.gMsgCompose.compFields.draftId;""", line)


def send(program):
    return program.run("""const write = Services.wm.getMostRecentWindow("msgcompose");
write.GenericSendMessage(Ci.nsIMsgCompDeliverMode.Now);
return until(() => !Services.wm.getMostRecentWindow("msgcompose"), 30000);""")


def first_of(program, folder, script, *words):
    """Does something with the first letter of a folder. @return what a dialogue says then"""
    program.run("""const folder = named(args[0]); pane().displayFolder(folder.URI); folder.updateFolder(main.msgWindow);
await until(() => pane().gDBView?.rowCount > 0);
await sleep(1000); pane().threadTree.selectedIndex = 0; await sleep(1000);
const header = pane().gDBView.getMsgHdrAt(0);""" + script + "await sleep(4000);", folder, *words)
    said = program.dialogue()
    program.picture(f"in-{folder}")
    if said:
        program.dismiss()
    return said


def move(program, folder, to):
    return first_of(program, folder, """
MailServices.copy.copyMessages(folder, [header], named(args[1]), true, null, main.msgWindow, true);""", to)


def delete(program, folder):
    return first_of(program, folder, "pane().threadTree.table.body.focus(); main.goDoCommand('cmd_delete');")


def run(evidence, _):
    report = Report(evidence, "writing")
    with Place(evidence) as place:
        _, password = place.box.login(CLERK)
        account = Account("office", f"{OFFICE}*{CLERK}", password, "INBOX", 0, "", "", b"")
        line = place.line(account)
        for name in (WORK, OLD):
            for command in ("CREATE", "SUBSCRIBE"):
                line.ask(f'{command} "{mutf7(name)}"')
        for name in ("INBOX", "INBOX", OLD, OLD):
            octets = raw.message(UNIT, OFFICE, subject="thư")
            line.ask(f'APPEND "{mutf7(name)}" {{{len(octets)}}}', literal=octets)

        def counts():
            return {name: line.count_in(mutf7(name)) for name in ("INBOX", "Drafts", "Sent", "Trash", WORK, OLD)}

        def apply(rules):
            file = place.box.dir / "rules.toml"
            file.write_text(policy + rules)
            place.box.vanthu("policy", "apply", "--yes", file)

        policy = (place.box.dir / "policy.toml").read_text()
        program = start(place, account, report.folder)
        try:
            thunderbird.shown(program)
            for mode, rules, number in (("free", "", 90), ("protected", RULES, 91)):
                apply(rules)
                before, records = counts(), len(place.box.records())
                file = report.folder / f"{number}-CV-VPTU.docx"
                file.write_bytes(papers.docx(dataclasses.replace(letters.cong_van(), number=f"Số {number}-CV/VPTU")))
                compose(program, number, file)
                drafts = [save(program, f"Thêm {index}. ") for index in range(3)]
                program.picture(f"{mode}-draft")
                after = counts()
                report.check(len(set(drafts)) == 3 and after["Drafts"] == before["Drafts"] + 1 and
                             len(place.box.records()) == records, f"{mode}: a draft saved three times is one, and no record", after)
                report.check(send(program), f"{mode}: sends it")
                after, now = counts(), place.box.records()
                report.check(after["Drafts"] == before["Drafts"] and after["Sent"] == before["Sent"] + 1,
                             f"{mode}: the draft is gone, the copy lies in Sent", after)
                report.check(len(now) == records + 1 and max(now, key=lambda one: one["number"])["direction"] == "out",
                             f"{mode}: letter and copy are one record", len(now) - records)
                said = move(program, "INBOX", WORK)
                report.check(not said and counts()[WORK] == before[WORK] + 1, f"{mode}: moves a letter", said)
                said = move(program, WORK, "INBOX")
                report.check(not said and counts()[WORK] == before[WORK], f"{mode}: and back", said)
                said = delete(program, "INBOX")
                report.check(not said and counts()["Trash"] == before["Trash"] + 1, f"{mode}: deletes into Trash", said)
                said = delete(program, OLD)
                left = before[OLD] if rules else before[OLD] - 1
                report.check(("[units.old]" in said) == bool(rules) and counts()[OLD] == left,
                             f"{mode}: deletes in a folder for reading: " + ("never" if rules else "yet"), said)
        finally:
            program.close()
        line.close()
    return [report]

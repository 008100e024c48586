# SPDX-License-Identifier: GPL-3.0-or-later
"""imapfilter: folders, searches and a deletion from a script in Lua."""
import json
import subprocess

from place import folders, private, unchanged

SCRIPT = r"""
options.timeout = 60
options.create = false
options.info = true
options.cafile = %(ca)s
options.charset = 'UTF-8'
account = IMAP { server = 'localhost', port = %(port)d, username = %(login)s, password = %(password)s, ssl = 'auto' }
folders, parents = account:list_all()
for _, name in ipairs(folders) do print('NAME ' .. name) end
for _, name in ipairs(parents) do print('PARENT ' .. name) end
box = account[%(folder)s]
print('EXISTS ' .. #box:select_all())
found = box:contain_subject(%(subject)s)
print('FOUND ' .. #found)
print('BODY ' .. #box:contain_body(%(word)s))
for _, one in ipairs(found) do
  account_, uid = table.unpack(one)
  print('SIZE ' .. #box[uid]:fetch_message())
end
print('DELETED ' .. tostring(found:delete_messages()))
print('AGAIN ' .. #box:select_all())
"""


def run(place, account, report):
    report.folder.joinpath("config.lua").write_text(SCRIPT % {
        "ca": json.dumps(place.ca_file), "port": place.port, "login": json.dumps(account.login),
        "password": json.dumps(account.password), "folder": json.dumps(account.folder, ensure_ascii=False),
        "subject": json.dumps(account.subject, ensure_ascii=False), "word": json.dumps(account.word, ensure_ascii=False)})
    done = subprocess.run(["imapfilter", "-v", "-c", str(report.folder / "config.lua"), "-t", place.ca_file], capture_output=True, check=False,
                          env=private(report.folder / "home"), timeout=120, stdin=subprocess.DEVNULL)
    said = (done.stdout + done.stderr).decode(errors="replace")
    report.keep("typescript.txt", said)
    told = {line.partition(" ")[0]: line.partition(" ")[2] for line in said.splitlines()}
    # It shows names with letters from U+1000 on wrongly (2.8.1 loses a bit of them), and asks for them rightly.
    tops = {name.partition("/")[0] for name in folders(place, account)}
    listed = {line.partition(" ")[2] for line in said.splitlines() if line.startswith(("NAME ", "PARENT "))}
    report.check(len(listed) == len(tops), "lists the folders of the first level", f"{len(listed)} of {len(tops)}: {sorted(listed)}")
    report.check(told.get("EXISTS") == str(account.count), "opens the folder", told.get("EXISTS"))
    report.check(told.get("FOUND") == "1", "finds a letter by its Vietnamese subject", told.get("FOUND"))
    report.check(told.get("BODY") == "1", "finds a letter by a word of its text", told.get("BODY"))
    report.check(told.get("SIZE") == str(len(account.octets)), "reads it", told.get("SIZE"))
    if account.archive:
        report.check(told.get("DELETED") != "true", "is refused a deletion", told.get("DELETED"))
        report.check(told.get("AGAIN") == str(account.count), "finds it there again", told.get("AGAIN"))
        unchanged(place, account, report)
    else:
        report.check(told.get("DELETED") == "true", "deletes", told.get("DELETED"))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Which programs there are, what each wants, and how one is let loose on an account."""
import importlib
import shutil
import traceback

from place import Report

SCREEN = ("thunderbird", "Xvfb", "certutil")
# name -> module, what must be installed
CLIENTS = {
    "thunderbird": ("thunderbird_client", SCREEN),
    "neomutt": ("neomutt_client", ("neomutt", "tmux")),
    "mbsync": ("mbsync_client", ("mbsync",)),
    "offlineimap": ("offlineimap_client", ("offlineimap",)),
    "imapfilter": ("imapfilter_client", ("imapfilter",)),
    "curl": ("curl_client", ("curl",)),
    "imaplib": ("imaplib_client", ()),
}
BESIDE = {  # with a box of their own
    "quota": ("quota", (*SCREEN, "mbsync")),
    "writing": ("writing", SCREEN),
    "pull": ("pull", ("mbsync",)),
}


def run_one(place, name, account, evidence):
    report = Report(evidence, f"{name}-{account.name}")
    try:
        place.restore(account)
        importlib.import_module(CLIENTS[name][0]).run(place, account, report)
    except Exception as error:  # pylint: disable=broad-except  # one program's trouble must not hide the others
        report.keep("trouble.txt", traceback.format_exc())
        report.check(False, "ran to its end", f"{type(error).__name__}: {error}")
    return report


def missing(name):
    """What is not installed and wanted by it."""
    return [one for one in {**CLIENTS, **BESIDE}[name][1] if shutil.which(one) is None]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts tell the person in front of them, in Vietnamese or English."""
import sys

LANGUAGES = ("vi", "en")
_language = "vi"


def use(language):
    global _language
    _language = language


def pick(vi, en):
    return vi if _language == "vi" else en


def say(vi, en):
    print(pick(vi, en), flush=True)


class Trouble(Exception):
    """Something the person can put right; the text says what and how."""

    def __init__(self, vi, en):
        super().__init__(pick(vi, en))


def complain(error):
    print(f"quickstart: {error}", file=sys.stderr, flush=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the rows of the trial as one table that fits the terminal."""
import shutil
import textwrap
import unicodedata

from say import pick


def _width(text):
    return sum(0 if unicodedata.combining(letter) else 1 for letter in text)


def _pad(text, width):
    return text + " " * (width - _width(text))


def render(rows):
    total = max(96, min(shutil.get_terminal_size((140, 40)).columns, 180))
    head = ("", pick("Thư", "Letter"), pick("Chờ đợi", "Expected"), pick("Kết quả", "What happened"),
            pick("Nay ở đâu", "Where it is now"))
    flexible = total - 4 - 3 * 4
    widths = [4, flexible * 22 // 100, flexible * 20 // 100, flexible * 26 // 100, 0]
    widths[4] = flexible - sum(widths[1:4])
    rule = "─┼─".join("─" * width for width in widths)
    lines = []
    for cells in (head, *((f"{'✓' if row.right else '✗'} {row.number}", row.letter, row.expected, row.happened, row.where)
                          for row in rows)):
        columns = [textwrap.wrap(unicodedata.normalize("NFC", cell), width, break_on_hyphens=False) or [""] for cell, width in zip(cells, widths)]
        for line in range(max(map(len, columns))):
            lines.append(" │ ".join(_pad(column[line] if line < len(column) else "", width)
                                    for column, width in zip(columns, widths)).rstrip())
        lines.append(rule)
    return "\n".join(lines)

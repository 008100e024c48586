# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians over the rounds of compare.sh, and the gateway's ratio to Postfix."""
import json
import statistics
import sys

COLUMNS = (("accepted_per_s", "accepted/s"), ("delivered_per_s", "delivered/s"), ("accept_ms_p50", "accept p50 ms"),
           ("accept_ms_p99", "accept p99 ms"), ("deliver_ms_p50", "deliver p50 ms"), ("deliver_ms_p99", "deliver p99 ms"),
           ("cpu_s_per_1000", "CPU s/1000"))


def main():
    rounds = {}
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in map(json.loads, file):
            rounds.setdefault(line["server"], []).append(line["result"])
    medians = {server: {key: statistics.median(one[key] for one in results) for key, _ in COLUMNS}
               for server, results in rounds.items()}
    print("| server | " + " | ".join(title for _, title in COLUMNS) + " | lost |")
    print("|---|" + "---:|" * (len(COLUMNS) + 1))
    for server, values in medians.items():
        lost = sum(one["accepted"] - one["delivered"] for one in rounds[server])
        print(f"| {server} | " + " | ".join(f"{values[key]:.3g}" if values[key] < 1000 else f"{values[key]:.0f}"
                                            for key, _ in COLUMNS) + f" | {lost} |")
        if server != "postfix":
            print("| … to postfix | " + " | ".join(
                f"{values[key] / medians['postfix'][key]:.2f}" if medians["postfix"][key] else "-" for key, _ in COLUMNS)
                  + " | |")


main()

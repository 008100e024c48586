# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians over the rounds of compare.sh, and each server's ratio to plain Postfix."""
import json
import statistics
import sys

COLUMNS = (("accepted_per_s", "accepted/s"), ("delivered_per_s", "delivered/s"), ("answer_ms_p50", "answer p50 ms"),
           ("answer_ms_p99", "answer p99 ms"), ("deliver_ms_p50", "delivery p50 ms"), ("deliver_ms_p99", "delivery p99 ms"),
           ("cpu_s_per_1000", "CPU s/1000"), ("own_cpu_s_per_1000", "bench CPU s/1000"))


def number(value):
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def main():
    rows = {}
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in map(json.loads, file):
            rows.setdefault(line["case"], {}).setdefault(line["server"], []).append(line["result"])
    print("| case | server | " + " | ".join(title for _, title in COLUMNS) + " | lost | again |")
    print("|---|---|" + "---:|" * (len(COLUMNS) + 2))
    for case, servers in rows.items():
        medians = {server: {key: statistics.median(one[key] for one in results) for key, _ in COLUMNS}
                   for server, results in servers.items()}
        for server, values in medians.items():
            lost = sum(one["accepted"] - one["delivered"] for one in servers[server])
            again = sum(one["delivered_again"] for one in servers[server])
            print(f"| {case} | {server} | " + " | ".join(number(values[key]) for key, _ in COLUMNS) + f" | {lost} | {again} |")
            if server != "postfix" and "postfix" in medians:
                print("| | … to postfix | " + " | ".join(
                    f"{values[key] / medians['postfix'][key]:.2f}" if medians["postfix"][key] else "-"
                    for key, _ in COLUMNS) + " | | |")


main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Thunderbird's own remote control (Marionette): scripts that run inside it, with its own objects."""
import json
import socket
import time


class Trouble(Exception):
    """What the script threw."""


class Marionette:
    def __init__(self, port, seconds=90):
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.link = socket.create_connection(("127.0.0.1", port), timeout=300)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)
        self.buffer, self.count = b"", 0
        self._message()  # who it is
        self.ask("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"unhandledPromptBehavior": "ignore"}}})
        self.ask("WebDriver:SetTimeouts", {"script": 240_000})
        self.ask("Marionette:SetContext", {"value": "chrome"})

    def _message(self):
        while b":" not in self.buffer:
            self._more()
        length, _, self.buffer = self.buffer.partition(b":")
        while len(self.buffer) < int(length):
            self._more()
        octets, self.buffer = self.buffer[:int(length)], self.buffer[int(length):]
        return json.loads(octets)

    def _more(self):
        octets = self.link.recv(1 << 20)
        if not octets:
            raise ConnectionError("Thunderbird is gone")
        self.buffer += octets

    def ask(self, command, parameters):
        self.count += 1
        octets = json.dumps([0, self.count, command, parameters]).encode()
        self.link.sendall(str(len(octets)).encode() + b":" + octets)
        _, _, error, value = self._message()
        if error:
            raise Trouble(f"{error.get('error')}: {error.get('message')}")
        return value

    def run(self, script, *words):
        """What the script (an async function's body; `words` are its arguments[…]) returns."""
        body = "return (async (args) => {" + script + "})(Array.from(arguments));"
        return self.ask("WebDriver:ExecuteScript", {"script": body, "args": list(words), "newSandbox": True,
                                                    "sandbox": "system"})["value"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""A next hop that does what a test tells it: an LMTP and SMTP server in a thread."""
import socket
import socketserver
import threading


class Sink:
    """Takes mail and keeps (reverse-path, forward-paths, octets) in `letters`, or answers RCPT as `rcpt_replies` says.

    rcpt_replies: address to reply line, "550 5.2.1 …"; may be changed while it runs. offers: the extensions in its EHLO.
    """

    def __init__(self, rcpt_replies=None, offers=("8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES")):
        self.offers = offers
        self.letters = []
        self.rcpt_replies = dict(rcpt_replies or {})
        self.connections = 0
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                outer.connections += 1
                outer._serve(self.rfile, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            address_family = socket.AF_INET

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, rfile, wfile):
        def say(line):
            wfile.write(line.encode() + b"\r\n")

        say("220 sink.example")
        lmtp, reverse, forward, chunks = False, "", [], b""
        for raw in rfile:
            line = raw.decode(errors="replace").rstrip("\r\n")
            verb = line[:4].upper()
            if verb in ("EHLO", "LHLO"):
                lmtp = verb == "LHLO"
                for offer in ("sink.example", *self.offers):
                    say(f"250-{offer}")
                say("250 HELP")
            elif verb == "MAIL":
                reverse, forward = line[line.index("<") + 1:line.index(">")], []
                say("250 2.1.0 ok")
            elif verb == "RCPT":
                address = line[line.index("<") + 1:line.index(">")]
                answer = self.rcpt_replies.get(address, "250 2.1.5 ok")
                if answer.startswith("250"):
                    forward.append(address)
                say(answer)
            elif verb == "DATA":
                if not forward:
                    say("503 5.5.1 no recipient")
                    continue
                say("354 go")
                octets = b""
                for data in rfile:
                    if data == b".\r\n":
                        break
                    octets += data[1:] if data.startswith(b".") else data
                else:
                    return
                self.letters.append((reverse, tuple(forward), octets))
                for _ in forward if lmtp else [1]:
                    say("250 2.0.0 taken")
            elif verb == "BDAT":
                words = line.split()
                chunks += rfile.read(int(words[1]))
                if words[-1].upper() == "LAST":
                    self.letters.append((reverse, tuple(forward), chunks))
                    chunks = b""
                    for _ in forward if lmtp else [1]:
                        say("250 2.0.0 taken")
                else:
                    say("250 2.0.0 more")
            elif verb == "QUIT":
                say("221 2.0.0 bye")
                return
            else:
                say("250 2.0.0 ok")

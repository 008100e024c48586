# SPDX-License-Identifier: GPL-3.0-or-later
"""A next hop that does what a test tells it: an LMTP and SMTP server in a thread."""
import socket
import socketserver
import ssl
import threading


class Sink:
    """Takes mail and keeps (reverse-path, forward-paths, octets) in `letters`, or answers RCPT as `rcpt_replies` says.

    rcpt_replies: address to reply line, "550 5.2.1 …"; may be changed while it runs. offers: the extensions in its EHLO;
    REQUIRETLS among them is offered under TLS only (RFC 8689 §2). tls: (certificate, key), then it offers STARTTLS, or
    begins with TLS where `implicit`. lines: (under TLS?, command line) of all that was said to it.
    """

    def __init__(self, rcpt_replies=None, offers=("8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES"), tls=None,
                 implicit=False, address="127.0.0.1", port=0):
        self.offers = offers
        self.letters = []
        self.lines = []
        self.rcpt_replies = dict(rcpt_replies or {})
        self.connections = 0
        self.implicit = implicit
        self._context = None
        if tls is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*tls)
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                outer.connections += 1
                try:
                    outer._serve(self.request)
                except OSError:  # the peer went away, or does not like our certificate
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            address_family = socket.AF_INET

        self._server = Server((address, port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, link):
        if self.implicit:
            link = self._context.wrap_socket(link, server_side=True)
        self._talk(link, link.makefile("rb"), greet=True)

    def _talk(self, link, rfile, greet):
        def say(line):
            link.sendall(line.encode() + b"\r\n")

        secure = isinstance(link, ssl.SSLSocket)
        if greet:
            say("220 sink.example")
        lmtp, reverse, forward, chunks = False, "", [], b""
        for raw in rfile:
            line = raw.decode(errors="replace").rstrip("\r\n")
            self.lines.append((secure, line))
            verb = line[:4].upper()
            if verb in ("EHLO", "LHLO"):
                lmtp = verb == "LHLO"
                offers = [offer for offer in self.offers if secure or offer != "REQUIRETLS"]
                if self._context is not None and not secure:
                    offers.append("STARTTLS")
                say("\r\n".join(f"250-{offer}" for offer in ("sink.example", *offers)) + "\r\n250 HELP")
            elif verb == "STAR":
                say("220 2.0.0 go")
                secured = self._context.wrap_socket(link, server_side=True)
                return self._talk(secured, secured.makefile("rb"), greet=False)
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
                    return None
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
            elif verb == "AUTH":
                say("535 5.7.8 not here")
            elif verb == "QUIT":
                say("221 2.0.0 bye")
                return None
            else:
                say("250 2.0.0 ok")
        return None

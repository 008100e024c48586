# SPDX-License-Identifier: GPL-3.0-or-later
"""A gateway that stops while mail stores hang: whoever waits for one is told so, and it ends in time."""
import signal
import socket
import time
import unittest

from box import wait_until
from filing import KHOA
from imap_octets import Imap
from odd_store import BeforeOddStore, Talk


def at_login(talk):
    talk.say(f"* OK [CAPABILITY {talk.capabilities} AUTH=PLAIN] ready\r\n")
    talk.until("AUTHENTICATE")
    talk.silent()


def at_select(talk):
    talk.log_in()
    talk.until("SELECT")
    talk.silent()


def at_idle(talk):
    talk.log_in()
    talk.until("IDLE")
    talk.silent()


def idles(talk):
    talk.log_in()
    talk.until("IDLE")
    talk.say("+ idling\r\n")
    talk.silent()


class DrainTest(BeforeOddStore):
    """What a session whose store restarts hears when the gateway restarts, too."""

    def idle(self):
        """A client in IDLE, and the session at the store that it has."""
        self.play(idles)
        session = self.session()
        self.assertTrue(session.ask("SELECT INBOX").startswith("OK"))
        session.put(b"i IDLE\r\n")
        self.assertEqual(session.until(b"+ idling\r\n")[-10:], b"+ idling\r\n")
        return session, self.store.talks[-1]

    def lose(self, talk, play):
        """Its session ends; the next one goes so far."""
        self.play(play)
        talks = len(self.store.talks)
        talk.link.shutdown(socket.SHUT_RDWR)
        wait_until(lambda: len(self.store.talks) > talks, what="the next session at the store")
        awaited = {at_login: b"AUTHENTICATE", at_select: b"SELECT", at_idle: b"IDLE"}.get(play, b"")
        wait_until(lambda: awaited in self.store.talks[-1].heard, what=f"{awaited} at the store")

    def drain(self):
        self.box.signal_gateway(signal.SIGTERM)
        return time.monotonic()

    def gone(self, begun):
        self.assertTrue(self.box.wait_for_gateway_end(40))
        took = time.monotonic() - begun
        self.box.start_gateway()
        return took

    def test_says_bye_wherever_the_next_session_hangs_and_ends_in_time(self):
        waiting = []
        for play in (Talk.silent, at_login, at_select, at_idle):
            session, talk = self.idle()
            self.lose(talk, play)
            waiting.append((play.__name__, session))
        session, talk = self.idle()  # who has sent something meanwhile
        self.lose(talk, at_select)
        session.put(b"DONE\r\nb NOOP\r\n")
        waiting.append(("with DONE sent", session))
        session, talk = self.idle()  # a store that is not there at all
        self.store.refusing = True
        self.addCleanup(setattr, self.store, "refusing", False)
        talk.link.shutdown(socket.SHUT_RDWR)
        waiting.append(("refusing", session))
        time.sleep(1)
        begun = self.drain()
        for name, session in waiting:
            with self.subTest(name):
                self.assertRegex(session.rest(), rb"^(i (OK|NO) [^\r\n]*\r\n|b NO [^\r\n]*\r\n)*\* BYE \[UNAVAILABLE\] [^\r\n]+\r\n$")
                self.assertLess(time.monotonic() - begun, 15)
        self.store.refusing = False
        self.assertLess(self.gone(begun), 20, "25 s is the drain's limit")

    def test_a_login_that_waits_for_the_store_is_told_so_too(self):
        self.play(Talk.silent)
        talks = len(self.store.talks)
        session = Imap(self.box, None)
        self.addCleanup(session.socket.close)
        session.put(('a LOGIN "%s" "%s"\r\n' % self.box.login(KHOA)).encode())
        wait_until(lambda: len(self.store.talks) > talks, what="the session at the store")
        begun = self.drain()
        self.assertRegex(session.rest(), rb"^(a NO \[UNAVAILABLE\] [^\r\n]+\r\n)?\* BYE \[UNAVAILABLE\] [^\r\n]+\r\n$")
        self.assertLess(self.gone(begun), 20)

    def test_a_reload_does_not_disturb_it(self):
        session, talk = self.idle()
        self.lose(talk, at_login)
        before = len(self.box.log())
        self.box.signal_gateway(signal.SIGHUP)
        wait_until(lambda: "what=imap-backend" in self.log_since(before), what="the reload")
        self.play(idles)
        self.store.talks[-1].link.shutdown(2)
        wait_until(lambda: b"IDLE" in self.store.talks[-1].heard, what="its IDLE at the store")
        session.put(b"DONE\r\n")
        wait_until(lambda: b"DONE" in self.store.talks[-1].heard, what="its DONE at the store")
        self.store.talks[-1].say("i OK done\r\n")
        self.assertEqual(session.until(b"\r\n"), b"i OK done\r\n")


if __name__ == "__main__":
    unittest.main()

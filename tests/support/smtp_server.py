#!/usr/bin/python3
"""A real mail server (aiosmtpd, from Debian) on a loopback port, for tests.

    smtp_server.py FOLDER CERTIFICATE KEY USER PASSWORD

STARTTLS and a login are required before a mail.  Writes its port to FOLDER/port, each mail to
FOLDER/mail.N (N counts from 1), envelope first.  FOLDER/mode is read at each recipient: "take"
(standard), "busy" answers 451, "refuse" answers 550.  Ends when its standard input ends.
"""
import os
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

folder, certificate, key, user, password = sys.argv[1:6]


def mode():
    try:
        with open(os.path.join(folder, "mode"), encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        return "take"


class Box:
    count = len([name for name in os.listdir(folder) if name.startswith("mail.")])

    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode() == "busy":
            return "451 4.2.1 not now"
        if mode() == "refuse":
            return "550 5.1.1 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        beside = os.path.join(folder, "mail.new")
        with open(beside, "wb") as file:
            tls = "yes" if session.ssl else "no"
            head = f"X-From: {envelope.mail_from}\nX-To: {envelope.rcpt_tos[0]}\nX-TLS: {tls}\n"
            file.write(head.encode() + envelope.content)
        os.rename(beside, os.path.join(folder, f"mail.{self.count}"))
        return "250 stored"


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and data == LoginPassword(user.encode(), password.encode())
    return AuthResult(success=known)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
controller = Controller(
    Box(), hostname="127.0.0.1", port=0, tls_context=context, require_starttls=True,
    authenticator=authenticate, auth_required=True)


def choose_port():
    """The one it had before, so that a server can come back; else one that is free."""
    try:
        with open(os.path.join(folder, "port"), encoding="ascii") as file:
            return int(file.read())
    except FileNotFoundError:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]


controller.port = choose_port()
controller.start()
with open(os.path.join(folder, "port.new"), "w", encoding="ascii") as file:
    file.write(str(controller.port))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
sys.stdin.read()
controller.stop()

"""An MTA on kilter.protocol. It sends four messages to a filter, and prints the filter's replies.

kilter's own state machine for filters checks the conversation, and fails at an unexpected reply.
"""

import re
import socket
import sys
from ipaddress import IPv4Address

from kilter import protocol
from kilter.protocol.buffer import SimpleBuffer
from kilter.protocol.core import FilterProtocol
from kilter.protocol.exceptions import NeedsMore
from kilter.protocol.messages import ActionFlags, Message, Negotiate, ProtocolFlags, Quarantine

FINAL = (
    protocol.Continue, protocol.Reject, protocol.Discard, protocol.Accept,
    protocol.TemporaryFailure, protocol.Skip, protocol.ReplyCode, Negotiate,
)
# All protocol flags that kilter knows, except those for larger packets.
STEPS = ProtocolFlags(0x1FFFFF)


class Client:
    def __init__(self, spec: str) -> None:
        if path := re.fullmatch(r"unix:(.*)", spec):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(path[1])
        elif inet := re.fullmatch(r"inet:(\d+)@(.*)", spec):
            self.socket = socket.create_connection((inet[2], int(inet[1])))
        else:
            sys.exit(f"{spec}: what is that?")
        self.received = SimpleBuffer(1 << 20)
        self.judge = FilterProtocol()

    def send(self, message: Message) -> bool:
        """Sends a packet and returns whether the filter must reply."""
        buffer = SimpleBuffer(1 << 20)
        message.pack(buffer)
        self.socket.sendall(buffer[:].tobytes())
        for _ in self.judge.read_from(buffer):
            pass
        return self.judge.needs_response(message)

    def receive(self) -> Message:
        while True:
            try:
                message, size = Message.unpack(self.received)
            except NeedsMore:
                data = self.socket.recv(65536)
                if not data:
                    sys.exit("the filter closed the connection")
                self.received[:] = data
                continue
            message.freeze()
            del self.received[:size]
            self.judge.write_to(SimpleBuffer(1 << 20), message)
            return message

    def ask(self, step: str, message: Message) -> Message | None:
        """Sends a packet, prints all packets up to the final reply, and returns that reply."""
        if not self.send(message):
            print(f"{step}: nothing")
            return None
        while not isinstance(answer := self.receive(), FINAL):
            print(shown(answer))
        print(f"{step}: {shown(answer)}")
        return answer


def shown(message: Message) -> str:
    match message:
        case Negotiate():
            lists = {stage.name: names for stage, names in message.macros.items()}
            return (
                f"version {message.version} actions {int(message.action_flags):#x} "
                f"steps {int(message.protocol_flags):#x} {lists}"
            )
        case protocol.InsertHeader() | protocol.ChangeHeader():
            verb = "insheader" if isinstance(message, protocol.InsertHeader) else "chgheader"
            return f"{verb} {message.index} {message.name}: {bytes(message.value)!r}"
        case protocol.Header():
            return f"addheader {message.name}: {bytes(message.value)!r}"
        case Quarantine():
            return f"quarantine {message.reason}"
        case protocol.ReplyCode() | protocol.ReplaceBody():
            return f"{type(message).__name__} {bytes(message.content)!r}"
    return str(message)


def play(client: Client, id: str, sender: bytes, recipients: list[bytes], aborts=False) -> None:
    print(f"-- {id}")
    client.send(protocol.Macro(ord("M"), {"i": id}))
    answer = client.ask("mail", protocol.EnvelopeFrom(sender, [b"SIZE=100"]))
    if not isinstance(answer, protocol.Continue | None):
        client.send(protocol.Abort())
        return
    for recipient in recipients:
        client.send(protocol.Macro(ord("R"), {"{rcpt_addr}": recipient.decode().strip("<>")}))
        client.ask("rcpt", protocol.EnvelopeRecipient(recipient))
    client.ask("data", protocol.Data())
    for name, value in [("Subject", b"Hello"), ("X-Doorman", b"forged")]:
        client.ask("header", protocol.Header(name, value))
    if aborts:
        client.send(protocol.Abort())
        return
    client.ask("eoh", protocol.EndOfHeaders())
    for _ in range(3):
        answer = client.ask("body", protocol.Body(b"0123456789\r\n" * 5000))
        if isinstance(answer, protocol.Skip):
            break
    client.send(protocol.Macro(ord("E"), {"i": id}))
    client.ask("eom", protocol.EndOfMessage(b""))


def main() -> None:
    client = Client(sys.argv[1])
    client.ask("negotiate", Negotiate(6, ActionFlags.ALL, STEPS))
    client.send(protocol.Macro(ord("C"), {"j": "mx.example.org"}))
    client.ask(
        "connect", protocol.Connect("client.example.org", IPv4Address("192.0.2.25"), 49152)
    )
    client.ask("helo", protocol.Helo("client.example.org"))
    client.ask("unknown", protocol.Unknown(b"XYZZY\0"))
    alice, bob = b"<alice@example.org>", b"<bob@example.net>"
    play(client, "first", alice, [bob, b"<carol@example.net>"])
    play(client, "refused", b"<mallory@blocked.example>", [bob])
    play(client, "aborted", alice, [bob], aborts=True)
    play(client, "second", alice, [b"<%d@example.net>" % n for n in range(1, 5)])
    client.send(protocol.Close())
    rest = client.socket.recv(1)
    print("closed" if not rest else f"more: {rest!r}")


main()

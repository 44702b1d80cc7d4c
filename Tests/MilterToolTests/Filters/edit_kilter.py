"""A filter on kilter.service that changes everything in a message, and refuses some messages."""

import sys

import anyio
from kilter.protocol import Accept, Header, Reject, ReplyCode
from kilter.service import END, Runner, Session


async def edit(session: Session) -> Accept | Reject | ReplyCode:
    if await session.envelope_from() == "<reject@example.org>":
        return Reject()
    count = size = 0
    subject = None
    async with session.headers as headers:
        async for header in headers:
            count += 1
            if header.name == "Subject":
                subject = header
    async with session.body as body:
        async for chunk in body:
            size += len(chunk)
    if subject and bytes(subject.value) == b"refuse":
        return ReplyCode(b"554 5.7.9 not wanted\0")
    text = f"{count} headers, {size} bytes"
    await session.headers.insert(Header("X-Seen", text.encode()), END)
    await session.headers.update(subject, b"changed")
    await session.remove_recipient("<gone@example.org>")
    await session.add_recipient("<new@example.org>")
    await session.body.write(b"new body\r\n")
    return Accept()


async def main(spec: str) -> None:
    listener = await anyio.create_unix_listener(spec.removeprefix("unix:"))
    await listener.serve(Runner(edit))


anyio.run(main, sys.argv[1])

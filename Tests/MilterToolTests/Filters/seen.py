"""A filter on kilter.service that adds a header field with the number of fields and body bytes."""

import re
import sys

import anyio
from kilter.protocol import Accept, Header, Reject
from kilter.service import END, Runner, Session


async def seen(session: Session) -> Accept | Reject:
    if await session.envelope_from() == "<reject@example.org>":
        return Reject()
    count = size = 0
    async with session.headers as headers:
        async for _ in headers:
            count += 1
    async with session.body as body:
        async for chunk in body:
            size += len(chunk)
    text = f"{count} headers, {size} bytes"
    await session.headers.insert(Header("X-Seen", text.encode()), END)
    return Accept()


async def main(spec: str) -> None:
    if path := re.fullmatch(r"unix:(.*)", spec):
        listener = await anyio.create_unix_listener(path[1])
    elif inet := re.fullmatch(r"inet6?:(\d+)@\[?([^]]*)\]?", spec):
        listener = await anyio.create_tcp_listener(
            local_host=inet[2], local_port=int(inet[1])
        )
    else:
        sys.exit(f"{spec}: what is that?")
    await listener.serve(Runner(seen))


anyio.run(main, sys.argv[1])

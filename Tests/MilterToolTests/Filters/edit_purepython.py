"""A filter on purepythonmilter that changes everything in a message, and refuses some messages."""

import re
import sys

from purepythonmilter import (
    AddRecipient,
    AppendHeader,
    BodyChunk,
    ChangeHeader,
    Continue,
    EndOfMessage,
    Header,
    MailFrom,
    PurePythonMilter,
    RcptTo,
    Reject,
    RejectWithCode,
    RemoveRecipient,
    ReplaceBodyChunk,
    TempFailWithCode,
    VerdictOrContinue,
)
from purepythonmilter.protocol.responses import AbstractResponse

# The library has no state for a message. The tests use one connection at a time, so a global is enough.
message = {}


async def mail_from(command: MailFrom) -> VerdictOrContinue:
    if command.address == "reject@example.org":
        return Reject()
    message.update(headers=0, bytes=0, subject="")
    return Continue()


async def rcpt_to(command: RcptTo) -> VerdictOrContinue:
    if command.address == "later@example.org":
        return TempFailWithCode(
            primary_code=(4, 5, 1), enhanced_code=(4, 7, 1), text="later"
        )
    return Continue()


async def header(command: Header) -> None:
    message["headers"] += 1
    if command.name == "Subject":
        message["subject"] = command.text.strip()


async def body(command: BodyChunk) -> None:
    message["bytes"] += len(command.data_raw)


async def end_of_message(command: EndOfMessage) -> AbstractResponse:
    if message["subject"] == "refuse":
        return RejectWithCode(
            primary_code=(5, 5, 4), enhanced_code=(5, 7, 9), text="not wanted"
        )
    text = f"{message['headers']} headers, {message['bytes']} bytes"
    return Continue(
        manipulations=[
            AppendHeader(headername="X-Seen", headertext=text),
            ChangeHeader(
                headername="Subject", headertext="changed", nth_occurrence=1
            ),
            RemoveRecipient(recipient="<gone@example.org>"),
            AddRecipient(recipient="<new@example.org>"),
            ReplaceBodyChunk(chunk=b"new body\r\n"),
        ]
    )


filter = PurePythonMilter(
    name="edit",
    hook_on_mail_from=mail_from,
    hook_on_rcpt_to=rcpt_to,
    hook_on_header=header,
    hook_on_body_chunk=body,
    hook_on_end_of_message=end_of_message,
    can_add_headers=True,
    can_change_headers=True,
    can_change_body=True,
    can_add_recipients=True,
    can_remove_recipients=True,
)
port, host = re.fullmatch(r"inet:(\d+)@(.*)", sys.argv[1]).groups()
filter.run_server(host=host, port=int(port))

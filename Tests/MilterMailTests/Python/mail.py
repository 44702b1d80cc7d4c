"""Reads values with Python's email package: Base64 lines in, Base64 lines out.

usage: mail.py FUNCTION
"""

import base64
import email
import email.policy
import sys


def parts(data):
    """The parts of a message: type, file name and content, each on a line."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    lines = []
    for part in message.walk():
        content = "-"
        if not part.is_multipart():
            content = part.get_payload(decode=True).hex()
        name = part.get_filename()
        lines.append(f"{part.get_content_type()} {'-' if name is None else name} {content}")
    return "\n".join(lines)


FUNCTIONS = {"parts": parts}

if __name__ == "__main__":
    function = FUNCTIONS[sys.argv[1]]
    for line in sys.stdin.buffer:
        text = function(base64.b64decode(line))
        print(base64.b64encode(text.encode("utf-8", "surrogateescape")).decode())

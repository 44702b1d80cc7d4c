"""Reads values with Python's email package: Base64 lines in, Base64 lines out.

usage: mail.py FUNCTION
"""

import base64
import email
import email.header
import email.policy
import email.utils
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


def date(data):
    """The moment of a date, and the date as it is written."""
    value = data.decode()
    moment = email.utils.mktime_tz(email.utils.parsedate_tz(value))
    return f"{moment} {email.utils.format_datetime(email.utils.parsedate_to_datetime(value))}"


def unfold(data):
    return data.decode().replace("\n", "")


def decode_text(data):
    """The text of an unstructured field."""
    return str(email.header.make_header(email.header.decode_header(unfold(data))))


def encode_text(data):
    """An unstructured field with a text."""
    return email.header.Header(data.decode(), "utf-8", header_name="Subject").encode()


def addresses(data):
    """The names and addresses of a list, each on a line."""
    lines = []
    for name, address in email.utils.getaddresses([unfold(data)]):
        lines.append(f"{decode_text(name.encode())}|{address}")
    return "\n".join(lines)


FUNCTIONS = {
    function.__name__: function
    for function in (parts, date, decode_text, encode_text, addresses)
}

if __name__ == "__main__":
    function = FUNCTIONS[sys.argv[1]]
    for line in sys.stdin.buffer:
        text = function(base64.b64decode(line))
        print(base64.b64encode(text.encode("utf-8", "surrogateescape")).decode())

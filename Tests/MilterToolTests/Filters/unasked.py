"""A filter with unusual or wrong replies. Usage: unasked.py unix:PATH MODE

twice   replies twice to RCPT
told    negotiates no reply for header fields, and replies to them
late    adds a header field after the verdict
mixed   refuses RCPT with code 550 and enhanced status code 4.7.1
counts  refuses the second message of a connection
"""

import socket
import struct
import sys

mode = sys.argv[2]
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1].removeprefix("unix:"))
listener.listen()


def packet(payload):
    return struct.pack(">I", len(payload)) + payload


def read(connection, size):
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            return None
        data += more
    return data


def replies(command):
    if command in b"DA":
        return []
    if command == b"R" and mode == "twice":
        return [b"c", b"c"]
    if command == b"R" and mode == "mixed":
        return [b"y550 4.7.1 no\0"]
    if command == b"E" and mode == "late":
        return [b"c", b"hX-Late\0v\0"]
    return [b"c"]


def serve(connection):
    messages = 0
    while True:
        head = read(connection, 4)
        if head is None:
            return
        body = read(connection, struct.unpack(">I", head)[0])
        command = body[:1]
        if command == b"Q":
            return
        if command == b"O":
            steps = 0x80 if mode == "told" else 0
            connection.sendall(packet(b"O" + struct.pack(">III", 6, 0x1FF, steps)))
            continue
        if command == b"M":
            messages += 1
        if command == b"R" and mode == "counts" and messages > 1:
            connection.sendall(packet(b"r"))
            continue
        # One write, so that the extra reply arrives together with the expected one.
        connection.sendall(b"".join(map(packet, replies(command))))


while True:
    connection, _ = listener.accept()
    with connection:
        try:
            serve(connection)
        except OSError:
            pass

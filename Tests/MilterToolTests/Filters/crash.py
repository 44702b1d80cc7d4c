"""A filter that exits as soon as its second client sends something."""

import os
import socket
import sys

listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1].removeprefix("unix:"))
listener.listen()
while True:
    connection, _ = listener.accept()
    if connection.recv(100):
        os._exit(3)

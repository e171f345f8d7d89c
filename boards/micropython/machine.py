"""`machine.ADC` of MicroPython, read from the board that `nodelab serve --adc` simulates."""
import os
import socket


class ADC:
    """The converter at `NODELAB_ADC`, which is 127.0.0.1:8266 where it is not set."""

    def __init__(self, pin=0):
        host, port = (os.getenv("NODELAB_ADC") or "127.0.0.1:8266").rsplit(":", 1)
        self._pin = pin
        self._line = socket.socket()
        self._line.connect(socket.getaddrinfo(host, int(port))[0][-1])
        self._answers = self._line.makefile("rb")

    def read(self):
        """Converts once."""
        self._line.send("read {}\n".format(self._pin).encode())
        answer = self._answers.readline().decode().strip()
        if not answer.isdigit():
            raise OSError(answer or "nodelab went away")
        return int(answer)

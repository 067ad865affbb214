"""A mail server that takes every letter and keeps none, quick enough to show how fast letters leave.

    with Sink() as sink:
        … start the service with CAUNOI_MAIL_URL=sink.url …
        sink.wait_for_number(1000)
        sink.connections      # over how many connections they came
"""

import socketserver
import threading


class Sink:
    """The server and what it has counted. Its methods may be called from any thread."""

    def __init__(self):
        self.number, self.connections = 0, 0
        self.came = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Talk)
        self._server.sink = self

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        host, port = self._server.server_address
        return f"smtp://{host}:{port}"

    def wait_for_number(self, number, timeout):
        with self.came:
            came = self.came.wait_for(lambda: self.number >= number, timeout)
        assert came, f"only {self.number} letters came, not {number}"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Talk(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        sink = self.server.sink
        with sink.came:
            sink.connections += 1
        self.wfile.write(b"220 sink\r\n")
        for line in self.rfile:
            command = line[:4].upper()
            if command == b"EHLO":
                self.wfile.write(b"250-sink\r\n250 8BITMIME\r\n")
            elif command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                if not any(line == b".\r\n" for line in self.rfile):
                    return
                with sink.came:
                    sink.number += 1
                    sink.came.notify_all()
                self.wfile.write(b"250 taken\r\n")
            elif command == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")

"""An IPFS RPC that lies in one way. Says its URL on stdout.
MODE: flip, trailer, empty, forbidden, html, cut, late, unpinned, fewer, other.
Usage: lying_ipfs.py MODE"""
import http.server
import json
import sys
import urllib.parse

mode = sys.argv[1]
OTHER = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"


def line(value):
    return json.dumps(value).encode() + b"\n"


LATE = line({"Message": "disk is full", "Code": 0, "Type": "error"})


def first_root(car):
    """The root of the CAR in a multipart body, as a CID in base58: js-ipfs answers so."""
    at = car.index(b"\xd8\x2a\x58") + 3
    cid = car[at + 2:at + 1 + car[at]]
    number, text = int.from_bytes(cid, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + text
    return "z" + text


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def whole(self, body, status=200, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + (10 if mode == "cut" else 0)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = mode == "cut"

    def with_trailer(self, body):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Trailer", "X-Stream-Error")
        self.end_headers()
        if body:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        self.wfile.write(b"0\r\nX-Stream-Error: it broke\r\n\r\n")

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def do_POST(self):
        body = self.body()
        command = urllib.parse.urlparse(self.path).path
        if mode == "forbidden":
            return self.whole(b"403 - Forbidden\n", 403, "text/plain")
        if mode == "html":
            return self.whole(b"<html>404</html>", 404, "text/html")
        if mode == "empty":
            return self.whole(b"")
        if command.endswith("block/get"):
            answer = b"not the block"
        elif command.endswith("dag/import"):
            answer = self.imported(body)
        elif command.endswith("/add"):
            answer = line({"Name": "blob", "Hash": OTHER, "Size": "1"})
        else:
            answer = line({"Pins": []})
        if mode == "late":
            answer += LATE
        return self.with_trailer(answer) if mode == "trailer" else self.whole(answer)

    def imported(self, body):
        pin_error = "no space" if mode == "unpinned" else ""
        blocks = 0 if mode == "fewer" else 1
        return (line({"Root": {"Cid": {"/": first_root(body)}, "PinErrorMsg": pin_error}})
                + line({"Stats": {"BlockCount": blocks, "BlockBytesCount": 1}}))

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()

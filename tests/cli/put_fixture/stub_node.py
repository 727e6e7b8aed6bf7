"""A node of the consortium as far as emr-ipfs-put sees one: status, content, look-up. Says its URL
on stdout, logs requests to stderr. MODE: honest, hang, flip (blocks come back changed), deny, drop
(takes one block less than it was given), lose (has none of what came first, as the next node when
one dies), stranger (another ledger), die (takes one batch and is gone).
Usage: stub_node.py GENESIS NAME MODE"""
import base64
import hashlib
import http.server
import json
import os
import sys
import time

genesis_path, name, mode = sys.argv[1:4]
with open(genesis_path, "rb") as file:
    genesis = hashlib.sha256(b"emr/genesis/1\0" + file.read().strip()).hexdigest()
if mode == "stranger":
    genesis = "0" * 64
known = "e" * 64  # the content tag that the ledger already has
blocks = {}
puts = 0


def query_of(line):
    query = json.loads(line)
    assert query["type"] == "emr.query" and query["node"] == name, "not signed for this node"
    return query["query"]


def cid_text(cid):
    return "b" + base64.b32encode(cid).decode().lower().rstrip("=")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def signed_header(self):
        return query_of(base64.b64decode(self.headers["X-Emr-Auth"]))

    def do_GET(self):
        if mode == "hang":
            time.sleep(60)
        if self.path == "/v1/status":
            status = {"type": "emr.status", "v": 1, "node": name, "genesis": genesis}
            return self.answer(200, json.dumps(status).encode())
        cid = self.path.rsplit("/", 1)[1]
        assert self.signed_header() == {"kind": "block", "cid": cid}
        if cid not in blocks:
            return self.answer(404, b'{"reason":"not_found"}')
        block = bytearray(blocks[cid])
        if mode == "flip":
            block[5] ^= 1
        return self.answer(200, bytes(block), "application/octet-stream")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if mode == "deny":
            return self.answer(403, b'{"type":"emr.error","v":1,"reason":"role"}')
        if self.path == "/v1/query":
            return self.look_up(query_of(body))
        query = self.signed_header()
        assert query == {"kind": "put", "digest": hashlib.sha256(body).hexdigest()}
        stored = present = at = 0
        while at < len(body):
            size = int.from_bytes(body[at:at + 4], "big")
            cid, block = body[at + 36:at + 72], body[at + 72:at + 4 + size]
            assert cid[:1] == b"\1" and cid[4:] == hashlib.sha256(block).digest(), "wrong block"
            if cid_text(cid) in blocks:
                present += 1
            else:
                stored += 1
            blocks[cid_text(cid)] = block
            at += 4 + size
        if mode == "drop":
            stored -= 1
        global puts
        puts += 1
        if mode == "lose" and puts == 1:
            blocks.clear()
        self.answer(200, json.dumps({"stored": stored, "present": present}).encode())
        if mode == "die":
            self.wfile.flush()
            os._exit(0)

    def look_up(self, query):
        assert query["kind"] == "lookup"
        rows = [{"type": "emr.lookup", "record": tag["record"],
                 "state": "unchanged" if tag["content"] == known else "absent"}
                for tag in query["tags"]]
        rows.append({"type": "emr.end", "v": 1, "count": len(rows), "height": 7,
                     "explain": {}})
        self.answer(200, "".join(json.dumps(row) + "\n" for row in rows).encode())


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()

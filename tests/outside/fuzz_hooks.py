"""What schemathesis cannot write and read of itself: one item a line, one outcome a line, and bytes."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def write_lines(_context, value):
    if not isinstance(value, list):
        value = [value]
    return "".join(json.dumps(each) + "\n" for each in value).encode()


@schemathesis.deserializer("application/x-ndjson")
def read_lines(_context, response):
    for line in response.content.splitlines():
        json.loads(line)
    return response.content.decode()


@schemathesis.deserializer("application/octet-stream")
def read_bytes(_context, response):
    return response.content.decode("latin-1")

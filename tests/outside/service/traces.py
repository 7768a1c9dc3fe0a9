"""Traces as OpenTelemetry's own definition of the protocol reads them.

    traces.py JEJAK

Takes what the service sends, and parses it with the messages of opentelemetry-proto: an unknown field, a number in a wrong
form or an enum that does not exist is an error. The one thing in which OTLP's JSON is not that of protobuf is told by the
specification: ids are hex, not base64.
"""

import base64
import http.server
import queue
import re
import sys
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest, ExportTraceServiceResponse)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from served import PERSON, registration, serving

IDS = re.compile(rb'"(traceId|spanId|parentSpanId)":"([^"]*)"')
LENGTHS = {b"traceId": 32, b"spanId": 16, b"parentSpanId": 16}
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def parsed(body):
    def base64_of(found):
        name, text = found.groups()
        if not re.fullmatch(rb"[0-9a-fA-F]{%d}" % LENGTHS[name], text):
            raise json_format.ParseError(f"{name.decode()} is {text!r}")
        return b'"%s":"%s"' % (name, base64.b64encode(bytes.fromhex(text.decode())))

    return json_format.Parse(IDS.sub(base64_of, body), ExportTraceServiceRequest(), ignore_unknown_fields=False)


def refuses(body):
    try:
        parsed(body)
    except json_format.ParseError:
        return True
    return False


def collector():
    """A receiver on a port of its own, and what it receives."""
    received = queue.Queue()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.put((self.path, self.headers["Content-Type"], body))
            answer = json_format.MessageToJson(ExportTraceServiceResponse()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/v1/traces", received


def text(attributes):
    return {each.key: each.value.string_value or each.value.int_value for each in attributes}


def check(spans):
    by_id = {span.span_id: span for span in spans}
    if len(by_id) != len(spans):
        sys.exit("traces: a span has the id of another")
    roots = 0
    for span in spans:
        parent = by_id.get(span.parent_span_id)
        if span.kind == Span.SPAN_KIND_SERVER:
            roots += 1
            facts = text(span.attributes)
            if not {"http.request.method", "http.response.status_code", "url.scheme"} <= set(facts):
                sys.exit(f"traces: a request without its facts: {span}")
            if (span.status.code == Status.STATUS_CODE_ERROR) != (facts["http.response.status_code"] >= 500):
                sys.exit(f"traces: an error that is none, or none that is: {span}")
        elif parent is None or parent.trace_id != span.trace_id:
            sys.exit(f"traces: a step of nothing: {span}")
        elif not (parent.start_time_unix_nano <= span.start_time_unix_nano
                  <= span.end_time_unix_nano <= parent.end_time_unix_nano):
            sys.exit(f"traces: a step outside its request: {span}")
    followed = [span for span in spans if span.trace_id.hex() == CALLER[3:35] and span.kind == Span.SPAN_KIND_SERVER]
    if [span.parent_span_id.hex() for span in followed] != [CALLER[36:52]]:
        sys.exit("traces: the caller's trace does not go on")
    return roots


def main():
    endpoint, received = collector()
    with serving(sys.argv[1], lambda _: f'[traces]\nendpoint = "{endpoint}"\n') as served:
        registrar, auditor = served.token("registrar", "rini"), served.token("auditor", "adi")
        served.must(201, "a registration", registrar, "/v1/commands", item=registration())
        served.must(200, "a person", auditor, f"/v1/{PERSON.replace('participant', 'participants')}",
                    headers={"traceparent": CALLER})
        served.must(200, "a page", auditor, "/v1/events?from=0&limit=5")
        served.must(401, "no token", "none", "/v1/events")
        served.must(404, "nothing", auditor, "/v1/nothing")
        served.stop()
    spans, bodies = [], []
    while not received.empty():
        path, kind, body = received.get()
        if (path, kind) != ("/v1/traces", "application/json"):
            sys.exit(f"traces: sent to {path} as {kind}")
        bodies.append(body)
        for resource in parsed(body).resource_spans:
            if text(resource.resource.attributes).get("service.name") != "jejak":
                sys.exit("traces: the service does not say its name")
            spans += [span for scope in resource.scope_spans for span in scope.spans]
    roots = check(spans)
    if roots != 5:
        sys.exit(f"traces: {roots} requests instead of 5")
    forgeries = ((b"startTimeUnixNano", b"startTime"), (b'"kind":2', b'"kind":"server"'), (b'"traceId":"', b'"traceId":"0'))
    for right, wrong in forgeries:
        if not refuses(bodies[0].replace(right, wrong)):
            sys.exit(f"traces: {wrong} is not refused")
    print(f"traces: {len(spans)} spans of {roots} requests in {len(bodies)} batches are as opentelemetry-proto says")


main()

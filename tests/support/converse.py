"""A scripted model that speaks Amazon Bedrock's Converse API, on loopback.

`python -m tests.support.converse --port N` serves one that does five calls of tools for every message and then talks.
"""

from __future__ import annotations

import argparse
import json
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the model does once.

    Attributes:
        text: pieces of its text.
        calls: (name, arguments) of its calls of tools; a text stands for arguments that are written as they are.
        stop: why it stops; by default what fits.
        pause_s: between pieces.
        before: called before anything is answered.
        between: called before each piece of the text but the first.
        error: name of the error that is answered instead.
        status: HTTP status of that error.
        message: its text.
        breaks: how it breaks off after the text: `cut` closes the connection in the middle of an event, `end` after
            one, `damage` sends a wrong checksum, and anything else is the name of an error sent in the stream.
    """

    text: Sequence[str] = ()
    calls: Sequence[tuple[str, Json | str]] = ()
    stop: str = ""
    pause_s: float = 0.0
    before: Callable[[], object] = lambda: None
    between: Callable[[], object] = lambda: None
    error: str = ""
    status: int = 200
    message: str = "It is so."
    breaks: str = ""


Script = Callable[[Json], Answer]
"""From what the model is asked to what it does."""


def throttled() -> Answer:
    return Answer(error="ThrottlingException", status=429, message="Too many requests")


def in_order(*answers: Answer) -> Script:
    """Return a script that gives `answers` one after the other, whoever asks; asked for more, it fails."""
    waiting, lock = iter(answers), threading.Lock()

    def script(_asked: Json) -> Answer:
        with lock:
            return next(waiting, Answer(error="ValidationException", status=400, message="The script is over"))

    return script


def results_since_question(asked: Json) -> list[str]:
    """Return the texts of the results of tools that came after the last message of the user."""
    results: list[str] = []
    for message in asked["messages"]:
        if message["role"] == "user":
            told = [block["toolResult"] for block in message["content"] if "toolResult" in block]
            results = [*results, *(result["content"][0]["text"] for result in told)] if told else []
    return results


def five_tools(asked: Json) -> Answer:
    """List, read, write twice and delete, one after the other; then say so. Asked for a title, give one."""
    if "toolConfig" not in asked:
        return Answer(text=("Five ", "Tools Used"))
    paths: list[tuple[str, Json]] = [
        ("listFiles", {}),
        ("readFile", {"path": "README.md"}),
        ("writeFile", {"path": "src/main.py", "content": "print('hello')\n"}),
        ("writeFile", {"path": "notes.txt", "content": "made by the assistant\n"}),
        ("deleteFile", {"path": "notes.txt"}),
    ]
    ids: list[tuple[str, Json]] = [
        ("listFiles", {}),
        ("createFolder", {"name": "src", "parentId": ""}),
        ("createFiles", {"parentId": "", "files": [{"name": "notes.txt", "content": "made by the assistant\n"}]}),
        ("createFiles", {"parentId": "", "files": [{"name": "main.py", "content": "print('hello')\n"}]}),
        ("listFiles", {}),
    ]
    offered = {tool["toolSpec"]["name"] for tool in asked["toolConfig"]["tools"]}
    calls = paths if "writeFile" in offered else ids
    done = len(results_since_question(asked))
    if done < len(calls):
        return Answer(text=(f"Step {done + 1}.",), calls=[calls[done]], pause_s=0.05)
    return Answer(text=("I listed, read, ", "wrote two files ", "and deleted ", "one of them."), pause_s=0.4)


@dataclass
class Endpoint:
    """Where the model is served.

    Attributes:
        url: of the service.
        asked: what was asked, in order: the body, and `modelId`, `isStream` and `headers`.
        script: what is done; may be exchanged.
    """

    url: str
    script: Script
    asked: list[Json] = field(default_factory=list)


@contextmanager
def serving(script: Script, port: int = 0) -> Iterator[Endpoint]:
    """Serve a model."""
    endpoint = Endpoint("", script)
    with ThreadingHTTPServer(("127.0.0.1", port), _handler(endpoint)) as server:
        endpoint.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()


def event(name: str, content: Json, *, kind: str = "event", damaged: bool = False) -> bytes:
    """Return an event as `application/vnd.amazon.eventstream` has it."""
    headers = {f":{kind}-type": name, ":content-type": "application/json", ":message-type": kind}
    head = b"".join(
        struct.pack("!B", len(key)) + key.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
        for key, value in headers.items()
    )
    payload = json.dumps(content).encode()
    prelude = struct.pack("!II", len(head) + len(payload) + 16, len(head))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack("!I", zlib.crc32(message) ^ damaged)


def _events(answer: Answer, number: int) -> Iterator[bytes]:
    yield event("messageStart", {"role": "assistant"})
    for position, piece in enumerate(answer.text):
        if position:
            time.sleep(answer.pause_s)
            answer.between()
        yield event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})
    match answer.breaks:
        case "":
            pass
        case "cut":
            yield event("contentBlockStop", {"contentBlockIndex": 0})[:20]
            return
        case "end":
            return
        case "damage":
            yield event("contentBlockStop", {"contentBlockIndex": 0}, damaged=True)
            return
        case name:
            yield event(name, {"message": answer.message}, kind="exception")
            return
    for index, (name, given) in enumerate(answer.calls, 1):
        use = {"toolUseId": f"tooluse_{number}_{index}", "name": name}
        yield event("contentBlockStart", {"contentBlockIndex": index, "start": {"toolUse": use}})
        raw = given if isinstance(given, str) else json.dumps(given)
        for piece in (raw[: len(raw) // 2], raw[len(raw) // 2 :]):
            yield event("contentBlockDelta", {"contentBlockIndex": index, "delta": {"toolUse": {"input": piece}}})
        yield event("contentBlockStop", {"contentBlockIndex": index})
    yield event("messageStop", {"stopReason": _stop(answer)})
    yield event("metadata", {"usage": _USAGE, "metrics": {"latencyMs": 1}})


_USAGE = {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}


def _stop(answer: Answer) -> str:
    return answer.stop or ("tool_use" if answer.calls else "end_turn")


def _whole(answer: Answer, number: int) -> Json:
    uses = [
        {"toolUse": {"toolUseId": f"tooluse_{number}_{index}", "name": name, "input": given}}
        for index, (name, given) in enumerate(answer.calls, 1)
    ]
    message = {"role": "assistant", "content": [{"text": "".join(answer.text)}, *uses]}
    return {
        "output": {"message": message},
        "stopReason": _stop(answer),
        "usage": _USAGE,
        "metrics": {"latencyMs": 1},
    }


def _handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            _, _, model_id, operation = self.path.split("/")
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            is_stream = operation == "converse-stream"
            asked = body | {"modelId": unquote(model_id), "isStream": is_stream, "headers": {**self.headers}}
            endpoint.asked.append(asked)
            number = len(endpoint.asked)
            answer = endpoint.script(asked)
            answer.before()
            with suppress(BrokenPipeError, ConnectionResetError):
                self._answer(answer, number, is_stream=is_stream)

        def _answer(self, answer: Answer, number: int, *, is_stream: bool) -> None:
            if answer.error:
                content, headers = {"message": answer.message}, {"x-amzn-ErrorType": answer.error}
                self._send(answer.status, content, **headers)
            elif not is_stream:
                self._send(200, _whole(answer, number))
            else:
                self.send_response(200)
                self.send_header("Content-Type", "application/vnd.amazon.eventstream")
                self.send_header("Transfer-Encoding", "chunked")  # as AWS does; otherwise clients wait for more
                self.end_headers()
                for raw in _events(answer, number):
                    self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
                self.close_connection = bool(answer.breaks)
                if answer.breaks != "cut":
                    self.wfile.write(b"0\r\n\r\n")

        def _send(self, status: int, content: Json, **headers: str) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.converse", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    with serving(five_tools, parser.parse_args().port) as endpoint, suppress(KeyboardInterrupt):
        print(endpoint.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()

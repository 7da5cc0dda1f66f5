# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A client of the Language Server Protocol, small but real: it talks to a server process over its pipes as an editor does."""

import json
import pathlib
import queue
import subprocess
import threading


class LanguageClient:
    """Starts `command` and initialises a session with `root` as the workspace. Use as a context manager."""

    def __init__(self, command, root, timeout=60):
        self.root = pathlib.Path(root)
        self.timeout = timeout
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._messages = queue.Queue()
        self._errors = []
        self._id = 0
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._drain)]
        for thread in self._threads:
            thread.start()

    def __enter__(self):
        self.request("initialize", {
            "processId": None,
            "rootUri": self.root.as_uri(),
            "capabilities": {"workspace": {"applyEdit": True}, "textDocument": {
                "publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True, "codeActionsInline": False},
                "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor"]}}},
            }},
        })
        self.notify("initialized", {})
        return self

    def __exit__(self, *_):
        try:
            self.request("shutdown", None)
            self.notify("exit", None)
            self.process.wait(self.timeout)
        finally:
            self.process.kill()
            self.process.wait()
            for thread in self._threads:
                thread.join()
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                stream.close()

    def request(self, method, params):
        self._id += 1
        number = self._id
        self._send({"id": number, "method": method, "params": params})
        answer = self._wait(lambda m: m.get("id") == number and "method" not in m, method)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def notify(self, method, params):
        self._send({"method": method, "params": params})

    def open(self, path):
        """Opens a file and returns the diagnostics the server publishes for it."""
        path = pathlib.Path(path)
        self.notify("textDocument/didOpen", {"textDocument": {
            "uri": path.as_uri(), "languageId": "cpp", "version": 1, "text": path.read_text()}})
        return self.diagnostics(path)

    def diagnostics(self, path):
        uri = pathlib.Path(path).as_uri()
        return self._wait(lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri,
                          "diagnostics")["params"]["diagnostics"]

    def quick_fixes(self, path, diagnostic):
        return self.request("textDocument/codeAction", {
            "textDocument": {"uri": pathlib.Path(path).as_uri()},
            "range": diagnostic["range"],
            "context": {"diagnostics": [diagnostic], "only": ["quickfix"]}})

    def stderr(self):
        return "".join(self._errors)

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _wait(self, wanted, what):
        while True:
            try:
                message = self._messages.get(timeout=self.timeout)
            except queue.Empty:
                raise TimeoutError(f"the server sent no answer to {what}\n{self.stderr()}") from None
            if message is None:
                raise EOFError(f"the server ended while we waited for {what}\n{self.stderr()}")
            if "id" in message and "method" in message:  # a request of the server's
                self._send({"id": message["id"], "result": None})
            elif wanted(message):
                return message

    def _read(self):
        stream = self.process.stdout
        while True:
            length = 0
            while (line := stream.readline().strip()):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                self._messages.put(None)
                return
            self._messages.put(json.loads(stream.read(length)))

    def _drain(self):
        for line in self.process.stderr:
            self._errors.append(line.decode(errors="replace"))


def apply_edits(text, edits):
    """`text` after LSP's TextEdits; positions count UTF-16 units, which are characters in these tests' ASCII files."""
    lines = text.splitlines(keepends=True)

    def offset(position):
        return sum(map(len, lines[:position["line"]])) + position["character"]

    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        text = text[:offset(edit["range"]["start"])] + edit["newText"] + text[offset(edit["range"]["end"]):]
    return text

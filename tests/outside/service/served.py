"""A running `jejak serve`, and a client for it, with nothing but Python's own library."""

import contextlib
import json
import pathlib
import subprocess
import tempfile
import urllib.error
import urllib.request

PERSON = "participant/01790000-0000-7000-8000-000000000001"


class Served:
    """The service over a ledger of its own; `config` is its server.toml."""

    def __init__(self, jejak, ledger, config):
        self.jejak, self.ledger = jejak, ledger
        (pathlib.Path(ledger) / "server.toml").write_text(config, encoding="utf-8")
        self.process = subprocess.Popen(
            [jejak, "--ledger", ledger, "serve", "--listen", "127.0.0.1:0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for line in self.process.stderr:
            if line.startswith("jejak: listening on "):
                self.address = line.removeprefix("jejak: listening on ").strip()
                return
        raise SystemExit("service: it did not listen")

    def token(self, role, person):
        """A token of this machine."""
        asked = [self.jejak, "--ledger", self.ledger, "token", "--role", role, "--person", person]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()

    def ask(self, token, path, item=None, headers=None):
        """Status, headers and text of an answer; `item` is posted as JSON."""
        request = urllib.request.Request(f"http://{self.address}{path}", headers=headers or {})
        request.add_header("Authorization", f"Bearer {token}")
        if item is not None:
            request.data = json.dumps(item).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read().decode()

    def must(self, status, what, *asked, **more):
        """The text of an answer that must have this status."""
        got, _, text = self.ask(*asked, **more)
        if got != status:
            raise SystemExit(f"service: {what}: {got} instead of {status}: {text}")
        return text

    def stop(self):
        """Asks it to stop, and waits until it has finished what it accepted."""
        self.process.terminate()
        self.process.stderr.read()
        if self.process.wait(timeout=60) != 0:
            raise SystemExit("service: it did not stop well")


@contextlib.contextmanager
def serving(jejak, config):
    """A service over a new ledger; `config` is given the ledger's path."""
    with tempfile.TemporaryDirectory() as ledger:
        subprocess.run([jejak, "--ledger", ledger, "init", "--origin", "jejak.example/outside"],
                       check=True, stdout=subprocess.DEVNULL)
        served = Served(jejak, ledger, config(ledger))
        try:
            yield served
        finally:
            served.process.kill()
            served.process.wait()


def registration():
    """A person with an invented identity."""
    return {
        "type": "participant.register.v1", "subject": PERSON, "commandid": "register-1",
        "data": {
            "born": "1995-01", "education": "none", "employment": "employee", "regency": "3273", "sex": "female",
            "identity": {"name": "Sari Contoh", "nik": "3273014501950000", "kk": "3273010101010000",
                         "phone": "+6281200000000"},
        },
    }

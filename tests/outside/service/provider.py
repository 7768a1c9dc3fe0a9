"""Tokens of a provider that nobody here wrote, oidc-provider-mock: which the service takes, and which it refuses.

    provider.py JEJAK

Somebody logs in by the authorization code flow (OpenID Connect Core 1.0, section 3.1); the ID token is the signed token of
this provider, so it is the bearer token here. Its keys are saved to the file that the service reads.
"""

import json
import os
import pathlib
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Plain HTTP on loopback.
import oidc_provider_mock  # noqa: E402
import werkzeug.serving  # noqa: E402

from served import serving  # noqa: E402

BACK = "http://client.example/back"


class Quiet(werkzeug.serving.WSGIRequestHandler):
    def log(self, *_):
        pass


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Provider:
    """A provider on a port of its own, that can take a new key."""

    def __init__(self):
        self.renew()
        self.server = werkzeug.serving.make_server(
            "127.0.0.1", 0, lambda *request: self.app(*request), threaded=True, request_handler=Quiet)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def renew(self):
        self.app = oidc_provider_mock.app()

    def described(self):
        with urllib.request.urlopen(f"{self.issuer}/.well-known/openid-configuration") as answer:
            return json.load(answer)

    def save_keys(self, file):
        """As `curl` in a crontab would: aside first, then in place at once."""
        with urllib.request.urlopen(self.described()["jwks_uri"]) as answer:
            keys = answer.read()
        aside = file.with_suffix(".new")
        aside.write_bytes(keys)
        aside.replace(file)
        return [key["kid"] for key in json.loads(keys)["keys"]]

    def login(self, person, client):
        """The signed token of somebody who logs in through a client."""
        described = self.described()
        asked = urllib.parse.urlencode({"client_id": client, "redirect_uri": BACK, "response_type": "code",
                                        "scope": "openid", "state": "s"})
        form = urllib.parse.urlencode({"sub": person}).encode()
        try:
            urllib.request.build_opener(NoRedirect).open(f"{described['authorization_endpoint']}?{asked}", form)
            sys.exit("provider: it did not send the person back")
        except urllib.error.HTTPError as answer:
            back = urllib.parse.urlsplit(answer.headers["Location"])
        code = urllib.parse.parse_qs(back.query)["code"][0]
        form = urllib.parse.urlencode({"grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
                                       "client_id": client, "client_secret": "any"}).encode()
        with urllib.request.urlopen(described["token_endpoint"], form) as answer:
            return json.load(answer)["id_token"]


def main():
    provider = Provider()
    keys = pathlib.Path()

    def config(ledger):
        nonlocal keys
        keys = pathlib.Path(ledger) / "provider.json"
        provider.save_keys(keys)
        return (f'[oidc]\nissuer = "{provider.issuer}"\naudience = "jejak"\njwks = "{keys}"\n'
                'algorithms = ["RS256"]\n')

    with serving(sys.argv[1], config) as served:
        read = "/v1/programmes"
        ani = provider.login("ani", "jejak")
        refused = served.must(403, "somebody without a role", ani, read)
        if "ani holds no role" not in refused:
            sys.exit(f"provider: refused for another reason: {refused}")
        grant = {"type": "access.grant.v1", "subject": "officer/ani", "commandid": "grant-1",
                 "data": {"reference": "SK-1", "role": "ppk"}}
        served.must(201, "a grant", served.token("kpa", "kepala"), "/v1/commands", item=grant)
        served.must(200, "somebody with a role", ani, read)
        served.must(200, "the same person, logged in again", provider.login("ani", "jejak"), read)
        served.must(403, "another person", provider.login("budi", "jejak"), read)
        wrong = served.must(401, "a token for another audience", provider.login("ani", "other"), read)
        if "InvalidAudience" not in wrong:
            sys.exit(f"provider: refused for another reason: {wrong}")
        head, claims, signature = ani.split(".")
        others = provider.login("budi", "jejak").split(".")[1]
        served.must(401, "a signature of something else", f"{head}.{others}.{signature}", read)
        served.must(401, "no signature", f"{head}.{claims}.", read)

        old = provider.save_keys(keys)
        provider.renew()
        later = provider.login("ani", "jejak")
        unknown = served.must(401, "a key that is not in the file yet", later, read)
        if "is not in the provider's key set" not in unknown:
            sys.exit(f"provider: refused for another reason: {unknown}")
        if set(provider.save_keys(keys)) & set(old):
            sys.exit("provider: it has no new key")
        served.must(401, "the old key, once it is gone", ani, read)
        served.must(200, "the new key, once it is in the file", later, read)
        served.stop()
    print("provider: oidc-provider-mock's tokens: 3 taken, 7 refused, keys renewed once")


main()

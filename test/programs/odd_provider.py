"""A provider that sends what it is told to, byte for byte: for users and tweets that no sandbox would make up."""
import http.server
import json
import re
import threading
import urllib.parse


def member(name, raw):
    """A member of an object, its value written as given."""
    return json.dumps(name).encode() + b":" + raw


class OddUser:
    """A user of either API whose members may be replaced by raw JSON: OddUser(7, name=rb'"\\ud83d"')."""

    def __init__(self, number, twice=None, **odd):
        self.number, self.twice, self.odd = number, twice, odd

    def written(self, api):
        number = str(self.number).encode()
        old = api == "1.1"
        counts = {"followers_count": b"5", "friends_count" if old else "following_count": b"6",
                  "statuses_count" if old else "tweet_count": b"7"}
        members = {"id_str" if old else "id": b'"' + number + b'"', "name": b'"Name ' + number + b'"',
                   "screen_name" if old else "username": b'"user_' + number + b'"', "location": b'"Place"',
                   "description": rb'"one\ntwo"', "url": b'"https://t.co/x"', "protected": b"false", "verified": b"true",
                   "entities": b'{"url":{"urls":[{"expanded_url":"https://example.com/"}]}}',
                   "created_at": b'"Tue Feb 20 14:35:54 +0000 2007"' if old else b'"2007-02-20T14:35:54.000Z"',
                   "profile_image_url_https" if old else "profile_image_url": b'"https://h/a_normal.jpg"'}
        own = {"id": "id_str" if old else "id", "username": "screen_name" if old else "username",
               "picture": "profile_image_url_https" if old else "profile_image_url"}
        odd = {own.get(name, name): raw for name, raw in self.odd.items()}
        counts |= {name: odd.pop(name) for name in list(odd) if name in counts}
        if old:
            members |= counts
        else:
            members["public_metrics"] = b"{" + b",".join(member(*each) for each in counts.items() if each[1] is not None) + b"}"
        members |= odd
        written = [member(name, raw) for name, raw in members.items() if raw is not None]
        if self.twice:
            name = own.get(self.twice, self.twice)
            written.append(member(name, members[name]))
        return b"{" + b",".join(written) + b"}"


def oauth_of(request):
    """What the Authorization header says."""
    return {name: urllib.parse.unquote(value)
            for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', request.headers.get("Authorization", ""))}


class OddProvider:
    """with OddProvider() as p: p.responses["/2/users/me"] = lambda query, request: b'...'; p.url is its base.

    A response is a body, or a status and a body. Signatures are not looked at. `p.asked` has what was asked for: method, path, query and OAuth parameters."""

    def __init__(self, responses=None):
        self.responses, self.asked, self.logins = responses or {}, [], 0
        self.access = b"oauth_token=9-access&oauth_token_secret=s&user_id=9&screen_name=user_9"

    def request_token(self, *_):
        self.logins += 1
        return f"oauth_token=login-{self.logins}&oauth_token_secret=s&oauth_callback_confirmed=true".encode()

    def __enter__(self):
        responses = self.responses = {"/oauth/request_token": self.request_token, "/oauth/access_token": lambda *_: self.access} | self.responses
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self):
                where = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(where.query))
                self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked.append((self.command, where.path, query, oauth_of(self)))
                said = responses.get(where.path)
                told = said(query, self) if said else (404, b'{"errors":[{"code":34,"message":"no such page"}]}')
                status, body = told if isinstance(told, tuple) else (200, told)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = respond

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that was killed
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

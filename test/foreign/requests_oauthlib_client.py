#!/usr/bin/python3
"""python3-requests-oauthlib, unmodified, signs in at coauth-sandbox and reads profiles.

usage: requests_oauthlib_client.py COAUTH_SANDBOX
"""
import sys
from urllib.parse import parse_qs, urlsplit

from requests_oauthlib import OAuth1Session

from sandbox_process import Sandbox


def new_session(ready, *arguments, secret=None, **more):
    session = OAuth1Session(ready["consumer_key"], secret or ready["consumer_secret"], *arguments, **more)
    session.trust_env = False  # an authority named by the environment would replace the sandbox's
    session.verify = ready["ca_file"]
    return session


def three_legs(ready, callback):
    session = new_session(ready, callback_uri=callback)
    request = session.fetch_request_token(ready["url"] + "/oauth/request_token")
    assert request["oauth_callback_confirmed"] == "true"

    url = session.authorization_url(ready["url"] + "/oauth/authorize")
    page = session.get(url, allow_redirects=False, auth=lambda r: r)
    if callback == "oob":
        pin = page.text.split("<code>")[1].split("</code>")[0]
        assert len(pin) == 7 and pin.isdigit(), pin
        verifier = pin
    else:
        assert page.status_code in (302, 303), page.status_code
        back = page.headers["Location"]
        assert back.startswith(callback), back
        query = parse_qs(urlsplit(back).query)
        assert query["oauth_token"] == [request["oauth_token"]]
        verifier = query["oauth_verifier"][0]

    third = new_session(ready, request["oauth_token"], request["oauth_token_secret"], verifier=verifier)
    access = third.fetch_access_token(ready["url"] + "/oauth/access_token")
    assert access["screen_name"] == "user_1", access

    return access, new_session(ready, access["oauth_token"], access["oauth_token_secret"])


def main():
    for mode in ("strict", "x"):
        with Sandbox(sys.argv[1], "--auto-approve", "--mode", mode) as ready:
            for callback in ("http://127.0.0.1:9/cb?x=1", "oob"):
                access, user = three_legs(ready, callback)

                old = user.get(ready["url"] + "/1.1/users/show.json",
                               params={"user_id": access["user_id"], "screen_name": access["screen_name"]})
                assert old.status_code == 200 and old.json()["screen_name"] == "user_1", old.text
                new = user.get(ready["url"] + "/2/users/me", params={"user.fields": "profile_image_url,public_metrics"})
                assert new.status_code == 200 and new.json()["data"]["username"] == "user_1", new.text
                assert new.json()["data"]["id"] == old.json()["id_str"] == access["user_id"]

                posted = user.post(ready["url"] + "/1.1/statuses/update.json",
                                   data={"status": f"Hello Ladies + Gentlemen ☃ {callback}"})
                assert posted.status_code == 200 and posted.json()["text"].startswith("Hello Ladies + Gentlemen ☃"), posted.text

            wrong = new_session(ready, access["oauth_token"], access["oauth_token_secret"], secret="wrong")
            refused = wrong.get(ready["url"] + "/1.1/users/show.json", params={"screen_name": "user_1"})
            assert refused.status_code == 401 and refused.json()["errors"][0]["code"] == 32, refused.text
    print("requests-oauthlib: three legs by callback and by PIN, both APIs, a post, a wrong key; in both modes")


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Debian's python3-authlib, unmodified, signs in at each of coauth-sandbox's providers with a code and PKCE, renews and revokes.

usage: authlib_client.py COAUTH_SANDBOX
"""
import hashlib
import hmac
import secrets
import sys
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt

from sandbox_process import Sandbox

CALLBACK = "http://127.0.0.1:9/callback"


class Provider:
    """Where one provider of the sandbox is, and what is its own."""

    def __init__(self, authorize, token, user, scope, user_id, revoke=None, auth="client_secret_basic", more=None):
        self.authorize, self.token, self.user, self.scope, self.user_id = authorize, token, user, scope, user_id
        self.revoke, self.auth, self.more = revoke, auth, more or {}


def openid(session, issuer, scope, **more):
    document = session.get(issuer + "/.well-known/openid-configuration", withhold_token=True).json()
    assert document["issuer"] == issuer, document
    provider = Provider(document["authorization_endpoint"], document["token_endpoint"], document["userinfo_endpoint"], scope,
                        lambda user: user["sub"], document["revocation_endpoint"], **more)
    provider.issuer, provider.keys = issuer, document["jwks_uri"]
    return provider


def new_session(ready, provider=None, public=False):
    session = OAuth2Session(ready["public_client_id"] if public else ready["client_id"],
                            None if public else ready["client_secret"], scope=provider and provider.scope, redirect_uri=CALLBACK,
                            token_endpoint_auth_method="none" if public else provider.auth if provider else None,
                            revocation_endpoint_auth_method="none" if public else provider.auth if provider else None,
                            code_challenge_method="S256")
    session.trust_env = False  # an authority named by the environment would replace the sandbox's
    session.verify = ready["ca_file"]
    return session


def sign_in(ready, provider, public=False):
    session = new_session(ready, provider, public)
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    url, state = session.create_authorization_url(provider.authorize, code_verifier=verifier, nonce=nonce, **provider.more)
    page = session.get(url, allow_redirects=False, withhold_token=True)
    assert page.status_code == 303, (page.status_code, page.text)
    back = page.headers["Location"]
    assert back.startswith(CALLBACK + "?"), back
    query = parse_qs(urlsplit(back).query)
    assert query["state"] == [state], back
    tokens = {"code_verifier": verifier, "code": query["code"][0], "headers": {"Accept": "application/json"}}
    if not public and provider.auth == "client_secret_basic":
        tokens["client_id"] = session.client_id  # X demands it beside the header
    token = session.fetch_token(provider.token, **tokens)
    assert token["token_type"].lower() == "bearer" and token["access_token"], token
    proof = {}
    if "graph" in provider.user:
        key, message = session.client_secret.encode(), token["access_token"].encode()
        proof = {"appsecret_proof": hmac.new(key, message, hashlib.sha256).hexdigest()}
    user = session.get(provider.user, params=proof)
    assert user.status_code == 200, user.text
    if "id_token" in token:
        claims = jwt.decode(token["id_token"], JsonWebKey.import_key_set(session.get(provider.keys, withhold_token=True).json()))
        claims.validate()
        assert claims["nonce"] == nonce and claims["aud"] == session.client_id, claims
        assert claims["iss"] in (provider.issuer, provider.issuer.split("://")[1]), claims
        assert claims["sub"] == provider.user_id(user.json()), (claims, user.text)
    # The code is of no use again, and what came of it ends.
    try:
        session.fetch_token(provider.token, **tokens)
        raise AssertionError("a code was redeemed twice")
    except OAuthError:
        pass
    return session, token


def renew_and_revoke(ready, provider, public=False):
    session = new_session(ready, provider, public)
    verifier = secrets.token_urlsafe(48)
    url, _ = session.create_authorization_url(provider.authorize, code_verifier=verifier, **provider.more)
    back = session.get(url, allow_redirects=False, withhold_token=True).headers["Location"]
    more = {} if public else {"client_id": session.client_id}
    token = session.fetch_token(provider.token, authorization_response=back, code_verifier=verifier, **more)
    renewed = session.refresh_token(provider.token, refresh_token=token["refresh_token"], **more)
    assert renewed["access_token"] != token["access_token"], renewed
    assert session.get(provider.user).status_code == 200
    revoked = session.revoke_token(provider.revoke, token=renewed.get("refresh_token", token["refresh_token"]),
                                   body=urlencode(more))
    assert revoked.status_code == 200, revoked.text
    assert session.get(provider.user).status_code == 401


def main():
    with Sandbox(sys.argv[1], "--auto-approve") as ready:
        all_of = ready["providers"]
        session = new_session(ready)
        google = openid(session, all_of["google"]["issuer"], "openid email profile", more={"access_type": "offline", "prompt": "consent"})
        oidc = openid(session, all_of["oidc"]["issuer"], "openid email profile offline_access")
        github, x, facebook = all_of["github"], all_of["x"], all_of["facebook"]
        providers = {
            "google": google, "oidc": oidc,
            "github": Provider(github["login_base"] + "/login/oauth/authorize", github["login_base"] + "/login/oauth/access_token",
                               github["api_base"] + "/user", "read:user", lambda user: user["id"], auth="client_secret_post"),
            "x": Provider(x["authorize_base"] + "/i/oauth2/authorize", x["api_base"] + "/2/oauth2/token", x["api_base"] + "/2/users/me",
                          "tweet.read users.read offline.access", lambda user: user["data"]["id"], x["api_base"] + "/2/oauth2/revoke"),
            "facebook": Provider(facebook["dialog_base"] + "/v25.0/dialog/oauth", facebook["graph_base"] + "/v25.0/oauth/access_token",
                                 facebook["graph_base"] + "/v25.0/me?fields=id,name", "public_profile", lambda user: user["id"],
                                 auth="client_secret_post"),
        }
        done = 0
        for name, provider in providers.items():
            for public in (False, True) if name in ("oidc", "x") else (False,):
                sign_in(ready, provider, public)
                done += 1
        for name in ("google", "oidc", "x"):
            renew_and_revoke(ready, providers[name])
        renew_and_revoke(ready, oidc, public=True)
        print(f"{done} logins, 4 renewed and revoked")


if __name__ == "__main__":
    main()

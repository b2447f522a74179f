// npm's openid-client, unmodified, signs in at coauth-sandbox's OpenID providers: discovery, a code with PKCE, the ID token checked,
// userinfo, renewal, a rotation of the keys, revocation, and a device code. It is certified by the OpenID Foundation.
//
// usage: openid_client.mjs COAUTH_SANDBOX
import assert from "node:assert";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";
import readline from "node:readline";

let openid;
try {
    openid = createRequire(import.meta.url)("openid-client");
} catch {
    console.error("npm's openid-client is not installed: run examples/setup.sh tests");
    process.exit(1);
}

const sandbox = spawn(process.argv[2], ["--auto-approve", "--exit-with-parent", "--log", "/dev/null"],
    { stdio: ["pipe", "pipe", "inherit"] });
const ready = await new Promise((resolve, reject) => {
    sandbox.on("error", reject);
    readline.createInterface({ input: sandbox.stdout }).once("line", line => resolve(JSON.parse(line)));
});
const ca = readFileSync(ready.ca_file);
openid.custom.setHttpOptionsDefaults({ ca });
const callback = "http://127.0.0.1:9/callback";

function open(url) {
    return new Promise((resolve, reject) => https.get(url, { ca }, response => {
        response.resume();
        response.on("end", () => resolve(response.headers.location));
    }).on("error", reject));
}

function control(path, body) {
    return new Promise((resolve, reject) => {
        const request = http.request(ready.control + path, { method: "POST" }, response => {
            response.resume();
            response.on("end", () => response.statusCode === 200 ? resolve() : reject(new Error(`${path}: ${response.statusCode}`)));
        });
        request.on("error", reject);
        request.end(body);
    });
}

async function signIn(client, more) {
    const verifier = openid.generators.codeVerifier();
    const checks = { code_verifier: verifier, state: openid.generators.state(), nonce: openid.generators.nonce() };
    const url = client.authorizationUrl({
        state: checks.state, nonce: checks.nonce, code_challenge: openid.generators.codeChallenge(verifier),
        code_challenge_method: "S256", ...more,
    });
    const tokens = await client.callback(callback, client.callbackParams(await open(url)), checks);
    assert.ok(tokens.refresh_token, "a refresh token");
    const user = await client.userinfo(tokens);
    assert.equal(user.sub, tokens.claims().sub);
    assert.equal(typeof user.name, "string");
    return tokens;
}

async function everything(url, app, more) {
    const issuer = await openid.Issuer.discover(url);
    const client = new issuer.Client({ ...app, redirect_uris: [callback], response_types: ["code"] });
    const tokens = await signIn(client, more);
    const renewed = await client.refresh(tokens);
    assert.notEqual(renewed.access_token, tokens.access_token);
    const later = await signIn(client, more);
    await client.revoke(later.refresh_token);
    await assert.rejects(client.userinfo(later.access_token));
    await assert.rejects(client.refresh(later.refresh_token), { error: "invalid_grant" });
    if (url !== ready.providers.google.issuer) { // Google says verification_url, which this client does not know
        const device = await client.deviceAuthorization({ scope: more.scope });
        await open(device.verification_uri_complete);
        const polled = await device.poll();
        assert.equal(polled.claims().sub, tokens.claims().sub);
    }
}

try {
    const offline = { scope: "openid email profile offline_access", prompt: "consent" };
    const confidential = { client_id: ready.client_id, client_secret: ready.client_secret };
    await everything(ready.providers.oidc.issuer, confidential, offline);
    await control("/keys/rotate", ""); // it fetches unknown keys once a minute at most, so each app has an issuer of its own
    await everything(ready.providers.oidc.issuer, { client_id: ready.public_client_id, token_endpoint_auth_method: "none" }, offline);
    await everything(ready.providers.google.issuer, confidential, { scope: "openid email profile", access_type: "offline", prompt: "consent" });
    console.log("openid-client: three apps signed in, renewed, met a new key, revoked, and signed in by a device code");
} finally {
    sandbox.kill();
}

// npm's oauth, unmodified, signs in at coauth-sandbox in mode x: made as its own README makes it, which sends
// oauth_version 1.0A and no callback; then with GET for both token calls.
//
// usage: node_oauth_client.mjs COAUTH_SANDBOX
import assert from "node:assert";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import https from "node:https";
import readline from "node:readline";

let OAuth;
try {
    OAuth = createRequire(import.meta.url)("oauth").OAuth;
} catch {
    console.error("npm's oauth is not installed: run examples/setup.sh tests");
    process.exit(1);
}

const sandbox = spawn(process.argv[2], ["--auto-approve", "--exit-with-parent", "--mode", "x"],
    { stdio: ["pipe", "pipe", "inherit"] });
const ready = await new Promise((resolve, reject) => {
    sandbox.on("error", reject);
    readline.createInterface({ input: sandbox.stdout }).once("line", line => resolve(JSON.parse(line)));
});
// The client takes no authority of its own, so Node's whole default is set.
https.globalAgent.options.ca = readFileSync(ready.ca_file);

const called = start => new Promise((resolve, reject) =>
    start((error, ...results) => error ? reject(new Error(JSON.stringify(error))) : resolve(results)));

function openPage(url) {
    return new Promise((resolve, reject) => https.get(url, response => {
        let text = "";
        response.on("data", part => text += part);
        response.on("end", () => resolve({ location: response.headers.location, text }));
    }).on("error", reject));
}

async function signIn(version, callback, method) {
    const oauth = new OAuth(`${ready.url}/oauth/request_token`, `${ready.url}/oauth/access_token`,
        ready.consumer_key, ready.consumer_secret, version, callback, "HMAC-SHA1");
    if (method)
        oauth.setClientOptions({ requestTokenHttpMethod: method, accessTokenHttpMethod: method });
    const [token, secret, more] = await called(done => oauth.getOAuthRequestToken(done));
    assert.equal(more.oauth_callback_confirmed, "true");
    const page = await openPage(`${ready.url}/oauth/authorize?oauth_token=${token}`);
    const verifier = callback && callback !== "oob" ? new URL(page.location).searchParams.get("oauth_verifier")
        : /<code>(\d{7})<\/code>/.exec(page.text)[1];
    const [access, accessSecret, user] = await called(done => oauth.getOAuthAccessToken(token, secret, verifier, done));
    assert.equal(user.screen_name, "user_1");
    const [body] = await called(done =>
        oauth.get(`${ready.url}/1.1/account/verify_credentials.json`, access, accessSecret, done));
    assert.equal(JSON.parse(body).screen_name, "user_1");
}

try {
    await signIn("1.0A", null);
    await signIn("1.0A", "http://127.0.0.1:9/cb");
    await signIn("1.0A", "oob", "GET");
    await signIn("1.0", "http://127.0.0.1:9/cb", "GET");
    console.log("node-oauth: three legs with 1.0A, with GET, by callback, by PIN and without a callback");
} finally {
    sandbox.kill();
}

// `sign_in --with oidc` at npm's oidc-provider, unmodified: as a public client and as one with a secret, denied, by a device code, and
// with keys of three kinds. Then a program renews, for its refresh tokens rotate. It is certified by the OpenID Foundation.
//
// usage: oidc_provider.mjs SIGN_IN RENEWING_LOGIN
import assert from "node:assert";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import readline from "node:readline";

let Provider;
try {
    ({ default: Provider } = await import("oidc-provider"));
} catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    console.error("npm's oidc-provider is not installed: run examples/setup.sh tests");
    process.exit(1);
}

const deviceCode = "urn:ietf:params:oauth:grant-type:device_code";
const secret = "canary: secret+/%&=?";
const app = (client_id, more) => ({
    client_id, application_type: "native", redirect_uris: ["http://127.0.0.1/callback"], response_types: ["code"],
    grant_types: ["authorization_code", "refresh_token", deviceCode], ...more,
});
const user = {
    name: "Ada Example", preferred_username: "ada", picture: "https://pictures.example/ada.png", email: "ada@example.com",
    email_verified: true,
};

function keys(type, options, algorithm) {
    return { keys: [{ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), use: "sig", alg: algorithm, kid: algorithm }] };
}

/// A provider whose ID tokens are signed by that algorithm.
async function start(jwks, algorithm) {
    const server = http.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const provider = new Provider(issuer, {
        jwks,
        clients: [
            app("public app", { token_endpoint_auth_method: "none", id_token_signed_response_alg: algorithm }),
            app("app", { client_secret: secret, token_endpoint_auth_method: "client_secret_basic", id_token_signed_response_alg: algorithm }),
        ],
        claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "picture", "preferred_username"] },
        findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...user }) }),
        features: { deviceFlow: { enabled: true }, revocation: { enabled: true } },
        pkce: { required: () => true, methods: ["S256"] },
        rotateRefreshToken: true,
        cookies: { keys: ["a key for tests"] },
    });
    server.on("request", provider.callback());
    return { issuer, server };
}

// The fetch of Debian's node 18 gives all cookies as one line.
function cookiesOf(headers) {
    return headers.getSetCookie?.() ?? headers.get("set-cookie")?.split(/, *(?=[^;, ]+=)/) ?? [];
}

/// A browser with cookies that follows redirects on the provider and returns the page, or the address elsewhere.
class Browser {
    jar = new Map();

    async open(url, form) {
        for (let body = form; ; body = undefined) {
            const { origin } = new URL(url);
            const response = await fetch(url, {
                method: body ? "POST" : "GET", body: body && new URLSearchParams(body), redirect: "manual",
                headers: { cookie: [...this.jar].map(pair => pair.join("=")).join("; ") },
            });
            for (const cookie of cookiesOf(response.headers)) {
                const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
                value ? this.jar.set(name, value) : this.jar.delete(name);
            }
            if (response.status < 300 || response.status >= 400) return { url, html: await response.text(), status: response.status };
            url = new URL(response.headers.get("location"), url).href;
            if (new URL(url).origin !== origin) return { url };
        }
    }

    /// Sends the page's form.
    submit({ url, html }, more = {}) {
        const [, action] = /<form[^>]* action="([^"]*)"/.exec(html);
        const fields = Object.fromEntries([...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) =>
            [/name="([^"]*)"/.exec(input)[1], /value="([^"]*)"/.exec(input)?.[1] ?? ""]));
        return this.open(new URL(action, url).href, { ...fields, ...more });
    }

    /// Signs in and allows, from the page that asks for the name.
    async allow(page) {
        const consent = await this.submit(page, { login: "ada", password: "any" });
        return this.submit(consent);
    }
}

/// A program that runs; `line` is the first that it printed.
async function startProgram(program, id, ...more) {
    const child = spawn(program, more, {
        stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, COAUTH_OIDC_CLIENT_ID: id, COAUTH_OIDC_CLIENT_SECRET: id === "app" ? secret : "" },
    });
    const lines = [];
    let said = "";
    child.stderr.on("data", data => { said += data; });
    const reader = readline.createInterface({ input: child.stdout });
    reader.on("line", line => lines.push(line));
    await Promise.race([once(reader, "line"), once(child, "close").then(() => assert.fail(said))]);
    return {
        line: lines[0],
        async end() {
            const [code] = child.exitCode === null ? await once(child, "close") : [child.exitCode];
            assert.ok(!(lines.join("\n") + said).includes("canary"), said);
            return { code, last: lines.at(-1), said };
        },
    };
}

async function signIn(issuer, id, ...more) {
    const run = await startProgram(process.argv[2], id, "--with", "oidc", "--issuer", issuer, "--json", ...more);
    return {
        line: run.line,
        async end() {
            const { last, ...rest } = await run.end();
            return { output: JSON.parse(last), ...rest };
        },
    };
}

function check({ code, output, said }) {
    assert.equal(code, 0, said + JSON.stringify(output));
    assert.equal(output.provider, "oidc");
    assert.equal(output.id, "ada");
    assert.equal(output.username, user.preferred_username);
    for (const name of ["name", "picture", "email", "email_verified"]) assert.equal(output[name], user[name]);
}

async function logIn(issuer, id) {
    const run = await signIn(issuer, id, "--scope", "openid email profile offline_access", "--authorize");
    const browser = new Browser();
    const callback = await browser.allow(await browser.open(run.line));
    assert.equal((await browser.open(callback.url)).status, 200);
    check(await run.end());
}

async function deny(issuer) {
    const run = await signIn(issuer, "app");
    const browser = new Browser();
    const page = await browser.open(run.line);
    const [, abort] = /href="([^"]*\/abort)"/.exec(page.html);
    await browser.open((await browser.open(new URL(abort, page.url).href)).url);
    const { code, output } = await run.end();
    assert.deepEqual([code, output.error.code, output.error.provider_error], [1, "denied", "access_denied"]);
}

async function logInOnDevice(issuer, id) {
    const run = await signIn(issuer, id, "--device");
    const browser = new Browser();
    const confirmed = await browser.submit(await browser.submit(await browser.open(run.line)), { confirm: "yes" });
    await browser.allow(confirmed);
    check(await run.end());
}

/// The second use of a refresh token ends the whole family.
async function renew(issuer, id) {
    const run = await startProgram(process.argv[3], id, issuer);
    const browser = new Browser();
    const callback = await browser.allow(await browser.open(run.line));
    await browser.open(callback.url);
    const { code, last, said } = await run.end();
    assert.deepEqual([code, last], [0, "ada token_revoked token_revoked"], said);
}

const first = await start(keys("rsa", { modulusLength: 2048 }, "RS256"), "RS256");
await logIn(first.issuer, "public app");
await logIn(first.issuer, "app");
await deny(first.issuer);
await logInOnDevice(first.issuer, "public app");
await renew(first.issuer, "public app");
await renew(first.issuer, "app");
const second = await start(keys("ec", { namedCurve: "P-256" }, "ES256"), "ES256");
await logIn(second.issuer, "app");
const third = await start(keys("ed25519", {}, "EdDSA"), "EdDSA");
await logIn(third.issuer, "public app");
console.log("oidc-provider: sign_in signed in with and without a secret, by three kinds of keys, by a device code, and was denied; its tokens were renewed");
process.exit(0);

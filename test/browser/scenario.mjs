// A named scenario: a sandbox, a login server and users' browsers of its own, all ended with it.
import assert from 'node:assert/strict'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test, { after } from 'node:test'
import { launchChromium } from './chromium.mjs'
import { startLoginServer, startSandbox } from './programs.mjs'
import { Visitor } from './visitor.mjs'

const [loginServer, coauthSandbox] = process.argv.slice(2)
if (!coauthSandbox) {
  console.error('usage: login_server_test.mjs LOGIN_SERVER COAUTH_SANDBOX')
  process.exit(2)
}
const folder = mkdtempSync(path.join(tmpdir(), 'coauth-browser-'))
const pictures = process.env.COAUTH_SCREENSHOTS || folder
mkdirSync(pictures, { recursive: true })
const chromium = await launchChromium()
after(async () => {
  await chromium.close()
  rmSync(folder, { recursive: true })
})

class Stage {
  #visitors = []

  async begin({ seed, consumer, alone = false }) {
    if (!alone) {
      const seedFile = seed && path.join(folder, 'seed.json')
      if (seed) writeFileSync(seedFile, JSON.stringify(seed))
      this.provider = await startSandbox(coauthSandbox, seedFile)
    }
    this.server = await startLoginServer(loginServer, this.provider?.ready, consumer)
    this.site = this.server.ready.url
  }

  /// A browser that was never here before.
  async visitor(options) {
    const visitor = await Visitor.come(chromium, this.site, options)
    this.#visitors.push(visitor)
    return visitor
  }

  /// How often the sandbox was asked for each route of the provider.
  async calls(route) {
    const response = await fetch(this.provider.ready.control + '/counters')
    return (await response.json()).routes[route]?.calls ?? 0
  }

  check() {
    for (const visitor of this.#visitors) assert.deepEqual(visitor.problems(), [])
  }

  async end() {
    for (const visitor of this.#visitors) await visitor.context.close()
    const ends = await Promise.allSettled([this.server?.stop(), this.provider?.stop()])
    for (const end of ends) if (end.reason) throw end.reason
  }
}

/// Runs `body(stage)`; then no page may have had an error, a forbidden resource or a dialog.
export function scenario(name, body, options = {}) {
  test(name, async () => {
    const stage = new Stage()
    try {
      await stage.begin(options)
      await body(stage)
      stage.check()
    } finally {
      await stage.end()
    }
  })
}

/// Into the folder COAUTH_SCREENSHOTS, if that is given.
export function picture(page, name) {
  return page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true })
}

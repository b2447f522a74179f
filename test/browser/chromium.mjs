// Finds Chromium and what drives it, and starts it without a window.
import { accessSync, constants, readFileSync } from 'node:fs'
import path from 'node:path'

const skipped = 77 // what CTest takes for "not run here"

// examples/setup.sh installs everything on Debian 12, so there an absence is a failure and not an excuse.
function missing(what) {
  console.error(`${what} is missing: run examples/setup.sh tests`)
  let system = ''
  try { system = readFileSync('/etc/os-release', 'utf8') } catch { /* another system */ }
  process.exit(/^ID=debian$/m.test(system) && /^VERSION_ID="12"$/m.test(system) ? 1 : skipped)
}

function isProgram(file) {
  try { accessSync(file, constants.X_OK); return true } catch { return false }
}

function findChromium() {
  const folders = process.env.PATH.split(path.delimiter)
  return ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap(name => folders.map(folder => path.join(folder, name))).find(isProgram) ?? missing('Chromium')
}

async function findDriver() {
  try {
    return (await import('playwright-core')).chromium
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    return missing('playwright-core (test/browser/node_modules)')
  }
}

/// Without Chromium's own sandbox, which root can't have; it sees nothing but what this test serves.
export async function launchChromium() {
  const driver = await findDriver()
  return driver.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
  })
}

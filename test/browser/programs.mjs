// Starts the programs under test, and ends them as a service manager would.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/// A program that runs; `ready` is the JSON object of the line it wrote when it was.
export class Program {
  static async start(file, args, environment = {}) {
    const program = new Program()
    program.name = file
    program.process = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } })
    const [line] = await Promise.race([
      once(createInterface(program.process.stdout), 'line'),
      once(program.process, 'exit').then(([code]) => assert.fail(`${file} ended with ${code} before it was ready`))
    ])
    program.ready = JSON.parse(line)
    return program
  }

  async stop() {
    const { exitCode } = this.process
    assert.equal(exitCode, null, `${this.name} ended by itself, with ${exitCode}`)
    this.process.kill('SIGTERM')
    const [code] = await once(this.process, 'exit')
    assert.ok(code === 0 || code === 143, `${this.name} ended with ${code} at SIGTERM`)
  }
}

/// A sandbox with users of its own, or with those of a seed.
export function startSandbox(file, seedFile) {
  return Program.start(file, ['--users', '100', ...(seedFile ? ['--seed', seedFile] : [])])
}

/// The login server, as an app of that sandbox, or with the sandbox inside it.
export function startLoginServer(file, sandbox, { consumer_key, consumer_secret } = sandbox ?? {}) {
  if (!sandbox) return Program.start(file, ['--listen', '127.0.0.1:0'])
  return Program.start(file, ['--listen', '127.0.0.1:0', '--provider', sandbox.url, '--ca-file', sandbox.ca_file],
    { COAUTH_CONSUMER_KEY: consumer_key, COAUTH_CONSUMER_SECRET: consumer_secret })
}

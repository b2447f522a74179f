// One user's browser: a cookie jar of its own, tabs, and a list of everything that went wrong in them.

/// What a user does on the pages, and what is found on them.
export class Visitor {
  static async come(chromium, site, options = {}) {
    const visitor = new Visitor()
    visitor.site = site
    visitor.opened = new Set()
    visitor.complaints = []
    visitor.asked = []
    // The sandbox's certificate is of an authority made for this run.
    visitor.context = await chromium.newContext({ ignoreHTTPSErrors: true, ...options })
    await visitor.context.addInitScript(() => document.addEventListener('securitypolicyviolation',
      event => console.error(`the page's policy forbids ${event.violatedDirective} ${event.blockedURI}`)))
    visitor.context.on('page', page => visitor.#watch(page))
    return visitor
  }

  #watch(page) {
    page.on('request', request => this.asked.push(request.url()))
    page.on('response', response => response.request().isNavigationRequest() && this.opened.add(response.url()))
    page.on('console', message => ['error', 'warning'].includes(message.type()) &&
      this.complaints.push({ text: message.text(), url: message.location().url }))
    page.on('pageerror', error => this.complaints.push({ text: `${error}`, url: page.url() }))
    page.on('dialog', dialog => {
      this.complaints.push({ text: `a dialog said ${dialog.message()}`, url: page.url() })
      dialog.dismiss()
    })
  }

  /// Everything but the error status of a page, which the scenarios look at themselves, and of the icon
  /// that a browser asks for unbidden.
  problems() {
    const isKnown = ({ text, url }) => text.startsWith('Failed to load resource: the server responded with a status') &&
      (this.opened.has(url) || url.endsWith('/favicon.ico'))
    return this.complaints.filter(complaint => !isKnown(complaint))
  }

  /// A tab with the page at `path`.
  async open(path = '/') {
    const page = await this.context.newPage()
    await page.goto(this.site + path)
    return page
  }

  async signIn(user, page) {
    page ??= await this.open()
    await pressSignIn(page)
    await allow(page, user)
    await page.waitForURL(this.site + '/profile')
    return page
  }

  async hasSession() {
    return (await this.context.cookies()).some(cookie => cookie.name.endsWith('coauth_session'))
  }
}

export function pressSignIn(page) {
  return page.getByRole('button', { name: 'Sign in with X' }).click()
}

/// On the provider's page: allows as that user.
export async function allow(page, user) {
  await page.locator('input[name=user]').fill(user)
  await page.getByRole('button', { name: 'Allow' }).click()
}

export async function deny(page, user) {
  await page.locator('input[name=user]').fill(user)
  await page.getByRole('button', { name: 'Cancel' }).click()
}

export function signOut(page) {
  return page.getByRole('button', { name: 'Sign out' }).click()
}

export const fields = ['name', 'username', 'picture', 'description', 'link']

/// What the profile page's form holds.
export async function profileOn(page) {
  const profile = {}
  for (const field of fields) profile[field] = await page.locator(`[name=${field}]`).inputValue()
  return profile
}

export function account(page) {
  return page.locator('#account').innerText()
}

// Other users' browsers, other sites, and users whose names are an attack.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { picture, scenario } from '../scenario.mjs'
import { account, allow, pressSignIn, profileOn } from '../visitor.mjs'

scenario('a callback that was led to another browser is refused there and still good at home', async stage => {
  const owner = await stage.visitor()
  const page = await owner.open()
  await pressSignIn(page)
  // The provider's response, which leads to the callback, does not reach the owner's window.
  let callback
  await page.route('**/oauth/authenticate', async route => {
    const headers = { ...await route.request().allHeaders(), origin: stage.provider.ready.url }
    callback = (await route.fetch({ headers, maxRedirects: 0 })).headers().location
    await route.fulfill({ contentType: 'text/plain', body: 'led away' })
  })
  await allow(page, 'user_3')
  await page.getByText('led away').waitFor()

  const thief = await stage.visitor()
  const theirs = await thief.open()
  const response = await theirs.goto(callback)
  assert.equal(response.status(), 400)
  assert.equal(await theirs.locator('h1').count(), 1)
  assert.equal(await thief.hasSession(), false)
  await theirs.goto(stage.site + '/profile')
  assert.equal(theirs.url(), stage.site + '/')
  assert.equal(await stage.calls('/oauth/access_token'), 0)

  await page.goto(callback)
  await page.waitForURL(stage.site + '/profile')
  assert.equal(await account(page), '@user_3')
  assert.equal(await thief.hasSession(), false)
})

// A page of another site, which sends its visitors' browsers to the login server.
async function elsewhere(site) {
  const html = `<!doctype html><title>Elsewhere</title><img src="${site}/login">
    <form method="post" action="${site}/login"><button>Win</button></form>
    <form method="post" action="${site}/logout"><button>Lose</button></form>`
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

scenario('other sites can neither begin a login nor end a session', async stage => {
  const server = await elsewhere(stage.site)
  try {
    const visitor = await stage.visitor()
    const page = await visitor.signIn('user_3')
    const before = await stage.calls('/oauth/request_token')
    // The same host with another port is another origin of the same site, whose requests carry cookies.
    for (const host of ['127.0.0.1', 'localhost']) {
      const home = `http://${host}:${server.address().port}/`
      for (const button of ['Win', 'Lose']) {
        await page.goto(home)
        const [response] = await Promise.all([
          page.waitForResponse(response => response.request().method() === 'POST'),
          page.getByRole('button', { name: button }).click()
        ])
        assert.equal(response.status(), 403, `${button} on ${host}`)
        await page.locator('h1').waitFor()
      }
    }
    assert.equal(await stage.calls('/oauth/request_token'), before)
    await page.goto(stage.site + '/profile')
    assert.equal(await account(page), '@user_3')
    visitor.opened.add(stage.site + '/login') // the image, refused as well
  } finally {
    server.close()
  }
})

// Whether that word is on the page from left to right, after any other text.
function readsForwards(page, text) {
  return page.evaluate(text => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const at = texts.currentNode.data.indexOf(text)
      if (at < 0) continue
      const left = index => {
        const range = document.createRange()
        range.setStart(texts.currentNode, index)
        range.setEnd(texts.currentNode, index + 1)
        return range.getBoundingClientRect().left
      }
      return left(at) < left(at + text.length - 1)
    }
    return false
  }, text)
}

const script = '<script>alert(1)</script>'
const image = '"><img src=x onerror=alert(2)>'
const backwards = '\u202egnorw'
const unclosed = `${backwards}\u2066` // reaches beyond a <bdi>
const evil = {
  consumers: [{ key: 'evil-app', secret: 'evil-secret-not-a-real-one', name: `${image}${script}${backwards}`, callbacks: null }],
  users: [
    { id: '11', username: 'evil', name: `${script}${image}`, description: `${image}${unclosed}`,
      picture: 'javascript:alert(3)', url: 'javascript:alert(4)' },
    { id: '12', username: 'worse', name: `${unclosed}${script}`, picture: `https://127.0.0.1:1/${image}` }
  ],
  tweets: [{ id: '101', user_id: '11', text: `${script}${image}` }, { id: '102', user_id: '11', text: `${unclosed}${image}` }],
  follows: [['12', '11']]
}

scenario('names, texts and addresses of hostile users are shown and do nothing', async stage => {
  const visitor = await stage.visitor()
  const page = await visitor.open()
  await pressSignIn(page)
  await page.getByText('coauth-sandbox, for tests').waitFor()
  assert.equal(await page.locator('script, img').count(), 0)
  await page.locator('b').filter({ hasText: image }).first().waitFor()
  await picture(page, 'hostile-app')
  assert.ok(await readsForwards(page, 'account?'), 'the name of an app turned the words after it')
  await allow(page, 'evil')
  await page.waitForURL(stage.site + '/profile')

  assert.equal(await account(page), '@evil')
  const profile = await profileOn(page)
  assert.equal(profile.name, script + image)
  assert.ok(profile.description.startsWith(image))
  for (const text of [script + image, image]) await page.locator('#tweets li').filter({ hasText: text }).first().waitFor()
  await page.locator('#followers li').filter({ hasText: script }).waitFor()
  assert.equal(await page.locator('script, [onerror], [src=x], [href^="javascript:" i], [src^="javascript:" i]').count(), 0)
  assert.ok(await readsForwards(page, '@worse'), 'a name turned the username after it')
  await picture(page, 'hostile')
}, { seed: evil, consumer: { consumer_key: 'evil-app', consumer_secret: 'evil-secret-not-a-real-one' } })

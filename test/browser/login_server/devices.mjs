// Telephones and desktops, light and dark: every page fits, and can be read aloud.
import assert from 'node:assert/strict'
import { picture, scenario } from '../scenario.mjs'
import { allow, pressSignIn } from '../visitor.mjs'

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const devices = {
  phone,
  'phone-dark': { ...phone, colorScheme: 'dark' },
  desktop: { viewport: { width: 1280, height: 800 } }
}

// A user whose every text is as long as allowed, without a place to break the line.
const wide = {
  consumers: [{ key: 'wide-app', secret: 'wide-secret-not-a-real-one', name: 'A'.repeat(60), callbacks: null }],
  users: [
    { id: '21', username: 'a_long_username', name: 'W'.repeat(50), description: 'w'.repeat(160),
      url: `https://example.com/${'w'.repeat(200)}` },
    { id: '22', username: 'follower_follow', name: 'F'.repeat(50) }
  ],
  tweets: [{ id: '201', user_id: '21', text: 'T'.repeat(280) }],
  follows: [['22', '21']]
}

async function fits(page, width, name) {
  await page.locator('h1').first().waitFor()
  await picture(page, name)
  const found = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    language: document.documentElement.lang,
    titled: document.title !== '',
    unnamed: [...document.querySelectorAll('input:not([type=hidden]), textarea')]
      .filter(input => !input.labels.length && !input.ariaLabel).map(input => input.name),
    undescribed: [...document.images].filter(image => !image.hasAttribute('alt')).map(image => image.src)
  }))
  assert.ok(found.width <= width, `${name} is ${found.width} wide, on ${width}`)
  assert.deepEqual({ ...found, width: 0 }, { width: 0, language: 'en', titled: true, unnamed: [], undescribed: [] }, name)
}

for (const [device, options] of Object.entries(devices)) {
  const check = (page, name) => fits(page, options.viewport.width, `${device}-${name}`)

  scenario(`every page fits a ${device}`, async stage => {
    const page = await (await stage.visitor(options)).open()
    await check(page, 'button')
    await page.goto(stage.site + '/callback?oauth_token=forged&oauth_verifier=forged')
    await check(page, 'error')
    await pressSignIn(page)
    await check(page, 'authorize')
    await allow(page, 'user_4')
    await page.waitForURL(stage.site + '/profile')
    await check(page, 'profile')
  })

  scenario(`texts without a place to break fit a ${device}`, async stage => {
    const visitor = await stage.visitor(options)
    const page = await visitor.open()
    await pressSignIn(page)
    await check(page, 'authorize-long')
    await allow(page, 'a_long_username')
    await page.waitForURL(stage.site + '/profile')
    await check(page, 'profile-long')
  }, { seed: wide, consumer: { consumer_key: 'wide-app', consumer_secret: 'wide-secret-not-a-real-one' } })
}

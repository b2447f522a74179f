// A button for each provider, and the logins of two of them at once.
import assert from 'node:assert/strict'
import { picture, scenario } from '../scenario.mjs'
import { account, allow, deny } from '../visitor.mjs'

const titles = ['X', 'Google', 'GitHub', 'Facebook']
const press = (page, title) => page.getByRole('button', { name: `Sign in with ${title}` }).click()
const provider = page => page.locator('nav .quiet').innerText()

scenario('four providers have a button each, and two logins at once end where they began', async stage => {
  const visitor = await stage.visitor()
  const pages = {}
  for (const title of titles) {
    pages[title] = await visitor.open()
    await press(pages[title], title)
    await pages[title].locator('input[name=user]').waitFor()
  }
  await picture(pages.GitHub, 'authorize-github')

  // In another order than they were begun.
  for (const [title, user] of [['GitHub', 'user_2'], ['Google', 'user_4'], ['X', 'user_3'], ['Facebook', 'user_1']]) {
    const page = pages[title]
    await allow(page, user)
    await page.waitForURL(url => url.origin + url.pathname === stage.site + '/profile') // Facebook's #_=_ stays
    assert.match(await provider(page), new RegExp(`^Signed in with ${title} as `))
    assert.equal(await page.locator('#tweets').count(), title === 'X' ? 1 : 0)
    if (['X', 'GitHub'].includes(title)) assert.equal(await account(page), `@${user}`)
    else assert.notEqual(await account(page), '')
    if (title !== 'X') assert.match(await page.locator('#email').innerText(), new RegExp(`^${user}@example\\.com \\(`))
    const image = page.locator('img.picture')
    assert.ok(await image.evaluate(async img => { await img.decode(); return img.naturalWidth }) > 0)
  }
  await picture(pages.GitHub, 'profile-github')

  // Whoever cancels may take another button.
  const page = await (await stage.visitor()).open()
  await picture(page, 'four-buttons')
  await press(page, 'Facebook')
  await deny(page, 'user_2')
  await page.waitForURL(stage.site + '/callback/facebook?*')
  await press(page, 'Google')
  await allow(page, 'user_2')
  await page.waitForURL(stage.site + '/profile')
  assert.match(await provider(page), /^Signed in with Google as /)
}, { alone: true })

// Several tabs and windows of one browser.
import assert from 'node:assert/strict'
import { picture, scenario } from '../scenario.mjs'
import { account, allow, pressSignIn } from '../visitor.mjs'

const both = (pages, act) => Promise.all(pages.map(act))

scenario('two tabs sign in at once', async stage => {
  const visitor = await stage.visitor()
  const pages = [await visitor.open(), await visitor.open()]
  await both(pages, pressSignIn)
  await both(pages, page => page.locator('input[name=user]').waitFor())
  await both(pages, page => allow(page, 'user_3'))
  await both(pages, page => page.waitForURL(stage.site + '/profile'))
  assert.deepEqual(await both(pages, account), ['@user_3', '@user_3'])
})

/// Signs in in a second window; the first one is to go on by itself.
export async function signInElsewhere(stage, visitor, user) {
  const page = await visitor.open()
  await page.getByRole('button', { name: 'Sign in in a new window' }).click()
  await page.waitForURL(stage.site + '/waiting/*')
  await picture(page, 'waiting')
  const [other] = await Promise.all([visitor.context.waitForEvent('page'), page.locator('a[target=_blank]').click()])
  await allow(other, user)
  await other.waitForURL(stage.site + '/profile')
  await page.waitForURL(stage.site + '/profile')
  assert.deepEqual(await both([page, other], account), [`@${user}`, `@${user}`])
}

scenario('a page waits for the login in another window', async stage => {
  await signInElsewhere(stage, await stage.visitor(), 'user_3')
})

scenario('without JavaScript', async stage => {
  const visitor = await stage.visitor({ javaScriptEnabled: false })
  const page = await visitor.signIn('user_4')
  assert.equal(await account(page), '@user_4')
  await signInElsewhere(stage, await stage.visitor({ javaScriptEnabled: false }), 'user_5')
})

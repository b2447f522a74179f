// A user signs in, edits their profile and signs out.
import assert from 'node:assert/strict'
import { picture, scenario } from '../scenario.mjs'
import { account, allow, deny, pressSignIn, profileOn, signOut } from '../visitor.mjs'

scenario('the button leads to a profile that is filled in', async stage => {
  const visitor = await stage.visitor()
  const page = await visitor.signIn('user_4')

  assert.equal(await account(page), '@user_4')
  const { picture: address, ...profile } = await profileOn(page)
  assert.deepEqual(profile, {
    name: 'Linus Example',
    username: 'user_4',
    description: 'User number 4 of the sandbox. Not a real person.',
    link: 'https://example.com/people/4'
  })
  const image = page.locator('img.picture')
  assert.equal(await image.getAttribute('src'), address)
  assert.ok(await image.evaluate(async img => { await img.decode(); return img.naturalWidth }) > 0)
  await page.locator('#tweets li').filter({ hasText: '@user_5 hello for the 6. time & good luck <3' }).waitFor()
  await page.locator('#followers li').filter({ hasText: '@user_5' }).waitFor()

  const cookies = await visitor.context.cookies(stage.site)
  assert.ok(cookies.length > 0)
  for (const cookie of cookies) assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite], [cookie.name, true, 'Lax'])
  assert.equal(await stage.calls('/oauth/access_token'), 1)
})

scenario('with the sandbox inside it the login server needs no user', async stage => {
  const page = await (await stage.visitor()).signIn('user_1')
  assert.equal(await account(page), '@user_1')
}, { alone: true })

scenario('a doubled click signs in once', async stage => {
  const page = await (await stage.visitor()).open()
  await page.getByRole('button', { name: 'Sign in with X' }).dblclick()
  await allow(page, 'user_3')
  await page.waitForURL(stage.site + '/profile')
  assert.equal(await account(page), '@user_3')
  assert.equal(await stage.calls('/oauth/access_token'), 1)
})

scenario('a user who cancels gets a page and may try again', async stage => {
  const visitor = await stage.visitor()
  const page = await visitor.open()
  await pressSignIn(page)
  await deny(page, 'user_2')
  await page.waitForURL(stage.site + '/callback?*')
  assert.equal(await page.locator('h1').count(), 1)
  assert.equal(await visitor.hasSession(), false)
  await picture(page, 'denied')

  await pressSignIn(page)
  await allow(page, 'user_2')
  await page.waitForURL(stage.site + '/profile')
  assert.equal(await account(page), '@user_2')
})

scenario('what a user wrote stays, and what they emptied is filled in again', async stage => {
  const visitor = await stage.visitor()
  const page = await visitor.signIn('user_1')
  const first = await profileOn(page)
  await page.locator('[name=name]').fill('A name of my own')
  await page.locator('[name=description]').fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL(stage.site + '/profile?saved')
  assert.deepEqual(await profileOn(page), { ...first, name: 'A name of my own', description: '' })

  // What can't be kept is reported beside its field, and stays there to be corrected.
  await page.locator('[name=link]').fill('javascript:alert(1)')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('[name=link][aria-invalid=true]').waitFor()
  assert.equal(await page.locator('.problem').count(), 1)
  assert.equal((await profileOn(page)).link, 'javascript:alert(1)')
  await page.goto(stage.site + '/profile')
  assert.equal((await profileOn(page)).link, first.link)

  await signOut(page)
  await pressSignIn(page)
  // The provider knows this browser and asks nothing.
  await page.waitForURL(stage.site + '/profile')
  assert.deepEqual(await profileOn(page), { ...first, name: 'A name of my own' })
})

scenario('after signing out nothing of the profile is left, not even behind the back button', async stage => {
  const visitor = await stage.visitor()
  const page = await visitor.signIn('user_3')
  await signOut(page)
  await page.waitForURL(stage.site + '/')
  const signedOut = async () => {
    await page.getByRole('button', { name: 'Sign in with X' }).waitFor()
    assert.equal(await page.locator('#account').count(), 0)
  }
  await signedOut()
  await page.goto(stage.site + '/profile')
  assert.equal(page.url(), stage.site + '/')
  await page.goBack()
  await signedOut()
  await page.goBack()
  assert.equal(await page.locator('#account').count(), 0)
  assert.equal(await visitor.hasSession(), false)
})

scenario('the back button after a login, and the old callback again, harm nothing', async stage => {
  const visitor = await stage.visitor()
  const page = await visitor.signIn('user_3')
  const callback = visitor.asked.find(url => url.startsWith(stage.site + '/callback?'))

  // First the provider's page, which is over; then the site, which knows the user.
  await page.goBack()
  assert.match(page.url(), /\/oauth\/authenticate\?/)
  await page.locator('h1').waitFor()
  await page.goBack()
  assert.equal(page.url(), stage.site + '/')
  assert.equal(await account(page), '@user_3')

  const response = await page.goto(callback)
  assert.equal(response.status(), 410)
  assert.equal(await page.locator('h1').count(), 1)
  await picture(page, 'replayed')
  await page.getByRole('link', { name: 'go on to your profile' }).click()
  await page.waitForURL(stage.site + '/profile')
  assert.equal(await account(page), '@user_3')
  assert.equal(await stage.calls('/oauth/access_token'), 1)
})

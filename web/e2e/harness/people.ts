import type { Page } from 'playwright-core'
import type { Visit } from './browser'
import { zh } from './texts'

/** Fills the sign-in form and sends it. */
export async function signIn(page: Page, login: string, password: string) {
  await page.getByLabel(zh('common.login_name')).fill(login)
  await page.getByLabel(zh('common.password'), { exact: true }).fill(password)
  await page.getByRole('button', { name: zh('common.sign_in') }).click()
}

/** Replaces the first password on the page that asks for it. */
export async function choosePassword(page: Page, current: string, next: string) {
  await page.getByRole('heading', { name: zh('password.first_title') }).waitFor()
  await page.getByLabel(zh('password.current'), { exact: true }).fill(current)
  await page.getByLabel(zh('password.new'), { exact: true }).fill(next)
  await page.getByLabel(zh('password.again'), { exact: true }).fill(next)
  await page.getByRole('button', { name: zh('password.change') }).click()
}

/** Signs the first administrator of an empty program in and gives them a password. */
export async function begin(
  page: Page,
  program: { admin_login: string; admin_password: string },
  password: string,
) {
  await page.goto('/')
  await signIn(page, program.admin_login, program.admin_password)
  await choosePassword(page, program.admin_password, password)
  await page.getByRole('heading', { name: zh('nav.overview'), level: 1 }).waitFor()
}

/** Signs a visit in without the form, for journeys that begin behind it. */
export async function enter(v: Visit, login: string, password: string) {
  const answer = await v.context.request.post('/api/v1/session', { data: { login, password } })
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`)
}

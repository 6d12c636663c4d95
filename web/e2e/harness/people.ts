import type { Page } from 'playwright-core'
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

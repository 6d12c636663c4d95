import { expect, it } from 'vitest'
import { safeNext } from './next'
import { passwordRules } from './password'

it.each([
  ['/customers/7?tab=orders', '/customers/7?tab=orders'],
  [null, '/'],
  ['', '/'],
  ['customers', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['/login?next=/x', '/'],
  ['/a/../b', '/b'],
])('next %s', (next, want) => expect(safeNext(next)).toBe(want))

it.each([
  ['', [false, false, false]],
  ['abcdefghij', [true, false, true]],
  ['abcdefgh12', [true, true, true]],
  ['一二三四五六七八九十', [true, false, true]],
  ['correcthorsebatterystaple', [true, true, true]],
  ['Admin12345', [true, true, false]],
])('password %s', (password, want) => {
  expect(passwordRules(password, 'admin').map((r) => r.met)).toEqual(want)
})

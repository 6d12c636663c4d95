import { expect, it } from 'vitest'
import { answer, changed, rulesOf, withAnswer, withText } from './rules'

const rule = (name: string) => {
  const found = rulesOf('orders').find((r) => r.name === name)
  if (!found) throw new Error(name)
  return found
}

it('answers with the default until told otherwise', () => {
  const amount = rule('amount_is')
  expect(answer({}, amount)).toBe('row')
  const set = withAnswer({}, amount, 'order')
  expect(set).toEqual({ amount_is: 'order' })
  expect(answer(set, amount)).toBe('order')
  expect(changed('orders', set)).toBe(1)
  expect(withAnswer(set, amount, 'row')).toEqual({})
})

it('takes a prefix away with "-" and back with nothing', () => {
  const prefix = rule('cancelled_prefix')
  expect(withAnswer({}, prefix, '-')).toEqual({ cancelled_prefix: '-' })
  expect(withAnswer({ cancelled_prefix: 'RT' }, prefix, '')).toEqual({})
})

it('says what texts mean', () => {
  const one = withText({}, 'status', '待成团', 'unpaid')
  expect(one).toEqual({ status: { 待成团: 'unpaid' } })
  const two = withText(one, 'status', '已发', 'shipped')
  expect(two.status).toEqual({ 待成团: 'unpaid', 已发: 'shipped' })
  expect(changed('orders', two)).toBe(1)
  expect(changed('customers', two)).toBe(0)
  expect(withText(one, 'status', '待成团', '')).toEqual({})
})

it('every default is one of its choices', () => {
  for (const kind of ['orders', 'customers', 'behaviours'] as const) {
    for (const r of rulesOf(kind)) {
      if (r.choices.length > 0) expect(r.choices).toContain(r.default)
    }
  }
})

import { expect, it } from 'vitest'
import { minutesOf, nextSpan, tidyTime } from './draft'

it.each([
  ['9', '09:00'],
  ['9:5', '09:05'],
  [' 13：30 ', '13:30'],
  ['24:00', '24:00'],
  ['noon', 'noon'],
])('%s is read as %s', (text, want) => expect(tidyTime(text)).toBe(want))

it('adds a span behind the last one', () => {
  expect(nextSpan([])).toEqual({ from: '09:00', to: '18:00' })
  expect(nextSpan([{ from: '09:00', to: '12:00' }])).toEqual({ from: '13:00', to: '17:00' })
  expect(nextSpan([{ from: '09:00', to: '23:30' }])).toEqual({ from: '23:00', to: '24:00' })
})

it('counts what a day is worked', () => {
  expect(
    minutesOf([
      { from: '09:00', to: '12:00' },
      { from: '13:00', to: '17:30' },
    ]),
  ).toBe(450)
  expect(minutesOf([{ from: 'noon', to: '17:30' }])).toBe(0)
})

import { expect, it } from 'vitest'
import { perDay } from './begun'

const figures = {
  days: 10,
  tools: [],
  ways: [
    { from: '', to: 'new', customers: 50 },
    { from: 'potential', to: 'new', customers: 20 },
    { from: 'mature', to: 'warning', customers: 7 },
    { from: 'warning', to: 'recovery', customers: 5 },
  ],
}

it.each([
  [['new'], [], 7],
  [['new'], ['potential'], 2],
  [['warning', 'recovery'], ['mature'], 0.7],
  [['recovery', 'warning'], [], 0.7],
])('a tool of %j from %j begins for %f a day', (stages, from, want) =>
  expect(perDay(figures, { stages, auto: { from, most: 9 } })).toBe(want),
)

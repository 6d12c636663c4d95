import { expect, it } from 'vitest'
import { levelTone } from './tags'

it.each([
  ['high', 3, 1],
  ['none', undefined, 0],
  ['my_level', 1, 1],
  ['my_level', 8, 8],
  ['my_level', 9, 1],
  ['my_level', undefined, 0],
  ['my_level', 0, 0],
])('level %s of rank %s has tone %i', (code, rank, tone) =>
  expect(levelTone(code, rank)).toBe(tone),
)

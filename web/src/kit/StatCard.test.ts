import { expect, it } from 'vitest'
import { change } from './StatCard'

it.each([
  [110, 100, 0.1],
  [90, 100, -0.1],
  [-50, -100, 0.5],
  [5, 0, null],
  [Number.NaN, 3, null],
])('from %s to base %s', (now, base, want) => {
  const got = change(now, base)
  if (want === null) expect(got).toBeNull()
  else expect(got).toBeCloseTo(want)
})

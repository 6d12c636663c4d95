import { describe, expect, it } from 'vitest'
import { timeline } from './past'

const kept = (day: string, size: number) => ({ day, size, entered: 1, left: 2 })

describe('sizes before they were kept', () => {
  it('end where kept sizes begin, and lead up to the first', () => {
    const points = timeline(
      [kept('2026-03-01', 8), kept('2026-03-02', 9)],
      [
        { day: '2026-02-27', size: 5 },
        { day: '2026-03-02', size: 7 },
      ],
    )
    expect(points.map((p) => [p.day, p.kept?.size, p.past])).toEqual([
      ['2026-02-27', undefined, 5],
      ['2026-02-28', undefined, undefined],
      ['2026-03-01', 8, 8],
      ['2026-03-02', 9, undefined],
    ])
  })
  it('stand alone where nothing is kept, and may be missing', () => {
    expect(timeline([], [{ day: '2026-02-28', size: 5 }])).toEqual([{ day: '2026-02-28', past: 5 }])
    expect(timeline([kept('2026-03-01', 8)], [])).toHaveLength(1)
    expect(timeline([], [])).toEqual([])
  })
})

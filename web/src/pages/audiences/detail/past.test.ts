import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/errors'
import { recount, timeline } from './past'

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

describe('recounting', () => {
  const refused = (code: string, message: string, status = 422) =>
    new ApiError({ status, code: 'invalid', errors: [{ path: 'rule.field', code, message }] })
  const until = (bad: string, error: Error) => async (day: string) => {
    if (day <= bad) throw error
    return { count: Number(day.slice(-2)), took_ms: 1 }
  }

  it('keeps what is known where figures of models are not there yet, and asks no further', async () => {
    const asked: string[] = []
    const ask = until('2026-03-10', refused('rule.model_working', 'wait'))
    const got = await recount('2026-03-31', (day) => {
      asked.push(day)
      return ask(day)
    })
    expect(got).toEqual({
      days: [
        { day: '2026-03-17', size: 17 },
        { day: '2026-03-24', size: 24 },
      ],
      stopped: { day: '2026-03-10', why: undefined },
    })
    expect(asked).toHaveLength(3)
  })
  it('says why else a day is refused', async () => {
    const got = await recount(
      '2026-03-31',
      until('2026-03-24', refused('rule.model_stopped', 'no')),
    )
    expect(got).toEqual({ days: [], stopped: { day: '2026-03-24', why: 'no' } })
  })
  it('goes back twelve weeks, and leaves other errors to the page', async () => {
    const got = await recount('2026-03-31', until('2020-01-01', new Error()))
    expect(got.days).toHaveLength(12)
    expect(got.stopped).toBeUndefined()
    await expect(
      recount('2026-03-31', until('2026-03-24', refused('x', 'y', 503))),
    ).rejects.toThrow()
  })
})

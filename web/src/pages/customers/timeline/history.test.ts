import { describe, expect, it } from 'vitest'
import type { Entry } from './api'
import { byDay, bySource, dayFrom, fromLocal, sourceOf, toggleKind, toLocal } from './history'

const entry = (id: number, day: string) => ({ id, day }) as Entry

describe('the timeline', () => {
  it('puts entries under their days without changing their order', () => {
    const groups = byDay([entry(3, '2026-09-25'), entry(9, '2026-09-25'), entry(1, '2026-09-24')])
    expect(groups.map((g) => [g.day, g.entries.map((e) => e.id)])).toEqual([
      ['2026-09-25', [3, 9]],
      ['2026-09-24', [1]],
    ])
  })

  const groups = bySource([
    { kind: 'order', source: 'order' },
    { kind: 'return', source: 'order' },
    { kind: 'call', source: 'note' },
    { kind: 'visit', source: 'note' },
    { kind: 'note', source: 'note' },
  ])

  it('finds the source of what is chosen', () => {
    expect(groups.map((g) => g.source)).toEqual(['order', 'note'])
    expect(sourceOf(groups, ['call', 'visit'])?.source).toBe('note')
    expect(sourceOf(groups, ['call', 'order'])).toBeNull()
    expect(sourceOf(groups, [])).toBeNull()
  })

  it('narrows a whole source to one kind, adds to it and goes back to the whole', () => {
    const note = groups[1]
    if (!note) throw new Error('no notes')
    expect(toggleKind(note, note.kinds, 'visit')).toEqual(['visit'])
    expect(toggleKind(note, ['visit'], 'call')).toEqual(['call', 'visit'])
    expect(toggleKind(note, ['visit'], 'visit')).toEqual(note.kinds)
  })

  it('reads times in the company’s zone, whatever the zone of the browser', () => {
    const at = Date.UTC(2026, 8, 25, 6, 5)
    expect(toLocal(at, 'Asia/Shanghai')).toBe('2026-09-25T14:05')
    expect(fromLocal('2026-09-25T14:05', 'Asia/Shanghai')).toBe(at)
    expect(fromLocal('', 'Asia/Shanghai')).toBeUndefined()
    expect(dayFrom(Date.UTC(2026, 11, 31, 17), 1, 'Asia/Shanghai')).toBe('2027-01-02')
  })
})

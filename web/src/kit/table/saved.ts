import { useCallback, useState } from 'react'
import type { View } from './types'

/** What a person chose for one list in this browser. */
export interface Saved {
  /** Keys of the columns shown; null = the page's default. */
  columns: string[] | null
  density: 'normal' | 'compact'
  size: number
  views: View[]
}

export const savedDefault: Saved = { columns: null, density: 'normal', size: 20, views: [] }

/** Reads stored choices; anything unknown or damaged becomes the default. */
export function parseSaved(text: string | null): Saved {
  let raw: Record<string, unknown> = {}
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    if (value && typeof value === 'object') raw = value as Record<string, unknown>
  } catch {
    // Damaged: the defaults stand.
  }
  const texts = (x: unknown): x is string[] =>
    Array.isArray(x) && x.every((k) => typeof k === 'string')
  const isView = (x: unknown): x is View => {
    const v = x as Partial<View> | null
    return (
      typeof v === 'object' &&
      v !== null &&
      typeof v.key === 'string' &&
      typeof v.label === 'string' &&
      typeof v.filters === 'object' &&
      v.filters !== null &&
      Object.values(v.filters).every((f) => typeof f === 'string')
    )
  }
  return {
    columns: texts(raw.columns) ? raw.columns : null,
    density: raw.density === 'compact' ? 'compact' : 'normal',
    size: [20, 50, 100].includes(raw.size as number) ? (raw.size as number) : 20,
    views: Array.isArray(raw.views) ? raw.views.filter(isView).slice(0, 20) : [],
  }
}

const keyOf = (id: string) => `zhike.table.${id}`

export function useSaved(id: string): [Saved, (change: Partial<Saved>) => void] {
  const [saved, setSaved] = useState<Saved>(() => {
    try {
      return parseSaved(localStorage.getItem(keyOf(id)))
    } catch {
      return savedDefault
    }
  })
  const change = useCallback(
    (part: Partial<Saved>) =>
      setSaved((before) => {
        const next = { ...before, ...part }
        try {
          localStorage.setItem(keyOf(id), JSON.stringify(next))
        } catch {
          // A full or forbidden storage only means the choice is not kept.
        }
        return next
      }),
    [id],
  )
  return [saved, change]
}

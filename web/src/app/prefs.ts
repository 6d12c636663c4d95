import { useSyncExternalStore } from 'react'

/** What a person chose for this browser. Holds no personal data. */
export interface Prefs {
  theme: 'light' | 'dark' | 'system'
  /** '' = the browser's language. */
  lang: '' | 'zh-CN' | 'en'
  navCollapsed: boolean
}

const key = 'zhike.prefs'
const initial: Prefs = { theme: 'system', lang: '', navCollapsed: false }

/** Reads stored preferences; anything unknown or damaged becomes the default. */
export function parsePrefs(text: string | null): Prefs {
  let raw: Partial<Record<keyof Prefs, unknown>> = {}
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    if (value && typeof value === 'object') raw = value
  } catch {
    // Damaged: the defaults stand.
  }
  return {
    theme: raw.theme === 'light' || raw.theme === 'dark' ? raw.theme : 'system',
    lang: raw.lang === 'zh-CN' || raw.lang === 'en' ? raw.lang : '',
    navCollapsed: raw.navCollapsed === true,
  }
}

function load(): Prefs {
  try {
    return parsePrefs(localStorage.getItem(key))
  } catch {
    return initial
  }
}

let current = load()
const listeners = new Set<() => void>()

export const getPrefs = () => current

export function setPrefs(change: Partial<Prefs>): void {
  current = { ...current, ...change }
  try {
    localStorage.setItem(key, JSON.stringify(current))
  } catch {
    // A full or forbidden storage only means the choice is not kept.
  }
  for (const tell of listeners) tell()
}

function subscribe(tell: () => void) {
  listeners.add(tell)
  return () => listeners.delete(tell)
}

export const usePrefs = () => useSyncExternalStore(subscribe, getPrefs)

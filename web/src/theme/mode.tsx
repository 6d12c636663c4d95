import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo } from 'react'
import { usePrefs } from '@/app/prefs'
import { useMedia } from '@/kit/media'
import {
  font,
  fontEn,
  type Mode,
  mono,
  type Palette,
  palettes,
  size,
  type Tone,
  tones,
} from './tokens'

interface ThemeInfo {
  mode: Mode
  palette: Palette
  tones: Tone[]
}

const Context = createContext<ThemeInfo>({
  mode: 'light',
  palette: palettes.light,
  tones: tones.light,
})

/** The theme now in use, for what CSS variables cannot reach (canvas). */
export const useTheme = () => useContext(Context)

const kebab = (name: string) => name.replace(/[A-Z0-9]+/g, (m) => `-${m.toLowerCase()}`)

/** Writes the tokens of a mode as `--zk-…` variables onto the root element. */
export function applyTokens(mode: Mode, root: HTMLElement = document.documentElement): void {
  root.dataset.theme = mode
  root.style.colorScheme = mode
  const set = (name: string, value: string) => root.style.setProperty(`--zk-${name}`, value)
  for (const [name, value] of Object.entries(palettes[mode])) set(kebab(name), value)
  tones[mode].forEach((tone, i) => {
    set(`tone-${i}`, tone.solid)
    set(`tone-${i}-text`, tone.text)
    set(`tone-${i}-soft`, tone.soft)
  })
  set('font-zh', font)
  set('font-en', fontEn)
  set('mono', mono)
  for (const [name, value] of Object.entries(size)) set(kebab(name), `${value}px`)
}

/** Follows the person's choice, or the system where none was made. */
export function ThemeMode({ children }: { children: ReactNode }) {
  const { theme } = usePrefs()
  const systemDark = useMedia('(prefers-color-scheme: dark)')
  const mode: Mode = theme === 'system' ? (systemDark ? 'dark' : 'light') : theme
  useLayoutEffect(() => applyTokens(mode), [mode])
  const info = useMemo(() => ({ mode, palette: palettes[mode], tones: tones[mode] }), [mode])
  return <Context.Provider value={info}>{children}</Context.Provider>
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Params = Record<string, string | number>

function catalogue(language: string): Map<string, string> {
  const folder = join('..', 'locales', language)
  const out = new Map<string, string>()
  for (const file of readdirSync(folder)) {
    const texts = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>
    for (const [key, text] of Object.entries(texts)) out.set(key, text)
  }
  return out
}

function speaker(language: string) {
  const texts = catalogue(language)
  return (key: string, params: Params = {}) => {
    const text = texts.get(key) ?? texts.get(`${key}_other`)
    if (text === undefined) throw new Error(`no text ${key} in ${language}`)
    return text.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => String(params[name] ?? ''))
  }
}

/** The text that a person reads, from the program's own catalogue. */
export const zh = speaker('zh-CN')
export const en = speaker('en')

/** A text with any values in the places of its parameters. */
export function like(key: string, say = zh): RegExp {
  const marked = say(key, new Proxy({}, { get: () => '\u0000' }) as Params)
  return new RegExp(marked.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\u0000', '.*'))
}

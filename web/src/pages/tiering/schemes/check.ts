import type { FormCondition, FormScheme } from './model'
import { lessIsBetter, metricUnit, valueUnit } from './units'

// The same places and bounds as the server's Scheme.Validate, so that most
// mistakes are seen while typing; the server has the last word.

/** Path of the field ("rules[0].all[1].value") → key of the text. */
export type Problems = Map<string, string>

const codePattern = /^[a-z][a-z0-9-]{1,39}$/
export const maxLevels = 20
export const maxRules = 50
export const maxConditions = 20
const maxValue = 1e12

// i18n-keys: tiers.check.*
export function checkForm(form: FormScheme): Problems {
  const out: Problems = new Map()
  const bad = (path: string, what: string) => {
    if (!out.has(path)) out.set(path, `tiers.check.${what}`)
  }
  const name = (path: string, text: string) => {
    if (!text.trim()) bad(path, 'name')
  }
  if (!codePattern.test(form.code.trim())) bad('code', 'code')
  name('name', form.name)
  const { windowDays: days } = form
  if (!Number.isInteger(days) || days < 0 || days > 3660) bad('window_days', 'window')

  if (form.levels.length < 2 || form.levels.length > maxLevels) bad('levels', 'level_count')
  const names = new Set<string>()
  form.levels.forEach((level, i) => {
    name(`levels[${i}].name`, level.name)
    const text = level.name.trim()
    if (text && names.has(text)) bad(`levels[${i}].name`, 'name_twice')
    names.add(text)
  })

  if (form.method === 'rules') checkRules(form, bad, name)
  if (form.method === 'score') checkScore(form, bad, name)
  if (form.method === 'rfm') {
    if (form.bins < 2 || form.bins > 10) bad('rfm.bins', 'bins')
    for (const axis of ['recency', 'frequency', 'monetary'] as const) {
      form[axis].forEach((b, i) => {
        const before = form[axis][i - 1]
        if (before !== undefined && b <= before) bad(`rfm.${axis}`, 'rising')
      })
      if (form[axis].length > 9) bad(`rfm.${axis}`, 'too_many_cuts')
    }
  }
  if (form.method === 'model') checkModel(form, bad)
  return out
}

type Bad = (path: string, what: string) => void
type Name = (path: string, text: string) => void

function checkRules(form: FormScheme, bad: Bad, name: Name) {
  if (form.rules.length === 0 || form.rules.length > maxRules) bad('rules', 'rule_count')
  const known = new Set(form.levels.map((l) => l.code))
  form.rules.forEach((rule, i) => {
    const path = `rules[${i}]`
    name(`${path}.name`, rule.name)
    if (!known.has(rule.level)) bad(`${path}.level`, 'no_level')
    const n = rule.all.length + rule.any.length
    if (n === 0 || n > maxConditions) bad(path, 'condition_count')
    rule.all.forEach((c, k) => {
      checkCondition(c, `${path}.all[${k}]`, bad)
    })
    rule.any.forEach((c, k) => {
      checkCondition(c, `${path}.any[${k}]`, bad)
    })
  })
}

function checkCondition(c: FormCondition, path: string, bad: Bad) {
  // A rule of audiences is complete when its drawer lets it through.
  if ('who' in c) return
  const value = c.value
  if (value === null || !Number.isFinite(value) || Math.abs(value) > maxValue) {
    bad(`${path}.value`, 'value')
    return
  }
  if (c.op === 'mean_mul' && (value <= 0 || value > 1000)) bad(`${path}.value`, 'times')
  const share = c.op === 'top_share' || c.op === 'rev_share'
  if (share && valueUnit(c.metric, c.op) === 'percent' && (value <= 0 || value > 100))
    bad(`${path}.value`, 'share')
}

function checkScore(form: FormScheme, bad: Bad, name: Name) {
  if (form.parts.length === 0 || form.parts.length > 10) bad('score.parts', 'part_count')
  const positive = (list: { weight: number | null }[]) => list.some((x) => (x.weight ?? 0) > 0)
  if (form.parts.length > 0 && !positive(form.parts)) bad('score.parts', 'weight')
  form.parts.forEach((part, i) => {
    const path = `score.parts[${i}]`
    name(`${path}.name`, part.name)
    if (part.weight === null || part.weight < 0) bad(`${path}.weight`, 'weight')
    if (part.terms.length === 0 || part.terms.length > maxConditions)
      bad(`${path}.terms`, 'condition_count')
    else if (!positive(part.terms)) bad(`${path}.terms`, 'weight')
    part.terms.forEach((term, k) => {
      const at = `${path}.terms[${k}]`
      if (term.weight === null || term.weight < 0) bad(`${at}.weight`, 'weight')
      if (term.scale === 'linear') {
        if (term.from === null || term.to === null) bad(`${at}.from`, 'value')
        else if (term.from === term.to) bad(`${at}.from`, 'range')
      }
    })
  })
  form.cuts.forEach((cut, i) => {
    const before = form.cuts[i - 1]
    if (cut === null || cut < 0 || cut > 100) bad(`score.cuts[${i}]`, 'cut')
    else if (before !== undefined && before !== null && cut >= before)
      bad(`score.cuts[${i}]`, 'falling')
  })
}

function checkModel(form: FormScheme, bad: Bad) {
  const share = metricUnit(form.figure) === 'percent'
  form.levels.slice(1).forEach((_, i) => {
    const path = `model.cuts[${i}]`
    const bound = form.bounds[i] ?? null
    const before = form.bounds[i - 1] ?? null
    if (bound === null || bound < 0 || bound > (share ? 100 : maxValue))
      bad(path, share ? 'model_share' : 'model_cut')
    else if (before !== null && lessIsBetter(form.figure) && bound <= before)
      bad(path, 'model_rising')
    else if (before !== null && !lessIsBetter(form.figure) && bound >= before)
      bad(path, 'model_falling')
  })
  if (!form.levels.some((l) => l.code === form.uncovered)) bad('model.uncovered', 'uncovered')
}

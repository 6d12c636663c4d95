import type { Format } from '@/kit'
import { canonical } from '../../audiences/builder/model'
import type { SchemeView } from '../api'
import { toForm } from './model'
import { fromField, metricUnit } from './units'
import { formText, metricName, type Translate, valueText, windowText } from './words'

/** One thing a scheme says: where, and what. */
export interface Line {
  label: string
  text: string
  /** What is compared where the text is more: codes, so that a new name is one change and not ten. */
  mark: string
}

/** A scheme with what its rules of audiences say. */
export type Said = Pick<SchemeView, 'scheme' | 'sentences'>

export interface Difference {
  label: string
  before: string | null
  after: string | null
}

// i18n-keys: tiers.diff.*
/** All that a scheme says, one line each, under keys that hold across versions. */
export function schemeLines(
  t: Translate,
  f: Format,
  { scheme, sentences }: Said,
): Map<string, Line> {
  const out = new Map<string, Line>()
  const put = (key: string, label: string, text: string, mark = text) =>
    out.set(key, { label, text, mark })
  const form = toForm(scheme, sentences)
  put('name', t('tiers.field.name'), form.name)
  put('window', t('tiers.field.window'), windowText(t, form.windowDays))
  put('measure', t('tiers.field.measure'), metricName(t, 'spend', form.measure))
  const codes = form.levels.map((l) => l.code).join(' ')
  put('order', t('tiers.diff.order'), form.levels.map((l) => l.name).join(' › '), codes)
  for (const level of form.levels) {
    put(`level.${level.code}`, t('tiers.diff.level', { code: level.code }), level.name)
    if (level.advice)
      put(`advice.${level.code}`, t('tiers.diff.advice', { level: level.name }), level.advice)
  }
  const levelName = (code: string) => form.levels.find((l) => l.code === code)?.name ?? code

  // Rules are known by their names: one that only moved has not changed.
  const seen = new Map<string, number>()
  const order: string[] = []
  for (const rule of form.rules) {
    const n = (seen.get(rule.name) ?? 0) + 1
    seen.set(rule.name, n)
    const id = n > 1 ? `${rule.name} (${n})` : rule.name
    order.push(id)
    const given = t('tiers.diff.rule_level', { rule: id })
    put(`rule.${id}.level`, given, levelName(rule.level), rule.level)
    for (const group of ['all', 'any'] as const) {
      const label = t(`tiers.diff.rule_${group}`, { rule: id })
      rule[group].forEach((c, i) => {
        const said = formText(t, f, c, form.measure)
        const text = c.on ? said : t('tiers.diff.off', { text: said })
        // Words of a rule of audiences change with names and language; the rule itself is compared.
        const mark = 'who' in c ? `${c.on} ${canonical(c.who)}` : text
        put(`rule.${id}.${group}.${i}`, label, text, mark)
      })
    }
  }
  if (order.length > 0) put('rules', t('tiers.diff.rules'), order.join(' › '))

  for (const part of form.parts) {
    put(
      `part.${part.name}`,
      t('tiers.diff.part', { part: part.name }),
      f.percent((part.weight ?? 0) / 100),
    )
    for (const term of part.terms) {
      const unit = metricUnit(term.metric)
      const scale =
        term.scale === 'percentile'
          ? t('tiers.scale.percentile')
          : t('tiers.diff.linear', {
              from: valueText(t, f, fromField(term.from ?? 0, unit), unit),
              to: valueText(t, f, fromField(term.to ?? 0, unit), unit),
            })
      put(
        `part.${part.name}.${term.metric}`,
        t('tiers.diff.term', {
          part: part.name,
          metric: metricName(t, term.metric, form.measure),
        }),
        `${f.percent((term.weight ?? 0) / 100)} · ${scale}`,
      )
    }
  }
  form.cuts.forEach((cut, i) => {
    const level = form.levels[i]
    put(
      `cut.${level?.code ?? i}`,
      t('tiers.diff.cut', { level: level?.name ?? '' }),
      f.count(cut ?? 0, 2),
    )
  })
  if (form.method === 'model') {
    put('figure', t('tiers.diff.model_figure'), metricName(t, form.figure, form.measure))
    form.levels.slice(1).forEach((_, i) => {
      const level = form.levels[i]
      put(
        `bound.${level?.code ?? i}`,
        t('tiers.diff.cut', { level: level?.name ?? '' }),
        metricUnit(form.figure) === 'percent'
          ? f.percent((form.bounds[i] ?? 0) / 100)
          : f.count(form.bounds[i] ?? 0, 2),
      )
    })
    const rest = form.levels.find((l) => l.code === form.uncovered)
    put('uncovered', t('tiers.diff.uncovered'), rest?.name ?? form.uncovered)
  }
  if (form.method === 'rfm') {
    put('bins', t('tiers.diff.bins'), f.count(form.bins))
    put('split', t('tiers.diff.split'), t(`tiers.split.${form.split}`))
    for (const axis of ['recency', 'frequency', 'monetary'] as const) {
      const text = form[axis].length > 0 ? form[axis].join(' / ') : t('tiers.diff.equal')
      put(`axis.${axis}`, t(`tiers.axis.${axis}`), text)
    }
  }
  return out
}

/** What changed between two schemes, in the order of the newer one, then what is gone. */
export function differences(t: Translate, f: Format, before: Said, after: Said): Difference[] {
  const old = schemeLines(t, f, before)
  const now = schemeLines(t, f, after)
  const out: Difference[] = []
  for (const [key, line] of now) {
    const was = old.get(key)
    if (was?.mark !== line.mark)
      out.push({ label: line.label, before: was?.text ?? null, after: line.text })
  }
  for (const [key, line] of old) {
    if (!now.has(key)) out.push({ label: line.label, before: line.text, after: null })
  }
  return out
}

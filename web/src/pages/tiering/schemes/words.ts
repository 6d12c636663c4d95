import type { Format } from '@/kit'
import type { FigureCondition, Measure, Method, Metric } from '../api'
import type { FormCondition, FormRule, FormScheme } from './model'
import { fromField, isField, metricUnit, type Unit, valueUnit } from './units'

export type Translate = (key: string, params?: Record<string, unknown>) => string

/** A name inside a sentence: English begins it small, Chinese has no such thing. */
export const inside = (name: string) => name.replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase())

// i18n-keys: tiers.metric.*, tiers.value.*, tiers.cond.*, tiers.window.*, tiers.metric_hint.*

/** The name of a figure; spend is called by what the scheme counts as spend. */
export function metricName(t: Translate, metric: Metric, measure: Measure = 'net'): string {
  return metric === 'spend' || metric === 'spend_all'
    ? t(`tiers.metric.${metric}.${measure}`)
    : t(`tiers.metric.${metric}`)
}

/** What a figure counts exactly. */
export const metricHint = (t: Translate, metric: Metric) => t(`tiers.metric_hint.${metric}`)

/** "近 365 天", "全部时间". */
export const windowText = (t: Translate, days: number) =>
  days > 0 ? t('tiers.window.days', { count: days }) : t('tiers.window.all')

/** A number in the unit of the scheme (shares 0–1, yuan), with its unit: "50%", "¥1,000.00", "2 笔". */
export function valueText(t: Translate, f: Format, value: number, unit: Unit): string {
  switch (unit) {
    case 'yuan':
      return f.money(Math.round(value * 100))
    case 'percent': {
      const share = Number((value * 100).toFixed(2))
      return f.percent(value, Number.isInteger(share) ? 0 : Number.isInteger(share * 10) ? 1 : 2)
    }
    default:
      return t(`tiers.value.${unit}`, { count: value, value: f.count(value, 2) })
  }
}

/** What a relative threshold came to; money in 分. */
export function foundText(t: Translate, f: Format, metric: Metric, found: number): string {
  if (isField(metric)) return t(`tiers.value.${metric}`, { count: found, fen: true })
  const unit = metricUnit(metric)
  return valueText(t, f, unit === 'yuan' ? found / 100 : found, unit)
}

/** "净消费排在前 20%". value in the unit of the scheme. */
export function conditionText(
  t: Translate,
  f: Format,
  c: Pick<FigureCondition, 'metric' | 'op' | 'value'>,
  measure: Measure,
): string {
  const name = metricName(t, c.metric, measure)
  const metric = c.op === 'rev_share' ? inside(name) : name
  // "均值的 1.5 倍" has the word itself.
  const unit = valueUnit(c.metric, c.op)
  const value = c.op === 'mean_mul' ? f.count(c.value, 2) : valueText(t, f, c.value, unit)
  const key = c.op === 'top_share' && c.metric === 'recency_days' ? 'top_recent' : c.op
  return t(`tiers.cond.${key}`, { metric, value })
}

/** A rule of audiences as one condition among others: "符合“近 90 天…”". */
export const peopleText = (t: Translate, said: string) =>
  said ? t('ui_dimension.who.cond', { rule: said }) : t('ui_dimension.who.unsaid')

/** A condition as it stands in the form. */
export function formText(t: Translate, f: Format, c: FormCondition, measure: Measure): string {
  if ('who' in c) return peopleText(t, c.said)
  const value = fromField(c.value ?? 0, valueUnit(c.metric, c.op))
  return conditionText(t, f, { ...c, value }, measure)
}

function list(t: Translate, f: Format, items: FormCondition[], measure: Measure): string[] {
  return items
    .filter((c) => c.on && ('who' in c || c.value !== null))
    .map((c) => formText(t, f, c, measure))
}

/** The conditions of a rule as one clause; empty where none is switched on. */
export function ruleClause(
  t: Translate,
  f: Format,
  rule: Pick<FormRule, 'all' | 'any'>,
  measure: Measure,
): string {
  const [first, ...more] = list(t, f, rule.all, measure)
  const all = [first ?? '', ...more.map(inside)].join(t('tiers.join.and'))
  const any = list(t, f, rule.any, measure).map(inside)
  const either = any.join(t('tiers.join.or'))
  if (!all) return any.length > 1 ? t('tiers.join.any', { any: either }) : either
  if (!either) return all
  return any.length > 1
    ? t('tiers.join.all_any', { all, any: either })
    : all + t('tiers.join.and') + either
}

/** The whole rule said back: "净消费排在前 20%，且… → 高价值". */
export function ruleSentence(
  t: Translate,
  f: Format,
  rule: FormRule,
  scheme: Pick<FormScheme, 'levels' | 'measure'>,
): string {
  const clause = ruleClause(t, f, rule, scheme.measure)
  if (!clause) return t('tiers.rule.never')
  const level = scheme.levels.find((l) => l.code === rule.level)?.name ?? rule.level
  return t('tiers.rule.sentence', { conditions: clause, level })
}

// i18n-keys: tiers.method.*, tiers.method_text.*
export const methodName = (t: Translate, method: Method) => t(`tiers.method.${method}`)

/** One sentence that says how a scheme grades. */
export function schemeSentence(t: Translate, form: FormScheme): string {
  return t(`tiers.method_text.${form.method}`, {
    window: windowText(t, form.windowDays),
    measure: inside(metricName(t, 'spend', form.measure)),
    rules: form.rules.length,
    parts: form.parts.map((p) => p.name).join(t('tiers.join.list')),
    levels: form.levels.length,
    bins: form.bins,
    figure: metricName(t, form.figure, form.measure),
  })
}

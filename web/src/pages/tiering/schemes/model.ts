import type { RuleNode } from '../../audiences/builder/node'
import type {
  Condition,
  Horizon,
  Level,
  Measure,
  Method,
  Metric,
  Op,
  Rfm,
  Scheme,
  Split,
} from '../api'
import { byModel, fromField, metricUnit, toField, usualValue, valueUnit } from './units'

// The scheme as it is being edited: numbers in the units of the fields (per
// cent instead of shares), nothing typed yet is null, and every row has a key
// of its own, so that it keeps its place in the page when rows move.

export interface FormLevel extends Level {
  key: string
  advice: string
}

export interface FormFigure {
  key: string
  metric: Metric
  op: Op
  value: number | null
  on: boolean
}

export interface FormPeople {
  key: string
  who: RuleNode
  /** What the rule says; "" where that is not known. */
  said: string
  on: boolean
}

export type FormCondition = FormFigure | FormPeople

export interface FormRule {
  key: string
  level: string
  name: string
  all: FormCondition[]
  any: FormCondition[]
}

export interface FormTerm {
  key: string
  metric: Metric
  weight: number | null
  scale: 'percentile' | 'linear'
  from: number | null
  to: number | null
}

export interface FormPart {
  key: string
  name: string
  weight: number | null
  terms: FormTerm[]
}

export interface FormScheme {
  code: string
  name: string
  /** Code; "" is value. */
  dimension: string
  method: Method
  windowDays: number
  measure: Measure
  levels: FormLevel[]
  rules: FormRule[]
  parts: FormPart[]
  cuts: (number | null)[]
  bins: number
  split: Split
  /** Fixed boundaries; empty = equal classes. Days, orders, yuan. */
  recency: number[]
  frequency: number[]
  monetary: number[]
  /** Of method model: the figure, the bounds of the levels but the last in units of the field, and the level of whom it does not cover. */
  figure: Metric
  bounds: (number | null)[]
  uncovered: string
  /** Of figures by models; null is a year at 10 %. */
  horizon: Horizon | null
}

let keys = 0
export const newKey = () => `k${++keys}`

const sum = (list: (number | null)[]) => list.reduce<number>((all, n) => all + (n ?? 0), 0)
const round = (n: number, digits = 4) => Number(n.toFixed(digits))

/** Weights as per cent of their sum, to two digits, adding to 100 exactly. */
export function toPercents(weights: number[]): number[] {
  const all = sum(weights)
  if (all <= 0) return weights.map(() => 0)
  const out = weights.map((w) => round((w / all) * 100, 2))
  const rest = round(100 - sum(out), 2)
  if (rest !== 0) {
    const biggest = out.indexOf(Math.max(...out))
    out[biggest] = round((out[biggest] ?? 0) + rest, 2)
  }
  return out
}

function formCondition(c: Condition, said: string): FormCondition {
  if ('who' in c) return { key: newKey(), who: c.who, said, on: !c.off }
  return {
    key: newKey(),
    metric: c.metric,
    op: c.op,
    value: toField(c.value, valueUnit(c.metric, c.op)),
    on: !c.off,
  }
}

/** The form of a scheme; `sentences` say its rules of audiences, by the order of the conditions. */
export function toForm(s: Scheme, sentences: string[] = []): FormScheme {
  let at = 0
  const each = (list: Condition[] | undefined) =>
    (list ?? []).map((c) => formCondition(c, sentences[at++] ?? ''))
  const parts = s.score?.parts ?? []
  const weights = toPercents(parts.map((p) => p.weight))
  return {
    code: s.code,
    name: s.name,
    dimension: s.dimension ?? '',
    method: s.method,
    windowDays: s.window_days,
    measure: s.measure,
    levels: s.levels.map((l) => ({ key: newKey(), ...l, advice: l.advice ?? '' })),
    rules: (s.rules ?? []).map((r) => ({
      key: newKey(),
      level: r.level,
      name: r.name,
      all: each(r.all),
      any: each(r.any),
    })),
    parts: parts.map((p, i) => {
      const inner = toPercents(p.terms.map((x) => x.weight))
      return {
        key: newKey(),
        name: p.name,
        weight: weights[i] ?? 0,
        terms: p.terms.map((x, k) => {
          const unit = metricUnit(x.metric)
          return {
            key: newKey(),
            metric: x.metric,
            weight: inner[k] ?? 0,
            scale: x.scale,
            from: x.scale === 'linear' ? toField(x.from ?? 0, unit) : null,
            to: x.scale === 'linear' ? toField(x.to ?? 0, unit) : null,
          }
        }),
      }
    }),
    cuts: s.score?.cuts ?? [],
    bins: s.rfm?.bins ?? 5,
    split: s.rfm?.split ?? 'score',
    recency: s.rfm?.recency ?? [],
    frequency: s.rfm?.frequency ?? [],
    monetary: s.rfm?.monetary ?? [],
    figure: s.model?.figure ?? 'p_alive',
    bounds: (s.model?.cuts ?? []).map((c) => toField(c, metricUnit(s.model?.figure ?? 'p_alive'))),
    uncovered: s.model?.uncovered ?? '',
    horizon: s.horizon ?? null,
  }
}

function condition(c: FormCondition): Condition {
  if ('who' in c) return { who: c.who, value: 0, ...(c.on ? {} : { off: true }) }
  const out: Condition = {
    metric: c.metric,
    op: c.op,
    value: fromField(c.value ?? 0, valueUnit(c.metric, c.op)),
  }
  if (!c.on) out.off = true
  return out
}

function rfm(f: FormScheme): Rfm {
  const out: Rfm = { bins: f.bins, split: f.split }
  if (f.recency.length > 0) out.recency = f.recency
  if (f.frequency.length > 0) out.frequency = f.frequency
  if (f.monetary.length > 0) out.monetary = f.monetary
  return out
}

/** What is sent to the server; only the part of the scheme's own method. */
export function toScheme(f: FormScheme): Scheme {
  const out: Scheme = {
    code: f.code.trim(),
    name: f.name.trim(),
    method: f.method,
    window_days: f.windowDays,
    measure: f.measure,
    ...(f.dimension ? { dimension: f.dimension } : {}),
    levels: f.levels.map(({ code, name, advice }) => {
      const level: Level = { code, name: name.trim() }
      if (advice.trim()) level.advice = advice.trim()
      return level
    }),
  }
  if (f.method === 'rules') {
    out.rules = f.rules.map((r) => {
      const rule: NonNullable<Scheme['rules']>[number] = { level: r.level, name: r.name.trim() }
      if (r.all.length > 0) rule.all = r.all.map(condition)
      if (r.any.length > 0) rule.any = r.any.map(condition)
      return rule
    })
  }
  if (f.method === 'score') {
    out.score = {
      cuts: f.cuts.map((c) => c ?? 0),
      parts: f.parts.map((p) => ({
        name: p.name.trim(),
        weight: round((p.weight ?? 0) / 100),
        terms: p.terms.map((x) => {
          const term: NonNullable<Scheme['score']>['parts'][number]['terms'][number] = {
            metric: x.metric,
            weight: round((x.weight ?? 0) / 100),
            scale: x.scale,
          }
          if (x.scale === 'linear') {
            const unit = metricUnit(x.metric)
            term.from = fromField(x.from ?? 0, unit)
            term.to = fromField(x.to ?? 0, unit)
          }
          return term
        }),
      })),
    }
  }
  if (f.method === 'rfm') out.rfm = rfm(f)
  if (f.method === 'model') {
    const unit = metricUnit(f.figure)
    out.model = {
      figure: f.figure,
      cuts: f.levels.slice(1).map((_, i) => fromField(f.bounds[i] ?? 0, unit)),
      uncovered: f.uncovered,
    }
  }
  if (f.horizon) out.horizon = f.horizon
  return out
}

/** Whether the scheme goes by the company's models. */
export const usesModels = (f: FormScheme) =>
  f.method === 'model' ||
  (f.method === 'rules'
    ? f.rules.some((r) =>
        [...r.all, ...r.any].some((c) => 'metric' in c && c.on && byModel(c.metric)),
      )
    : f.method === 'score' && f.parts.some((p) => p.terms.some((x) => byModel(x.metric))))

/** The form with another figure of a model: bounds are typed anew, they mean something else. */
export const withFigure = (f: FormScheme, figure: Metric): Partial<FormScheme> => ({
  figure,
  bounds: f.levels.slice(1).map(() => null),
})

/** Whether two forms say the same: keys of rows and order of properties do not count. */
export function sameForm(a: FormScheme, b: FormScheme): boolean {
  return JSON.stringify(toScheme(a)) === JSON.stringify(toScheme(b))
}

/** A level code that is free: level-4. */
export function freeLevelCode(levels: Level[]): string {
  const taken = new Set(levels.map((l) => l.code))
  for (let n = levels.length + 1; ; n++) if (!taken.has(`level-${n}`)) return `level-${n}`
}

/** Adds a level above the last one, which takes whom nothing else takes; a score gets a cut for it. */
export function addLevel(f: FormScheme, name: string): FormScheme {
  const at = Math.max(0, f.levels.length - 1)
  const level: FormLevel = { key: newKey(), code: freeLevelCode(f.levels), name, advice: '' }
  return {
    ...f,
    levels: f.levels.toSpliced(at, 0, level),
    cuts: fitCuts(f.cuts, f.levels.length),
    bounds: f.method === 'model' ? [...f.bounds, null] : f.bounds,
  }
}

export function removeLevel(f: FormScheme, at: number): FormScheme {
  const cut = Math.min(at, f.cuts.length - 1)
  return {
    ...f,
    levels: f.levels.toSpliced(at, 1),
    cuts: f.cuts.length > 0 ? f.cuts.toSpliced(cut, 1) : f.cuts,
    bounds: f.bounds.toSpliced(Math.min(at, f.bounds.length - 1), 1),
    uncovered: f.levels[at]?.code === f.uncovered ? '' : f.uncovered,
  }
}

// One cut more: half of the last.
function fitCuts(cuts: (number | null)[], want: number): (number | null)[] {
  if (cuts.length === 0) return cuts
  const out = [...cuts]
  while (out.length < want) out.push(Math.round((out.at(-1) ?? 50) / 2))
  return out
}

export function newCondition(metric: Metric = 'spend', op: Op = 'at_least'): FormFigure {
  const value = toField(usualValue(metric, op), valueUnit(metric, op))
  return { key: newKey(), metric, op, value, on: true }
}

/** A condition with another figure or operator: its number is kept where it still means the same. */
export function changedCondition(c: FormFigure, part: { metric?: Metric; op?: Op }): FormFigure {
  const metric = part.metric ?? c.metric
  let op = part.op ?? c.op
  if (op === 'rev_share' && metric !== 'spend') op = 'at_least'
  const before = valueUnit(c.metric, c.op)
  const after = valueUnit(metric, op)
  const relative = op === 'top_share' || op === 'rev_share' || op === 'mean_mul'
  const keeps = before === after && (relative ? c.op === op : metric === c.metric)
  return {
    ...c,
    metric,
    op,
    value: keeps ? c.value : toField(usualValue(metric, op), after),
  }
}

export function newRule(level: string, name: string): FormRule {
  return { key: newKey(), level, name, all: [newCondition()], any: [] }
}

/** A copy with keys of its own. */
export function copyRule(r: FormRule): FormRule {
  const fresh = (c: FormCondition) => ({ ...c, key: newKey() })
  return { ...r, key: newKey(), all: r.all.map(fresh), any: r.any.map(fresh) }
}

export function newTerm(metric: Metric = 'spend'): FormTerm {
  return { key: newKey(), metric, weight: 50, scale: 'percentile', from: null, to: null }
}

/** A term with another figure or scale, with ends where it needs some. */
export function changedTerm(
  x: FormTerm,
  part: { metric?: Metric; scale?: FormTerm['scale'] },
): FormTerm {
  const metric = part.metric ?? x.metric
  const scale = part.scale ?? x.scale
  if (scale === 'percentile') return { ...x, metric, scale, from: null, to: null }
  if (x.scale === 'linear' && metric === x.metric) return { ...x, scale }
  const top = toField(usualValue(metric, 'at_least') * 2, metricUnit(metric))
  // Fewer days since the last purchase are better.
  return metric === 'recency_days'
    ? { ...x, metric, scale, from: 365, to: 0 }
    : { ...x, metric, scale, from: 0, to: top }
}

export function newPart(name: string): FormPart {
  return { key: newKey(), name, weight: 20, terms: [{ ...newTerm(), weight: 100 }] }
}

/** Brings weights to a sum of 100. */
export function balanced<T extends { weight: number | null }>(list: T[]): T[] {
  const out = toPercents(list.map((x) => x.weight ?? 0))
  return list.map((x, i) => ({ ...x, weight: out[i] ?? 0 }))
}

/** Sum of the weights as typed. */
export const weightSum = (list: { weight: number | null }[]) =>
  round(sum(list.map((x) => x.weight)), 2)

import { describe, expect, it } from 'vitest'
import zh from '@/i18n/zh-CN'
import type { Metric, Op } from '../api'
import { checkForm } from './check'
import {
  addLevel,
  balanced,
  changedCondition,
  changedTerm,
  copyRule,
  type FormCondition,
  freeLevelCode,
  newCondition,
  newTerm,
  removeLevel,
  sameForm,
  toForm,
  toPercents,
  toScheme,
  weightSum,
} from './model'
import { freeCode } from './NewScheme'
import { readNumbers } from './numbers'
import { formPath } from './SchemePage'
import { need, rfm, rules, score } from './samples'
import { fromField, metrics, opsOf, toField, usualValue } from './units'

/** An element that must be there. */
function at<T>(list: T[] | undefined, i: number): T {
  const item = list?.[i]
  if (item === undefined) throw new Error(`nothing at ${i}`)
  return item
}

describe('form of a scheme', () => {
  it.each([
    ['rules', rules],
    ['score', score],
    ['rfm', rfm],
  ])('%s comes back as it was', (_, scheme) => {
    expect(toScheme(toForm(scheme))).toEqual(scheme)
  })
  it('keeps dimension and rules of audiences, with what they say', () => {
    const form = toForm(need, ['', '品类不少于 4 个'])
    expect(at(form.rules, 0).all[1]).toMatchObject({ said: '品类不少于 4 个', on: true })
    expect(toScheme(form)).toEqual(need)
    expect(checkForm(form).size).toBe(0)
  })
  it('shows shares as per cent and keeps switched-off numbers', () => {
    const [first] = toForm(rules).rules
    expect(first?.all.map((c) => 'value' in c && [c.value, c.on])).toEqual([
      [20, true],
      [50, true],
      [1.5, false],
    ])
  })
  it('takes weights relative to their sum', () => {
    const odd = structuredClone(score)
    odd.score?.parts.forEach((p, i) => {
      p.weight = [5, 3, 2][i] ?? 0
    })
    expect(toForm(odd).parts.map((p) => p.weight)).toEqual([50, 30, 20])
  })
  it('keeps what belongs to other methods out', () => {
    const sent = toScheme({ ...toForm(rules), method: 'rfm' })
    expect(Object.keys(sent)).not.toContain('rules')
    expect(sent.rfm).toEqual({ bins: 5, split: 'score' })
  })
  it('is the same whatever the keys of its rows', () => {
    const a = toForm(rules)
    expect(sameForm(a, toForm(rules))).toBe(true)
    expect(sameForm(a, { ...a, name: 'x' })).toBe(false)
    expect(sameForm(a, { ...a, name: `${a.name} ` })).toBe(true)
  })
  it('trims names', () => {
    const form = toForm(rules)
    form.levels[1] = { ...at(form.levels, 1), name: ' 中 ', advice: '  ' }
    expect(toScheme(form).levels[1]).toEqual({ code: 'mid', name: '中' })
  })
})

describe('units', () => {
  it.each([
    [0.07, 'percent', 7],
    [0.145, 'percent', 14.5],
    [0.2, 'percent', 20],
    [1000, 'yuan', 1000],
  ] as const)('%s as %s is %s', (value, unit, field) => {
    expect(toField(value, unit)).toBe(field)
    expect(fromField(field, unit)).toBe(value)
  })
  it('offers the share of revenue for spend only', () => {
    for (const m of metrics) expect(opsOf(m).includes('rev_share')).toBe(m === 'spend')
  })
  it('proposes numbers that pass the check', () => {
    for (const m of metrics) {
      for (const op of opsOf(m)) {
        const form = toForm(rules)
        form.rules = [{ key: 'x', level: 'high', name: 'x', any: [], all: [newCondition(m, op)] }]
        expect([m, op, [...checkForm(form)]]).toEqual([m, op, []])
        expect(usualValue(m, op)).not.toBeNaN()
      }
    }
  })
})

describe('weights', () => {
  it.each([[[1, 1, 1]], [[5, 3, 2]], [[0, 0, 7]], [[1, 1, 1, 1, 1, 1, 1]], [[0.1, 0.2, 0.7]]])(
    '%j add up to 100',
    (weights) => {
      const out = toPercents(weights)
      expect(weightSum(out.map((weight) => ({ weight })))).toBe(100)
      expect(out.every((w) => w >= 0)).toBe(true)
    },
  )
  it('of nothing are 0', () => expect(toPercents([0, 0])).toEqual([0, 0]))
  it('are balanced in proportion', () => {
    const list = [{ weight: 50 }, { weight: 30 }, { weight: null }]
    expect(balanced(list).map((x) => x.weight)).toEqual([62.5, 37.5, 0])
  })
})

describe('levels', () => {
  it('get a free code and a cut', () => {
    expect(freeLevelCode([{ code: 'level-2', name: '' }])).toBe('level-3')
    const more = addLevel(toForm(score), '新')
    expect(more.levels.map((l) => l.code)).toEqual(['high', 'mid', 'level-4', 'basic'])
    expect(more.cuts).toEqual([65, 35, 18])
    expect(checkForm(more).size).toBe(0)
  })
  it.each([
    [0, [35]],
    [1, [65]],
    [2, [65]],
  ])('removed at %s leave the cuts %j', (at, cuts) => {
    const less = removeLevel(toForm(score), at)
    expect(less.cuts).toEqual(cuts)
    expect(checkForm(less).size).toBe(0)
  })
  it('removed under a rule are reported at the rule', () => {
    const less = removeLevel(toForm(rules), 1)
    expect(checkForm(less).get('rules[1].level')).toBe('tiers.check.no_level')
  })
})

describe('conditions', () => {
  const c = { ...newCondition('spend', 'at_least'), value: 500 }
  it.each<[{ metric?: Metric; op?: Op }, number]>([
    [{ op: 'at_most' }, 500], // the same unit: the number still means something
    [{ op: 'top_share' }, 20],
    [{ op: 'mean_mul' }, 1.5],
    [{ metric: 'aov' }, 200], // also yuan, but of another size
    [{ metric: 'repurchase_rate' }, 50],
  ])('changed by %j become %s', (part, value) => {
    expect(changedCondition(c, part).value).toBe(value)
  })
  it('keep a share when the figure changes', () => {
    const top = { ...newCondition('spend', 'top_share'), value: 12 }
    expect(changedCondition(top, { metric: 'aov' })).toMatchObject({ op: 'top_share', value: 12 })
  })
  it('leave the share of revenue with spend', () => {
    const rev = newCondition('spend', 'rev_share')
    expect(changedCondition(rev, { metric: 'orders' })).toMatchObject({ op: 'at_least', value: 2 })
  })
  it('are copied with keys of their own', () => {
    const rule = at(toForm(rules).rules, 0)
    const copy = copyRule(rule)
    expect(copy.key).not.toBe(rule.key)
    expect(copy.all[0]?.key).not.toBe(rule.all[0]?.key)
    const values = (list: FormCondition[]) => list.map((x) => 'value' in x && x.value)
    expect(values(copy.all)).toEqual(values(rule.all))
  })
})

it('gives a linear term its ends, fewer days being better', () => {
  expect(changedTerm(newTerm('recency_days'), { scale: 'linear' })).toMatchObject({
    from: 365,
    to: 0,
  })
  expect(changedTerm(newTerm('spend'), { scale: 'linear' })).toMatchObject({ from: 0, to: 2000 })
  expect(
    changedTerm({ ...newTerm('spend'), scale: 'linear', from: 5, to: 9 }, { scale: 'percentile' }),
  ).toMatchObject({ from: null, to: null })
})

describe('check', () => {
  it.each([
    ['rules', rules],
    ['score', score],
    ['rfm', rfm],
  ])('passes the shipped %s', (_, scheme) => expect([...checkForm(toForm(scheme))]).toEqual([]))
  it.each<[string, (form: ReturnType<typeof toForm>) => void, string]>([
    [
      'name',
      (x) => {
        x.name = ' '
      },
      'name',
    ],
    [
      'window',
      (x) => {
        x.windowDays = 4000
      },
      'window_days',
    ],
    [
      'twins',
      (x) => {
        at(x.levels, 1).name = '高价值'
      },
      'levels[1].name',
    ],
    [
      'no rule',
      (x) => {
        x.rules = []
      },
      'rules',
    ],
    [
      'no condition',
      (x) => {
        at(x.rules, 0).all = []
      },
      'rules[0]',
    ],
    [
      'share',
      (x) => {
        Object.assign(at(at(x.rules, 0).all, 0), { value: 101 })
      },
      'rules[0].all[0].value',
    ],
    [
      'nothing typed',
      (x) => {
        Object.assign(at(at(x.rules, 1).any, 1), { value: null })
      },
      'rules[1].any[1].value',
    ],
  ])('finds: %s', (_, spoil, path) => {
    const form = toForm(rules)
    spoil(form)
    expect([...checkForm(form).keys()]).toEqual([path])
  })
  it('wants cuts that fall and ends that differ', () => {
    const form = toForm(score)
    form.cuts = [35, 65]
    at(at(form.parts, 1).terms, 0).to = at(at(form.parts, 1).terms, 0).from
    expect([...checkForm(form).keys()]).toEqual(['score.parts[1].terms[0].from', 'score.cuts[1]'])
  })
  it('names texts that exist', () => {
    const form = toForm(score)
    form.cuts = [null, 200]
    form.parts = []
    for (const key of checkForm(form).values()) expect(zh[key], key).toBeTruthy()
  })
})

it.each([
  [
    ['90', '30', '180'],
    [30, 90, 180],
  ],
  [
    ['1,000', '￥5', 'x', '', '5'],
    [5, 1000],
  ],
])('reads boundaries %j', (texts, want) => expect(readNumbers(texts)).toEqual(want))

it.each([
  ['value-rules', ['value-rules'], 'value-rules-2'],
  ['value-rules-2', ['value-rules', 'value-rules-2'], 'value-rules-3'],
  [`a${'b'.repeat(39)}`, [], `a${'b'.repeat(35)}-2`],
])('finds a free code for %s', (code, taken, want) => expect(freeCode(code, taken)).toBe(want))

it('knows the paths of the server', () => {
  expect(formPath('body.scheme.rules[0].name')).toBe('rules[0].name')
  expect(formPath('levels[1].code')).toBe('levels[1].code')
})

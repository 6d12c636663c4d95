import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { opKey } from '../../customers/list/words'
import styles from './builder.module.css'
import { type Figure, figureKey, figuresOf, operatorsOf, resultOf, sameResult } from './catalogue'
import { Spot, useBuilder } from './context'
import { moved, StreamSelect, Where, WindowInput } from './FactsChoice'
import type { Facts } from './node'
import { sameShape } from './ops'
import { FigureValue } from './values'

/** An aggregate with its comparison, as a condition keeps them. */
export interface Compared {
  facts: Facts
  op: string
  value: unknown
}

const did = (c: Compared) => c.facts.agg === 'count' && c.op === 'gte' && c.value === 1
const didNot = (c: Compared) => c.facts.agg === 'count' && c.op === 'eq' && c.value === 0

/** "近 90 天 订单 净消费合计 ≥ 1000，其中 渠道 是 天猫". */
export function FactsForm({
  value,
  onChange,
}: {
  value: Compared
  onChange: (value: Compared) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  // "At least once" and "never" have words of their own until a number is asked for.
  const [counting, setCounting] = useState(!did(value) && !didNot(value))
  const { facts } = value
  const result = resultOf(k, facts)
  const shown = counting ? figureKey(facts) : did(value) ? 'did' : didNot(value) ? 'did_not' : ''
  const pick = (key: string, figure?: Figure) => {
    const { agg: _, of: __, ...rest } = facts
    if (key === 'did' || key === 'did_not') {
      setCounting(false)
      const none = key === 'did_not'
      onChange({ facts: { ...rest, agg: 'count' }, op: none ? 'eq' : 'gte', value: none ? 0 : 1 })
      return
    }
    if (!figure) return
    setCounting(true)
    const next: Facts = { ...rest, agg: figure.agg }
    if (figure.of) next.of = figure.of
    const ops = operatorsOf(k, next)
    const op =
      ops.includes(value.op) && counting ? value.op : (ops.find((o) => o === 'gte') ?? ops[0])
    const keep = counting && op === value.op && sameResult(result, resultOf(k, next))
    const first = figure.agg === 'count' && !keep ? 2 : undefined
    onChange({ facts: next, op: op ?? '', value: keep ? value.value : first })
  }
  return (
    <>
      <div className={styles.line}>
        <Spot at="facts.window" className={styles.hold}>
          <WindowInput
            at="facts.window"
            value={facts.window}
            onChange={(window) => {
              const { window: _, ...rest } = facts
              onChange({ ...value, facts: window ? { ...rest, window } : rest })
            }}
          />
        </Spot>
        <Spot at="facts.stream" className={styles.what}>
          <StreamSelect
            label={t('ui_audience_builder.stream')}
            value={facts.stream}
            onChange={(to) => {
              setCounting(false)
              onChange({
                facts: { ...moved(facts, to, facts.window), agg: 'count' },
                op: 'gte',
                value: 1,
              })
            }}
          />
        </Spot>
        <FigureSelect facts={facts} shown={shown} withDid onPick={pick} />
        {counting && (
          <>
            <Spot at="op" className={styles.op}>
              <Select<string>
                aria-label={t('ui_list.filter.op')}
                popupMatchSelectWidth={false}
                value={value.op || undefined}
                options={operatorsOf(k, facts).map((op) => ({
                  value: op,
                  label: t(opKey(op, result?.kind === 'word' ? '' : kindOf(result?.kind))),
                }))}
                onChange={(op) =>
                  onChange({
                    ...value,
                    op,
                    value: sameShape(value.op, op) ? value.value : undefined,
                  })
                }
              />
            </Spot>
            {result && (
              <Spot at="value" className={result.kind === 'word' ? styles.value : styles.amount}>
                <FigureValue
                  result={result}
                  label={t('ui_audience_builder.value')}
                  op={value.op}
                  value={value.value}
                  source={facts.stream}
                  onChange={(v) => onChange({ ...value, value: v })}
                />
              </Spot>
            )}
          </>
        )}
      </div>
      <Where
        facts={facts}
        at="facts"
        onChange={(where) => onChange({ ...value, facts: put(facts, where) })}
      />
    </>
  )
}

const kindOf = (kind: string | undefined) => (kind === 'day' ? 'date' : 'number')

/** Facts with other tests; the key is left out where there are none. */
export function put(facts: Facts, where: Facts['where']): Facts {
  const { where: _, ...rest } = facts
  return where ? { ...rest, where } : rest
}

/** What to make of the facts: how often, how much, when. */
export function FigureSelect({
  facts,
  shown,
  withDid,
  numbers,
  onPick,
}: {
  facts: Facts
  shown: string
  /** Offers "did" and "did not". */
  withDid?: boolean
  /** Only what can be compared between customers. */
  numbers?: boolean
  onPick: (key: string, figure?: Figure) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  const stream = k.stream.get(facts.stream)
  const figures = stream
    ? figuresOf(k, stream).filter(
        (x) => !numbers || !['day', 'day_or_dimension'].includes(x.aggregate.result),
      )
    : []
  const name = (x: Figure) =>
    x.label
      ? t('ui_audience_builder.figure_of', { of: x.label, figure: x.aggregate.label })
      : x.aggregate.label
  const part = (label: string, list: Figure[]) => ({
    label,
    options: list.map((x) => ({ value: x.key, label: name(x), figure: x })),
  })
  const plain = figures.filter((x) => !x.of)
  const groups = [
    part(t('ui_audience_builder.figure.plain'), plain),
    part(
      t('ui_audience_builder.figure.measures'),
      figures.filter((x) => x.aggregate.of === 'measure'),
    ),
    part(
      t('ui_audience_builder.figure.words'),
      figures.filter((x) => x.of && x.aggregate.of !== 'measure'),
    ),
  ].filter((g) => g.options.length > 0)
  const options = withDid
    ? [
        { value: 'did', label: t('ui_audience_builder.figure.did') },
        { value: 'did_not', label: t('ui_audience_builder.figure.did_not') },
        ...groups,
      ]
    : groups
  return (
    <Spot at="facts.agg" className={styles.figure}>
      <Select<string>
        aria-label={t('ui_audience_builder.figure')}
        popupMatchSelectWidth={false}
        placeholder={t('ui_audience_builder.figure')}
        value={shown || undefined}
        options={options}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(key) =>
          onPick(
            key,
            figures.find((x) => x.key === key),
          )
        }
      />
    </Spot>
  )
}

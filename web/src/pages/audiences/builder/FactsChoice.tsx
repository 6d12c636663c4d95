import { Button, Checkbox, Select } from 'antd'
import dayjs from 'dayjs'
import { Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { DateInput, NumberInput } from '@/kit'
import { opKey } from '../../customers/list/words'
import styles from './builder.module.css'
import { dimensionOf, measureOf } from './catalogue'
import { Spot, useBuilder } from './context'
import type { Facts, Test, Unit, Window } from './node'
import { sameShape } from './ops'
import { Amount, Words } from './values'
import {
  calendar,
  fixed,
  type Mode,
  modeOf,
  type Period,
  periodOf,
  periods,
  startOf,
} from './window'

/** Which facts: a stream of them. */
export function StreamSelect({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (stream: string) => void
}) {
  const { k } = useBuilder()
  return (
    <Select<string>
      aria-label={label}
      popupMatchSelectWidth={false}
      value={value || undefined}
      options={k.streams.map((s) => ({ value: s.code, label: s.label }))}
      onChange={onChange}
    />
  )
}

/** The days that count. */
export function WindowInput({
  value,
  at,
  onChange,
}: {
  value: Window | undefined
  at: string
  onChange: (window: Window | undefined) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  const mode = modeOf(value)
  // i18n-keys: ui_audience_builder.window.* ui_audience_builder.period.* ui_audience_builder.unit.*
  const modes: Mode[] = ['last', 'period', 'fixed', 'all']
  return (
    <Spot at={at} className={styles.window}>
      <Select<Mode>
        aria-label={t('ui_audience_builder.window')}
        popupMatchSelectWidth={false}
        value={mode}
        options={modes.map((m) => ({ value: m, label: t(`ui_audience_builder.window.${m}`) }))}
        onChange={(m) => m !== mode && onChange(startOf(m))}
      />
      {mode === 'last' && (
        <NumberInput
          aria-label={t('ui_audience_builder.window.days')}
          className={styles.days}
          min={1}
          max={k.limits.days}
          precision={0}
          suffix={t('ui_list.days_unit')}
          value={value?.last || null}
          onChange={(n) => onChange({ last: n ?? 0 })}
        />
      )}
      {mode === 'period' && value && <PeriodInput value={value} onChange={onChange} />}
      {mode === 'fixed' && (
        <>
          <DateInput
            aria-label={t('ui_audience_builder.window.from')}
            placeholder={t('ui_audience_builder.window.from')}
            value={value?.from ? dayjs(value.from) : null}
            onChange={(day) => onChange(fixed(day?.format('YYYY-MM-DD'), value?.to))}
          />
          <DateInput
            aria-label={t('ui_audience_builder.window.to')}
            placeholder={t('ui_audience_builder.window.to')}
            value={value?.to ? dayjs(value.to) : null}
            onChange={(day) => onChange(fixed(value?.from, day?.format('YYYY-MM-DD')))}
          />
        </>
      )}
    </Spot>
  )
}

function PeriodInput({ value, onChange }: { value: Window; onChange: (w: Window) => void }) {
  const { t } = useTranslation()
  const named = periodOf(value)
  const unit: Unit = value.unit ?? 'month'
  const set = (part: Partial<Window>) => onChange(calendar({ ...value, unit, ...part }))
  const units: Unit[] = ['day', 'week', 'month', 'quarter', 'year']
  return (
    <>
      <Select<Period | 'other'>
        aria-label={t('ui_audience_builder.period')}
        popupMatchSelectWidth={false}
        value={named ?? 'other'}
        options={[
          ...(Object.keys(periods) as Period[]).map((p) => ({
            value: p,
            label: t(`ui_audience_builder.period.${p}`),
          })),
          { value: 'other' as const, label: t('ui_audience_builder.period.other') },
        ]}
        onChange={(p) => onChange(p === 'other' ? { unit: 'month', back: 2 } : { ...periods[p] })}
      />
      {!named && (
        <>
          <NumberInput
            aria-label={t('ui_audience_builder.period.back')}
            className={styles.days}
            min={0}
            max={400}
            precision={0}
            prefix={t('ui_audience_builder.period.before')}
            value={value.back ?? 0}
            onChange={(back) => set({ back: back ?? 0 })}
          />
          <Select<Unit>
            aria-label={t('ui_audience_builder.period.unit')}
            popupMatchSelectWidth={false}
            value={unit}
            options={units.map((u) => ({ value: u, label: t(`ui_audience_builder.unit.${u}`) }))}
            onChange={(u) => set({ unit: u })}
          />
          <NumberInput
            aria-label={t('ui_audience_builder.period.years')}
            className={styles.days}
            min={0}
            max={50}
            precision={0}
            suffix={t('ui_audience_builder.period.years_ago')}
            value={value.years ?? 0}
            onChange={(years) => set({ years: years ?? 0 })}
          />
          <Checkbox
            checked={Boolean(value.to_date)}
            onChange={(event) => set({ to_date: event.target.checked })}
          >
            {t('ui_audience_builder.period.to_date')}
          </Checkbox>
        </>
      )}
    </>
  )
}

/** What facts must fulfil, each: "其中 类目 是 咖啡". */
export function Where({
  facts,
  at,
  onChange,
}: {
  facts: Facts
  at: string
  onChange: (where: Test[] | undefined) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  const stream = k.stream.get(facts.stream)
  if (!stream || stream.dimensions.length + stream.measures.length === 0) return null
  const where = facts.where ?? []
  const set = (i: number, test: Test | null) => {
    const next = test ? where.with(i, test) : where.toSpliced(i, 1)
    onChange(next.length > 0 ? next : undefined)
  }
  const start = (code: string): Test => ({
    field: code,
    op: measureOf(stream, code) ? 'gte' : (k.dimension_operators[0] ?? 'in'),
  })
  const options = [
    {
      label: t('ui_audience_builder.where.words'),
      options: stream.dimensions.map((d) => ({ value: d.code, label: d.label })),
    },
    {
      label: t('ui_audience_builder.where.numbers'),
      options: stream.measures.map((m) => ({ value: m.code, label: m.label })),
    },
  ].filter((g) => g.options.length > 0)
  return (
    <div className={where.length > 0 ? styles.where : styles.whereNone}>
      {where.map((test, i) => {
        const dimension = dimensionOf(stream, test.field)
        const measure = measureOf(stream, test.field)
        const name = dimension?.label ?? measure?.label ?? test.field
        const ops = measure ? k.measure_operators : k.dimension_operators
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: tests have no other name and are edited in place
          <div key={i} className={styles.test}>
            <span className={styles.word}>
              {t(i === 0 ? 'ui_audience_builder.where' : 'common.and')}
            </span>
            <Spot at={`${at}.where[${i}].field`} className={styles.what}>
              <Select<string>
                aria-label={t('ui_audience_builder.where.field')}
                popupMatchSelectWidth={false}
                value={test.field || undefined}
                options={options}
                showSearch={{ optionFilterProp: 'label' }}
                onChange={(code) => set(i, start(code))}
              />
            </Spot>
            <Spot at={`${at}.where[${i}].op`} className={styles.op}>
              <Select<string>
                aria-label={t('ui_audience_builder.op_of', { name })}
                popupMatchSelectWidth={false}
                value={test.op}
                options={ops.map((op) => ({
                  value: op,
                  label: t(opKey(op, measure ? 'number' : '')),
                }))}
                onChange={(op) =>
                  set(i, { ...test, op, value: sameShape(test.op, op) ? test.value : undefined })
                }
              />
            </Spot>
            <Spot at={`${at}.where[${i}].value`} className={measure ? styles.amount : styles.value}>
              {measure ? (
                <Amount
                  type={measure.type}
                  label={name}
                  op={test.op}
                  value={test.value}
                  onChange={(value) => set(i, { ...test, value })}
                />
              ) : (
                <Words
                  label={name}
                  source={{ stream: facts.stream, dimension: test.field }}
                  options={dimension?.options ?? []}
                  value={Array.isArray(test.value) ? (test.value as string[]) : []}
                  onChange={(value) => set(i, { ...test, value })}
                />
              )}
            </Spot>
            <Button
              type="text"
              size="small"
              icon={<X size={14} />}
              aria-label={t('ui_audience_builder.where.remove', { name })}
              onClick={() => set(i, null)}
            />
          </div>
        )
      })}
      <Select<string>
        className={styles.addTest}
        size="small"
        variant="borderless"
        suffixIcon={<Plus size={14} />}
        aria-label={t('ui_audience_builder.where.add')}
        placeholder={t('ui_audience_builder.where.add')}
        popupMatchSelectWidth={false}
        showSearch={{ optionFilterProp: 'label' }}
        value={null}
        options={options}
        onChange={(code) => code && onChange([...where, start(code)])}
      />
    </div>
  )
}

/** Facts of another stream: what the old one had and the new one has not is let go. */
export function moved(facts: Facts, to: string, window: Window | undefined): Facts {
  return facts.stream === to ? facts : { stream: to, ...(window && { window }) }
}

import { AutoComplete, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/kit'
import type { FieldInfo } from '../../customers/list/api'
import { One, ValueInput } from '../../customers/list/ValueInput'
import { AudiencePicker } from '../Picker'
import { type Source, useRested, useSuggestions } from './api'
import styles from './builder.module.css'
import type { Choice, Measure, Result } from './catalogue'
import { useBuilder } from './context'
import { pseudo } from './ops'

const list = <V,>(value: unknown): V[] =>
  Array.isArray(value)
    ? value
    : value === undefined || value === null || value === ''
      ? []
      : [value as V]

/** The input of a field's value: that of the lists, with suggestions and audiences. */
export function FieldValue({
  field,
  op,
  value,
  onChange,
  except,
}: {
  field: FieldInfo
  op: string
  value: unknown
  onChange: (value: unknown) => void
  /** The audience that is being edited cannot name itself. */
  except?: number
}) {
  if (field.type === 'audience') {
    return (
      <AudiencePicker
        label={field.label}
        value={list<number>(value)}
        except={except}
        onChange={onChange}
      />
    )
  }
  if (field.type === 'text' && ['in', 'not_in'].includes(op)) {
    return (
      <Words
        label={field.label}
        source={{ field: field.code }}
        options={[]}
        value={list<string>(value)}
        onChange={onChange}
      />
    )
  }
  if (field.type === 'text' && ['eq', 'ne'].includes(op)) {
    return (
      <OneWord
        label={field.label}
        source={{ field: field.code }}
        value={typeof value === 'string' ? value : ''}
        onChange={onChange}
      />
    )
  }
  return <ValueInput field={field} op={op} value={value} onChange={onChange} />
}

/** Offers of the server, with how often each is there. */
function useOffers(source: Source, enabled: boolean) {
  const f = useFormat()
  const [text, setText] = useState('')
  const found = useSuggestions(source, text, enabled)
  const offers = (found.data ?? []).map((s) => ({
    value: s.value,
    label: s.label || s.value,
    note: s.count === null ? '' : f.countShort(s.count),
  }))
  const asked = useRested(text.trim(), 200)
  /** Whether nothing is called so; false until that is known. */
  const none = (word: string) =>
    word.trim() !== '' &&
    word.trim() === asked &&
    found.isSuccess &&
    !found.isFetching &&
    !offers.some((o) => o.value === asked)
  return { text, setText, offers, busy: found.isFetching, none }
}

const offer = (o: { label?: React.ReactNode; data: object }) => (
  <span className={styles.offer}>
    <span>{o.label}</span>
    {'note' in o.data && <small className="zk-muted">{String(o.data.note)}</small>}
  </span>
)

/** Several words: from a fixed list, or any, with suggestions. */
export function Words({
  label,
  source,
  options,
  value,
  onChange,
}: {
  label: string
  source: Source
  options: Choice[]
  value: string[]
  onChange: (value: string[]) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  const fixed = options.length > 0
  const [open, setOpen] = useState(false)
  const { text, setText, offers, busy, none } = useOffers(source, open && !fixed)
  if (fixed) {
    return (
      <Select<string[]>
        mode="multiple"
        aria-label={label}
        placeholder={t('ui_list.choose')}
        showSearch={{ optionFilterProp: 'label' }}
        value={value}
        onChange={onChange}
        options={options.map((o) => ({ value: o.code, label: o.label }))}
      />
    )
  }
  return (
    <Select<string[]>
      mode="tags"
      aria-label={label}
      placeholder={t('ui_audience_builder.words')}
      maxCount={k.limits.values}
      tokenSeparators={[',', '，', '、', ';', '；']}
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={busy}
      notFoundContent={null}
      onOpenChange={setOpen}
      value={value}
      onChange={(next) => {
        setText('')
        onChange(next.map((x) => x.trim()).filter(Boolean))
      }}
      options={offers}
      optionRender={(o) =>
        // What is typed comes first, also where nothing is called so.
        o.value === text.trim() && none(text) ? (
          <span className={styles.offer}>
            <span>{o.label ?? o.value}</span>
            <small className="zk-muted">{t('ui_audience_builder.words_new')}</small>
          </span>
        ) : (
          offer(o)
        )
      }
    />
  )
}

/** One word, with suggestions. */
function OneWord({
  label,
  source,
  value,
  onChange,
}: {
  label: string
  source: Source
  value: string
  onChange: (value: string) => void
}) {
  const { k } = useBuilder()
  const [open, setOpen] = useState(false)
  const { setText, offers } = useOffers(source, open)
  return (
    <AutoComplete<string>
      value={value}
      options={offers}
      optionRender={offer}
      showSearch={{ onSearch: setText }}
      onOpenChange={setOpen}
      onChange={(text) => onChange(text ?? '')}
    >
      <Input aria-label={label} maxLength={k.limits.text} />
    </AutoComplete>
  )
}

/** The input of what facts are compared with. */
export function FigureValue({
  result,
  label,
  op,
  value,
  source,
  onChange,
}: {
  result: Result
  label: string
  op: string
  value: unknown
  /** The stream, for suggestions. */
  source: string
  onChange: (value: unknown) => void
}) {
  const { t } = useTranslation()
  switch (result.kind) {
    case 'word':
      return (
        <Words
          label={label}
          source={{ stream: source, dimension: result.dimension.code }}
          options={result.dimension.options}
          value={list<string>(value)}
          onChange={onChange}
        />
      )
    case 'day':
      return <ValueInput field={pseudo('date', label)} op={op} value={value} onChange={onChange} />
    default:
      return (
        <Amount
          type={result.kind === 'days' ? 'number' : result.kind}
          unit={result.kind === 'days' ? t('ui_list.days_unit') : ''}
          label={label}
          op={op}
          value={value}
          onChange={onChange}
        />
      )
  }
}

/** One number or two: amounts are typed in yuan and sent in 分, thousandths as decimals. */
export function Amount({
  type,
  unit = '',
  label,
  op,
  value,
  onChange,
}: {
  type: Measure['type']
  unit?: string
  label: string
  op: string
  value: unknown
  onChange: (value: unknown) => void
}) {
  const { t } = useTranslation()
  const field = pseudo(type === 'money' ? 'money' : 'number', label, {
    unit,
    scale: type === 'milli' ? 3 : 0,
  })
  const shown = (v: unknown) => fromStored(type, v)
  const one = (name: string, v: unknown, to: (v: unknown) => void) => (
    <One field={field} label={name} value={shown(v)} onChange={(n) => to(toStored(type, n))} />
  )
  if (op !== 'between') return one(label, value, onChange)
  const [from, to] = list<unknown>(value)
  return (
    <>
      {one(t('ui_list.from', { field: label }), from, (v) => onChange([v ?? null, to ?? null]))}
      {one(t('ui_list.to', { field: label }), to, (v) => onChange([from ?? null, v ?? null]))}
    </>
  )
}

/** A stored number as the input shows it; money stays in 分, `One` divides it itself. */
export const fromStored = (type: Measure['type'], v: unknown): unknown =>
  v === undefined || v === null ? undefined : type === 'milli' ? Number(v) / 1000 : v

/** What was typed as it is stored. */
export const toStored = (type: Measure['type'], v: unknown): unknown =>
  v === undefined || v === null ? undefined : type === 'milli' ? Math.round(Number(v) * 1000) : v

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Input, Select, TreeSelect } from 'antd'
import dayjs from 'dayjs'
import { useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { DateInput, NumberInput } from '@/kit'
import { AudiencePicker } from '../../audiences/Picker'
import { useDivisions } from '../record/api'
import { tree as regionTree } from '../record/inputs'
import { TagPicker } from '../record/TagEditor'
import { useTags } from '../record/tags'
import { type FieldInfo, useCustomersNamed, useDepartments } from './api'
import { StaffInput } from './StaffInput'
import { bare, paired } from './tree'
import { ofStaff } from './words'

interface Props {
  field: FieldInfo
  op: string
  value: unknown
  onChange: (value: unknown) => void
  /** Names of staff known already. */
  staff?: Map<number, string>
}

/** How far ahead the operators look that begin with today. */
const coming: Record<string, number> = { within_days: 366, anniversary_days: 60 }

const list = <V,>(value: unknown): V[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value as V]

/** The input of a condition's value, by the type of its field and the operator. */
export function ValueInput({ field, op, value, onChange, staff }: Props) {
  const { t } = useTranslation()
  const label = field.label
  if (bare(op) || !op) return null
  if (op.endsWith('_days')) {
    return (
      <NumberInput
        aria-label={label}
        min={coming[op] ? 0 : 1}
        max={coming[op] ?? 36600}
        precision={0}
        suffix={t('ui_list.days_unit')}
        value={typeof value === 'number' ? value : null}
        onChange={(n) => onChange(n ?? undefined)}
      />
    )
  }
  if (paired(op)) {
    const [from, to] = list<unknown>(value)
    return (
      <>
        <One
          field={field}
          label={t('ui_list.from', { field: label })}
          value={from}
          onChange={(v) => onChange([v, to])}
        />
        <One
          field={field}
          label={t('ui_list.to', { field: label })}
          value={to}
          onChange={(v) => onChange([from, v])}
        />
      </>
    )
  }
  switch (field.type) {
    case 'number':
    case 'money':
    case 'date':
    case 'time':
      return <One field={field} label={label} value={value} onChange={onChange} />
    case 'bool':
      return (
        <Select
          aria-label={label}
          value={value as boolean | undefined}
          onChange={onChange}
          options={[
            { value: true, label: t('common.yes') },
            { value: false, label: t('common.no') },
          ]}
        />
      )
    case 'text':
      return op === 'in' || op === 'not_in' ? (
        <Select<string[]>
          mode="tags"
          open={false}
          suffixIcon={null}
          maxCount={200}
          aria-label={label}
          placeholder={t('ui_list.words_placeholder')}
          tokenSeparators={[',', '，', '、', ';', '；']}
          value={list<string>(value)}
          onChange={onChange}
        />
      ) : (
        <Input
          aria-label={label}
          maxLength={200}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value)}
        />
      )
    case 'tags':
      return <Tags value={list<number>(value)} onChange={onChange} />
    case 'audience':
      return <AudiencePicker label={label} value={list<number>(value)} onChange={onChange} />
    case 'department':
      return <Departments label={label} value={list<number>(value)} onChange={onChange} />
    case 'region':
      return <Regions label={label} value={list<string>(value)} onChange={onChange} />
    case 'birthday':
      return (
        <Select<number[]>
          mode="multiple"
          aria-label={label}
          value={list<number>(value)}
          onChange={onChange}
          options={Array.from({ length: 12 }, (_, i) => ({
            value: i + 1,
            label: t('ui_list.month', { n: i + 1 }),
          }))}
        />
      )
    case 'staff':
    case 'reference':
      return ofStaff(field) ? (
        <StaffInput
          multiple
          me
          label={label}
          known={staff}
          value={list<number | 'me'>(value)}
          onChange={onChange}
        />
      ) : (
        <Reference field={field} value={list<number>(value)} onChange={onChange} />
      )
    default:
      return (
        <Select<string[]>
          mode="multiple"
          aria-label={label}
          placeholder={t('ui_list.choose')}
          value={list<string | number>(value).map(String)}
          onChange={onChange}
          showSearch={{ optionFilterProp: 'label' }}
          options={field.options}
        />
      )
  }
}

/** One number, amount or day. Amounts are typed in yuan and kept in 分. */
export function One({
  field,
  label,
  value,
  onChange,
  autoFocus,
}: {
  field: FieldInfo
  label: string
  value: unknown
  onChange: (value: unknown) => void
  autoFocus?: boolean
}) {
  if (field.type === 'date' || field.type === 'time') {
    return (
      <DateInput
        aria-label={label}
        autoFocus={autoFocus}
        value={typeof value === 'string' && value ? dayjs(value) : null}
        onChange={(day) => onChange(day?.format('YYYY-MM-DD'))}
      />
    )
  }
  const money = field.type === 'money'
  return (
    <NumberInput
      aria-label={label}
      autoFocus={autoFocus}
      min={-1e12}
      max={1e12}
      precision={money ? 2 : field.scale}
      prefix={money ? '¥' : undefined}
      suffix={field.unit || undefined}
      value={
        value === undefined || value === null ? null : money ? Number(value) / 100 : Number(value)
      }
      onChange={(n) => onChange(n === null ? undefined : money ? Math.round(n * 100) : n)}
    />
  )
}

function Tags({ value, onChange }: { value: number[]; onChange: (ids: number[]) => void }) {
  const known = useTags({}, value.length > 0).data ?? []
  return (
    <TagPicker
      value={value}
      onChange={onChange}
      known={known.filter((x) => value.includes(x.id))}
    />
  )
}

export function Departments({
  label,
  value,
  onChange,
}: {
  label: string
  value: number[]
  onChange: (ids: number[]) => void
}) {
  const { t } = useTranslation()
  const query = useDepartments()
  const data = useMemo(
    () =>
      query.data?.map((d) => ({ id: d.id, pId: d.parent_id ?? 0, value: d.id, title: d.name })) ??
      [],
    [query.data],
  )
  return (
    <TreeSelect<number[]>
      aria-label={label}
      multiple
      treeDataSimpleMode
      treeDefaultExpandAll
      showSearch={{ treeNodeFilterProp: 'title' }}
      treeData={data}
      placeholder={t('ui_list.choose')}
      notFoundContent={query.error ? t('ui_list.not_loaded') : t('common.no_result')}
      value={value}
      onChange={onChange}
    />
  )
}

interface Place {
  value: string
  title: string
  children?: Place[]
}

function Regions({
  label,
  value,
  onChange,
}: {
  label: string
  value: string[]
  onChange: (codes: string[]) => void
}) {
  const { t } = useTranslation()
  const query = useDivisions(true)
  const data = useMemo(() => {
    const titled = (places: ReturnType<typeof regionTree>): Place[] =>
      places.map((p) => ({
        value: p.value,
        title: p.label,
        children: p.children && titled(p.children),
      }))
    return titled(regionTree(query.data ?? []))
  }, [query.data])
  return (
    <TreeSelect<string[]>
      aria-label={label}
      multiple
      showSearch={{ treeNodeFilterProp: 'title' }}
      treeData={data}
      loading={query.isPending}
      placeholder={t('ui_list.region_placeholder')}
      notFoundContent={query.error ? t('ui_list.not_loaded') : t('common.no_result')}
      value={value}
      onChange={onChange}
    />
  )
}

function Reference({
  field,
  value,
  onChange,
}: {
  field: FieldInfo
  value: number[]
  onChange: (ids: number[]) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const q = useDeferredValue(text)
  const found = useQuery({
    queryKey: ['custom-fields', 'candidates', field.field_id, q],
    enabled: q.trim() !== '',
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (
        await ok(
          api.GET('/custom-fields/{id}/candidates', {
            params: { path: { id: field.field_id }, query: { q } },
            signal,
          }),
        )
      ).items,
  })
  const names = useCustomersNamed(value)
  const options = (found.data ?? []).map((c) => ({ value: c.id, label: c.name, note: c.note }))
  for (const id of value) {
    if (!options.some((o) => o.value === id)) {
      options.push({ value: id, label: names.get(id) ?? `#${id}`, note: '' })
    }
  }
  return (
    <Select<number[]>
      mode="multiple"
      aria-label={field.label}
      placeholder={t('field.search_customer')}
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={found.isFetching}
      notFoundContent={q ? t('common.no_result') : null}
      value={value}
      onChange={onChange}
      options={options}
      optionRender={({ label, data }) => (
        <>
          {label} {data.note && <small className="zk-muted">{data.note}</small>}
        </>
      )}
    />
  )
}

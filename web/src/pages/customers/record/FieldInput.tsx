import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { DateInput, NumberInput } from '@/kit'
import { choosable, type Field, type FieldValues, isEmpty, useLabel } from './fields'
import styles from './fields.module.css'

interface InputProps {
  field: Field
  value?: unknown
  onChange?: (value: unknown) => void
  /** Names of what references point to, by target and id. */
  names?: FieldValues['names']
  id?: string
  disabled?: boolean
}

/** The control of one custom field. Its value is in the API's form: 分, YYYY-MM-DD, codes, ids. */
export function FieldInput({ field, value, onChange, names, ...rest }: InputProps) {
  const label = useLabel()
  switch (field.kind) {
    case 'number':
      return (
        <NumberInput
          {...rest}
          className={styles.wide}
          precision={field.scale}
          stringMode
          suffix={field.unit || undefined}
          value={value as string | number | undefined}
          onChange={(next) => onChange?.(next === '' ? null : next)}
        />
      )
    case 'money':
      return (
        <NumberInput
          {...rest}
          className={styles.wide}
          prefix="¥"
          precision={2}
          value={typeof value === 'number' ? value / 100 : null}
          onChange={(next) => onChange?.(next === null ? null : Math.round(next * 100))}
        />
      )
    case 'date':
      return (
        <DateInput
          {...rest}
          className={styles.wide}
          value={typeof value === 'string' && value ? dayjs(value) : null}
          onChange={(next) => onChange?.((next as Dayjs | null)?.format('YYYY-MM-DD') ?? null)}
        />
      )
    case 'choice':
    case 'multi_choice':
      return (
        <Select
          {...rest}
          mode={field.kind === 'multi_choice' ? 'multiple' : undefined}
          allowClear
          value={isEmpty(value) ? undefined : value}
          onChange={(next) => onChange?.(next ?? null)}
          options={choosable(field, value).map((o) => ({
            value: o.code,
            label: label(o.label),
          }))}
          showSearch={{ optionFilterProp: 'label' }}
        />
      )
    case 'reference':
      return (
        <ReferenceInput field={field} value={value} onChange={onChange} names={names} {...rest} />
      )
    default:
      return (
        <Input
          {...rest}
          maxLength={500}
          suffix={field.unit || undefined}
          value={(value as string | undefined) ?? ''}
          onChange={(event) => onChange?.(event.target.value)}
        />
      )
  }
}

function ReferenceInput({ field, value, onChange, names, ...rest }: InputProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const known = typeof value === 'number' ? names?.[field.target]?.[String(value)] : undefined
  const query = useQuery({
    queryKey: ['custom-fields', 'candidates', field.id, text],
    enabled: text.trim() !== '' || field.target === 'staff',
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (
        await ok(
          api.GET('/custom-fields/{id}/candidates', {
            params: { path: { id: field.id }, query: { q: text } },
            signal,
          }),
        )
      ).items,
  })
  const found = query.data ?? []
  const options = found.map((c) => ({ value: c.id, label: c.name, note: c.note }))
  if (typeof value === 'number' && !options.some((o) => o.value === value)) {
    options.unshift({ value, label: known ?? `#${value}`, note: '' })
  }
  return (
    <Select
      {...rest}
      allowClear
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={query.isFetching}
      placeholder={t(field.target === 'staff' ? 'field.search_staff' : 'field.search_customer')}
      notFoundContent={text ? t('common.no_result') : null}
      value={typeof value === 'number' ? value : undefined}
      onChange={(next) => onChange?.(next ?? null)}
      options={options}
      optionRender={(option) => (
        <span className={styles.candidate}>
          {option.label}
          {option.data.note && <small className="zk-muted">{option.data.note}</small>}
        </span>
      )}
    />
  )
}

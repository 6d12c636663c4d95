import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/kit'
import { type Audience, key, listAudiences } from './api'
import styles from './audiences.module.css'
import { useAudienceNames } from './names'

interface Props {
  label: string
  id?: string
  /** Only audiences of this kind. */
  kind?: Audience['kind']
  /** The most that can be chosen. */
  max?: number
  /** One that is not offered. */
  except?: number
  placeholder?: string
}

function useOffers(text: string, kind?: Audience['kind']) {
  const q = useDeferredValue(text)
  return useQuery({
    queryKey: [...key, 'offers', q, kind],
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await listAudiences({ q: q || undefined, kind, limit: 50 }, signal)).items,
  })
}

/** Audiences by name; several, kept by id. */
export function AudiencePicker({
  label,
  id,
  kind,
  max,
  except,
  placeholder,
  value,
  onChange,
}: Props & { value: number[]; onChange: (ids: number[]) => void }) {
  const { t } = useTranslation()
  const f = useFormat()
  const [text, setText] = useState('')
  const offers = useOffers(text, kind)
  const names = useAudienceNames(value)
  const options = (offers.data ?? [])
    .filter((a) => a.id !== except)
    .map((a) => ({ value: a.id, label: a.name, size: a.size }))
  for (const one of value) {
    if (!options.some((o) => o.value === one)) {
      options.push({ value: one, label: names.get(one) ?? `#${one}`, size: null })
    }
  }
  return (
    <Select<number[]>
      id={id}
      mode="multiple"
      className={styles.picker}
      aria-label={label}
      placeholder={placeholder ?? t('audiences.pick')}
      maxCount={max}
      loading={offers.isFetching}
      notFoundContent={offers.isPending ? null : t('audiences.pick_none')}
      showSearch={{ filterOption: false, onSearch: setText }}
      value={value}
      onChange={(ids) => {
        setText('')
        onChange(ids)
      }}
      options={options}
      optionRender={(o) => (
        <span className={styles.offer}>
          <span>{o.label}</span>
          {o.data.size !== null && o.data.size !== undefined && (
            <small className="zk-muted zk-num">{f.count(o.data.size)}</small>
          )}
        </span>
      )}
    />
  )
}

/** One static list by name. */
export function ListPicker({
  label,
  id,
  value,
  onChange,
}: Props & { value?: number; onChange?: (id: number | undefined) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const offers = useOffers(text, 'static')
  return (
    <Select<number>
      id={id}
      className={styles.picker}
      aria-label={label}
      placeholder={t('audiences.list.pick')}
      loading={offers.isFetching}
      notFoundContent={offers.isPending ? null : t('audiences.list.none')}
      showSearch={{ filterOption: false, onSearch: setText }}
      value={value}
      onChange={onChange}
      options={offers.data?.map((a) => ({ value: a.id, label: a.name }))}
    />
  )
}

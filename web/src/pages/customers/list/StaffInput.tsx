import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/kit'
import { useStaffFound } from './api'

type Who = number | 'me'

interface Props {
  label: string
  value: Who[]
  onChange: (value: Who[]) => void
  /** Names known already, by id. */
  known?: Map<number, string>
  multiple?: boolean
  /** Offers "me", which is whoever looks at the list. */
  me?: boolean
  id?: string
}

/** People by name. */
export function StaffInput({ label, value, onChange, known, multiple, me: withMe, id }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const [text, setText] = useState('')
  const found = useStaffFound(useDeferredValue(text))
  const people = (found.data ?? [{ id: me.staff.id, name: me.staff.name }]).map((s) => ({
    value: s.id as Who,
    label: s.name,
  }))
  const options =
    withMe && !text ? [{ value: 'me' as Who, label: t('ui_list.me') }, ...people] : people
  for (const who of value) {
    if (!options.some((o) => o.value === who)) {
      options.push({
        value: who,
        label: who === 'me' ? t('ui_list.me') : (known?.get(who) ?? `#${who}`),
      })
    }
  }
  const common = {
    id,
    'aria-label': label,
    placeholder: t('ui_list.staff_placeholder'),
    loading: found.isFetching,
    notFoundContent: t('common.no_result'),
    showSearch: { filterOption: false as const, onSearch: setText },
    options,
  }
  return multiple ? (
    <Select<Who[]>
      {...common}
      mode="multiple"
      value={value}
      onChange={(next) => {
        setText('')
        onChange(next)
      }}
    />
  ) : (
    <Select<Who>
      {...common}
      allowClear
      value={value[0]}
      onChange={(next) => onChange(next === undefined || next === null ? [] : [next])}
    />
  )
}

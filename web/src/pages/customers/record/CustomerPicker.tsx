import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFound } from './api'

/** Finds another customer by name, pinyin or a whole number. Works as a form field. */
export function CustomerPicker({
  except,
  known,
  ...rest
}: {
  except: number
  /** Name of the one that is chosen, where it was not found here. */
  known?: string
  id?: string
  value?: number
  onChange?: (id: number | undefined) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const query = useFound(useDeferredValue(text))
  const options = (query.data ?? [])
    .filter((hit) => hit.id !== except)
    .map((hit) => ({
      value: hit.id,
      label: [hit.title, hit.subtitle].filter(Boolean).join(' · '),
    }))
  if (known && rest.value !== undefined && !options.some((o) => o.value === rest.value)) {
    options.push({ value: rest.value, label: known })
  }
  return (
    <Select<number>
      {...rest}
      allowClear
      loading={query.isFetching}
      options={options}
      placeholder={t('record.relation.find')}
      notFoundContent={text.trim() !== '' && !query.isFetching ? t('common.no_result') : null}
      showSearch={{ filterOption: false, onSearch: setText }}
    />
  )
}

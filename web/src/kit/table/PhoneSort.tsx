import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { keyField, sortKeys } from './state'
import styles from './table.module.css'
import type { Column } from './types'

interface Props {
  sort: string
  columns: Pick<Column<never>, 'title' | 'sort' | 'sortLeads'>[]
  name: (field: string) => string | undefined
  /** A second column can follow, as a shift-click does where there are heads. */
  twice?: boolean
  onChange: (sort: string) => void
}

/** What cards are sorted by, where there are no heads to click. */
export function PhoneSort({ sort, columns, name, twice, onChange }: Props) {
  const { t } = useTranslation()
  const [lead, second] = sortKeys(sort)
  const fields = columns.flatMap((c) => c.sort ?? [])
  // What it is sorted by can be a column that is not shown.
  const withOwn = (list: string[], key: string | undefined) =>
    key && !list.includes(keyField(key)) && name(keyField(key)) ? [...list, keyField(key)] : list
  const directions = (list: string[]) =>
    list.flatMap((field) => {
      const column = name(field)
      return [
        { value: field, label: t('ui.table.ascending', { column }) },
        { value: `-${field}`, label: t('ui.table.descending', { column }) },
      ]
    })
  const leads = directions(withOwn(fields, lead))
  const follows = columns.flatMap((c) =>
    c.sort && !c.sortLeads && c.sort !== keyField(lead ?? '') ? c.sort : [],
  )
  const thens = twice && lead ? directions(withOwn(follows, second)) : []
  // A long name is cut; which way it goes is not.
  const label = ({ value }: { value: string | number }) => {
    const key = String(value)
    return (
      <span className={styles.sortLabel}>
        <span>{name(keyField(key))}</span>
        <span>{t(key.startsWith('-') ? 'ui_sort.down' : 'ui_sort.up')}</span>
      </span>
    )
  }
  if (leads.length === 0) return null
  return (
    <div className={thens.length > 0 ? styles.sorts : styles.sort}>
      <Select
        aria-label={t('common.sort')}
        placeholder={t('common.sort')}
        value={leads.some((o) => o.value === lead) ? lead : undefined}
        options={leads}
        labelRender={label}
        onChange={onChange}
        popupMatchSelectWidth={false}
      />
      {thens.length > 0 && (
        <Select
          allowClear
          aria-label={t('ui_sort.then_by')}
          placeholder={t('ui_sort.then_by')}
          value={second}
          options={thens}
          labelRender={label}
          onChange={(then) => onChange(then ? `${lead},${then}` : (lead ?? ''))}
          popupMatchSelectWidth={false}
        />
      )}
    </div>
  )
}

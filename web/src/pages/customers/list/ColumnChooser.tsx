import { Button, Checkbox, Input, Popover } from 'antd'
import { Columns3 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Grip, MoveButtons, moved, useSavedOrder } from '@/kit'
import type { FieldInfo } from './api'
import styles from './chooser.module.css'

const maxColumns = 60

/** Which columns, in which order: those shown on top, the others by their group. */
export function ColumnChooser({
  fields,
  columns,
  onChange,
  onReset,
}: {
  fields: FieldInfo[] | undefined
  columns: string[]
  onChange: (columns: string[]) => void
  onReset: () => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const all = (fields ?? []).filter((f) => f.column)
  const shown = columns.filter((c) => c !== 'name').flatMap((c) => all.filter((f) => f.code === c))
  const codes = ['name', ...shown.map((f) => f.code)]
  const needle = text.trim().toLowerCase()
  const found = (f: FieldInfo) => f.label.toLowerCase().includes(needle)
  const rest = all.filter((f) => !codes.includes(f.code) && found(f))
  const groups = [...new Set(rest.map((f) => f.group))]
  // The name stands first in every list, before the columns that can be moved.
  const move = (from: number, to: number) => onChange(['name', ...moved(codes.slice(1), from, to)])
  const { items, row, dragged } = useSavedOrder(shown, move)
  // i18n-keys: ui_list.group.*
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      destroyOnHidden
      content={
        <div className={styles.chooser}>
          <Input
            allowClear
            maxLength={50}
            aria-label={t('ui_list.columns.find')}
            placeholder={t('ui_list.columns.find')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <div className={styles.list}>
            {(needle ? shown.filter(found) : items).map((f, at) => (
              <div
                key={f.code}
                className={`${styles.row} ${dragged === at ? styles.dragged : ''}`}
                {...(needle ? {} : row(at))}
              >
                {!needle && <Grip />}
                <Checkbox checked onChange={() => onChange(codes.filter((c) => c !== f.code))}>
                  {f.label}
                </Checkbox>
                {!needle && (
                  <MoveButtons
                    name={f.label}
                    at={at}
                    count={items.length}
                    onMove={(to) => move(at, to)}
                  />
                )}
              </div>
            ))}
            {groups.map((group) => (
              <fieldset key={group} className={styles.group}>
                <legend>{t(`ui_list.group.${group}`)}</legend>
                {rest
                  .filter((f) => f.group === group)
                  .map((f) => (
                    <Checkbox
                      key={f.code}
                      checked={false}
                      disabled={codes.length >= maxColumns}
                      onChange={() => onChange([...codes, f.code])}
                    >
                      {f.label}
                    </Checkbox>
                  ))}
              </fieldset>
            ))}
          </div>
          <Button size="small" onClick={onReset}>
            {t('common.reset')}
          </Button>
        </div>
      }
    >
      <Button
        type="text"
        disabled={!fields}
        icon={<Columns3 size={16} />}
        aria-label={t('ui_list.columns.title')}
        title={t('ui_list.columns.title')}
      />
    </Popover>
  )
}

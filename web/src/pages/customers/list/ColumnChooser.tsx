import { Button, Checkbox, Drawer, Input, Popover } from 'antd'
import { Columns3 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Grip, MoveButtons, moved, useIsPhone, useSavedOrder } from '@/kit'
import type { FieldInfo } from './api'
import styles from './chooser.module.css'

const maxColumns = 60

interface Props {
  fields: FieldInfo[] | undefined
  columns: string[]
  onChange: (columns: string[]) => void
  onReset: () => void
  /** On a board: the chosen columns that have room on its cards. */
  onCard?: { shown: Set<string>; most: number }
}

/** Which columns, in which order: beside the button, and on a phone in a sheet from below. */
export function ColumnChooser(props: Props) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const [open, setOpen] = useState(false)
  const title = t(props.onCard ? 'ui_list.columns.card_title' : 'ui_list.columns.title')
  const button = (
    <Button
      type="text"
      disabled={!props.fields}
      icon={<Columns3 size={16} />}
      aria-label={title}
      title={title}
      onClick={phone ? () => setOpen(true) : undefined}
    />
  )
  const reset = <Button onClick={props.onReset}>{t('common.reset')}</Button>
  if (phone) {
    return (
      <>
        {button}
        <Drawer
          open={open}
          onClose={() => setOpen(false)}
          placement="bottom"
          size="80%"
          title={title}
          destroyOnHidden
          footer={
            <div className={styles.foot}>
              {reset}
              <Button type="primary" onClick={() => setOpen(false)}>
                {t('ui_list.columns.done')}
              </Button>
            </div>
          }
        >
          <Chooser {...props} />
        </Drawer>
      </>
    )
  }
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      destroyOnHidden
      content={
        <div className={styles.popup}>
          <Chooser {...props} />
          {reset}
        </div>
      }
    >
      {button}
    </Popover>
  )
}

/** Those shown on top, in their order; the others by their group. */
function Chooser({ fields, columns, onCard, onChange }: Props) {
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
    <div className={styles.chooser}>
      <Input
        allowClear
        maxLength={50}
        aria-label={t('ui_list.columns.find')}
        placeholder={t('ui_list.columns.find')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {onCard && (
        <p className={styles.note}>{t('ui_list.columns.card_note', { most: onCard.most })}</p>
      )}
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
              {onCard && !onCard.shown.has(f.code) && (
                <span className="zk-muted"> {t('ui_list.columns.card_not')}</span>
              )}
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
    </div>
  )
}

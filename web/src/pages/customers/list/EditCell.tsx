import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Check, Pencil, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isStatus } from '@/api/errors'
import { errorText, Typed, useSay, useTyped } from '@/kit'
import { conflictOf } from '../record/conflict'
import type { FieldInfo, ListRow } from './api'
import { useClashText } from './clash'
import { Cell, shownValue } from './columns'
import styles from './list.module.css'
import { SetInput } from './SetInput'
import { recordName, showValue, versionOf, writeField, written } from './write'

/**
 * A value that is edited where it stands: Enter saves and Esc puts it back. It
 * is shown at once, and taken back where the server refuses.
 */
export function EditCell({
  field,
  row,
  editing,
  onEdit,
}: {
  field: FieldInfo
  row: ListRow
  editing: boolean
  onEdit: (on: boolean) => void
}) {
  const { t } = useTranslation()
  if (editing) return <Editor field={field} row={row} onClose={() => onEdit(false)} />
  return (
    <span className={styles.editable}>
      <Cell field={field} row={row} />
      <button
        type="button"
        className={styles.pencil}
        aria-label={t('ui_list.edit', { field: field.label })}
        onClick={() => onEdit(true)}
      >
        <Pencil size={13} aria-hidden="true" />
      </button>
    </span>
  )
}

function Editor({ field, row, onClose }: { field: FieldInfo; row: ListRow; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  const clashText = useClashText()
  const was = shownValue(row, field.code) ?? null
  const [value, setValue] = useState<unknown>(was)
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const typed = useTyped()
  // Read when the editor opens: what others change from then on is a conflict.
  const version = useRef<Promise<number> | null>(null)
  useEffect(() => {
    version.current ??= versionOf(row.id)
    version.current.catch(() => {})
  }, [row.id])

  const save = async () => {
    if (!typed.readable()) return
    if (JSON.stringify(value) === JSON.stringify(was)) return onClose()
    setBusy(true)
    setFault('')
    const back = showValue(client, row.id, field.code, value)
    try {
      await writeField(row.id, await (version.current ?? versionOf(row.id)), field, value)
      written(client, row.id)
      onClose()
      done(t('common.saved'))
    } catch (error) {
      back()
      setBusy(false)
      if (isStatus(error, 409)) client.invalidateQueries({ queryKey: ['customers', 'list'] })
      const clash = conflictOf(error)
      if (clash) {
        // What was typed stays. Who saves once more has read what it replaces.
        version.current = clash.version > 0 ? Promise.resolve(clash.version) : versionOf(row.id)
        version.current.catch(() => {})
        setFault(clashText(clash, recordName(field)))
        return
      }
      const { title, text } = errorText(error, t)
      setFault([title, text].filter(Boolean).join(' '))
    }
  }
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    }
    // Enter in an open list chooses from it.
    const open = (event.target as HTMLElement).getAttribute('aria-expanded') === 'true'
    if (event.key === 'Enter' && !open && !(event.target as HTMLElement).closest('button')) {
      event.preventDefault()
      save()
    }
  }
  return (
    // Lists of choices are below this in React, but not in the page: clicks there must not open the row.
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and clicks of the input inside
    <span className={styles.editor} onKeyDown={keys} onClick={(event) => event.stopPropagation()}>
      <span className={styles.editorInput}>
        <Typed fields={typed}>
          <SetInput field={field} value={value} onChange={setValue} autoFocus />
        </Typed>
      </span>
      <Button
        size="small"
        type="primary"
        loading={busy}
        icon={<Check size={14} />}
        aria-label={t('common.save')}
        onClick={save}
      />
      <Button
        size="small"
        icon={<X size={14} />}
        disabled={busy}
        aria-label={t('common.cancel')}
        onClick={onClose}
      />
      {fault && (
        <span className={styles.fault} role="alert">
          {fault}
        </span>
      )}
    </span>
  )
}

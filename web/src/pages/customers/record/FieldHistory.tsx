import { Button, Popover } from 'antd'
import { Clock3 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { Bones, ErrorState } from '@/kit'
import { useChanges } from './api'
import { byWrite, fieldsOf } from './history'
import styles from './history.module.css'
import { useEditor } from './useEditor'
import { Writes } from './Writes'

/** Who changed one field, when, from what to what: a click beside the field tells. */
export function FieldHistory({ field, label }: { field: string; label: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const name = t('record.history.of', { field: label })
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      title={name}
      content={open && <Recent field={field} onClose={() => setOpen(false)} />}
    >
      <button type="button" className={styles.opener} aria-label={name} aria-expanded={open}>
        <Clock3 size={13} aria-hidden="true" />
      </button>
    </Popover>
  )
}

/** How many writes a popover tells; the section below the record has all. */
const recent = 5

function Recent({ field, onClose }: { field: string; onClose: () => void }) {
  const { t } = useTranslation()
  const { record } = useEditor()
  const [, setParams] = useSearchParams()
  const query = useChanges(record.id, fieldsOf(field))
  const writes = byWrite(query.data?.pages[0]?.items ?? [])
  const all = () => {
    onClose()
    setParams((before) => {
      const next = new URLSearchParams(before)
      next.set('field', field)
      return next
    })
    document.getElementById('history')?.scrollIntoView({ block: 'start' })
  }
  return (
    <div className={styles.recent} aria-busy={query.isPending}>
      {query.isPending ? (
        <Bones rows={2} />
      ) : query.error ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : writes.length === 0 ? (
        <p className="zk-muted">{t('record.history.none_of')}</p>
      ) : (
        <Writes writes={writes.slice(0, recent)} />
      )}
      {(writes.length > recent || query.hasNextPage) && (
        <Button type="link" size="small" onClick={all}>
          {t('record.history.all_of')}
        </Button>
      )}
    </div>
  )
}

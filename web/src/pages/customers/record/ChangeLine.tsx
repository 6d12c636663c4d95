import { Button } from 'antd'
import { ArrowRight, Eye } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { useMe, useSay } from '@/kit'
import { useClear } from '../useClear'
import { revealChange } from './api'
import type { Line } from './history'
import styles from './history.module.css'
import { useEditor } from './useEditor'
import { useFieldWords } from './words'

/** One field of a write: what was before, what is after; what is sealed can be asked for. */
export function ChangeLine({ line }: { line: Line }) {
  const { t } = useTranslation()
  const me = useMe()
  const { record } = useEditor()
  const { fail } = useSay()
  const words = useFieldWords()
  const sealed = line.changes.find((c) => c.sealed)
  const { clear, setClear } = useClear<{ before: string; after: string }>()
  const [busy, setBusy] = useState(false)
  const show = async () => {
    if (!sealed) return
    setBusy(true)
    try {
      setClear(await revealChange(record.id, sealed.id))
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  const empty = <span className="zk-muted">{t('record.empty')}</span>
  const text = (side: 'before' | 'after') => {
    const parts = line.changes.map((c) =>
      // "solar" needs no word beside a date.
      c.field === 'birthday_lunar' && line.changes.length > 1 && c[side] !== 'true'
        ? ''
        : words.value(c.field, c[side], c[`${side}_label`]),
    )
    return clear?.[side] || [...new Set(parts)].filter(Boolean).join(' ') || empty
  }
  const name = line.changes[0]?.field_label || words.name(line.field)
  return (
    <li className={styles.change}>
      <span className={styles.changeField}>{name}</span>
      <span className={`zk-break ${styles.before}`}>
        <span className="zk-sr">{t('record.history.before')}</span>
        {text('before')}
      </span>
      <ArrowRight size={14} aria-hidden="true" />
      <span className={`zk-break ${clear ? styles.clear : ''}`}>
        <span className="zk-sr">{t('record.history.after')}</span>
        {text('after')}
      </span>
      {sealed && !clear && record.editable && me.can(perm.customerReveal) && (
        <Button
          type="text"
          size="small"
          loading={busy}
          icon={<Eye size={14} />}
          aria-label={t('record.history.reveal', { field: name })}
          onClick={show}
        />
      )}
    </li>
  )
}

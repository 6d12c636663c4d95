import { Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Bones, ErrorState, useFormat } from '@/kit'
import { type Impact, useImpact } from './api'
import { Fresh } from './LivePanel'
import type { RuleNode } from './node'
import styles from './save.module.css'

interface Props {
  /** The audience, and the rule it would have; null where the rule stays. */
  id: number
  rule: RuleNode | null
  busy: boolean
  onSave: (note: string) => void
  onClose: () => void
}

/** What saving would do to the members, and why it is done, before it is done. */
export function SaveDialog({ id, rule, busy, onSave, onClose }: Props) {
  const { t } = useTranslation()
  const [note, setNote] = useState('')
  return (
    <Modal
      open
      width={600}
      title={t('ui_audience_builder.save.title')}
      okText={t('common.save')}
      cancelText={t('ui_audience_builder.save.back')}
      confirmLoading={busy}
      onOk={() => onSave(note.trim())}
      onCancel={onClose}
    >
      <div className={styles.body}>
        {rule ? <Effect id={id} rule={rule} /> : <p>{t('ui_audience_builder.save.same')}</p>}
        <label className={styles.field} htmlFor="audience-note">
          <span>{t('ui_audience_builder.save.note')}</span>
          <Input
            id="audience-note"
            maxLength={200}
            placeholder={t('ui_audience_builder.save.note_hint')}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            onPressEnter={() => onSave(note.trim())}
          />
        </label>
      </div>
    </Modal>
  )
}

function Effect({ id, rule }: { id: number; rule: RuleNode }) {
  const { t } = useTranslation()
  const query = useImpact(id, rule)
  if (query.isPending) return <Bones />
  if (query.error) {
    return (
      <>
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
        <p className="zk-muted">{t('ui_audience_builder.save.unknown')}</p>
      </>
    )
  }
  const impact = query.data
  return (
    <>
      <div className={styles.parts}>
        <Part kind="entering" part={impact.entering} />
        <Part kind="leaving" part={impact.leaving} />
        <Part kind="staying" part={impact.staying} />
      </div>
      <Fresh count={impact} />
    </>
  )
}

function Part({
  kind,
  part,
}: {
  kind: 'entering' | 'leaving' | 'staying'
  part: Impact['entering']
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const sign = kind === 'entering' ? '+' : kind === 'leaving' ? '−' : ''
  // i18n-keys: ui_audience_builder.impact.*
  return (
    <section className={styles.part}>
      <h3>{t(`ui_audience_builder.impact.${kind}`)}</h3>
      <div className={`${styles.number} zk-num ${part.count > 0 ? (styles[kind] ?? '') : ''}`}>
        {part.count > 0 ? sign : ''}
        {f.count(part.count)}
      </div>
      <p className="zk-muted">
        {part.examples
          .slice(0, 3)
          .map((c) => c.name)
          .filter(Boolean)
          .join(t('ui_list.comma'))}
      </p>
    </section>
  )
}

import { Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DateTime } from '@/kit'
import type { CustomerRecord, Patch } from './api'
import { begin, type Choice, type Conflict, inOrder, questions, resolved } from './conflict'
import styles from './conflict.module.css'
import type { Names } from './draft'
import { namesOf, useFieldWords } from './words'

// i18n-keys: record.field.*
/**
 * Somebody changed the same field: what was there, what each of the two wrote.
 * Per field one of both is chosen; leaving the dialog loses nothing.
 */
export function ConflictDialog({
  conflict,
  patch,
  names,
  record,
  onSettle,
}: {
  conflict: Conflict
  patch: Patch
  names: Names
  /** As it is now. */
  record: CustomerRecord
  /** What is still to be sent, null for nothing, later to go on editing. */
  onSettle: (patch: Patch | null | 'later') => void
}) {
  const { t } = useTranslation()
  const words = useFieldWords()
  const list = questions(conflict).filter((q) => q.collides)
  const [choices, setChoices] = useState<Record<string, Choice>>(() => begin(list))
  const known = namesOf(record)
  const mine = namesOf({ ...record, ...names } as CustomerRecord)
  const others = conflict.others.map(words.name)
  const text = (q: (typeof list)[number], side: 'base' | 'yours' | 'theirs') => {
    const names = side === 'yours' ? mine : known
    const shown = inOrder(q)
      // A code says no more than the names beside it.
      .filter((f) => f.field !== 'region_code' || q.fields.length === 1)
      .map((f) => {
        const raw = f[side]
        if (raw === null) return ''
        if (f.field === 'birthday_lunar' && q.fields.length > 1 && raw !== 'true') return ''
        return words.value(f.field, raw, names[`${f.field}:${raw}`])
      })
    return [...new Set(shown)].filter(Boolean).join(' ')
  }
  return (
    <Modal
      open
      width={640}
      title={t('record.conflict.title')}
      onCancel={() => onSettle('later')}
      maskClosable={false}
      footer={
        <>
          <Button onClick={() => onSettle('later')}>{t('record.conflict.back')}</Button>
          <Button type="primary" onClick={() => onSettle(resolved(patch, choices))}>
            {t('record.conflict.save')}
          </Button>
        </>
      }
    >
      <div className={styles.conflict}>
        <p>
          {conflict.by
            ? t('record.conflict.who', { name: conflict.by })
            : t('record.conflict.somebody')}
          {conflict.at > 0 && (
            <>
              {' '}
              <span className="zk-muted">
                <DateTime at={conflict.at} relative />
              </span>
            </>
          )}
        </p>
        {list.map((q) => {
          const name = words.name(q.fields.length === 1 ? (q.fields[0]?.field ?? q.part) : q.part)
          return (
            <fieldset key={q.part} className={styles.question}>
              <legend>{name}</legend>
              {q.fields.some((f) => f.base !== null) && (
                <p className="zk-muted">
                  {t('record.conflict.before', {
                    value: text(q, 'base') || t('record.empty'),
                  })}
                </p>
              )}
              <Radio.Group
                className={styles.sides}
                value={choices[q.part]}
                onChange={(event) => setChoices({ ...choices, [q.part]: event.target.value })}
                options={(['mine', 'theirs'] as const).map((side) => ({
                  value: side,
                  label: (
                    <span className={styles.side}>
                      <small>
                        {side === 'mine'
                          ? t('record.conflict.mine')
                          : t('record.conflict.theirs', {
                              name: conflict.by || t('record.conflict.other'),
                            })}
                      </small>
                      <span className={styles.sideText}>
                        {text(q, side === 'mine' ? 'yours' : 'theirs') || t('record.empty')}
                      </span>
                    </span>
                  ),
                }))}
              />
            </fieldset>
          )
        })}
        {others.length > 0 && (
          <p className="zk-muted">
            {t('record.conflict.also', { fields: [...new Set(others)].join('、') })}
          </p>
        )}
      </div>
    </Modal>
  )
}

import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { DateTime, Section, useSay } from '@/kit'
import type { Dossier, Review } from './api'
import styles from './moves.module.css'
import { Remarks } from './Remarks'

/** What the panel said to one another about a move. */
export function Thread({ d, review }: { d: Dossier; review: Review }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { fail } = useSay()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const open = review.status === 'review' && review.step === 'open'
  const send = async () => {
    setBusy(true)
    try {
      await ok(
        api.POST('/tiering/reviews/{id}/moves/{customer_id}/comments', {
          params: { path: { id: review.id, customer_id: d.move.customer_id } },
          body: { text: text.trim() },
        }),
      )
      setText('')
      await client.invalidateQueries({
        queryKey: ['tiering', 'reviews', review.id, 'dossier', d.move.customer_id],
      })
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Section title={t('ui_review.thread')}>
      {d.comments.length === 0 && <p className="zk-muted">{t('ui_review.no_comment')}</p>}
      <Remarks
        list={d.comments.map((c) => ({
          key: c.id,
          text: c.text,
          by: (
            <>
              {c.name} · <DateTime at={c.at} />
            </>
          ),
        }))}
      />
      {open && (
        <div className={styles.write}>
          <Input.TextArea
            className={styles.grow}
            rows={2}
            maxLength={1000}
            aria-label={t('ui_review.comment')}
            placeholder={t('ui_review.comment')}
            value={text}
            onChange={(e) => setText(e.target.value)}
          />
          <Button loading={busy} disabled={!text.trim()} onClick={send}>
            {t('ui_review.send')}
          </Button>
        </div>
      )}
    </Section>
  )
}

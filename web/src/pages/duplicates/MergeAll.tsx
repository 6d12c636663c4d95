import { Button, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DetailDrawer, QueryView, Section, useFormat } from '@/kit'
import { mergeAll, useMergeAllPreview } from './api'
import styles from './duplicates.module.css'
import { Score, SideFacts } from './words'

const scores = [0.999, 0.99, 0.95, 0.9]

/**
 * Merges everything from a score on: first what would happen, with the pairs
 * that the program is least sure of, then the work in the background.
 */
export function MergeAll({
  open,
  onClose,
  onStart,
}: {
  open: boolean
  onClose: () => void
  onStart: (work: Promise<{ job_id: number }>) => Promise<void>
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const [score, setScore] = useState(0.99)
  const preview = useMergeAllPreview(score, open)
  const begin = async () => {
    onClose()
    await onStart(mergeAll(score))
  }
  return (
    <DetailDrawer
      open={open}
      onClose={onClose}
      width={720}
      title={t('duplicates.merge_all.title')}
      footer={
        <Button
          type="primary"
          disabled={!preview.data || preview.data.customers === 0}
          onClick={begin}
        >
          {t('duplicates.merge_all.act', { count: f.count(preview.data?.customers ?? 0) })}
        </Button>
      }
    >
      <div className={styles.choice}>
        <Radio.Group
          aria-label={t('duplicates.merge_all.from')}
          value={score}
          onChange={(e) => setScore(e.target.value)}
          optionType="button"
          options={scores.map((value) => ({
            value,
            label: t('duplicates.merge_all.at_least', { score: f.percent(value) }),
          }))}
        />
      </div>
      <QueryView query={preview}>
        {(p) =>
          p.pairs === 0 ? (
            <p>{t('duplicates.merge_all.none')}</p>
          ) : (
            <>
              <p>
                {t('duplicates.merge_all.what', {
                  pairs: f.count(p.pairs),
                  customers: f.count(p.customers),
                })}{' '}
                {t('duplicates.merge_all.wrong', { count: p.wrong })}
              </p>
              <p className="zk-muted">{t('duplicates.merge_all.text')}</p>
              <Section
                title={t('duplicates.merge_all.riskiest')}
                note={t('duplicates.merge_all.riskiest_note')}
              >
                <ul className={styles.pairList}>
                  {p.riskiest.map((pair) => (
                    <li key={pair.id}>
                      <SideFacts side={pair.a} />
                      <SideFacts side={pair.b} />
                      <Score score={pair.score} />
                    </li>
                  ))}
                </ul>
              </Section>
            </>
          )
        }
      </QueryView>
    </DetailDrawer>
  )
}

import { Alert } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { QueryView, Section } from '@/kit'
import { isEnded, useImport } from './api'
import { Findings } from './Findings'
import styles from './imports.module.css'
import { Outcome } from './Outcome'
import { Progress } from './Progress'
import { Reasons } from './Rejects'
import { SumBar } from './SumBar'

/** What a try came to, below the settings it was made with. */
export function DryRun({ id, stale }: { id: number; stale: boolean }) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const query = useImport(id)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new try is brought into view
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' })
  }, [id])
  return (
    <div ref={box} className={styles.dry}>
      <Section
        boxed
        title={t('imports.dry_run')}
        note={t('imports.dry_run.note')}
        extra={<Link to={`/imports/${id}`}>{t('common.details')}</Link>}
      >
        {stale && <Alert type="info" showIcon title={t('imports.dry_run.stale')} />}
        <QueryView query={query} compact>
          {(data) =>
            isEnded(data.status) ? (
              <>
                <Outcome of={data} />
                <SumBar of={data} />
                <Reasons of={data} />
                <Findings of={data} />
              </>
            ) : (
              <Progress of={data} />
            )
          }
        </QueryView>
      </Section>
    </div>
  )
}

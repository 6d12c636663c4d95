import { useTranslation } from 'react-i18next'
import { useLocation, useParams } from 'react-router'
import { isStatus } from '@/api/errors'
import {
  Bone,
  DateTime,
  Facts,
  NotFound,
  Page,
  PageHeader,
  QueryView,
  Section,
  SimpleTable,
  ToneTag,
  useFormat,
} from '@/kit'
import { type Import, isEnded, useImport } from './api'
import styles from './imports.module.css'
import { useMeaningWord, useTargets } from './meanings'
import { Progress } from './Progress'
import { Result } from './Result'
import { StepBar } from './StepBar'
import { ImportState, useWho } from './words'

/** One import: its progress while it works, its result ever after. */
export default function ImportPage() {
  const { t } = useTranslation()
  const text = useParams().id ?? ''
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null
  const query = useImport(id)
  const data = query.data
  // The steps belong to the flow that led here, not to an import looked up later.
  const flow = Boolean((useLocation().state as { flow?: boolean } | null)?.flow)
  return (
    <Page>
      <PageHeader
        trail={[{ label: t('nav.customers.imports'), to: '/imports' }]}
        title={data?.file_name ?? t('imports.one')}
        badge={
          data && (
            <>
              <ImportState status={data.status} />
              {data.dry_run && <ToneTag tone={0}>{t('imports.dry_run')}</ToneTag>}
            </>
          )
        }
      />
      {id === null || isStatus(query.error, 404) ? (
        <NotFound
          what={t('imports.one')}
          back={{ label: t('nav.customers.imports'), to: '/imports' }}
        />
      ) : (
        <QueryView query={query} skeleton={<Skeleton />}>
          {(of) => (
            <>
              {(flow || !isEnded(of.status)) && (
                <StepBar at={isEnded(of.status) ? 'result' : 'run'} />
              )}
              {isEnded(of.status) ? <Result of={of} /> : <Progress of={of} />}
              <About of={of} />
            </>
          )}
        </QueryView>
      )}
    </Page>
  )
}

// i18n-keys: import.kind.*, import.meaning.*
function About({ of }: { of: Import }) {
  const { t } = useTranslation()
  const f = useFormat()
  const who = useWho()
  const took = of.started_at && of.finished_at ? of.finished_at - of.started_at : null
  const columns = Object.entries(of.mapping.columns)
  const own = columns.some(([, meaning]) => meaning.startsWith('field.'))
  const word = useMeaningWord(useTargets(of.kind, own).data?.fields ?? [])
  return (
    <Section title={t('imports.about')}>
      <Facts
        columns={2}
        items={[
          { label: t('common.source'), value: of.source_name },
          { label: t('imports.kind'), value: t(`import.kind.${of.kind}`) },
          { label: t('imports.size'), value: of.file_size > 0 ? f.bytes(of.file_size) : null },
          { label: t('imports.who'), value: who(of) },
          { label: t('common.created_at'), value: <DateTime at={of.created_at} /> },
          {
            label: t('imports.finished_at'),
            value: of.finished_at ? (
              <>
                <DateTime at={of.finished_at} />
                {took !== null && (
                  <span className="zk-muted">
                    {' '}
                    · {t('imports.took', { time: f.duration(took) })}
                  </span>
                )}
              </>
            ) : null,
          },
        ]}
      />
      {columns.length > 0 && (
        <details className={styles.above}>
          <summary>{t('imports.used_mapping', { count: columns.length })}</summary>
          <SimpleTable<[string, string]>
            label={t('imports.columns')}
            compact
            rows={columns}
            rowKey={([key]) => key}
            columns={[
              { key: 'column', title: t('import.error_column'), render: ([key]) => key },
              {
                key: 'meaning',
                title: t('imports.meaning'),
                render: ([, meaning]) => word(meaning),
              },
            ]}
          />
        </details>
      )}
    </Section>
  )
}

function Skeleton() {
  return (
    <div aria-busy="true" className={styles.bones}>
      <Bone width="100%" height={40} />
      <Bone width="60%" height={64} />
      <Bone width="100%" height={96} />
      <Bone width="100%" height={200} />
    </div>
  )
}

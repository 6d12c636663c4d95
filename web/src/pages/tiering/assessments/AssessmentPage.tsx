import { Button } from 'antd'
import { Printer } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { isStatus } from '@/api/errors'
import { Bones, Day, Facts, NotFound, Page, PageHeader, QueryView, Section, useFormat } from '@/kit'
import { useDimensions, useSchemes } from '../queries'
import { type Assessment, parts, useAssessment } from './api'
import styles from './assessments.module.css'

/** One impact assessment as it was filed, to be read and printed. */
export default function AssessmentPage() {
  const { t } = useTranslation()
  const f = useFormat()
  const id = Number(useParams().id) || 0
  const query = useAssessment(id)
  return (
    <Page narrow>
      <PageHeader
        title={
          query.data
            ? t('ui_assess.of_day', { day: f.date(query.data.filed_at) })
            : t('ui_assess.one')
        }
        trail={[{ label: t('ui_assess.title'), to: '/tiering/assessments' }]}
        actions={
          query.data && (
            <Button icon={<Printer size={16} />} onClick={() => window.print()}>
              {t('common.print')}
            </Button>
          )
        }
      />
      {isStatus(query.error, 404) ? (
        <NotFound
          what={t('ui_assess.one')}
          back={{ label: t('ui_assess.title'), to: '/tiering/assessments' }}
        />
      ) : (
        <QueryView query={query} skeleton={<Bones rows={10} />}>
          {(a) => <Body assessment={a} />}
        </QueryView>
      )}
    </Page>
  )
}

function Body({ assessment: a }: { assessment: Assessment }) {
  const { t } = useTranslation()
  const dimension = useDimensions(true).data?.find((d) => d.code === a.dimension)
  const scheme = useSchemes().data?.find((s) => s.scheme.code === a.scheme)?.scheme
  return (
    <>
      <Facts
        columns={2}
        items={[
          { label: t('ui_dimension.one'), value: dimension?.name ?? a.dimension },
          { label: t('tiers.head.scheme'), value: scheme?.name ?? a.scheme },
          { label: t('ui_assess.filed_by'), value: a.filed_by_name || null },
          { label: t('ui_assess.filed_at'), value: <Day at={a.filed_at} /> },
          { label: t('ui_assess.kept_until'), value: <Day at={a.kept_until} /> },
        ]}
      />
      {parts.map((part) => (
        <Section key={part} title={t(`ui_assess.part.${part}`)}>
          <p className={styles.text}>{a[part]}</p>
        </Section>
      ))}
    </>
  )
}

import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { DocumentSections, QueryView, Section } from '@/kit'
import { useReportDimensions } from '../queries'
import styles from './report.module.css'
import { useDimensions } from './useDimensions'

/** What the report says of need, loyalty and other dimensions, and of decisions. */
export function Dimensions({ runId }: { runId: number }) {
  const { t } = useTranslation()
  const [chosen, choose] = useDimensions()
  const query = useReportDimensions(runId, chosen)
  const available = query.data?.available ?? []
  return (
    <Section
      title={t('manuals.dimensions')}
      note={t('manuals.dimensions.note')}
      boxed
      extra={
        available.length > 1 && (
          <Select
            className={styles.dimensions}
            mode="multiple"
            aria-label={t('manuals.dimensions.choose')}
            placeholder={t('manuals.dimensions.choose')}
            value={chosen ?? available.map((d) => d.code)}
            options={available.map((d) => ({
              value: d.code,
              label: d.own ? t('manuals.dimensions.own', { name: d.name }) : d.name,
            }))}
            onChange={(codes) => choose(codes.length === available.length ? null : codes)}
          />
        )
      }
    >
      <QueryView query={query}>
        {(data) => (
          <div className={styles.dimensionParts}>
            <DocumentSections sections={data.sections ?? []} />
          </div>
        )}
      </QueryView>
    </Section>
  )
}

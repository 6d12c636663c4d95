import { useTranslation } from 'react-i18next'
import { dash, EmptyState, Facts, useFormat } from '@/kit'
import { useName } from '../words'
import type { BulkPreview, FieldInfo } from './api'
import styles from './list.module.css'

// Names of record fields that lists call otherwise.
const listNames: Record<string, string> = {
  owner_id: 'owner',
  adviser_id: 'adviser',
  department_id: 'department',
  region_code: 'region',
}

/** Exactly what a bulk edit would do: counts, who is left out and why, and examples. */
export function PreviewView({ preview, fields }: { preview: BulkPreview; fields: FieldInfo[] }) {
  const { t } = useTranslation()
  const f = useFormat()
  const name = useName()
  // i18n-keys: record.field.*
  const { i18n } = useTranslation()
  const label = (code: string) => {
    const known = fields.find((x) => x.code === (listNames[code] ?? code))?.label
    return known ?? (i18n.exists(`record.field.${code}`) ? t(`record.field.${code}`) : code)
  }
  const refused = preview.refused.reduce((sum, r) => sum + r.count, 0)
  return (
    <>
      <Facts
        columns={2}
        items={[
          { key: 'total', label: t('ui_list.bulk.total'), value: f.count(preview.total) },
          { key: 'changed', label: t('ui_list.bulk.changed'), value: f.count(preview.changed) },
          {
            key: 'unchanged',
            label: t('ui_list.bulk.unchanged'),
            value: f.count(preview.unchanged),
          },
          { key: 'refused', label: t('ui_list.bulk.refused'), value: f.count(refused) },
        ]}
      />
      {preview.moved + preview.stayed > 0 && (
        <ul className={styles.plain}>
          {preview.moved > 0 && (
            <li>{t('ui_handover.bulk_moved', { n: f.count(preview.moved) })}</li>
          )}
          {preview.stayed > 0 && (
            <li>{t('ui_handover.bulk_stayed', { n: f.count(preview.stayed) })}</li>
          )}
        </ul>
      )}
      {preview.refused.length > 0 && (
        <ul className={styles.plain}>
          {preview.refused.map((r) => (
            <li key={r.reason}>
              {t('ui_list.bulk.refusal', { text: r.text, n: f.count(r.count) })}
            </li>
          ))}
        </ul>
      )}
      {preview.changed === 0 ? (
        <EmptyState
          compact
          title={t('ui_list.bulk.nothing')}
          text={t('ui_list.bulk.nothing_text')}
        />
      ) : (
        <>
          <h3 className={styles.subtitle}>{t('ui_list.bulk.examples')}</h3>
          <ul className={styles.examples}>
            {preview.examples.map((e) => (
              <li key={e.id}>
                <strong>{name(e)}</strong>
                {e.changes.map((c) => (
                  <div key={`${c.field} ${c.before} ${c.after}`}>
                    <span className="zk-muted">{label(c.field)}</span>{' '}
                    {c.before_label || c.before || dash} → {c.after_label || c.after || dash}
                  </div>
                ))}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

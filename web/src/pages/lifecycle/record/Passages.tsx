import { useTranslation } from 'react-i18next'
import { Day, DetailDrawer, EmptyState, QueryView, ToneTag } from '@/kit'
import { usePassages } from '../api'
import styles from './record.module.css'

/** How the stage of a customer changed, newest first. */
export function Passages({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation()
  const query = usePassages(id, true)
  return (
    <DetailDrawer open title={t('lifecycles.history')} onClose={onClose}>
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title={t('lifecycles.history.none')} />
          ) : (
            <ol className={styles.passages}>
              {items.map((p) => (
                <li key={p.day}>
                  <div className={styles.head}>
                    <Day at={p.day} />
                    {p.before && (
                      <>
                        <ToneTag tone={p.before.tone}>{p.before.name}</ToneTag>
                        <span aria-hidden="true">→</span>
                      </>
                    )}
                    <ToneTag tone={p.stage.tone}>{p.stage.name}</ToneTag>
                  </div>
                  <p>{p.text}</p>
                  {p.before && (
                    <p className="zk-muted">
                      {t('lifecycles.history.days', { stage: p.before.name, count: p.days })}
                    </p>
                  )}
                  {(p.by || p.note) && (
                    <p className="zk-muted">{[p.by, p.note].filter(Boolean).join('：')}</p>
                  )}
                  {!p.final && <p className="zk-muted">{t('lifecycles.of.open')}</p>}
                </li>
              ))}
            </ol>
          )
        }
      </QueryView>
    </DetailDrawer>
  )
}

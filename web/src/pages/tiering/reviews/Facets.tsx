import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import type { components } from '@/api/schema.gen'
import { useFormat } from '@/kit'
import styles from './moves.module.css'

type Counts = components['schemas']['TieringMoveFacets']
type Key = 'state' | 'direction' | 'department_id'

/** Counts of the moves by state, direction and department; a click filters, another one does not. */
export function Facets({ facets }: { facets: Counts }) {
  const { t } = useTranslation()
  const f = useFormat()
  const [params, setParams] = useSearchParams()
  const toggle = (key: Key, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (next.get(key) === value) next.delete(key)
        else next.set(key, value)
        return next
      },
      { preventScrollReset: true, replace: true },
    )
  // i18n-keys: tiers.move.*
  const groups = [
    {
      key: 'state' as const,
      label: t('common.status'),
      items: facets.state.map((v) => ({ ...v, name: t(`ui_review.state.${v.value}`) })),
    },
    {
      key: 'direction' as const,
      label: t('ui_review.direction'),
      items: facets.direction.map((v) => ({ ...v, name: t(`tiers.move.${v.value}`) })),
    },
    {
      key: 'department_id' as const,
      label: t('ui_review.department'),
      items: facets.departments.slice(0, 12).map((v) => ({
        ...v,
        value: v.value === '0' ? '-1' : v.value,
        name: v.name || t('ui_review.no_department'),
      })),
    },
  ]
  return (
    <div className={styles.facets}>
      {groups.map(
        (g) =>
          g.items.length > 0 && (
            <fieldset key={g.key}>
              <legend>{g.label}</legend>
              {g.items.map((v) => (
                <button
                  key={v.value}
                  type="button"
                  aria-pressed={params.get(g.key) === v.value}
                  onClick={() => toggle(g.key, v.value)}
                >
                  {v.name} <b className="zk-num">{f.count(v.moves)}</b>
                </button>
              ))}
            </fieldset>
          ),
      )}
    </div>
  )
}

import { Button, Checkbox, Popover, Segmented } from 'antd'
import { SlidersHorizontal } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import editors from './filters.module.css'
import type { Saved } from './saved'
import styles from './table.module.css'
import type { Column } from './types'

/** The columns shown: the saved choice in the page's order, else those not hidden by default. */
export function visibleColumns<Row>(columns: Column<Row>[], chosen: string[] | null) {
  return columns.filter((c, i) =>
    i === 0 || c.required ? true : chosen ? chosen.includes(c.key) : !c.hidden,
  )
}

/** Which columns, how dense: kept per list in this browser. */
export function TableSettings<Row>({
  columns,
  saved,
  onChange,
  densityOnly,
}: {
  columns: Column<Row>[]
  /** The page has a column chooser of its own. */
  densityOnly?: boolean
  saved: Saved
  onChange: (change: Partial<Saved>) => void
}) {
  const { t } = useTranslation()
  const shown = visibleColumns(columns, saved.columns).map((c) => c.key)
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      content={
        <div className={styles.settings}>
          <div className={styles.settingsTitle}>{t('common.density')}</div>
          <Segmented<Saved['density']>
            block
            value={saved.density}
            options={[
              { value: 'normal', label: t('common.density_normal') },
              { value: 'compact', label: t('common.density_compact') },
            ]}
            onChange={(density) => onChange({ density })}
          />
          {!densityOnly && <div className={styles.settingsTitle}>{t('common.columns')}</div>}
          {!densityOnly && (
            <div className={editors.editorList}>
              {columns.map((column, i) => (
                <Checkbox
                  key={column.key}
                  checked={shown.includes(column.key)}
                  disabled={i === 0 || column.required}
                  onChange={(event) =>
                    onChange({
                      columns: event.target.checked
                        ? [...shown, column.key]
                        : shown.filter((k) => k !== column.key),
                    })
                  }
                >
                  {column.title}
                </Checkbox>
              ))}
            </div>
          )}
          <Button size="small" onClick={() => onChange({ columns: null, density: 'normal' })}>
            {t('common.reset')}
          </Button>
        </div>
      }
    >
      <Button
        type="text"
        icon={<SlidersHorizontal size={16} />}
        aria-label={t(densityOnly ? 'common.density' : 'ui.table.settings')}
        title={t(densityOnly ? 'common.density' : 'ui.table.settings')}
      />
    </Popover>
  )
}

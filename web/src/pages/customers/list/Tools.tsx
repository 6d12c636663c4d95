import { Segmented, Select } from 'antd'
import { LayoutList, SquareKanban } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { FieldInfo } from './api'
import styles from './board.module.css'
import { ColumnChooser } from './ColumnChooser'
import { mostOnCard, onCard } from './card'
import { type Layout, type List, usual } from './useList'

/** Which columns, table or board, and what a board is grouped by. */
export function Tools({ list, fields }: { list: List; fields: FieldInfo[] | undefined }) {
  const { t } = useTranslation()
  const { shown, change } = list
  return (
    <>
      {shown.layout === 'board' && (
        <Select
          aria-label={t('ui_list.board.by')}
          value={shown.groupBy}
          popupMatchSelectWidth={false}
          onChange={(groupBy) => change({ groupBy })}
          options={fields
            ?.filter((f) => f.groupable)
            .map((f) => ({
              value: f.code,
              label: t('ui_list.board.by_field', { field: f.label }),
            }))}
        />
      )}
      <ColumnChooser
        fields={fields}
        columns={shown.columns}
        onChange={(columns) => change({ columns })}
        onReset={() => change({ columns: usual.columns })}
        onCard={
          shown.layout === 'board'
            ? { shown: onCard(shown.columns, shown.groupBy, fields), most: mostOnCard }
            : undefined
        }
      />
      <Segmented<Layout>
        className={styles.layout}
        aria-label={t('ui_list.layout')}
        value={shown.layout}
        onChange={(layout) => change({ layout })}
        options={[
          {
            value: 'table',
            icon: <LayoutList size={16} aria-label={t('ui_list.layout.table')} />,
          },
          {
            value: 'board',
            icon: <SquareKanban size={16} aria-label={t('ui_list.layout.board')} />,
          },
        ]}
      />
    </>
  )
}

import { useTranslation } from 'react-i18next'
import type { Column, FilterDef } from '@/kit'
import { useDimensions } from './queries'

/** The column that names the dimension of what a list has, and the filter by it. */
export function useByDimension(): {
  column: Column<{ dimension: string }>
  filter: FilterDef
} {
  const { t } = useTranslation()
  const list = useDimensions(true).data ?? []
  const label = t('ui_dimension.one')
  return {
    column: {
      key: 'dimension',
      title: label,
      render: (of) => list.find((d) => d.code === of.dimension)?.name ?? of.dimension,
    },
    filter: {
      key: 'dimension',
      label,
      type: 'select',
      options: list.map((d) => ({ value: d.code, label: d.name })),
    },
  }
}

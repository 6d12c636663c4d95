import { Button } from 'antd'
import type { EChartsCoreOption } from 'echarts/core'
import { ChartColumn, Table2 } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useTheme } from '@/theme/mode'
import type { Mode, Palette, Tone } from '@/theme/tokens'
import { useFormat } from '../format'
import { useMedia } from '../media'
import { Bone, EmptyState } from '../states'
import { SimpleTable } from '../table/TableView'
import type { Column } from '../table/types'
import './chart.css'
import { chartTheme } from './theme'
import { type TooltipPoint, tooltipElement } from './tooltip'

export interface ChartColors {
  mode: Mode
  palette: Palette
  /** Level and group colours, see LevelTag. */
  tones: Tone[]
}

/** What was clicked. */
export interface ChartHit {
  name: string
  seriesName: string
  dataIndex: number
  value: unknown
}

export interface ChartProps<Row extends object> {
  /** What the figure shows; its accessible name and its heading. */
  title: string
  /** Window, n and definition: a figure never stands alone. */
  note?: ReactNode
  extra?: ReactNode
  /** ECharts option; the colours are handed in, because a canvas knows no CSS variables. */
  option?: (colors: ChartColors) => EChartsCoreOption
  /** Instead of an option: a figure made of elements, with links and focus of its own. */
  drawing?: ReactNode
  /** Writes numbers in tooltips; default: counts. */
  format?: (value: number, series: string) => string
  /** The same figures as rows: for the keyboard, the screen reader and copying. */
  table: { columns: Column<Row>[]; rows: Row[]; rowKey: (row: Row) => string | number }
  height?: number
  loading?: boolean
  /** A click on a mark opens the records behind it. */
  onSelect?: (hit: ChartHit) => void
  /** Without its own edge, inside something that has one. */
  plain?: boolean
}

interface Instance {
  setOption: (option: EChartsCoreOption, notMerge: boolean) => void
  resize: () => void
  dispose: () => void
  on: (event: 'click', tell: (hit: unknown) => void) => void
}

/** A figure with heading, note, and the same as a table. */
export function Chart<Row extends object>(props: ChartProps<Row>) {
  const { title, note, extra, table, height = 280, loading, plain } = props
  const { t } = useTranslation()
  const [asTable, setAsTable] = useState(false)
  const empty = !loading && table.rows.length === 0
  return (
    <figure className={`zk-chart ${plain ? '' : 'zk-chart-boxed'}`}>
      <figcaption>
        <div>
          <h2 className="zk-chart-title">{title}</h2>
          {note && <div className="zk-chart-note">{note}</div>}
        </div>
        <div className="zk-chart-side zk-noprint">
          {extra}
          {!empty && !loading && (
            <Button
              type="text"
              size="small"
              icon={asTable ? <ChartColumn size={15} /> : <Table2 size={15} />}
              onClick={() => setAsTable(!asTable)}
              aria-pressed={asTable}
              aria-label={asTable ? t('ui.chart.as_chart') : t('ui.chart.as_table')}
              title={asTable ? t('ui.chart.as_chart') : t('ui.chart.as_table')}
            />
          )}
        </div>
      </figcaption>
      {loading ? (
        <Bone width="100%" height={height} />
      ) : empty ? (
        <EmptyState compact title={t('ui.chart.empty')} />
      ) : asTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <div className="zk-chart-table" style={{ maxHeight: Math.max(height, 240) }} tabIndex={0}>
          <SimpleTable
            label={title}
            compact
            columns={table.columns}
            rows={table.rows}
            rowKey={table.rowKey}
          />
        </div>
      ) : (
        (props.drawing ?? <Canvas {...props} height={height} onFail={() => setAsTable(true)} />)
      )}
    </figure>
  )
}

function Canvas<Row extends object>({
  title,
  option,
  format,
  height,
  onSelect,
  onFail,
}: ChartProps<Row> & {
  /** The code that draws did not come: the rows say the same. */
  onFail: () => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const colors = useTheme()
  const still = useMedia('(prefers-reduced-motion: reduce)')
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<Instance | null>(null)
  const select = useRef(onSelect)
  select.current = onSelect
  const failed = useRef(onFail)
  failed.current = onFail

  const full = useRef<() => EChartsCoreOption>(() => ({}))
  full.current = () => {
    const own = option?.(colors) ?? {}
    const tip = own.tooltip as Record<string, unknown> | undefined
    return {
      animationDuration: 300,
      animation: !still,
      ...own,
      tooltip: {
        confine: true,
        formatter: (points: TooltipPoint | TooltipPoint[]) =>
          tooltipElement(points, format ?? ((n) => f.count(n))),
        ...tip,
      },
    }
  }

  useEffect(() => {
    let gone = false
    let observer: ResizeObserver | undefined
    const draw = ({ init }: typeof import('./engine')) => {
      if (gone || !box.current) return
      const made = init(box.current, chartTheme(colors.mode)) as unknown as Instance
      chart.current = made
      made.setOption(full.current(), true)
      made.on('click', (hit) => select.current?.(hit as ChartHit))
      observer = new ResizeObserver(() => made.resize())
      observer.observe(box.current)
    }
    import('./engine').then(draw, () => {
      if (!gone) failed.current()
    })
    return () => {
      gone = true
      observer?.disconnect()
      chart.current?.dispose()
      chart.current = null
    }
  }, [colors.mode])

  // Without dependencies: the option is a function and changes with its page.
  const shown = useRef('')
  useEffect(() => {
    const next = full.current()
    const print = JSON.stringify(next)
    if (print === shown.current) return
    shown.current = print
    chart.current?.setOption(next, true)
  })

  return (
    <div
      ref={box}
      className="zk-chart-canvas"
      style={{ minHeight: height }}
      role="img"
      aria-label={t('ui.chart.label', { title })}
    />
  )
}

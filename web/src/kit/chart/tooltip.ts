// ECharts builds its tooltips from HTML with style attributes, which the
// page's policy refuses; these are made of elements.

export interface TooltipPoint {
  name?: string
  axisValueLabel?: string
  seriesName?: string
  value?: unknown
  color?: unknown
  dimensionNames?: string[]
  encode?: Record<string, number[]>
}

/** The number of a point: the last one of an array value (x, y) or the value itself. */
export function pointValue(point: TooltipPoint): unknown {
  if (!Array.isArray(point.value)) return point.value
  const at = point.encode?.y?.[0] ?? point.encode?.value?.[0]
  return at === undefined ? point.value.at(-1) : point.value[at]
}

/** A head line and one line a series; `format` writes the numbers. */
export function tooltipElement(
  points: TooltipPoint | TooltipPoint[],
  format: (value: number, series: string) => string,
): HTMLElement {
  const list = Array.isArray(points) ? points : [points]
  const box = document.createElement('div')
  box.className = 'zk-tip'
  const first = list[0]
  const head = first?.axisValueLabel ?? first?.name
  if (head) {
    const title = document.createElement('div')
    title.className = 'zk-tip-title'
    title.textContent = head
    box.append(title)
  }
  for (const point of list) {
    const value = pointValue(point)
    if (value === undefined || value === null || value === '-') continue
    const row = document.createElement('div')
    row.className = 'zk-tip-row'
    const mark = document.createElement('span')
    mark.className = 'zk-tip-mark'
    if (typeof point.color === 'string') mark.style.background = point.color
    const name = document.createElement('span')
    const auto = point.seriesName?.startsWith('series\u0000') ?? true
    name.textContent = auto ? '' : (point.seriesName ?? '')
    const number = document.createElement('strong')
    number.textContent =
      typeof value === 'number' ? format(value, point.seriesName ?? '') : String(value)
    row.append(mark, name, number)
    box.append(row)
  }
  return box
}

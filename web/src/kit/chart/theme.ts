import { font, type Mode, palettes, series } from '@/theme/tokens'

/** The ECharts theme of a mode; the only one. */
export function chartTheme(mode: Mode) {
  const p = palettes[mode]
  const axis = {
    axisLine: { lineStyle: { color: p.borderStrong } },
    axisTick: { show: false },
    axisLabel: { color: p.text2, fontSize: 12, hideOverlap: true },
    splitLine: { lineStyle: { color: p.border } },
    splitArea: { show: false },
    nameTextStyle: { color: p.text2, fontSize: 12 },
  }
  return {
    color: series(mode),
    backgroundColor: 'transparent',
    textStyle: { fontFamily: font, color: p.text, fontSize: 12 },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    logAxis: axis,
    legend: {
      textStyle: { color: p.text2, fontSize: 12 },
      icon: 'roundRect',
      itemWidth: 10,
      itemHeight: 10,
      itemGap: 16,
      left: 0,
      top: 0,
    },
    line: { symbol: 'circle', symbolSize: 6, showSymbol: false, lineStyle: { width: 2 } },
    bar: { barMaxWidth: 36, itemStyle: { borderRadius: [3, 3, 0, 0] } },
    pie: { itemStyle: { borderColor: p.bg, borderWidth: 2 }, label: { color: p.text } },
    heatmap: { itemStyle: { borderColor: p.bg, borderWidth: 2, borderRadius: 4 } },
    visualMap: { textStyle: { color: p.text2 } },
    markLine: { label: { color: p.text2 }, lineStyle: { color: p.text3, type: 'dashed' } },
    tooltip: {
      backgroundColor: p.raised,
      borderColor: p.border,
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: p.text, fontSize: 13 },
      extraCssText: `box-shadow:${p.shadow};border-radius:8px`,
      axisPointer: { lineStyle: { color: p.borderStrong }, shadowStyle: { color: p.hover } },
    },
  }
}

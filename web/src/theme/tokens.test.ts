import { describe, expect, it } from 'vitest'
import { antdConfig } from './antd'
import { type Mode, palettes, tones } from './tokens'

// Contrast of WCAG 2.2, 1.4.3.
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

describe.each(['light', 'dark'] as Mode[])('contrast in %s', (mode) => {
  const p = palettes[mode]
  const pairs: [string, string, string][] = [
    ['text', p.text, p.bg],
    ['text on the side', p.text, p.side],
    ['second text', p.text2, p.bg],
    ['second text on hover', p.text2, p.hover],
    ['third text', p.text3, p.bg],
    ['third text on subtle', p.text3, p.subtle],
    ['text on floating', p.text3, p.raised],
    ['accent', p.accentText, p.bg],
    ['accent on its soft', p.accentText, p.accentSoft],
    ['button', p.onAccent, p.accent],
    ['button, hovered', p.onAccent, p.accentHover],
    ['success', p.success, p.bg],
    ['success on soft', p.text, p.successSoft],
    ['warning on soft', p.warning, p.warningSoft],
    ['danger', p.danger, p.bg],
    ['danger on hover', p.danger, p.subtle],
    ['info', p.info, p.bg],
  ]
  it.each(pairs)('%s is at least 4.5', (_name, text, ground) => {
    expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5)
  })
  it.each(tones[mode].map((tone, i) => [i, tone] as const))('chip %i', (_i, tone) => {
    expect(contrast(tone.text, tone.soft)).toBeGreaterThanOrEqual(4.5)
  })
  it.each(tones[mode].slice(1).map((tone, i) => [i + 1, tone] as const))(
    'mark %i stands out of the page (1.4.11)',
    (_i, tone) => {
      expect(contrast(tone.solid, p.bg)).toBeGreaterThanOrEqual(3)
    },
  )
  it('what is chosen in a switch is lighter than its track', () => {
    const { itemSelectedBg, trackBg } = antdConfig(mode, false).components?.Segmented ?? {}
    expect(luminance(String(itemSelectedBg))).toBeGreaterThan(luminance(String(trackBg)))
    expect(contrast(p.text, String(itemSelectedBg))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(p.text2, String(trackBg))).toBeGreaterThanOrEqual(4.5)
  })
})

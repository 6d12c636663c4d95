// Every colour, size and font of the product. Pages and styles use the CSS
// variables made from it (`--zk-…`); antd gets the same values in antd.ts.

export type Mode = 'light' | 'dark'

const chinese = '"PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei UI", "Noto Sans CJK SC"'
export const font = `${chinese}, system-ui, sans-serif`
/** For English: Chinese fonts draw its quotation marks and dashes as wide as a sign. */
export const fontEn = `-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, ${chinese}, sans-serif`
export const mono =
  'ui-monospace, "SF Mono", "JetBrains Mono", Consolas, "Noto Sans Mono CJK SC", monospace'

export const size = {
  radius: 8,
  radiusSmall: 6,
  top: 56,
  nav: 220,
  navSmall: 64,
  bottom: 60,
} as const

/** Below this width (px) the phone layout applies: bottom bar, cards for rows. */
export const phoneWidth = 768

export interface Palette {
  bg: string
  side: string
  raised: string
  subtle: string
  hover: string
  border: string
  borderStrong: string
  text: string
  text2: string
  text3: string
  accent: string
  accentHover: string
  accentActive: string
  accentText: string
  accentSoft: string
  accentLine: string
  onAccent: string
  success: string
  successSoft: string
  warning: string
  warningSoft: string
  danger: string
  dangerSoft: string
  info: string
  infoSoft: string
  shadow: string
  mask: string
}

export const palettes: Record<Mode, Palette> = {
  light: {
    bg: '#ffffff',
    side: '#f6f8f8',
    raised: '#ffffff',
    subtle: '#f5f7f7',
    hover: '#edf2f1',
    border: '#e2e8e7',
    borderStrong: '#c9d3d1',
    text: '#12201e',
    text2: '#465552',
    text3: '#61706d',
    accent: '#0f766e',
    accentHover: '#0c625c',
    accentActive: '#0a504b',
    accentText: '#0f6b64',
    accentSoft: '#e4f3f1',
    accentLine: '#9fd3cc',
    onAccent: '#ffffff',
    success: '#15753b',
    successSoft: '#e5f5ea',
    warning: '#9a4b06',
    warningSoft: '#fdf1dd',
    danger: '#b3261e',
    dangerSoft: '#fcebea',
    info: '#1d57b8',
    infoSoft: '#e7eefb',
    shadow: '0 8px 28px rgba(15, 35, 32, 0.12), 0 2px 6px rgba(15, 35, 32, 0.06)',
    mask: 'rgba(14, 28, 26, 0.38)',
  },
  dark: {
    bg: '#121716',
    side: '#0d1110',
    raised: '#1a201f',
    subtle: '#171d1c',
    hover: '#202827',
    border: '#2a3331',
    borderStrong: '#414d4a',
    text: '#e8eeec',
    text2: '#b0bcb9',
    text3: '#909d99',
    accent: '#2cb5a6',
    accentHover: '#48c7b9',
    accentActive: '#229b8e',
    accentText: '#4fd1c2',
    accentSoft: '#12302c',
    accentLine: '#23695f',
    onAccent: '#04201d',
    success: '#5cc98a',
    successSoft: '#12301f',
    warning: '#e9b04a',
    warningSoft: '#352810',
    danger: '#f08a82',
    dangerSoft: '#3a1a18',
    info: '#82aef0',
    infoSoft: '#16263f',
    shadow: '0 10px 32px rgba(0, 0, 0, 0.5), 0 2px 8px rgba(0, 0, 0, 0.35)',
    mask: 'rgba(0, 0, 0, 0.6)',
  },
}

/** One fixed colour family: chips use `text` on `soft`, charts use `solid`. */
export interface Tone {
  solid: string
  text: string
  soft: string
}

/** Ten tones; 0 is for "no level". Levels take 1…8 by rank, the highest level first. */
export const tones: Record<Mode, Tone[]> = {
  light: [
    { solid: '#b4bfbc', text: '#55635f', soft: '#eef1f0' },
    { solid: '#b67d0c', text: '#7d5200', soft: '#fbf0d8' },
    { solid: '#3b76d6', text: '#1f55a8', soft: '#e5eefb' },
    { solid: '#8b6fd0', text: '#5f43a6', soft: '#efeafa' },
    { solid: '#7f918d', text: '#475652', soft: '#e9eeed' },
    { solid: '#2e9e6b', text: '#186341', soft: '#e1f4ea' },
    { solid: '#d0587e', text: '#992a51', soft: '#fbe8ef' },
    { solid: '#2b96b5', text: '#14607a', soft: '#e0f2f8' },
    { solid: '#d9713a', text: '#964113', soft: '#fcebe1' },
  ],
  dark: [
    { solid: '#5b6764', text: '#a9b5b2', soft: '#222a28' },
    { solid: '#dca43a', text: '#efc56c', soft: '#33280f' },
    { solid: '#6c9eeb', text: '#a0c3f8', soft: '#16283f' },
    { solid: '#a78bfa', text: '#c6b6f9', soft: '#271f40' },
    { solid: '#82918d', text: '#b9c4c1', soft: '#252d2b' },
    { solid: '#4cc38a', text: '#83deb3', soft: '#123222' },
    { solid: '#e87ba0', text: '#f5abc4', soft: '#3a1725' },
    { solid: '#4fb9d6', text: '#8dd7ea', soft: '#0f2d37' },
    { solid: '#ee9260', text: '#f7b892', soft: '#3a2111' },
  ],
}

/** Order of colours for series that are neither levels nor states. */
export function series(mode: Mode): string[] {
  const t = tones[mode]
  const at = (i: number) => t[i]?.solid ?? palettes[mode].accent
  return [palettes[mode].accent, at(2), at(1), at(3), at(6), at(7), at(8), at(4)]
}

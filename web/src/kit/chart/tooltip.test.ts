import { expect, it } from 'vitest'
import { pointValue, tooltipElement } from './tooltip'

it('takes the encoded dimension of an array', () => {
  expect(pointValue({ value: [1, 2, 3], encode: { y: [1] } })).toBe(2)
  expect(pointValue({ value: [1, 2, 3], encode: { value: [2] } })).toBe(3)
  expect(pointValue({ value: [1, 9] })).toBe(9)
  expect(pointValue({ value: 4 })).toBe(4)
})

it('writes text, never markup', () => {
  const box = tooltipElement(
    [
      { axisValueLabel: '<b>11</b>', seriesName: '<img src=x>', value: 5, color: '#123456' },
      { seriesName: 'gap', value: '-' },
    ],
    (n, series) => `${series}:${n}`,
  )
  expect(box.querySelector('img,b')).toBeNull()
  expect(box.querySelector('.zk-tip-title')?.textContent).toBe('<b>11</b>')
  expect(box.querySelectorAll('.zk-tip-row')).toHaveLength(1)
  expect(box.querySelector('strong')?.textContent).toBe('<img src=x>:5')
})

// The only chart that is drawn, so that nothing else of ECharts is loaded. Words on the canvas, not in the page: its
// Content-Security-Policy allows no inline styles.
import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, GridComponent, CanvasRenderer]);

const ink = '#4d5968';
const labelEvery = 30; // seconds

/** Counts of the last seconds, the present one last. */
export function paceChart(element, seconds) {
  const chart = init(element);
  const ago = (index) => index + 1 - seconds;
  chart.setOption({
    animation: false,
    grid: { left: 44, right: 12, top: 12, bottom: 24 },
    xAxis: {
      type: 'category',
      data: Array.from({ length: seconds }, (_, index) => `${ago(index)} s`),
      axisTick: { show: false },
      axisLabel: { color: ink, interval: (index) => ago(index) % labelEvery === 0 },
      axisLine: { lineStyle: { color: '#b9c1cb' } },
    },
    yAxis: { type: 'value', min: 0, minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: '#edf0f3' } } },
    series: [{ type: 'bar', barCategoryGap: '20%', itemStyle: { color: '#1c5a94', borderRadius: [2, 2, 0, 0] }, data: [] }],
  });
  const observer = new ResizeObserver(() => chart.resize());
  observer.observe(element);
  return {
    draw: (counts) => chart.setOption({ series: [{ data: counts }] }),
    end() {
      observer.disconnect();
      chart.dispose();
    },
  };
}

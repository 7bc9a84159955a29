// The only charts that are drawn, so that nothing else of ECharts is loaded. Words on the canvas, not in the page: its
// Content-Security-Policy allows no inline styles.
import { LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

const ink = '#4d5968';

export function rateChart(element, timeOf) {
  const chart = init(element);
  chart.setOption({
    animation: false,
    grid: { left: 44, right: 12, top: 12, bottom: 24 },
    tooltip: { trigger: 'axis', renderMode: 'richText', valueFormatter: (value) => value.toFixed(1) },
    xAxis: { type: 'time', axisLabel: { color: ink, formatter: (at) => timeOf(at), hideOverlap: true }, axisLine: { lineStyle: { color: '#b9c1cb' } } },
    yAxis: { type: 'value', min: 0, minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: '#edf0f3' } } },
    series: [{ type: 'line', showSymbol: false, step: false, lineStyle: { width: 2, color: '#1c5a94' }, areaStyle: { color: '#1c5a9422' }, data: [] }],
  });
  const observer = new ResizeObserver(() => chart.resize());
  observer.observe(element);
  return {
    draw: (data) => chart.setOption({ series: [{ data }] }),
    end() {
      observer.disconnect();
      chart.dispose();
    },
  };
}

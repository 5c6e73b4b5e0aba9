/** Draws every `[data-gs-chart]` as bars or lines from plain series; the same figures stand below as a table. Nothing else is drawn. */
import './charts.css';
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { each, el, english, t } from './kit/page.ts';

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

interface Series { name: string; type?: 'bar' | 'line'; data: (number | null)[]; stack?: string; links?: (string | null)[]; state?: keyof typeof STATES }
/** categories along the axis, one number for each in every series; unit after the numbers; horizontal turns bars. */
interface Chart { title?: string; categories: string[]; category_title?: string; series: Series[]; unit?: string; horizontal?: boolean; percent?: boolean }

const COLOURS = ['#1557b0', '#1b7f4b', '#b25e00', '#6a4bb5', '#5b6675', '#7a4b2a', '#c4490a'];
/** Series that stand for a state wear its colour, everywhere the same as the labels. */
const STATES = { pass: '#1b7f4b', fail: '#c0242b', warn: '#d4641a', manual: '#e0a800', brown: '#7a4b2a', running: '#1557b0' };
const INK2 = '#5b6675';
const FONT = 'PingFang SC, Microsoft YaHei, Noto Sans SC, sans-serif';

const numberOf = (chart: Chart) => (value: unknown): string => (value === null || value === undefined || value === '-' ? '—' : `${Number(value).toLocaleString(english() ? 'en' : 'zh-CN', { maximumFractionDigits: 2 })}${chart.percent ? '%' : chart.unit ? ` ${chart.unit}` : ''}`);

function option(chart: Chart): echarts.EChartsCoreOption {
  const format = numberOf(chart);
  const names = { type: 'category', data: chart.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: '#c3ccd6' } }, axisLabel: { color: INK2, fontSize: 12, hideOverlap: true } };
  const values = { type: 'value', axisLabel: { color: INK2, fontSize: 12, formatter: (v: number) => (chart.percent ? `${v}%` : v.toLocaleString('zh-CN')) }, splitLine: { lineStyle: { color: '#e9edf2' } } };
  return {
    color: COLOURS, animationDuration: 200, textStyle: { fontFamily: FONT, fontSize: 12 }, aria: { enabled: true, decal: { show: chart.series.length > 1 && chart.series.some((s) => (s.type ?? 'bar') === 'bar') } },
    grid: { left: 8, right: 16, top: chart.series.length > 1 ? 36 : 16, bottom: 8, containLabel: true },
    legend: chart.series.length > 1 ? { top: 0, left: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 12, textStyle: { color: '#1f2733' } } : undefined,
    tooltip: { trigger: 'axis', axisPointer: { type: chart.series.some((s) => (s.type ?? 'bar') === 'bar') ? 'shadow' : 'line' }, valueFormatter: format, confine: true, textStyle: { fontFamily: FONT } },
    xAxis: chart.horizontal ? values : names, yAxis: chart.horizontal ? { ...names, inverse: true } : values,
    series: chart.series.map((s) => ({ name: s.name, type: s.type ?? 'bar', data: s.data, stack: s.stack, color: s.state && STATES[s.state], barMaxWidth: 32, symbolSize: 6, lineStyle: { width: 2 }, label: { show: chart.series.length === 1 && chart.categories.length <= 12, position: chart.horizontal ? 'right' : 'top', color: '#1f2733', formatter: (p: { value: unknown }) => format(p.value) } })),
  };
}

function table(chart: Chart): HTMLElement {
  const format = numberOf(chart);
  const head = el('tr', {}, el('th', { scope: 'col' }, chart.category_title ?? ''), ...chart.series.map((s) => el('th', { scope: 'col', class: 'gs-num' }, s.name)));
  const rows = chart.categories.map((c, i) => el('tr', {}, el('th', { scope: 'row' }, c), ...chart.series.map((s) => {
    const link = s.links?.[i];
    return el('td', { class: 'gs-num' }, link ? el('a', { href: link }, format(s.data[i])) : format(s.data[i]));
  })));
  return el('details', { class: 'gs-chart__table' }, el('summary', {}, t('看数字', 'Show the figures')), el('div', { class: 'gs-table-wrap' }, el('table', { class: 'gs-table gs-table--dense gs-table--plain' }, el('caption', { class: 'gs-sr' }, chart.title ?? ''), el('thead', {}, head), el('tbody', {}, ...rows))));
}

each<HTMLElement>('[data-gs-chart]', (mount) => {
  const source = mount.dataset.option ? document.querySelector(mount.dataset.option) : mount.querySelector('script');
  const chart = JSON.parse(source?.textContent || '{}') as Chart;
  if (!chart.series?.length || !chart.categories?.length) { mount.replaceChildren(el('p', { class: 'gs-muted' }, t('所选范围内没有数据', 'No data in this range'))); return; }
  const stage = el('div', { class: 'gs-chart__stage', role: 'img', 'aria-label': chart.title ?? t('图表，数字见下表', 'Chart; figures below') });
  mount.classList.add('gs-chart');
  mount.replaceChildren(stage, table(chart));
  if (chart.horizontal) stage.style.height = `${Math.max(160, chart.categories.length * 32 + 48)}px`;
  const drawn = echarts.init(stage, undefined, { renderer: 'svg' });
  drawn.setOption(option(chart));
  drawn.on('click', (p) => { const link = chart.series[p.seriesIndex ?? 0]?.links?.[p.dataIndex]; if (link) location.assign(link); });
  new ResizeObserver(() => drawn.resize()).observe(stage);
  addEventListener('beforeprint', () => { mount.querySelector('details')!.open = true; drawn.resize(); });
});

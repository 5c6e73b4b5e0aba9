/** Drawing rules checked in the browser on every change, told in Chinese; what the engine finds is added by problems.ts. */
import { Linter } from 'bpmnlint';
import conditionalFlows from 'bpmnlint/rules/conditional-flows';
import endEvent from 'bpmnlint/rules/end-event-required';
import typedStart from 'bpmnlint/rules/event-sub-process-typed-start-event';
import fakeJoin from 'bpmnlint/rules/fake-join';
import labels from 'bpmnlint/rules/label-required';
import noDisconnected from 'bpmnlint/rules/no-disconnected';
import noDuplicates from 'bpmnlint/rules/no-duplicate-sequence-flows';
import noJoinFork from 'bpmnlint/rules/no-gateway-join-fork';
import noSplit from 'bpmnlint/rules/no-implicit-split';
import noOverlap from 'bpmnlint/rules/no-overlapping-elements';
import singleBlank from 'bpmnlint/rules/single-blank-start-event';
import singleDefinition from 'bpmnlint/rules/single-event-definition';
import startEvent from 'bpmnlint/rules/start-event-required';
import subProcessStart from 'bpmnlint/rules/sub-process-blank-start-event';
import superfluous from 'bpmnlint/rules/superfluous-gateway';
import { t } from '../kit/page.ts';

export interface Problem { element_id: string; severity: 'error' | 'warning'; rule: string; message: string; message_en?: string; line?: number | null; source?: 'drawing' | 'engine' }

const RULES: Record<string, [rule: unknown, level: 'error' | 'warn', zh: string, en: string]> = {
  'conditional-flows': [conditionalFlows, 'error', '这条连线要写条件，或设为“其余情况”', 'Needs a condition, or make it the default'],
  'end-event-required': [endEvent, 'error', '没有结束', 'No end event'],
  'event-sub-process-typed-start-event': [typedStart, 'error', '事件子流程的开始要写明由什么触发', 'The event sub-process needs a trigger'],
  'fake-join': [fakeJoin, 'warn', '多条线直接汇入：每到一条就会执行一次，需要汇合请加网关', 'Several flows arrive without a gateway: it runs once for each'],
  'label-required': [labels, 'warn', '没有名称', 'No name'],
  'no-disconnected': [noDisconnected, 'error', '没有和流程连起来', 'Not connected'],
  'no-duplicate-sequence-flows': [noDuplicates, 'warn', '同样的连线画了两条', 'The same flow twice'],
  'no-gateway-join-fork': [noJoinFork, 'warn', '一个网关既汇合又分叉，请拆成两个', 'Joins and forks at once; use two gateways'],
  'no-implicit-split': [noSplit, 'warn', '从环节直接分出多条线，请用网关写明怎样分', 'Several flows leave without a gateway'],
  'no-overlapping-elements': [noOverlap, 'warn', '和别的元素重叠了', 'Overlaps another element'],
  'single-blank-start-event': [singleBlank, 'error', '有多个没有条件的开始', 'More than one plain start'],
  'single-event-definition': [singleDefinition, 'error', '一个事件只能等一种触发', 'An event waits for one trigger only'],
  'start-event-required': [startEvent, 'error', '没有开始', 'No start event'],
  'sub-process-blank-start-event': [subProcessStart, 'error', '子流程的开始不能有触发条件', 'A sub-process starts without a trigger'],
  'superfluous-gateway': [superfluous, 'warn', '这个网关没有作用，可以删去', 'This gateway does nothing'],
};

const OPTIONS = {
  config: { rules: Object.fromEntries(Object.entries(RULES).map(([name, r]) => [name, r[1]])) },
  resolver: { resolveRule: (_pkg: string, name: string) => RULES[name]![0], resolveConfig: () => ({}) },
};

export async function drawingProblems(definitions: unknown): Promise<Problem[]> {
  // Some rules remember what they saw: each run has its own judge.
  const found = await new Linter(OPTIONS).lint(definitions);
  return Object.entries(found).flatMap(([rule, reports]) => reports.map((r) => ({ element_id: r.id, severity: r.category === 'error' ? 'error' as const : 'warning' as const, rule, message: t(RULES[rule]?.[2] ?? r.message, RULES[rule]?.[3] ?? r.message), source: 'drawing' as const })));
}

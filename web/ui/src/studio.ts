/** Mounts the process editor on `[data-gs-studio]`: draws, checks, compares and keeps the draft; publishing stays with the page. */
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-element-templates/dist/assets/element-templates.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import './viewer.css';
import './studio.css';
import Modeler from 'bpmn-js/lib/Modeler';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { CreateAppendAnythingModule, CreateAppendElementTemplatesModule } from 'bpmn-js-create-append-anything';
import { ElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule } from 'bpmn-js-properties-panel';
import TokenSimulation from 'bpmn-js-token-simulation/lib/modeler';
import behaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import { keeper } from './bench/keeper.ts';
import { fit, type Diagram } from './bpmn/canvas.ts';
import { translateModule } from './bpmn/translate.ts';
import { PANEL } from './bpmn/zh-panel.ts';
import { each, el, t } from './kit/page.ts';
import { businessModule } from './studio/business.ts';
import { differences } from './studio/differences.ts';
import { drawer } from './studio/drawer.ts';
import { fillOutline } from './studio/outline.ts';
import { checker } from './studio/problems.ts';
import { speakChinese } from './studio/simulation.ts';
import { templatesFor } from './studio/templates.ts';
import { toolbar } from './studio/toolbar.ts';

type Editor = Diagram & { getDefinitions: () => unknown; get(name: 'elementTemplatesLoader'): { setTemplates: (list: unknown[]) => void } };

function build(container: HTMLElement, panel: HTMLElement, readonly: boolean): Editor {
  const words = translateModule(PANEL);
  if (readonly) return new NavigatedViewer({ container, additionalModules: [words], moddleExtensions: { camunda } }) as Editor;
  return new Modeler({
    container, propertiesPanel: { parent: panel }, moddleExtensions: { camunda },
    additionalModules: [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule, ElementTemplatesPropertiesProviderModule, CreateAppendAnythingModule, CreateAppendElementTemplatesModule, behaviors, TokenSimulation, businessModule, words],
  }) as Editor;
}

/** The panel lives in the side column that the page leaves empty, else in a column of our own. */
function sideOf(mount: HTMLElement): HTMLElement {
  const side = mount.closest('.gs-bench__work')?.querySelector<HTMLElement>('.gs-bench__side');
  const panel = el('div', { class: 'gs-studio__panel' });
  if (side && !side.children.length) side.append(panel);
  else mount.querySelector('.gs-studio__middle')!.append(panel);
  return panel;
}

async function open(mount: HTMLElement): Promise<void> {
  const readonly = mount.dataset.readonly !== undefined;
  const stage = el('div', { class: 'gs-studio__stage' });
  const middle = el('div', { class: 'gs-studio__middle' }, stage);
  mount.classList.add('gs-studio');
  mount.replaceChildren(middle);
  const panel = sideOf(mount);
  if (readonly) panel.append(el('p', { class: 'gs-studio__hint gs-muted' }, t('您可以查看，不能修改这个流程。', 'You may read this process, not change it.')));
  const editor = build(stage, panel, readonly);
  const compare = { current: undefined as ReturnType<typeof differences> | undefined };
  const below = drawer((name) => {
    if (name === 'changes') void compare.current?.show(); else compare.current?.clear();
    if (name === 'outline') fillOutline(editor, below.lists.outline);
    editor.get('canvas').resized();
  });
  mount.append(below.node);
  const answer = await fetch(mount.dataset.xmlUrl ?? mount.dataset.url ?? '');
  if (!answer.ok) throw new Error(String(answer.status));
  await editor.importXML(await answer.text());
  if (!readonly) editor.get('elementTemplatesLoader').setTemplates(await templatesFor(mount, editor));
  compare.current = differences(mount, editor, below.lists.changes);
  const submit = document.querySelector<HTMLButtonElement>('[data-desk-submit], [data-deploy-url] [data-gs-deploy]');
  const check = checker(mount, editor, below.lists.problems, (errors, warnings) => {
    below.count(errors, warnings);
    if (!submit) return;
    submit.disabled = errors > 0;
    submit.title = errors ? t(`还有 ${errors} 个错误，改好后才能提交`, `${errors} errors must be corrected first`) : '';
  });
  mount.prepend(toolbar(editor, readonly, () => { below.open('problems'); void check.now(); }));
  fit(editor);
  // The palette lies over the left edge: the diagram begins beside it.
  if (!readonly) { const canvas = editor.get('canvas'); canvas.zoom(canvas.viewbox().scale * 0.88, 'auto'); canvas.scroll({ dx: 48, dy: 0 }); }
  if (!readonly) {
    speakChinese(stage);
    const keep = keeper(mount, async () => (await editor.saveXML({ format: true })).xml);
    editor.get('eventBus').on(['commandStack.changed'], () => { keep.changed(); check.changed(); });
    // Submitting hands over what is on the server: save first.
    submit?.addEventListener('click', () => void keep.now());
    Object.assign(window, { gsStudio: { getXML: async () => (await editor.saveXML({ format: true })).xml, getSVG: async () => (await editor.saveSVG()).svg, save: keep.now, check: check.now, editor } });
    document.querySelector('[data-gs-studio-save]')?.addEventListener('click', () => { keep.changed(); void keep.now(); });
  }
  void check.now();
  mount.addEventListener('gs:select', (e) => { const id = (e as CustomEvent<{ element_id?: string }>).detail?.element_id; const shape = id && editor.get('elementRegistry').get(id); if (shape && !readonly) editor.get('selection').select(shape); });
  new ResizeObserver(() => editor.get('canvas').resized()).observe(stage);
  mount.dataset.gsReady = '';
  mount.dispatchEvent(new CustomEvent('gs:ready', { bubbles: true }));
}

each<HTMLElement>('[data-gs-studio]', (mount) => {
  open(mount).catch((e: unknown) => {
    console.error(e);
    mount.replaceChildren(el('div', { class: 'gs-empty' }, el('p', { class: 'gs-empty__title' }, t('流程图打不开', 'The diagram cannot be opened')), el('p', {}, t('文件可能已损坏；请从版本历史导出检查，或联系系统管理员。', 'The file may be damaged; export it from the history or ask the administrator.'))));
  });
});

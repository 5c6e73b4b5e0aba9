/** Libraries that ship no types for the paths we import. */
declare module 'bpmn-js/lib/Viewer' { const c: new (options: object) => unknown; export default c; }
declare module 'bpmn-js/lib/NavigatedViewer' { const c: new (options: object) => unknown; export default c; }
declare module 'bpmn-js/lib/Modeler' { const c: new (options: object) => unknown; export default c; }
declare module 'bpmn-js-properties-panel';
declare module 'bpmn-js-element-templates';
declare module 'bpmn-js-differ';
declare module 'camunda-bpmn-js-behaviors/lib/camunda-platform';
declare module 'camunda-bpmn-moddle/resources/camunda.json';
declare module 'bpmnlint/rules/*';
declare module 'dmn-js/lib/Modeler' { const c: new (options: object) => unknown; export default c; }
declare module 'bpmn-js-create-append-anything';
declare module '@bpmn-io/properties-panel';
declare module '@bpmn-io/properties-panel/preact';
declare module 'bpmn-js-token-simulation/lib/modeler';
declare module 'bpmnlint' { export class Linter { constructor(options: object); lint(root: unknown): Promise<Record<string, { id: string; message: string; category: string; path?: string[] }[]>> } }
declare module 'dmn-js/lib/NavigatedViewer' { const c: new (options: object) => unknown; export default c; }

/** The few services of the diagram library that we call, with the types that we rely on. */
export interface Shape { id: string; type: string; parent?: Shape; labelTarget?: Shape; source?: Shape; target?: Shape; x: number; y: number; width: number; height: number; waypoints?: unknown[]; businessObject: Business }
export interface Business { id: string; $type: string; name?: string; get: (name: string) => unknown; [key: string]: unknown }
export interface Canvas { zoom: (to: number | 'fit-viewport', centre?: 'auto' | { x: number; y: number }) => number; addMarker: (id: string, cls: string) => void; removeMarker: (id: string, cls: string) => void; scrollToElement: (id: string | Shape, padding?: number) => void; resized: () => void; scroll: (by: { dx: number; dy: number }) => void; getContainer: () => HTMLElement; viewbox: (box?: object) => { scale: number; outer: { width: number; height: number } }; findRoot: (id: string) => Shape | undefined; setRootElement: (root: Shape) => void; getRootElement: () => Shape }
export interface Registry { get: (id: string) => Shape | undefined; filter: (keep: (s: Shape) => boolean) => Shape[]; getAll: () => Shape[]; getGraphics: (id: string) => SVGElement | undefined }
export interface Overlays { add: (id: string, type: string, overlay: { position: Record<string, number>; html: HTMLElement | string; show?: object }) => string; remove: (filter: { type: string }) => void }
export interface Bus { on: (events: string | string[], act: (event: { element?: Shape; newSelection?: Shape[]; [key: string]: unknown }) => void) => void }
export interface Services { canvas: Canvas; elementRegistry: Registry; overlays: Overlays; eventBus: Bus; selection: { select: (s: Shape | Shape[]) => void; get: () => Shape[] }; commandStack: { undo: () => void; redo: () => void; canUndo: () => boolean; canRedo: () => boolean; clear: () => void } }
export interface Diagram { get: <K extends keyof Services>(name: K) => Services[K]; importXML: (xml: string) => Promise<{ warnings: { message: string }[] }>; saveXML: (options?: { format?: boolean }) => Promise<{ xml: string }>; saveSVG: () => Promise<{ svg: string }>; destroy: () => void; on: (event: string, act: (e: unknown) => void) => void }

/** Shows the element in the middle, on the plane where it lies. */
export function show(diagram: Diagram, id: string): void {
  const shape = diagram.get('elementRegistry').get(id);
  if (!shape) return;
  const canvas = diagram.get('canvas');
  const root = canvas.findRoot(id);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  canvas.scrollToElement(shape, 120);
}

/** Fits the whole diagram with a margin, but never larger than life. */
export function fit(diagram: Diagram): void {
  const canvas = diagram.get('canvas');
  canvas.resized();
  canvas.zoom('fit-viewport', 'auto');
  canvas.zoom(Math.min(1, canvas.viewbox().scale * 0.94), 'auto');
}

const SMALLEST = 0.3;
const CLOSE = 0.45;

/** A small window: the whole diagram if one can still see something, else the surroundings of the element. */
export function fitSmall(diagram: Diagram, id: string | undefined): void {
  fit(diagram);
  const canvas = diagram.get('canvas');
  const shape = id ? diagram.get('elementRegistry').get(id) : undefined;
  const { scale, outer } = canvas.viewbox();
  if (!shape || scale >= SMALLEST) return;
  const [width, height] = [outer.width / CLOSE, outer.height / CLOSE];
  canvas.viewbox({ x: shape.x + shape.width / 2 - width / 2, y: shape.y + shape.height / 2 - height / 2, width, height });
}

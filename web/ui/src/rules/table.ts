/** The decision table that is open: its columns, and filling cells as one step that one undo takes back. */
import { toFeel } from './paste.ts';

interface Clause { $type: string; typeRef?: string; label?: string; name?: string; inputExpression?: { typeRef?: string } }
interface Cell { id: string; businessObject: { text?: string } }
interface Col { id: string; businessObject: Clause }
interface Row { id: string; cells: Cell[]; businessObject: object }
interface Sheet { getRoot: () => { rows: Row[]; cols: Col[]; businessObject: { hitPolicy?: string; aggregation?: string } } }
interface Modeling { editCell: (cell: object, text: string) => void; editAnnotation: (rule: object, text: string) => void; addRow: (attributes: object, index?: number) => Row }
interface Stack { register: (name: string, handler: object) => void; execute: (name: string, context: object) => void; undo: () => void; redo: () => void; canUndo: () => boolean; canRedo: () => boolean }
export interface TableEditor { get(name: 'sheet'): Sheet; get(name: 'modeling'): Modeling; get(name: 'commandStack'): Stack; get(name: 'eventBus'): { on: (e: string, act: () => void) => void }; get(name: string, strict?: false): unknown }

const typeOf = (c: Clause): string => (c.$type === 'dmn:InputClause' ? c.inputExpression?.typeRef : c.typeRef) ?? '';
const isInput = (c: Clause): boolean => c.$type === 'dmn:InputClause';

export interface Shape { columns: { id: string; label: string; type: string; input: boolean }[]; rows: string[] }
export function shapeOf(editor: TableEditor): Shape {
  const root = editor.get('sheet').getRoot();
  return { rows: root.rows.map((r) => r.id), columns: root.cols.map((c) => ({ id: c.id, label: c.businessObject.label ?? c.businessObject.name ?? '', type: typeOf(c.businessObject), input: isInput(c.businessObject) })) };
}

const known = new WeakSet<object>();

/** Writes the cells from (row, column) on; the column after the last one is the annotation; rows that are missing are added. */
export function fill(editor: TableEditor, cells: string[][], row: number, column: number): { cells: number; rows: number } {
  const stack = editor.get('commandStack');
  const modeling = editor.get('modeling');
  const sheet = editor.get('sheet');
  let [written, added] = [0, 0];
  const all = (): void => {
    cells.forEach((line, y) => {
      if (row + y >= sheet.getRoot().rows.length) { modeling.addRow({ type: 'dmn:DecisionRule' }); added += 1; }
      const { rows, cols } = sheet.getRoot();
      const target = rows[row + y]!;
      line.forEach((text, x) => {
        const col = cols[column + x];
        if (col) modeling.editCell(target.cells[column + x]!.businessObject, toFeel(text, typeOf(col.businessObject), isInput(col.businessObject)));
        else if (column + x === cols.length) modeling.editAnnotation(target.businessObject, text);
        else return;
        written += 1;
      });
    });
  };
  // A command that only runs other commands: the stack takes them back together.
  if (!known.has(stack)) { known.add(stack); stack.register('gs.fill', { preExecute: ({ run }: { run: () => void }): void => run() }); }
  stack.execute('gs.fill', { run: all });
  return { cells: written, rows: added };
}

/** A copied head line (the columns' own names) is not a rule. */
export function withoutHead(cells: string[][], shape: Shape): string[][] {
  const first = cells[0]?.filter(Boolean) ?? [];
  const names = new Set(shape.columns.map((c) => c.label));
  return first.length > 1 && first.filter((x) => names.has(x)).length >= Math.ceil(first.length / 2) ? cells.slice(1) : cells;
}

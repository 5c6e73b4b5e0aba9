/** Starts the kit on a page: every behaviour is an attribute in the HTML; without script the page still works. */
import './kit.css';
import { startDialogs } from './kit/dialogs.ts';
import { startDocuments } from './kit/doc.ts';
import { startDrafts } from './kit/draft.ts';
import { startGuard } from './kit/guard.ts';
import { startHtmx } from './kit/htmx.ts';
import { startKeys } from './kit/keys.ts';
import { startMasks } from './kit/masks.ts';
import { startPhrases } from './kit/phrases.ts';
import { startProgress } from './kit/progress.ts';
import { startSelection } from './kit/select-rows.ts';
import { startSession } from './kit/session.ts';
import { startSplit } from './kit/split.ts';
import { startSwitches } from './kit/switches.ts';
import { startTabs } from './kit/tabs.ts';
import { startTips } from './kit/tips.ts';
import { startToasts, toast } from './kit/toast.ts';
import { startUploads } from './kit/upload.ts';

Object.assign(window, { gs: { toast } });
for (const start of [startHtmx, startSwitches, startTips, startTabs, startDialogs, startKeys, startGuard, startDrafts, startUploads, startSelection, startSplit, startDocuments, startProgress, startPhrases, startMasks, startSession, startToasts]) start();
document.documentElement.classList.add('gs-ready');

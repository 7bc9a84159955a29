// How screens read and act, so that waiting and failing look the same everywhere.
import { getCurrentScope, onScopeDispose, ref, shallowRef } from 'vue';
import { ElMessage } from 'element-plus';
import { Problem } from '@gonghui/shared/problem';
import { whatIsWrong } from './problems.js';

/** `load()` gives what is shown. The newest call counts: a slow earlier answer replaces nothing. */
export function useReading(load) {
  const data = shallowRef(null);
  const problem = shallowRef(null);
  const isReading = ref(false);
  let newest = 0;
  async function read() {
    const mine = ++newest;
    isReading.value = true;
    try {
      const found = await load();
      if (mine === newest) [data.value, problem.value] = [found, null];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (mine === newest) problem.value = error;
    } finally {
      if (mine === newest) isReading.value = false;
    }
  }
  return { data, problem, isReading, read };
}

/** Calls `action` every `milliseconds` while the page is looked at, and once more when it is looked at again. */
export function useRepeating(action, milliseconds) {
  let timer = null;
  let isOver = false;
  async function repeat() {
    clearTimeout(timer);
    if (!document.hidden) await action();
    if (!isOver) timer = setTimeout(repeat, milliseconds);
  }
  const onShown = () => !document.hidden && repeat();
  document.addEventListener('visibilitychange', onShown);
  timer = setTimeout(repeat, milliseconds);
  if (getCurrentScope())
    onScopeDispose(() => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onShown);
    });
}

/** `act(action, done)`: true when it was done; else it was said why not, by `onProblem` or in a message. */
export function useActing() {
  const isActing = ref(false);
  async function act(action, { done = '', onProblem } = {}) {
    if (isActing.value) return false;
    isActing.value = true;
    try {
      await action();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (!onProblem?.(problem)) ElMessage.error({ message: whatIsWrong(problem), duration: 6000, showClose: true });
      return false;
    } finally {
      isActing.value = false;
    }
    if (done) ElMessage.success({ message: done, duration: 2000, grouping: true });
    return true;
  }
  return { isActing, act };
}

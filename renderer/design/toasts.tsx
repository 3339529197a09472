/** Passing messages at the lower right: what has happened, and at most one action; errors stay until closed. */

import { Toast } from 'radix-ui';
import { create } from 'zustand';
import { Button, IconButton } from './button.tsx';
import { classNames } from './class-names.ts';
import { CloseIcon } from './icons.tsx';
import { type Severity, SeverityIcon } from './notice.tsx';
import { prose } from './prose.tsx';
import styles from './toasts.module.css';

export interface ToastMessage {
  readonly severity: Severity;
  readonly title: string;
  /** The remedy, or more detail. */
  readonly text?: string;
  readonly action?: { readonly label: string; readonly onSelect: () => void };
  /** Shown as long; without it 6 s, or 12 s with an action, and an error until it is closed. */
  readonly milliseconds?: number;
}

interface ShownToast extends ToastMessage {
  readonly id: number;
}

interface ToastState {
  readonly toasts: readonly ShownToast[];
  /** Shows a message; returns a function that takes it away again. */
  readonly show: (message: ToastMessage) => () => void;
  /** Shows a failure as it came from the host: its sentence and its remedy. */
  readonly showError: (error: unknown, doing?: string) => () => void;
  readonly close: (id: number) => void;
}

/** The sentence and the remedy of anything thrown. */
export function failureTexts(error: unknown): {
  readonly message: string;
  readonly remedy: string | undefined;
} {
  if (error instanceof Error) {
    const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : undefined;
    return { message: error.message, remedy };
  }
  return { message: String(error), remedy: undefined };
}

function isCancelled(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'cancelled';
}

let lastId = 0;

/** The toasts of the window; also usable outside components as `useToasts.getState()`. */
export const useToasts = create<ToastState>((set, get) => ({
  toasts: [],
  show: (message) => {
    lastId += 1;
    const id = lastId;
    set({ toasts: [...get().toasts.slice(-4), { ...message, id }] });
    return () => get().close(id);
  },
  showError: (error, doing) => {
    if (isCancelled(error)) return () => undefined;
    const { message, remedy } = failureTexts(error);
    return get().show({
      severity: 'error',
      title: doing === undefined ? message : `${doing}: ${message}`,
      ...(remedy === undefined ? {} : { text: remedy }),
    });
  },
  close: (id) => set({ toasts: get().toasts.filter((toast) => toast.id !== id) }),
}));

function durationOf(toast: ToastMessage): number {
  if (toast.milliseconds !== undefined) return toast.milliseconds;
  if (toast.severity === 'error') return 86_400_000;
  return toast.action === undefined ? 6_000 : 12_000;
}

/** Mounted once by the application's frame. */
export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const close = useToasts((state) => state.close);
  return (
    <Toast.Provider label="Message" swipeDirection="right">
      {toasts.map((toast) => (
        <Toast.Root
          key={toast.id}
          className={classNames(styles.toast, styles[toast.severity])}
          type={toast.severity === 'error' ? 'foreground' : 'background'}
          duration={durationOf(toast)}
          onOpenChange={(open) => {
            if (!open) close(toast.id);
          }}
        >
          <span className={styles.icon}>
            <SeverityIcon severity={toast.severity} />
          </span>
          <div className={styles.texts}>
            <Toast.Title className={styles.title}>{prose(toast.title)}</Toast.Title>
            {toast.text !== undefined && (
              <Toast.Description className={styles.text}>{prose(toast.text)}</Toast.Description>
            )}
            {toast.action !== undefined && (
              <Toast.Action altText={toast.action.label} asChild>
                <Button size="small" className={styles.action} onClick={toast.action.onSelect}>
                  {toast.action.label}
                </Button>
              </Toast.Action>
            )}
          </div>
          <Toast.Close asChild>
            <IconButton label="Close message" size="small">
              <CloseIcon size={14} />
            </IconButton>
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className={styles.viewport} />
    </Toast.Provider>
  );
}

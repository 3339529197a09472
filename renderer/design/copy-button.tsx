/** Copies a text and says that it did. */

import { useEffect, useRef, useState } from 'react';
import { Button, type ControlSize, IconButton } from './button.tsx';
import { CheckIcon, CopyIcon } from './icons.tsx';

/** Copies by the clipboard API, or by a hidden text area where a page without HTTPS has none. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }
}

export interface CopyButtonProps {
  readonly text: string | (() => string);
  /** What is copied: `Copy the command`. */
  readonly label: string;
  /** Words beside the icon, or the icon alone. */
  readonly iconOnly?: boolean;
  readonly size?: ControlSize;
}

export function CopyButton({ text, label, iconOnly = false, size = 'small' }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const copy = async () => {
    const copied = await copyText(typeof text === 'function' ? text() : text);
    setState(copied ? 'copied' : 'failed');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState('idle'), 2000);
  };
  const words =
    state === 'copied' ? 'Copied' : state === 'failed' ? 'Select the text and copy it yourself' : label;
  const icon = state === 'copied' ? <CheckIcon /> : <CopyIcon />;
  return iconOnly ? (
    <IconButton label={words} size={size} onClick={copy}>
      {icon}
    </IconButton>
  ) : (
    <Button size={size} icon={icon} onClick={copy}>
      <span aria-live="polite">{words}</span>
    </Button>
  );
}

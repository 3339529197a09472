/** The way for files of this computer to a host elsewhere without dragging: a file dialog of the browser. */

import { useRef } from 'react';
import { useHost } from '../../connection/index.ts';
import { UploadIcon } from '../../design/icons.tsx';
import { Button } from '../../design/index.ts';
import { desktopBridge } from '../bridge.ts';
import { useDrops } from '../drop/drop-store.ts';
import { readFiles } from '../drop/read-drop.ts';
import type { PathPurpose } from './choose-path.ts';

const accepted: Readonly<Record<Exclude<PathPurpose, 'output'>, string>> = {
  model: '.onnx,.data,.onnx_data,.weights,.bin',
  images: 'image/*',
  labels: '.json,.yaml,.yml,.txt,.xml',
};

export interface SendFilesProps {
  readonly purpose: Exclude<PathPurpose, 'output'>;
  /** Called when files were chosen; from there they go the way of a drop. */
  readonly onSend: () => void;
}

export function SendFiles({ purpose, onSend }: SendFilesProps) {
  const host = useHost();
  const open = useDrops((state) => state.open);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={accepted[purpose]}
        onChange={(event) => {
          const files = readFiles(event.target.files ?? []);
          if (files.length === 0) return;
          onSend();
          void open(files, host, desktopBridge());
        }}
      />
      <Button icon={<UploadIcon />} onClick={() => input.current?.click()}>
        Send from this computer…
      </Button>
    </>
  );
}
